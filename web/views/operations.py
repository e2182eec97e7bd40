"""The operations page (Betrieb): how the house runs. No field values, no images, no names of people."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases import operations as house
from cases import transitions
from cases.operations import failed
from cases.operations import history as hours
from cases.operations.history import Line
from cases.operations.queues import READ
from cases.operations.trouble import Trouble
from ocr.errors import StateProblem
from web import access, plots, problems
from web.next_steps import explained
from web.templatetags.operations import line_title

EVERY_S, HISTORY_EVERY_S = 10, 60
SHOWN = 10
AT_ONCE = 200
"""So many cases are sent on with one click."""
SEVERE = frozenset({"broker_away", "writes_failing", "no_beat", "stuck", "standstill", "session_silent", "disk"})


@require_safe
@access.needs(access.OPERATE)
def operations(request: HttpRequest) -> HttpResponse:
    """The whole page; its two living parts come again by themselves."""
    seen = house.overview()
    groups = [
        (explained(code), problems.title(code), cases[:SHOWN], len(cases)) for code, cases in failed.by_code().items()
    ]
    context = {**now_context(seen), **history_context(seen), "failed": groups, "section": "operations"}
    context |= {"at_once": AT_ONCE, "every_s": EVERY_S, "history_every_s": HISTORY_EVERY_S}
    return render(request, "web/operations.html", context)


@require_safe
@access.needs(access.OPERATE)
def now(request: HttpRequest) -> HttpResponse:
    """The part that is asked for every ten seconds. It holds nothing that could have the focus."""
    return render(request, "web/parts/operations_now.html", now_context(house.overview()))


@require_safe
@access.needs(access.OPERATE)
def history(request: HttpRequest) -> HttpResponse:
    """The part that is asked for every minute: the plots, and their figures."""
    context = {**history_context(house.overview()), "again": True}
    parts = ("history", "figures")
    return HttpResponse("".join(render_to_string(f"web/parts/operations_{part}.html", context) for part in parts))


def now_context(seen: house.Overview) -> dict[str, object]:
    troubles = sorted(seen.troubles, key=lambda one: one.kind not in SEVERE)
    return {
        "seen": seen,
        "now": seen.now,
        "severe": [one for one in troubles if one.kind in SEVERE],
        "troubles": [one for one in troubles if one.kind not in SEVERE],
        "summary": summary(troubles),
        "failed_count": sum(seen.failed.values()),
    }


def summary(troubles: list[Trouble]) -> str:
    if not troubles:
        return _("Alles läuft.")
    return ngettext(
        "%(count)d Sache braucht Aufmerksamkeit.", "%(count)d Sachen brauchen Aufmerksamkeit.", len(troubles)
    ) % {"count": len(troubles)}


def history_context(seen: house.Overview) -> dict[str, object]:
    lines = hours.lines(seen.queues, seen.now)
    return {
        "lines": [(line, plots.bars([count for _, count in line.hours], in_words(line))) for line in lines],
        "hours": [(hour, [line.hours[number][1] for line in lines]) for number, (hour, _) in enumerate(lines[0].hours)],
    }


def in_words(line: Line) -> str:
    """What the plot shows, for people who do not see it; the figures are in the table."""
    hour, _count = max(line.hours, key=lambda one: one[1])
    name = f"{line_title(line.key)} {_('Lesen') if line.subject == READ else line.subject}".strip()
    if not line.most:
        return _("%(name)s: nichts in den letzten 24 Stunden") % {"name": name}
    return _("%(name)s: zuletzt %(last)d, am meisten %(most)d um %(hour)s Uhr") % {
        "name": name,
        "last": line.last,
        "most": line.most,
        "hour": f"{timezone.localtime(hour):%H}",
    }


@require_POST
@access.needs(access.OPERATE)
def retry(request: HttpRequest) -> HttpResponse:
    """Send failed cases on again: those with one code. Each is a step of its own in the trail."""
    waiting = failed.with_code(request.POST.get("code", ""))[:AT_ONCE]
    sent = sum(could_retry(one, access.person(request)) for one in waiting)
    words = ngettext(
        "%(count)d Vorgang wird noch einmal versucht.", "%(count)d Vorgänge werden noch einmal versucht.", sent
    )
    messages.success(request, words % {"count": sent})
    return redirect("operations")


def could_retry(one: failed.Failed, user: User) -> bool:
    try:
        transitions.retry_failed(one.case_id, user)
    except StateProblem:  # somebody was quicker
        return False
    return True
