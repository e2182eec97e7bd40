"""Versions of forms and processes: drafted, submitted, approved by somebody else, in service from a day, withdrawn.

Versions with the same `release` (a form and its process) go through all of it together.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cases import audit, catalog, clock
from cases.models import Document, Version
from cases.plain import plain
from cases.processes import ProcessSpec
from cases.processes import parse as parse_process
from cases.transitions import step
from cases.versions import errors
from ocr.errors import StateProblem
from ocr.spec import parse_form

State = Version.State
MUST_BE_SOUND = frozenset({"version_submitted", "version_approved"})


def new_draft(
    kind: str,
    name: str,
    text: str,
    author: AbstractBaseUser,
    *,
    note: str = "",
    blank: Document | None = None,
    release: uuid.UUID | None = None,
) -> Version:
    """The next version of a form or process, to be changed until it is submitted.

    Raises:
        FormProblem: F001, F010 the text is no such description.
    """
    check(kind, name, text)
    with transaction.atomic():
        last = Version.objects.filter(kind=kind, name=name).aggregate(n=Max("number"))["n"] or 0
        now = clock.now()
        version = Version.objects.create(
            kind=kind,
            name=name,
            number=last + 1,
            text=text,
            note=plain(note),
            author_id=author.pk,
            created_at=now,
            changed_at=now,
            blank=blank,
            release=release or uuid.uuid4(),
        )
        _event("version_drafted", version, author)
    return version


def change_draft(
    version_id: int, text: str, person: AbstractBaseUser, *, note: str | None = None, seen: datetime | None = None
) -> Version:
    """Another text for a draft.

    Raises:
        StateProblem: V051 no draft (any more); V054 somebody changed it after `seen`.
        FormProblem: F001, F010 the text is no such description.
    """
    with transaction.atomic():
        (version,) = _locked([version_id], State.DRAFT)
        if seen is not None and seen != version.changed_at:
            raise StateProblem(
                "V054",
                _(
                    "Jemand anderes hat den Entwurf inzwischen geändert. Ihre letzte Eingabe wurde nicht übernommen. "
                    "Bitte die Seite neu laden."
                ),
            )
        check(version.kind, version.name, text)
        version.text = text
        version.note = version.note if note is None else plain(note)
        version.changed_at = clock.now()
        version.save(update_fields=["text", "note", "changed_at"])
        _event("version_changed", version, person)
    return version


def check(kind: str, name: str, text: str) -> None:
    """Raises FormProblem F001, F010; StateProblem V055 where the text calls itself otherwise."""
    if kind == Version.Kind.CALIBRATION:
        return
    found: Any = parse_form(text, name) if kind == Version.Kind.FORM else parse_process(text, name, ProcessSpec)
    if found.name != name:
        raise StateProblem("V055", _("Die Beschreibung nennt einen anderen Namen als der Entwurf."))


def delete_draft(version_id: int, person: AbstractBaseUser) -> None:
    """Raises StateProblem V051 when it is no draft."""
    with transaction.atomic():
        (version,) = _locked([version_id], State.DRAFT)
        _event("version_deleted", version, person)
        version.delete()


def submit(
    version_id: int, person: AbstractBaseUser, *, serves_from: datetime, shadow: bool = False, first: int = 0
) -> list[Version]:
    """Hand a draft, and what is released with it, to a second person.

    Raises:
        StateProblem: V051 no draft (any more); V058 there are errors in it (`cases.versions.errors`).
    """
    changes = {"state": State.SUBMITTED, "serves_from": serves_from, "shadow": shadow, "first": first}
    return _move(version_id, person, State.DRAFT, "version_submitted", **changes)


def approve(version_id: int, person: AbstractBaseUser) -> list[Version]:
    """Let them serve from their day on.

    Raises:
        StateProblem: V051 not submitted; V052 the author cannot be the approver; V058 there are errors in it.
    """
    changes = {"state": State.APPROVED, "approver_id": person.pk, "decided_at": clock.now()}
    return _move(version_id, person, State.SUBMITTED, "version_approved", **changes)


def refuse(version_id: int, person: AbstractBaseUser, reason: str) -> list[Version]:
    """Back to the author as drafts, who is told why. Raises StateProblem V051; V059 without a reason."""
    if not (told := plain(reason).strip()):
        raise StateProblem("V059", _("Bitte schreiben, was zu ändern ist; sonst weiß die andere Person es nicht."))
    changes = {"state": State.DRAFT, "serves_from": None, "reason": told}
    return _move(version_id, person, State.SUBMITTED, "version_refused", **changes)


def withdraw(version_id: int, person: AbstractBaseUser, reason: str = "") -> list[Version]:
    """Take out of service; what served before serves again. Raises StateProblem V051."""
    return _move(
        version_id, person, State.APPROVED, "version_withdrawn", state=State.WITHDRAWN, reason=plain(reason).strip()
    )


def _move(version_id: int, person: AbstractBaseUser, before: str, kind: str, **changes: Any) -> list[Version]:
    with transaction.atomic():
        (one,) = _locked([version_id], before)
        together = Version.objects.filter(release=one.release, state=before).values_list("pk", flat=True)
        versions = _locked(sorted(together), before)
        if kind in MUST_BE_SOUND and errors(versions):
            raise StateProblem(
                "V058", _("So kann die Fassung nicht in Betrieb gehen. Was nicht stimmt, steht auf ihrer Seite.")
            )
        for version in versions:
            if kind == "version_approved" and version.author_id == person.pk:
                raise StateProblem(
                    "V052", _("Freigeben muss eine andere Person als die, die den Entwurf geschrieben hat.")
                )
            for name, value in changes.items():
                setattr(version, name, value)
            version.changed_at = clock.now()
            version.save(update_fields=[*(name.removesuffix("_id") for name in changes), "changed_at"])
            _event(kind, version, person)
    catalog.look_again()
    return versions


def _locked(version_ids: Sequence[int], state: str) -> list[Version]:
    found = Version.objects.select_for_update().filter(pk__in=version_ids, state=state)
    versions = list(found.order_by("pk"))
    if len(versions) != len(version_ids):
        label = str(State(state).label)
        raise StateProblem(
            "V051",
            _("Diese Fassung ist nicht mehr im Stand „%(state)s“. Bitte die Seite neu laden.") % {"state": label},
        )
    return versions


def _event(kind: str, version: Version, person: AbstractBaseUser) -> None:
    details = {"version": version.pk, "kind": version.kind, "name": version.name, "number": version.number}
    audit.append(kind, actor=step.person(person), details=details)
