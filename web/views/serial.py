"""Serial review (Gruppenprüfung): one uncertain field of many cases at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases import catalog, transitions
from cases.models import Case, State
from ocr.errors import StateProblem
from web import access, serial

REMEMBERED = 500


@require_safe
@access.needs(access.REVIEW)
def groups(request: HttpRequest) -> HttpResponse:
    """Which fields wait in so many cases that looking at them together pays."""
    found = serial.groups(access.person(request), access.may(request.user))
    return render(request, "web/serial_groups.html", {"groups": found, "section": "basket"})


@require_safe
@access.needs(access.REVIEW)
def grid(request: HttpRequest, form: str, name: str) -> HttpResponse:
    """The crops of one field; their cases are opened for this person."""
    described, spec = catalog.forms().get(form), serial.field_spec(form, name)
    if described is None or spec is None:
        raise Http404
    user = access.person(request)
    doubts = doubts_of(request, form, name)
    cells, broken = serial.take_cells(user, access.may(request.user), described, spec, doubts)
    remember(request, form, name, broken)
    context = {"form": described, "spec": spec, "cells": cells, "doubts": len(doubts) + len(broken)}
    return render(request, "web/serial_grid.html", {**context, "section": "basket"})


@require_POST
@access.needs(access.REVIEW)
def confirm(request: HttpRequest, form: str, name: str) -> HttpResponse:
    """Confirm all shown fields but the doubtful ones, which stay in the basket; or only let go of them."""
    user, sent = access.person(request), request.POST
    shown = shown_cases(user, sent.getlist("fall"))
    if sent.get("schliessen"):
        for case in shown:
            transitions.unlock(case.pk, user)
        return redirect("serial")
    doubtful = {case.pk for case in shown if str(case.pk) in sent.getlist("zweifel")}
    states: Counter[State] = Counter()
    for case in shown:
        state = None if case.pk in doubtful else confirmed(user, case, name, sent.get(f"gesehen-{case.pk}"))
        if state is None:
            transitions.unlock(case.pk, user)
            doubtful.add(case.pk)
        else:
            states[state] += 1
    remember(request, form, name, sorted(doubtful))
    messages.success(request, in_words(states, len(doubtful)))
    return redirect("serial_field", form=form, name=name)


def shown_cases(user: User, ids: Sequence[str]) -> list[Case]:
    """The cases of these ids that are this person's to see; nonsense is left out."""
    known = [UUID(text) for text in ids[: serial.CELLS] if is_uuid(text)]
    return list(access.visible(user, Case.objects.filter(pk__in=known)))


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def confirmed(user: User, case: Case, name: str, seen: str | None) -> State | None:
    """Where the case is now; None where its field needs a look of its own."""
    try:
        return transitions.confirm_field(case.pk, user, name, seen)
    except StateProblem:
        return None


def in_words(states: Counter[State], doubtful: int) -> str:
    done = states.total()
    parts = [ngettext("%(number)s Feld bestätigt", "%(number)s Felder bestätigt", done) % {"number": done}]
    if released := states[State.READY]:
        words = ngettext("%(number)s Vorgang damit freigegeben", "%(number)s Vorgänge damit freigegeben", released)
        parts.append(words % {"number": released})
    if second := states[State.SECOND_REVIEW]:
        parts.append(_("%(number)s zur Zweitprüfung") % {"number": second})
    if doubtful:
        words = ngettext("%(number)s bleibt im Arbeitskorb", "%(number)s bleiben im Arbeitskorb", doubtful)
        parts.append(words % {"number": doubtful})
    return ", ".join(parts) + "."


def doubts_of(request: HttpRequest, form: str, name: str) -> list[UUID]:
    """The cases that this person marked as doubtful in this session: they are not shown again."""
    return [UUID(text) for text in request.session.get(f"zweifel/{form}/{name}", [])]


def remember(request: HttpRequest, form: str, name: str, doubtful: Sequence[UUID]) -> None:
    if doubtful:
        known = [*request.session.get(f"zweifel/{form}/{name}", []), *(str(each) for each in doubtful)]
        request.session[f"zweifel/{form}/{name}"] = known[-REMEMBERED:]
