"""What the page of the numbers shows and its files hold, ready for the template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from cases import numbers
from cases.numbers import Blind, Reason, Scope, Sums
from web import export, figures, reasons, titles

AXIS = 0.05
"""The bars of errors end at this share."""

Standing = Literal["over", "open", "proven", ""]


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
    standing: Standing


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


def began(sums: Sums, scope: Scope) -> int:
    """What came in. Of which form that is, is known once it is read."""
    return sums.read if scope.form else sums.received


def tiles(sums: Sums, scope: Scope, sample: Blind, there: numbers.OnTheirWay) -> list[tuple[str, str, str]]:
    """Word, figure, and what belongs to it."""
    age = (there.now - there.oldest).days if there.oldest else None
    wrong = _("Stichprobe: %(wrong)s von %(count)s falsch") % {
        "wrong": figures.whole(sample.wrong),
        "count": figures.whole(sample.count),
    }
    return [
        (_("Ausgelesen") if scope.form else _("Eingegangen"), figures.whole(began(sums, scope)), ""),
        (
            _("Erledigt"),
            figures.whole(sums.done),
            _("davon %(count)s zurückgewiesen") % {"count": figures.whole(sums.rejected)},
        ),
        (
            _("Ohne Prüfung"),
            figures.percent(sums.share),
            _("von %(count)s ausgelesenen") % {"count": figures.whole(sums.read)},
        ),
        (
            _("Fehler höchstens"),
            figures.at_most(sample.bound) if sample.count else "–",
            wrong if sample.count else _("noch keine Stichprobe geprüft"),
        ),
        (
            _("Ältester offener Vorgang"),
            "–" if age is None else _("%(days)s Tage") % {"days": figures.whole(age)},
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
    """As people named it; "" for a case as a whole."""
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
        standing(one, budget),
    )


def standing(one: Blind, budget: float | None) -> Standing:
    """Whether the sample already proves that the field keeps to its budget."""
    if budget is None:
        return ""
    if one.wrong > budget * one.count:
        return "over"
    return "proven" if one.bound <= budget else "open"


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
