"""Django's administration for people and their roles, and for nothing else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite, TabularInline
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from cases.models import Membership
from web import access, titles


class Administration(AdminSite):
    """Open for whoever has the role; the login is the application's own."""

    site_header = site_title = _("Laufzettel: Personen und Rollen")
    index_title = _("Verwaltung")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm(access.USERS)

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return redirect("home") if request.user.is_authenticated else redirect("login")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponseBase:
        return redirect("home")


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """One process of those that there are, or were."""

    process = forms.ChoiceField(label=_("Verfahren"))

    class Meta:
        model = Membership
        fields = ("process",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(titles.process_titles())
        gone = self.instance.process
        choices = [
            *known.items(),
            *(
                [(gone, _("%(process)s (gibt es nicht mehr)") % {"process": gone})]
                if gone and gone not in known
                else []
            ),
        ]
        self.fields["process"].choices = [("", _("– bitte wählen –")), *choices]  # type: ignore[attr-defined]


class Memberships(TabularInline):  # type: ignore[type-arg]
    """The processes of a person. One that nobody is assigned to is open to everybody with the role for it."""

    model = Membership
    form = MembershipForm
    extra = 0
    verbose_name = _("Verfahren")
    verbose_name_plural = _("Verfahren (eines, dem niemand zugeordnet ist, sehen alle mit passender Rolle)")


class People(UserAdmin):  # type: ignore[type-arg]
    """People and their roles. Rights come from roles alone, and nobody can make themselves more than that."""

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rollen"), {"fields": ("is_active", "groups")}),
    )
    list_display = ("username", "first_name", "last_name", "is_active")
    list_filter = ("is_active", "groups")
    filter_horizontal = ("groups",)
    inlines = (Memberships,)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)


class Roles(GroupAdmin):
    """Which roles there are; what they may do is fixed in `web.roles`."""

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False


administration = Administration(name="admin")
administration.register(User, People)
administration.register(Group, Roles)
