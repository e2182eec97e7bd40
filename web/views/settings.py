"""What a person sets for the own screen: the keys and the language. And the own session: staying in it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from web import access, keys, languages

WRONG_INPUT = 422


@dataclass(frozen=True, slots=True)
class Row:
    """One action with the key as typed or as it is set, and what is wrong with it."""

    action: keys.Action
    text: str
    usual: str
    error: str = ""


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def show_keys(request: HttpRequest) -> HttpResponse:
    """The own keys of the review screen."""
    return _page(request, keys.keys_of(access.person(request)))


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def save_keys(request: HttpRequest) -> HttpResponse:
    """Other keys, the usual ones, or none."""
    user = access.person(request)
    if "zuruecksetzen" in request.POST:
        keys.save(user, {}, on=True)
        messages.success(request, _("Es gelten wieder die üblichen Tasten."))
        return redirect("keys")
    typed = {action.name: request.POST.get(action.name, "") for action in keys.ACTIONS}
    wanted, errors = _read(typed)
    on = "an" in request.POST
    if errors:
        return _page(request, typed, errors, on=on)
    keys.save(user, wanted, on=on)
    messages.success(request, _("Ihre Tasten sind gespeichert.") if on else _("Die Tasten sind ausgeschaltet."))
    return redirect("keys")


def _read(typed: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The keys by action, and what is wrong by action: no key, or one that another action has."""
    wanted: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, text in typed.items():
        try:
            key = keys.meant(text or keys.USUAL[name])
        except keys.NotAKey as error:
            errors[name] = str(error)
            continue
        if key in wanted.values():
            errors[name] = _("Diese Taste ist schon vergeben. Bitte eine andere eintragen.")
        wanted[name] = key
    return wanted, errors


def _page(
    request: HttpRequest, texts: dict[str, str], errors: dict[str, str] | None = None, on: bool | None = None
) -> HttpResponse:
    wrong = errors or {}
    rows = [
        Row(
            action,
            text if action.name in wrong else keys.shown(text),
            keys.shown(action.key),
            wrong.get(action.name, ""),
        )
        for action in keys.ACTIONS
        for text in [texts.get(action.name, action.key)]
    ]
    context = {"rows": rows, "on": bool(texts) if on is None else on, "wrong": [row for row in rows if row.error]}
    context["key_words"] = json.dumps(keys.words())
    return render(request, "web/keys.html", context | {"section": "help"}, status=WRONG_INPUT if wrong else 200)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """German or English from now on, and back to the page where the switch stands."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    answer = redirect(back if safe else "home")
    languages.choose(request, answer, request.POST.get("sprache", ""))
    return answer


@require_POST
@login_required
def stay(request: HttpRequest) -> JsonResponse:
    """Go on working: the session lasts its full time again from now on."""
    request.session.modified = True
    return JsonResponse({"endet": request.session.get_expiry_age()})
