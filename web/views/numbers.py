"""The numbers of the owner's processes: as plots with their tables, and as CSV. Never by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases import catalog, clock, numbers
from cases.numbers import Blind, Reason, Scope, Sums
from web import access, charts, export, figures, periods, reasons, titles
from web.forms import NumbersForm

USUAL_DAYS = 30
LONGEST_DAYS = 5 * 366
SPANS = (7, 30, 90, 365)
SHOWN = 12
"""So many fields stand in a table; the others in the CSV."""
AXIS = 0.05
"""The bars of errors end at this share."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One field that asked, ready for the table; `bar` in percent of the longest."""

    title: str
    form: str
    count: str
    share: str
    why: str
    bar: float


@dataclass(frozen=True, slots=True)
class Sampled:
    """One field of the blind sample; `low` to `high`: share and bound on an axis of 100, `mark`: its budget."""

    title: str
    form: str
    count: str
    wrong: str
    share: str
    bound: str
    budget: str
    low: float
    high: float
    mark: float | None
    over: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One version of a form."""

    process: str
    form: str
    version: str
    read: str
    share: str
    sample: str
    bound: str


@require_safe
@access.needs(access.PLAN)
def numbers_page(request: HttpRequest) -> HttpResponse:
    form, scope = chosen(request)
    by_day, found = numbers.by_day(scope), numbers.blind(scope)
    shown = periods.periods(by_day, scope.first, scope.last)
    sums = numbers.total([period.sums for period in shown])
    labels = [period.short for period in shown]
    asking = numbers.reasons(scope)
    context = {
        "form": form,
        "scope": scope,
        "spans": spans(request, scope),
        "query": request.GET.urlencode(),
        "rows": [
            (period.name, began(period.sums, scope), period.sums, figures.percent(period.sums.share))
            for period in shown
        ],
        "flow": charts.pairs(labels, [(began(p.sums, scope), p.sums.done) for p in shown], ("in", "out")),
        "began": _("ausgelesen") if scope.form else _("eingegangen"),
        "through": charts.steps(labels, [period.sums.share for period in shown]),
        "asking": [ask(one, asking[0].count, sums) for one in asking[:SHOWN]],
        "more_asking": max(0, len(asking) - SHOWN),
        "sampled": sampled(found),
        "compared": compared(numbers.by_version(scope), found),
        "tiles": tiles(sums, scope, numbers.joined(found.values()), numbers.on_their_way(scope)),
        "behind": numbers.behind(),
        "axis": figures.percent(AXIS, 0),
        "section": "numbers",
    }
    return render(request, "web/numbers.html", context)


def chosen(request: HttpRequest) -> tuple[NumbersForm, Scope]:
    """What was asked for. Raises Http404 for a process or a version that is not this person's."""
    mine = own_processes(request)
    process = request.GET.get("verfahren", "")
    if process and process not in mine:
        raise Http404
    processes = (process,) if process else mine
    known = numbers.versions(processes)
    form, _bar, version = request.GET.get("fassung", "").partition("|")
    if form and form not in {name for name, _version in known}:
        raise Http404
    today = timezone.localdate(clock.now())
    asked = NumbersForm(request.GET, process_choices(mine), version_choices(known))
    asked.is_valid()
    last = min(asked.cleaned_data.get("bis") or today, today)
    first = asked.cleaned_data.get("von") or last - timedelta(days=USUAL_DAYS - 1)
    first = max(min(first, last), last - timedelta(days=LONGEST_DAYS))
    shown = {"von": first, "bis": last, "verfahren": process, "fassung": request.GET.get("fassung", "")}
    filled = NumbersForm(None, process_choices(mine), version_choices(known), initial=shown)
    return filled, Scope(processes, first, last, form, version if _bar else None)


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
                _("%(form)s, Fassung %(version)s") % {"form": titles.form_title(name), "version": version},
            )
            for name, version in known
            if name == form and version
        ]
    return choices


def spans(request: HttpRequest, scope: Scope) -> list[tuple[str, str, bool]]:
    """Links to the usual spans up to today: address, words, whether it is the one on show."""
    found = []
    today = timezone.localdate(clock.now())
    for days in SPANS:
        query = request.GET.copy()
        query["von"], query["bis"] = (today - timedelta(days=days - 1)).isoformat(), today.isoformat()
        now = scope.last == today and (scope.last - scope.first).days + 1 == days
        found.append((f"?{query.urlencode()}", _("%(days)s Tage") % {"days": days}, now))
    return found


def began(sums: Sums, scope: Scope) -> int:
    """What came in. Of which form that is, is known once it is read."""
    return sums.read if scope.form else sums.received


def tiles(sums: Sums, scope: Scope, sample: Blind, there: numbers.OnTheirWay) -> list[tuple[str, str, str]]:
    """Word, figure, and what belongs to it."""
    age = (clock.now() - there.oldest).days if there.oldest else None
    wrong = _("Stichprobe: %(wrong)s von %(count)s falsch") % {
        "wrong": figures.whole(sample.wrong),
        "count": figures.whole(sample.count),
    }
    return [
        (_("Ausgelesen") if scope.form else _("Eingegangen"), figures.whole(began(sums, scope)), ""),
        (_("Erledigt"), figures.whole(sums.done), _("davon %s zurückgewiesen") % figures.whole(sums.rejected)),
        (_("Ohne Prüfung"), figures.percent(sums.share), _("von %s ausgelesenen") % figures.whole(sums.read)),
        (
            _("Fehler höchstens"),
            figures.at_most(sample.bound) if sample.count else "–",
            wrong if sample.count else _("noch keine Stichprobe geprüft"),
        ),
        (
            _("Ältester offener Vorgang"),
            "–" if age is None else _("%s Tage") % figures.whole(age),
            _("heute") if there.oldest else _("nichts ist offen"),
        ),
        (
            _("Frist überschritten"),
            figures.whole(there.overdue),
            _("heute; weitere %(count)s in %(days)s Tagen")
            % {"count": figures.whole(there.at_risk), "days": numbers.RISK_DAYS},
        ),
    ]


