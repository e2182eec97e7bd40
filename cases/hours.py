"""When a target may be used: opening hours, blackout windows, holidays. Local time of the office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

OFFICE = ZoneInfo("Europe/Berlin")
DAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
SPAN = re.compile(r"(?:(Mo|Di|Mi|Do|Fr|Sa|So)(?:-(Mo|Di|Mi|Do|Fr|Sa|So))? )?(\d\d:\d\d)-(\d\d:\d\d)")
MOMENT = r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)"
PERIOD = re.compile(rf"{MOMENT} bis {MOMENT}")
LONGEST_SEARCH = timedelta(days=400)
STATES = {
    "BW": "Baden-Württemberg", "BY": "Bayern", "BE": "Berlin", "BB": "Brandenburg", "HB": "Bremen", "HH": "Hamburg",
    "HE": "Hessen", "MV": "Mecklenburg-Vorpommern", "NI": "Niedersachsen", "NW": "Nordrhein-Westfalen",
    "RP": "Rheinland-Pfalz", "SL": "Saarland", "SN": "Sachsen", "ST": "Sachsen-Anhalt", "SH": "Schleswig-Holstein",
    "TH": "Thüringen",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Every week: on these days (0 = Monday) from `start` to before `end`; past midnight where `end` is not later."""

    days: frozenset[int]
    start: time
    end: time

    def holds(self, at: datetime) -> bool:
        """`at` is local time."""
        clock = at.time()
        if self.start < self.end:
            return at.weekday() in self.days and self.start <= clock < self.end
        yesterday = (at.weekday() - 1) % 7
        return (at.weekday() in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)


@dataclass(frozen=True, slots=True)
class Period:
    """Once: from `start` to before `end`, local time."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Hours:
    """Open at any time where `open` is empty. `state` is a federal state ("BW"): its holidays are closed."""

    open: tuple[Span, ...] = ()
    blackout: tuple[Span | Period, ...] = ()
    state: str = ""

    def is_open(self, at: datetime) -> bool:
        """`at` is an aware time of any zone."""
        local = at.astimezone(OFFICE)
        if self.state and is_holiday(local.date(), self.state):
            return False
        if any(closed.holds(local) for closed in self.blackout):
            return False
        return not self.open or any(span.holds(local) for span in self.open)

    def opens_at(self, at: datetime) -> datetime | None:
        """The first moment from `at` on that is open; None where there is none within 400 days."""
        if self.is_open(at):
            return at
        return next((moment for moment in self._edges(at) if self.is_open(moment)), None)

    def closes_at(self, at: datetime) -> datetime | None:
        """The first moment from `at` on that is closed; None where there is none within 400 days."""
        if not self.is_open(at):
            return at
        return next((moment for moment in self._edges(at) if not self.is_open(moment)), None)

    def _edges(self, at: datetime) -> Iterator[datetime]:
        """Moments after `at` at which something can open or close, in order."""
        spans = [*self.open, *(b for b in self.blackout if isinstance(b, Span))]
        clocks = {time(0, 0)} | {span.start for span in spans} | {span.end for span in spans}
        once = [edge for b in self.blackout if isinstance(b, Period) for edge in (b.start, b.end) if edge > at]
        day, last = at.astimezone(OFFICE).date(), (at + LONGEST_SEARCH).astimezone(OFFICE).date()
        while day <= last:
            moments = [datetime.combine(day, clock, OFFICE) for clock in clocks]
            moments += [moment for moment in once if moment.date() == day]
            yield from (moment for moment in sorted(moments) if moment > at)
            day += timedelta(days=1)


def open_together(at: datetime, *several: Hours) -> datetime | None:
    """The first moment from `at` on at which all of them are open; None where there is none within 400 days."""
    moment, last = at, at + LONGEST_SEARCH
    while moment <= last:
        shut = next((hours for hours in several if not hours.is_open(moment)), None)
        opens = shut.opens_at(moment) if shut else moment
        if shut is None or opens is None:
            return opens
        moment = opens
    return None


def close_first(at: datetime, *several: Hours) -> datetime | None:
    """The first moment from `at` on at which one of them is closed."""
    return min((moment for hours in several if (moment := hours.closes_at(at))), default=None)


@lru_cache(maxsize=64)
def hours_of(opening: tuple[str, ...], blackout: tuple[str, ...], state: str) -> Hours:
    """From what people write: "Mo-Fr 06:00-20:00", "22:00-05:00", "2026-12-24 12:00 bis 2026-12-27 06:00".

    Raises:
        ValueError: in German, naming what is wrong.
    """
    closed = tuple(period_of(text) if "bis" in text else span_of(text) for text in blackout)
    if state and state not in states():
        raise ValueError(f"Bundesland „{state}“ gibt es nicht; bekannt sind: {', '.join(sorted(states()))}")
    return Hours(tuple(span_of(text) for text in opening), closed, state)


def span_of(text: str) -> Span:
    match = SPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"„{text}“ ist keine Zeit wie „Mo-Fr 06:00-20:00“")
    first, last, start, end = match.groups()
    if first is None:
        return Span(frozenset(range(7)), clock_of(start), clock_of(end))
    begin, stop = DAYS.index(first), DAYS.index(last or first)
    return Span(frozenset((begin + n) % 7 for n in range((stop - begin) % 7 + 1)), clock_of(start), clock_of(end))


def period_of(text: str) -> Period:
    match = PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"„{text}“ ist kein Zeitraum wie „2026-12-24 12:00 bis 2026-12-27 06:00“")
    first, start, last, end = match.groups()
    period = Period(
        datetime.combine(date.fromisoformat(first), clock_of(start), OFFICE),
        datetime.combine(date.fromisoformat(last), clock_of(end), OFFICE),
    )
    if period.end <= period.start:
        raise ValueError(f"„{text}“ endet, bevor es beginnt")
    return period


def clock_of(text: str) -> time:
    """24:00 is the midnight that ends the day."""
    try:
        return time(0, 0) if text == "24:00" else time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"„{text}“ ist keine Uhrzeit") from None


@lru_cache(maxsize=64)
def _holidays(state: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


def is_holiday(day: date, state: str) -> bool:
    return day in _holidays(state, day.year)


def states() -> frozenset[str]:
    """Federal states by their letters."""
    return frozenset(holidays.country_holidays("DE").subdivisions)
