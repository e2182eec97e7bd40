"""From which confidence on a field passes: reckoned anew from daily work, shown before and after, proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import thresholds, transitions
from cases.models import FieldSample, Version
from ocr.errors import StateProblem
from ocr.thresholds import Change
from web import access, figures, groups


@dataclass(frozen=True, slots=True)
class Row:
    """One group of fields at one budget, in words; pairs are before and after."""

    group: str
    budget: str
    sample: str
    threshold: tuple[str, str]
    passing: tuple[str, str]
    bound: tuple[str, str]
    verdict: str
    why: str
    icon: str
    tone: str
    changes: bool


@require_safe
@access.needs(access.PLAN)
def thresholds_page(request: HttpRequest) -> HttpResponse:
    """The newest proposal that nobody has decided on yet, if there is one."""
    return screen(request, thresholds.newest_proposal())


def screen(request: HttpRequest, proposal: Version | None, changes: Sequence[Change] = ()) -> HttpResponse:
    """`changes`: just reckoned, where nothing is to be proposed."""
    shown = thresholds.changes_of(proposal) if proposal and not changes else changes
    judged = FieldSample.objects.filter(right__isnull=False)
    context = {
        "proposal": None if changes else proposal,
        "rows": [in_words(one) for one in shown],
        "blind": figures.whole(judged.filter(blind=True).count()),
        "section": "numbers",
    }
    return render(request, "web/thresholds.html", context)


@require_POST
@access.needs(access.PLAN)
def reckon(request: HttpRequest) -> HttpResponse:
    """Reckon; what changes becomes a draft, otherwise it is only shown."""
    try:
        reckoned = thresholds.reckon()
    except StateProblem as problem:
        messages.error(request, problem.message)
        return redirect("thresholds")
    if not reckoned.proposal.differs:
        messages.info(request, _("Keine Schwelle ändert sich. Die Tabelle zeigt, was die Stichprobe schon belegt."))
        return screen(request, None, reckoned.proposal.changes)
    version = transitions.propose_thresholds(reckoned, access.person(request), summary(reckoned.proposal.changes))
    messages.success(
        request, _("Vorschlag %s gespeichert. Er gilt erst, wenn ihn eine zweite Person freigibt.") % version.number
    )
    return redirect("thresholds")


def summary(changes: Sequence[Change]) -> str:
    """For the person who decides."""
    told = [in_words(one) for one in changes if one.before != one.after]
    return "\n".join(f"{one.group} ({one.budget}): {' → '.join(one.threshold)}. {one.why}" for one in told)


def in_words(one: Change) -> Row:
    verdict, icon, tone = groups.VERDICTS[one.verdict]
    why = str(groups.WHY[one.verdict])
    if one.verdict == "kept" and one.missing:
        why += " " + _("Es fehlen %s weitere, alle richtig.") % figures.whole(one.missing)
    return Row(
        groups.title(one.group),
        figures.percent(one.budget),
        f"{figures.whole(one.wrong)} / {figures.whole(one.count)}" if one.count else "–",
        (threshold(one.before), threshold(one.after)),
        (figures.percent(one.passing_before), figures.percent(one.passing_after)),
        (bound(one.before, one.bound_before), bound(one.after, one.bound_after)),
        str(verdict),
        why,
        icon,
        tone,
        one.before != one.after,
    )


def threshold(value: float | None) -> str:
    return _("fragt immer") if value is None else figures.decimal(value, 4)


def bound(threshold: float | None, share: float) -> str:
    """Of the error among what passes; a dash where nothing does or nothing is known."""
    return "–" if threshold is None or share >= 1.0 else figures.at_most(share)
