"""Five fields of cron: minute, hour, day of the month, month, day of the week.

Source: crontab(5). Where both day fields are restricted, either is enough; one that begins with * is not restricted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cases.when.rule import Clause, Clock, Days, Rule

SHORT = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
         "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *"}  # fmt: skip
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAME = "|".join((*WEEKDAYS, *MONTHS))
FIELD = rf"(?:\*|\d+|{NAME})(?:-(?:\d+|{NAME}))?(?:/\d+)?"
FIELDS = re.compile(rf"(?:{FIELD}(?:,{FIELD})*\s+){{4}}{FIELD}(?:,{FIELD})*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    title: str
    low: int
    high: int
    names: tuple[str, ...] = ()


MINUTE, HOUR = Field("Minute", 0, 59), Field("Stunde", 0, 23)
MONTHDAY, MONTH = Field("Tag", 1, 31), Field("Monat", 1, 12, MONTHS)
WEEKDAY = Field("Wochentag", 0, 7, WEEKDAYS)


def looks_like(text: str) -> bool:
    given = text.strip()
    return given.startswith("@") or "*" in given or FIELDS.fullmatch(given) is not None


def read_cron(text: str) -> Rule:
    """Raises ValueError, in German."""
    fields = SHORT.get(text.strip().lower(), text).lower().split()
    if len(fields) != 5:
        raise ValueError(f"„{text.strip()}“ hat {len(fields)} Angaben.")
    minutes, hours, monthdays, months, weekdays = (
        values(given, field) for given, field in zip(fields, (MINUTE, HOUR, MONTHDAY, MONTH, WEEKDAY), strict=True)
    )
    week = frozenset((day - 1) % 7 for day in weekdays)
    either = not fields[2].startswith("*") and not fields[4].startswith("*")
    some = frozenset() if len(monthdays) == 31 else monthdays
    days = (Days(months=months, monthdays=some), Days(week, months)) if either else (Days(week, months, some),)
    clock = Clock(tuple(sorted(hour * 60 + minute for hour in hours for minute in minutes)))
    return Rule((Clause(days, clock),))


def values(given: str, field: Field) -> frozenset[int]:
    return frozenset(number for part in given.split(",") for number in part_of(part, field))


def part_of(part: str, field: Field) -> range:
    body, slash, step = part.partition("/")
    first, dash, last = body.partition("-")
    if slash and (not step.isdigit() or int(step) == 0):
        raise ValueError(f"{field.title}: „{part}“ hat keinen Schritt.")
    if first == "*" and not dash:
        return range(field.low, field.high + 1, int(step or 1))
    begin = number(first, field)
    end = number(last, field) if dash else field.high if slash else begin
    if end < begin:
        raise ValueError(f"{field.title}: „{part}“ endet, bevor es beginnt.")
    return range(begin, end + 1, int(step or 1))


def number(text: str, field: Field) -> int:
    found = field.names.index(text) + (field.low if field is MONTH else 0) if text in field.names else -1
    if found < 0 and text.isdigit():
        found = int(text)
    if not field.low <= found <= field.high:
        raise ValueError(f"{field.title}: „{text}“ gibt es nicht ({field.low} bis {field.high}).")
    return found