def ask(one: Reason, most: int, sums: Sums) -> Asking:
    why = ", ".join(f"{reasons.words(code)}: {figures.whole(count)}" for code, count in one.codes[:4])
    share = figures.percent(one.count / sums.read if sums.read else None)
    return Asking(
        field_title(one.form, one.field),
        titles.form_title(one.form) if one.form else "",
        figures.whole(one.count),
        share,
        why,
        round(100 * one.count / max(1, most), 1),
    )


def field_title(form: str, field: str) -> str:
    if not field:
        return _("Vorgang als Ganzes")
    spec = titles.field_specs(form).get(field)
    return spec.title if spec else field


def by_field(found: Mapping[tuple[str, str, str, str], Blind]) -> dict[tuple[str, str], Blind]:
    """The ones with the most errors first."""
    rows: dict[tuple[str, str], list[Blind]] = defaultdict(list)
    for (_process, form, _version, field), one in found.items():
        rows[form, field].append(one)
    whole = {key: numbers.joined(some) for key, some in rows.items()}
    return dict(sorted(whole.items(), key=lambda pair: (-pair[1].wrong, -pair[1].count, pair[0])))


def sampled(found: Mapping[tuple[str, str, str, str], Blind]) -> list[Sampled]:
    return [sampled_field(form, field, one) for (form, field), one in by_field(found).items()]


def sampled_field(form: str, field: str, one: Blind) -> Sampled:
    spec = titles.field_specs(form).get(field)
    budget = spec.error_budget if spec else None
    return Sampled(
        field_title(form, field),
        titles.form_title(form),
        figures.whole(one.count),
        figures.whole(one.wrong),
        figures.percent(one.share),
        figures.at_most(one.bound),
        figures.percent(budget),
        round(100 * min(1.0, (one.share or 0.0) / AXIS), 1),
        round(100 * min(1.0, one.bound / AXIS), 1),
        round(100 * min(1.0, budget / AXIS), 1) if budget is not None else None,
        bool(budget is not None and one.share and one.share > budget),
    )


def compared(
    versions: Mapping[tuple[str, str, str], Sums], found: Mapping[tuple[str, str, str, str], Blind]
) -> list[Compared]:
    """Every version that was read."""
    rows = []
    for (process, form, version), sums in versions.items():
        if not form or not sums.read:
            continue
        sample = numbers.joined(one for key, one in found.items() if key[:3] == (process, form, version))
        rows.append(
            Compared(
                titles.process_title(process),
                titles.form_title(form),
                version or "–",
                figures.whole(sums.read),
                figures.percent(sums.share),
                f"{figures.whole(sample.wrong)} / {figures.whole(sample.count)}",
                figures.at_most(sample.bound) if sample.count else "–",
            )
        )
    return rows


@require_safe
@access.needs(access.PLAN)
def export_part(request: HttpRequest, part: str) -> HttpResponse:
    """One of the tables in full, as CSV."""
    _form, scope = chosen(request)
    if part not in PARTS:
        raise Http404
    headings, rows = PARTS[part](scope)
    return export.table(f"{part}-{scope.first}-{scope.last}", headings, rows)


def days_part(scope: Scope) -> tuple[list[str], Any]:
    headings = [
        _("Tag"), _("Verfahren"), _("Formular"), _("Fassung"), _("eingegangen"), _("ausgelesen"), _("ohne Prüfung"),
        _("nur Stichprobe"), _("freigegeben"), _("übertragen"), _("zurückgewiesen"),
    ]  # fmt: skip
    return headings, ([day_cell(value) for value in row.values()] for row in numbers.by_day_and_version(scope))


def day_cell(value: object) -> export.Cell:
    return value.isoformat() if isinstance(value, date) else value  # type: ignore[return-value]


def reasons_part(scope: Scope) -> tuple[list[str], Any]:
    headings = [_("Formular"), _("Feld"), _("Grund"), _("Bedeutung"), _("Vorgänge")]
    rows = [
        row
        for one in numbers.reasons(scope)
        for row in (
            (one.form, one.field, "", _("alle Gründe"), one.count),
            *((one.form, one.field, code, reasons.words(code), count) for code, count in one.codes),
        )
    ]
    return headings, rows


def sample_part(scope: Scope) -> tuple[list[str], Any]:
    headings = [
        _("Verfahren"), _("Formular"), _("Fassung"), _("Feld"), _("geprüft"), _("falsch"), _("Anteil"),
        _("höchstens (95 %)"),
    ]  # fmt: skip
    return headings, [(*key, one.count, one.wrong, one.share, one.bound) for key, one in numbers.blind(scope).items()]


PARTS = {"verlauf": days_part, "gruende": reasons_part, "stichprobe": sample_part}
