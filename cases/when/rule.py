"""A rule: on which days, at which minutes. And the moments at which something is due by it. No Django.

Clock times are those of the office (Europe/Berlin). A clock time that a night of clock change leaves out is due at the
next moment that exists; one that comes twice is due the first time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from cases.hours import OFFICE, Hours, Span, is_holiday

DAY_MIN = 24 * 60
WEEK = frozenset(range(7))
OFFICE_WEEK = frozenset(range(5))
YEAR = frozenset(range(1, 13))
LONGEST_SEARCH_DAYS = 5 * 366
"""A 29th of February may be four years away."""
MINUTE = timedelta(minutes=1)
NEVER_CLOSED = Hours()


@dataclass(frozen=True, slots=True)
class Days:
    """Days that are all of: in `months`, of these `weekdays`, one of `monthdays` (-1 = the last; empty = any), and one
    of `nth` among the days of its month that are of these weekdays (1 = the first, -1 = the last; empty = any).

    `working`: days of work. With a federal state its holidays are none of them and do not count for `nth`.
    """

    weekdays: frozenset[int] = WEEK
    months: frozenset[int] = YEAR
    monthdays: frozenset[int] = frozenset()
    nth: frozenset[int] = frozenset()
    working: bool = False

    def hold(self, day: date, state: str = "") -> bool:
        if day.month not in self.months or day.weekday() not in self.weekdays:
            return False
        last = monthrange(day.year, day.month)[1]
        if self.monthdays and not self.monthdays & {day.day, day.day - last - 1}:
            return False
        return not self.nth or self._is_nth(day, last, state)

    def _is_nth(self, day: date, last: int, state: str) -> bool:
        counted = [n for n in range(1, last + 1) if self._counts(day.replace(day=n), state)]
        if day.day not in counted:
            return False
        place = counted.index(day.day)
        return bool(self.nth & {place + 1, place - len(counted)})

    def _counts(self, day: date, state: str) -> bool:
        if day.weekday() not in self.weekdays:
            return False
        return not (self.working and state and is_holiday(day, state))


@dataclass(frozen=True, slots=True)
class Clock:
    """Minutes since the day began: single `points`, and stretches of time, every `step_min` minutes where one is given.

    A stretch that ends on the next morning ends behind minute 1440. Its last minute belongs to it.
    """

    points: tuple[int, ...] = ()
    stretches: tuple[tuple[int, int], ...] = ()
    step_min: int | None = None

    def minutes(self) -> list[int]:
        found = set(self.points)
        if self.step_min:
            for start, end in self.stretches or ((0, DAY_MIN),):
                found |= set(range(start, end if end == DAY_MIN else end + 1, self.step_min))
        return sorted(found)


@dataclass(frozen=True)
class Clause:
    """On any of `days`, at the times of `clock`."""

    days: tuple[Days, ...]
    clock: Clock

    def on(self, day: date, state: str) -> bool:
        return any(days.hold(day, state) for days in self.days)

    @cached_property
    def minutes(self) -> list[int]:
        return self.clock.minutes()


@dataclass(frozen=True)
class Rule:
    """Whatever any of the clauses says."""

    clauses: tuple[Clause, ...]

    def minutes_of(self, day: date, state: str) -> list[int]:
        """Minutes at which something is due on a day (and the night after it), in order."""
        found = [clause.minutes for clause in self.clauses if clause.on(day, state)]
        return found[0] if len(found) == 1 else sorted({minute for minutes in found for minute in minutes})

    def due(self, after: datetime, closed: Hours = NEVER_CLOSED) -> Iterator[datetime]:
        """Moments (UTC) after `after` at which something is due and `closed` is open, in order.

        Ends where there is none for five years.
        """
        if not any(clause.minutes for clause in self.clauses):
            return
        last, today = after, after.astimezone(OFFICE).date()
        day = begun = today - timedelta(days=1)
        night: list[int] = []  # what the day before has behind midnight
        while (day - begun).days <= LONGEST_SEARCH_DAYS:
            minutes = sorted({*night, *self.minutes_of(day, closed.state)})
            night = [minute - DAY_MIN for minute in minutes if minute >= DAY_MIN]
            for minute in minutes if day >= today else ():
                if minute < DAY_MIN and (at := moment(day, minute)) > last and closed.is_open(at):
                    last, begun = at, day
                    yield at
            day += timedelta(days=1)

    def hours(self, closed: Hours = NEVER_CLOSED) -> Hours:
        """The same as weekly opening hours, minus what is closed.

        Raises:
            ValueError: the rule is none of weekdays and stretches of time alone.
        """
        spans = []
        for clause in self.clauses:
            if clause.clock.points or clause.clock.step_min or not clause.clock.stretches:
                raise ValueError("Hier wird eine Zeit von … bis gebraucht, zum Beispiel „werktags 6 bis 20 Uhr“.")
            for days in clause.days:
                if days.monthdays or days.nth or days.months != YEAR:
                    raise ValueError("Hier gehen nur Wochentage, zum Beispiel „montags bis freitags 6 bis 20 Uhr“.")
                spans += [Span(days.weekdays, clock_at(start), clock_at(end)) for start, end in clause.clock.stretches]
        return Hours(tuple(spans), closed.blackout, closed.state)


def moment(day: date, minute: int) -> datetime:
    """UTC of a minute of a day in the office: the next one where it does not exist, the first where it comes twice."""
    local = datetime.combine(day, time()) + timedelta(minutes=minute)
    while True:
        at = local.replace(tzinfo=OFFICE).astimezone(UTC)
        if at.astimezone(OFFICE).replace(tzinfo=None) == local:
            return at
        local += MINUTE


def clock_at(minute: int) -> time:
    """Midnight for the minute that ends a day."""
    return time(minute // 60 % 24, minute % 60)
