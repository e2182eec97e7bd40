"""Who a person of the trail is: asking, confirming, and the answer for the two people who agreed on it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import pseudonyms, transitions
from cases.models import Disclosure
from cases.transitions import step
from ocr.errors import StateProblem
from web import access, problems
from web.forms import DisclosureForm

WRONG_INPUT = 422
NEWEST = 50


@dataclass(frozen=True, slots=True)
class Request:
    """One request as this person may see it; `name` is empty unless it may be shown to them."""

    asked: Disclosure
    asked_by: str
    confirmed_by: str
    mine: bool
    name: str


@require_safe
@access.needs(access.DISCLOSE)
def disclosures(request: HttpRequest) -> HttpResponse:
    """All requests, the newest first."""
    return screen(request, DisclosureForm(initial={"person": request.GET.get("person", "")}))


@require_POST
@access.needs(access.DISCLOSE)
def ask(request: HttpRequest) -> HttpResponse:
    form = DisclosureForm(request.POST)
    if not form.is_valid():
        return screen(request, form, WRONG_INPUT)
    given = form.cleaned_data
    try:
        transitions.ask_disclosure(given["person"], access.person(request), given["reason"])
    except StateProblem as problem:
        form.add_error("person", problems.of(problem))
        return screen(request, form, WRONG_INPUT)
    messages.success(request, _("Die Anfrage ist vermerkt. Jetzt muss eine andere Person sie bestätigen."))
    return redirect("disclosures")


@require_POST
@access.needs(access.DISCLOSE)
def confirm(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    try:
        asked = transitions.confirm_disclosure(disclosure_id, access.person(request))
    except StateProblem as problem:
        messages.error(request, problems.of(problem))
    else:
        sentence = _("Bestätigt: Wer Person %(number)s ist, sehen Sie beide für 24 Stunden.")
        messages.success(request, sentence % {"number": asked.pseudonym_id})
    return redirect("disclosures")


def screen(request: HttpRequest, form: DisclosureForm, status: int = 200) -> HttpResponse:
    newest = Disclosure.objects.select_related("pseudonym", "asked_by", "confirmed_by").order_by("-asked_at")[:NEWEST]
    people = [user for asked in newest for user in (asked.asked_by, asked.confirmed_by) if user]
    shown = pseudonyms.shown(step.person(user) for user in people)
    requests = [seen_by(access.person(request), asked, shown) for asked in newest]
    context = {"form": form, "requests": requests, "section": "trail"}
    return render(request, "web/disclosures.html", context, status=status)


def seen_by(user: User, asked: Disclosure, shown: pseudonyms.Shown) -> Request:
    return Request(
        asked=asked,
        asked_by=shown[step.person(asked.asked_by)],
        confirmed_by=shown[step.person(asked.confirmed_by)] if asked.confirmed_by else "",
        mine=asked.asked_by_id == user.pk,
        name=asked.pseudonym.user_name if transitions.may_see_name(asked, user) else "",
    )
