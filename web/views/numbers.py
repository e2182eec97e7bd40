"""The numbers of the owner's processes: as plots with their tables, and as CSV. Never by person."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import catalog, clock, numbers
from cases.numbers import Scope
from web import access, charts, export, figures, owner, periods, titles
from web.forms import NumbersForm

USUAL_DAYS = 30
LONGEST_DAYS = 5 * 366
SPANS = (7, 30, 90, 365)
SHOWN = 12
"""So many fields stand in a table; the others in the CSV."""


@require_safe
@access.needs(access.PLAN)
def numbers_page(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate(clock.now())
    form, scope = chosen(request, today)
    by_day, found = numbers.by_day(scope), numbers.blind(scope)
    shown = periods.periods(by_day, scope.first, scope.last)
    sums = numbers.total([period.sums for period in shown])
    labels = [period.short for period in shown]
    asking = numbers.reasons(scope)
    context = {
        "form": form,
        "scope": scope,
        "spans": spans(request, scope, today),
        "query": request.GET.urlencode(),
        "rows": [
            (period.name, owner.began(period.sums, scope), period.sums, figures.percent(period.sums.share))
            for period in shown
        ],
        "flow": charts.pairs(labels, [(owner.began(p.sums, scope), p.sums.done) for p in shown], ("in", "out")),
        "began": _("ausgelesen") if scope.form else _("eingegangen"),
        "through": charts.steps(labels, [period.sums.share for period in shown]),
        "asking": [owner.ask(one, asking[0].count, sums) for one in asking[:SHOWN]],
        "more_asking": max(0, len(asking) - SHOWN),
        "sampled": owner.sampled(found),
        "compared": owner.compared(numbers.by_version(scope), found),
        "tiles": owner.tiles(sums, scope, numbers.joined(found.values()), numbers.on_their_way(scope)),
        "behind": numbers.behind(),
        "axis": figures.percent(owner.AXIS, 0),
        "section": "numbers",
    }
    return render(request, "web/numbers.html", context)


def chosen(request: HttpRequest, today: date) -> tuple[NumbersForm, Scope]:
    """What was asked for. Raises Http404 for a process or a version that is not this person's."""
    mine = own_processes(request)
    process = request.GET.get("verfahren", "")
    if process and process not in mine:
        raise Http404
    known = numbers.versions(mine)
    form, one_version, version = request.GET.get("fassung", "").partition("|")
    if form and form not in {name for name, _version in known}:
        raise Http404
    asked = NumbersForm(request.GET, process_choices(mine), version_choices(known))
    asked.is_valid()
    last = min(asked.cleaned_data.get("bis") or today, today)
    first = asked.cleaned_data.get("von") or last - timedelta(days=USUAL_DAYS - 1)
    first = max(min(first, last), last - timedelta(days=LONGEST_DAYS))
    shown = {"von": first, "bis": last, "verfahren": process, "fassung": request.GET.get("fassung", "")}
    filled = NumbersForm(None, process_choices(mine), version_choices(known), initial=shown)
    return filled, Scope((process,) if process else mine, first, last, form, version if one_version else None)


def own_processes(request: HttpRequest) -> tuple[str, ...]:
    mine = access.processes(access.person(request))
    return tuple(name for name in catalog.processes() if mine is None or name in mine)


def process_choices(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, title) for name, title in titles.process_titles() if name in names]


def version_choices(known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each form as a whole, and below it its versions."""
    choices = []
    for form in dict.fromkeys(name for name, _version in known):
        choices.append((form, titles.form_title(form)))
        choices += [
            (
                f"{name}|{version}",
                f"{titles.form_title(name)}, {version}",
            )
            for name, version in known
            if name == form and version
        ]
    return choices


def spans(request: HttpRequest, scope: Scope, today: date) -> list[tuple[str, str, bool]]:
    """Links to the usual spans up to today: address, words, whether it is the one on show."""
    found = []
    for days in SPANS:
        query = request.GET.copy()
        query["von"], query["bis"] = (today - timedelta(days=days - 1)).isoformat(), today.isoformat()
        now = scope.last == today and (scope.last - scope.first).days + 1 == days
        found.append((f"?{query.urlencode()}", _("%(days)s Tage") % {"days": days}, now))
    return found


@require_safe
@access.needs(access.PLAN)
def export_part(request: HttpRequest, part: str) -> HttpResponse:
    """One of the tables in full, as CSV."""
    _form, scope = chosen(request, timezone.localdate(clock.now()))
    if part not in owner.PARTS:
        raise Http404
    headings, rows = owner.PARTS[part](scope)
    return export.table(f"{part}-{scope.first}-{scope.last}", headings, rows)
