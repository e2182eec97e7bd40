"""Forms and processes with their versions: what is in service, what waits for approval, and who may say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases import catalog
from cases.checking import UNREADABLE, Finding
from cases.models import Version
from cases.transitions import designing
from cases.transitions import versions as steps
from cases.versions import BrokenVersion, errors, form_of, warnings
from ocr.errors import Problem
from ocr.spec import FormSpec
from web import access, problems, version_changes
from web.forms import INPUT, GermanDate

WRONG_INPUT = 422


class SubmitForm(forms.Form):
    """From when on a version shall serve."""

    day = GermanDate(
        label=gettext_lazy("In Betrieb ab (leer: sobald es freigegeben ist)"),
        required=False,
        widget=forms.TextInput(attrs={**INPUT, "placeholder": "TT.MM.JJJJ", "autocomplete": "off"}),
    )
    first = forms.IntegerField(
        label=gettext_lazy("Wie viele der ersten Vorgänge immer ein Mensch prüft (leer: keine)"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs={**INPUT, "autocomplete": "off"}),
    )
    shadow = forms.BooleanField(
        label=gettext_lazy("Erprobung: lesen und prüfen, aber nichts in ein Zielsystem übertragen"), required=False
    )


class ReasonForm(forms.Form):
    """A word to the other person."""

    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={**INPUT, "rows": 3}),
        error_messages={
            "required": gettext_lazy("Bitte schreiben, was zu ändern ist; sonst weiß die andere Person es nicht."),
            "max_length": gettext_lazy("Bitte kürzer fassen: höchstens 500 Zeichen."),
        },
    )

    def __init__(self, version: Version, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refusing = version.state == Version.State.SUBMITTED
        told = gettext_lazy("Was zu ändern ist") if refusing else gettext_lazy("Grund (freiwillig)")
        self.fields["reason"].label, self.fields["reason"].required = told, refusing


@require_safe
@access.needs(access.TEACH)
def listed(request: HttpRequest) -> HttpResponse:
    """All versions that wait or serve, and the forms that lie in files."""
    kinds = list(Version.Kind)
    known = Version.objects.filter(kind__in=kinds).select_related("author", "approver")
    serving = {key[0] for kind in kinds for key in catalog.in_service(kind).values()}
    context = {
        "waiting": known.exclude(state__in=[Version.State.WITHDRAWN, Version.State.APPROVED]),
        "decided": known.filter(state__in=[Version.State.APPROVED, Version.State.WITHDRAWN]),
        "serving": serving,
        "files": [form for name, form in catalog.forms().items() if name not in catalog.in_service(Version.Kind.FORM)],
        "section": "forms",
    }
    return render(request, "web/versions.html", context)


@require_safe
@access.needs(access.TEACH)
def show(request: HttpRequest, version_id: int) -> HttpResponse:
    return screen(request, the_version(version_id))


def the_version(version_id: int) -> Version:
    return get_object_or_404(Version.objects.select_related("author", "approver"), pk=version_id)


def screen(request: HttpRequest, version: Version, form: forms.Form | None = None) -> HttpResponse:
    """`form`: what was sent and cannot be taken so."""
    user, together = access.person(request), released_with(version)
    undecided = version.state in (Version.State.DRAFT, Version.State.SUBMITTED)
    found = errors([version, *together]) if undecided else broken(version)
    context = {
        "version": version,
        "together": together,
        "own": any(one.author_id == user.pk for one in (version, *together)),
        "form": form if isinstance(form, SubmitForm) else SubmitForm(),
        "reason": form if isinstance(form, ReasonForm) else ReasonForm(version),
        "errors": found,
        "unreadable": any(one.code == UNREADABLE for one in found),
        "warnings": warnings([version, *together]) if undecided else [],
        "changes": changes_of(version),
        "again": version.kind in BEGUN_AGAIN and version.name in BEGUN_AGAIN[version.kind](),
        "section": "forms",
    }
    return render(request, "web/version.html", context, status=WRONG_INPUT if form else 200)


BEGUN_AGAIN: Mapping[str, Callable[[], Mapping[str, object]]] = {
    Version.Kind.FORM: catalog.forms,
    Version.Kind.PROCESS: catalog.processes,
}
"""What can be taken from service into a new draft."""


def released_with(version: Version) -> list[Version]:
    return list(Version.objects.filter(release=version.release).exclude(pk=version.pk))


def broken(version: Version) -> list[Finding]:
    """Of a version that was decided on, only whether it can be read at all."""
    return [one for one in errors([version]) if one.code == UNREADABLE]


def changes_of(version: Version) -> list[version_changes.Change] | None:
    """Against the form in service; None where there is nothing to compare with."""
    if version.kind != Version.Kind.FORM:
        return None
    taught = catalog.serving_form(version.name)
    serving = catalog.forms().get(version.name)
    if serving is None or (taught and taught.pk == version.pk):
        return None
    try:
        return version_changes.changes(as_written(taught) or serving, form_of(version))
    except BrokenVersion:  # written for another release of the program
        return None


def as_written(taught: Version | None) -> FormSpec | None:
    """A version in service by its own text: in the catalogue it is called with its number. None: the file serves."""
    try:
        return form_of(taught) if taught else None
    except BrokenVersion:
        return None


@require_POST
@access.needs(access.TEACH)
def submit(request: HttpRequest, version_id: int) -> HttpResponse:
    version, form = the_version(version_id), SubmitForm(request.POST)
    if not form.is_valid():
        return screen(request, version, form)
    day = form.cleaned_data["day"]
    start = timezone.make_aware(datetime.combine(day, time())) if day else timezone.now() - timedelta(seconds=1)
    first, shadow = form.cleaned_data["first"] or 0, form.cleaned_data["shadow"]
    return done(
        request,
        version,
        lambda user: steps.submit(version.pk, user, serves_from=start, first=first, shadow=shadow),
        _("Zur Freigabe eingereicht."),
    )


@require_POST
@access.needs(access.TEACH)
def approve(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    return done(request, version, lambda user: steps.approve(version.pk, user), _("Freigegeben."))


@require_POST
@access.needs(access.TEACH)
def refuse(request: HttpRequest, version_id: int) -> HttpResponse:
    return with_reason(request, version_id, steps.refuse, _("Zurück an den Entwurf gegeben."))


@require_POST
@access.needs(access.TEACH)
def withdraw(request: HttpRequest, version_id: int) -> HttpResponse:
    return with_reason(request, version_id, steps.withdraw, _("Außer Betrieb genommen."))


def with_reason(
    request: HttpRequest, version_id: int, act: Callable[[int, User, str], object], words: str
) -> HttpResponse:
    version = the_version(version_id)
    form = ReasonForm(version, request.POST)
    if not form.is_valid():
        return screen(request, version, form)
    return done(request, version, lambda user: act(version.pk, user, form.cleaned_data["reason"]), words)


@require_POST
@access.needs(access.TEACH)
def begin_again(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """A new draft of what is in service, to be changed."""
    if kind not in BEGUN_AGAIN or name not in BEGUN_AGAIN[kind]():
        raise Http404
    version = designing.begin_again(kind, name, access.person(request))
    return redirect("design" if kind == Version.Kind.FORM else "design_process", version.name, version.pk)


@require_POST
@access.needs(access.TEACH)
def delete(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    try:
        steps.delete_draft(version.pk, access.person(request))
    except Problem as problem:
        messages.error(request, problems.of(problem))
        return redirect("version", version.pk)
    messages.success(request, _("Der Entwurf ist gelöscht."))
    return redirect("forms")


def done(request: HttpRequest, version: Version, act: Callable[[User], object], words: str) -> HttpResponse:
    """Do it; what cannot be done is told."""
    try:
        act(access.person(request))
    except Problem as problem:
        messages.error(request, problems.of(problem))
    else:
        messages.success(request, words)
    return redirect("version", version.pk)
