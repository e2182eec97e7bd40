"""When nothing is done although its time has come: holidays of a federal state, and lines that people write."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from cases.hours import OFFICE, Hours, Period, Span, hours_of
from cases.when.draft import NotUnderstood
from cases.when.words import read_rule

DAY = r"(\d{1,2})\.(\d{1,2})\.(\d{4})"
TIME = r"(?:,? (?:um )?(\d{1,2})[:.](\d\d)(?: uhr)?|,? (?:um )?(\d{1,2}) uhr)?"
ONCE = re.compile(rf"(?:vom |von |am )?{DAY}{TIME}(?: ?(?:bis|-)(?: zum)? ?{DAY}{TIME})?", re.IGNORECASE)
EXAMPLES = "„sonntags 2 bis 4 Uhr“ oder „24.12.2026 12:00 bis 27.12.2026 6:00“"


def read_closed(lines: Iterable[str], state: str = "") -> Hours:
    """Open but for these lines and the holidays of a state.

    Raises:
        ValueError: in German, naming the line.
    """
    spans = [span for line in lines if line.strip() for span in _read_line(line.strip())]
    return Hours((), tuple(spans), hours_of((), (), state).state)


@lru_cache(maxsize=256)
def _read_line(line: str) -> tuple[Span | Period, ...]:
    if match := ONCE.fullmatch(line.replace("\u2013", "-")):
        return (_once(line, match.groups()),)
    try:
        return read_rule(line).hours().open
    except ValueError as error:
        raise NotUnderstood(f"Sperrzeit „{line}“: {_short(error)} Verstanden wird zum Beispiel {EXAMPLES}.") from error


def _once(line: str, found: tuple[str | None, ...]) -> Period:
    """A day without a clock time counts from its first to its last minute."""
    try:
        start, _ = _moment(found[:6])
        end, whole_day = _moment(found[6:]) if found[6] else (start, found[3] is None and found[5] is None)
    except ValueError as error:
        raise NotUnderstood(f"Sperrzeit „{line}“: Diesen Tag oder diese Uhrzeit gibt es nicht.") from error
    period = Period(start, end + timedelta(days=1) if whole_day else end)
    if period.end <= period.start:
        raise NotUnderstood(f"Sperrzeit „{line}“ endet, bevor sie beginnt.")
    return period


def _moment(parts: tuple[str | None, ...]) -> tuple[datetime, bool]:
    """The moment, and whether it stands for its whole day."""
    day, month, year, hour, minute, only_hour = (int(part) if part else None for part in parts)
    clock = hour if hour is not None else only_hour
    at = datetime(year or 0, month or 0, day or 0, clock or 0, minute or 0, tzinfo=OFFICE)
    return at, clock is None


def _short(error: ValueError) -> str:
    """Without the examples of a rule, which are others."""
    return str(error).partition(" Verstanden wird")[0]
