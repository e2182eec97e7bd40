"""The roles of an office as groups, each with the fewest permissions that its work needs."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission

CLERK = "Sachbearbeitung"
SECOND = "Zweitprüfung"
OWNER = "Prozessverantwortung"
IT = "IT-Betrieb"
AUDITOR = "Revision"
ADMINISTRATOR = "Administration"

ROLES: Mapping[str, frozenset[str]] = {
    CLERK: frozenset({"cases.view_case", "cases.review_case"}),
    SECOND: frozenset({"cases.view_case", "cases.second_review_case"}),
    OWNER: frozenset({"cases.view_case", "cases.plan", "cases.teach"}),
    IT: frozenset({"cases.view_case", "cases.operate"}),
    AUDITOR: frozenset({"cases.view_case", "cases.read_trail", "cases.disclose_person"}),
    ADMINISTRATOR: frozenset(
        {
            *("auth.view_user", "auth.add_user", "auth.change_user", "auth.view_group"),
            *(f"cases.{verb}_membership" for verb in ("view", "add", "change", "delete")),
            "cases.disclose_person",
        }
    ),
}


def ensure_roles() -> None:
    """Create the groups and set exactly their permissions; safe to call at every start."""
    for name, wanted in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([_permission(permission) for permission in sorted(wanted)])


def _permission(full_name: str) -> Permission:
    app, _, codename = full_name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)
