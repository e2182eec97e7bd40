"""One clause of a sentence while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.when.rule import WEEK, YEAR, Clause, Clock, Days


class NotUnderstood(ValueError):
    """A sentence that is no rule. The message is German and says what would be understood."""


@dataclass(slots=True)
class Draft:
    """One clause while it is read."""

    weekdays: set[int] = field(default_factory=set)
    without: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    monthdays: set[int] = field(default_factory=set)
    nth: list[Days] = field(default_factory=list)
    dates: list[Days] = field(default_factory=list)
    working: bool = False
    daily: bool = False
    excepting: bool = False
    weekly: bool = False
    first_of_month: bool = False
    points: set[int] = field(default_factory=set)
    stretches: list[tuple[int, int]] = field(default_factory=list)
    step_min: int | None = None
    days_came_last: bool = False

    @property
    def has_days(self) -> bool:
        some = self.weekdays or self.months or self.monthdays or self.nth or self.dates
        return bool(some or self.daily or self.weekly or self.first_of_month)

    @property
    def has_times(self) -> bool:
        return bool(self.points or self.stretches or self.step_min)

    def clause(self) -> Clause:
        if not self.has_times:
            raise NotUnderstood("Es fehlt die Uhrzeit, zum Beispiel „um 7:30“ oder „6 bis 20 Uhr, alle 10 Minuten“.")
        if self.weekly and not self.weekdays:
            raise NotUnderstood("Es fehlt der Wochentag, zum Beispiel „montags um 7:30“.")
        if self.points and self.step_min and not self.stretches:
            raise NotUnderstood("Bitte entweder Uhrzeiten nennen oder „alle … Minuten“, nicht beides.")
        if self.points and self.stretches and not self.step_min:
            raise NotUnderstood("Bitte entweder Uhrzeiten nennen oder eine Zeit von … bis, nicht beides.")
        clock = Clock(tuple(sorted(self.points)), tuple(self.stretches), self.step_min)
        return Clause(tuple(self._days()), clock)

    def _days(self) -> list[Days]:
        months = frozenset(self.months) or YEAR
        weekdays = frozenset(self.weekdays or WEEK) - self.without
        if not weekdays:
            raise NotUnderstood("Es bleibt kein Wochentag übrig.")
        found = [*self.dates]
        found += [Days(one.weekdays, one.months if self.months == set() else months, nth=one.nth, working=one.working)
                  for one in self.nth]  # fmt: skip
        if self.monthdays or (self.first_of_month and not found and not self.weekdays):
            found.append(Days(WEEK - self.without, months, frozenset(self.monthdays or {1})))
        if not found or self.weekdays:
            found.append(Days(weekdays, months, working=self.working))
        return found
