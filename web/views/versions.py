"""Forms and processes with their versions: what is in service, what waits for approval, and who may say so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from cases import catalog
from cases.models import Version
from cases.transitions import versions as steps
from cases.transitions.designing import form_of
from ocr.errors import Problem
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
    return screen(request, the_version(version_id), SubmitForm())


def the_version(version_id: int) -> Version:
    return get_object_or_404(Version.objects.select_related("author", "approver"), pk=version_id)


def screen(request: HttpRequest, version: Version, form: SubmitForm, status: int = 200) -> HttpResponse:
    user = access.person(request)
    together = Version.objects.filter(release=version.release).exclude(pk=version.pk)
    context = {
        "version": version,
        "together": together,
        "own": version.author_id == user.pk or together.filter(author=user).exists(),
        "form": form,
        "changes": changes_of(version),
        "section": "forms",
    }
    return render(request, "web/version.html", context, status=status)


def changes_of(version: Version) -> list[version_changes.Change] | None:
    """Against the form in service; None where there is nothing to compare with."""
    serving = catalog.forms().get(version.name) if version.kind == Version.Kind.FORM else None
    key = catalog.in_service(Version.Kind.FORM).get(version.name)
    if serving is None or (key and key[0] == version.pk):
        return None
    try:
        return version_changes.changes(serving, form_of(version))
    except Problem:  # written for another release of the program
        return None


@require_POST
@access.needs(access.TEACH)
def submit(request: HttpRequest, version_id: int) -> HttpResponse:
    version, form = the_version(version_id), SubmitForm(request.POST)
    if not form.is_valid():
        return screen(request, version, form, WRONG_INPUT)
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
    version = the_version(version_id)
    return done(request, version, lambda user: steps.refuse(version.pk, user), _("Zurück an den Entwurf gegeben."))


@require_POST
@access.needs(access.TEACH)
def withdraw(request: HttpRequest, version_id: int) -> HttpResponse:
    version = the_version(version_id)
    return done(request, version, lambda user: steps.withdraw(version.pk, user), _("Außer Betrieb genommen."))


def done(request: HttpRequest, version: Version, act: Callable[[User], object], words: str) -> HttpResponse:
    """Do it; what cannot be done is told."""
    try:
        act(access.person(request))
    except Problem as problem:
        messages.error(request, problems.of(problem))
    else:
        messages.success(request, words)
    return redirect("version", version.pk)
