"""Days put together so that a plot stays readable: days, weeks or months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _

from cases.numbers import Sums, total

MOST_DAYS, MOST_WEEKS = 62, 400


@dataclass(frozen=True, slots=True)
class Period:
    """Some days and their sums. `short` stands on the axis, `name` in the table."""

    short: str
    name: str
    sums: Sums


def periods(by_day: Mapping[date, Sums], first: date, last: date) -> list[Period]:
    """All of them in order, those without anything as well."""
    length = (last - first).days + 1
    found: dict[date, list[Sums]] = {}
    for index in range(length):
        day = first + timedelta(days=index)
        begin = max(first, begin_of(day, length))
        found.setdefault(begin, [])
        if day in by_day:
            found[begin].append(by_day[day])
    return [
        Period(short(begin, length), name(begin, min(last, end_of(begin, length)), length), total(rows))
        for begin, rows in found.items()
    ]


def begin_of(day: date, length: int) -> date:
    if length <= MOST_DAYS:
        return day
    return day - timedelta(days=day.weekday()) if length <= MOST_WEEKS else day.replace(day=1)


def end_of(begin: date, length: int) -> date:
    if length <= MOST_DAYS:
        return begin
    if length <= MOST_WEEKS:
        return begin + timedelta(days=6 - begin.weekday())
    return (begin.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def short(begin: date, length: int) -> str:
    return formats.date_format(begin, "d.m." if length <= MOST_WEEKS else "m.Y")


def name(begin: date, end: date, length: int) -> str:
    if length <= MOST_DAYS:
        return formats.date_format(begin, "d.m.Y")
    return _("%(first)s bis %(last)s") % {
        "first": formats.date_format(begin, "d.m.Y"),
        "last": formats.date_format(end, "d.m.Y"),
    }
