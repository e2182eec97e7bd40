"""A rule in plain words, as a person would say it back; `read_rule` understands it again as the same rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from cases.when.pieces import DAY_NAMES, MONTHS
from cases.when.rule import DAY_MIN, OFFICE_WEEK, WEEK, YEAR, Clause, Clock, Days, Rule

NTH = {1: "ersten", 2: "zweiten", 3: "dritten", 4: "vierten", -1: "letzten", -2: "vorletzten"}
MOST_TIMES = 6


def said(rule: Rule) -> str:
    return "; ".join(said_clause(clause) for clause in rule.clauses)


def said_clause(clause: Clause) -> str:
    days = listed([said_days(days) for days in clause.days])
    return f"{days} {said_clock(clause.clock)}"


def said_days(days: Days) -> str:
    months = "" if days.months == YEAR else f" im {listed(month_name(month) for month in sorted(days.months))}"
    if days.nth:
        what = "Werktag" if days.working else DAY_NAMES[min(days.weekdays)].capitalize()
        return f"am {listed(NTH.get(nth, f'{nth}.') for nth in ordered(days.nth))} {what} des Monats{months}"
    if days.monthdays:
        if len(days.months) == len(days.monthdays) == 1 and min(days.monthdays) > 0:
            return f"am {min(days.monthdays)}. {month_name(min(days.months))}"
        days_of = ordered(days.monthdays)
        ends = ["letzten Tag" if day == -1 else f"{day}." for day in days_of]
        if len(days_of) > 2 and days_of == list(range(days_of[0], days_of[-1] + 1)):
            ends = [f"{days_of[0]}. bis {days_of[-1]}."]
        only = "" if days.weekdays == WEEK else f" (nur {said_week(days)})"
        return f"am {listed(ends)} des Monats{months}{only}"
    return f"{said_week(days)}{months}"


def month_name(month: int) -> str:
    return MONTHS[month - 1].capitalize()


def said_week(days: Days) -> str:
    if days.weekdays == WEEK:
        return "täglich"
    if days.working and days.weekdays >= OFFICE_WEEK:
        return listed(["werktags", *(f"{DAY_NAMES[day]}s" for day in sorted(days.weekdays - OFFICE_WEEK))])
    names = [f"{DAY_NAMES[day]}s" for day in sorted(days.weekdays)]
    begin = next((day for day in sorted(days.weekdays) if (day - 1) % 7 not in days.weekdays), 0)
    if len(names) > 2 and all((begin + n) % 7 in days.weekdays for n in range(len(names))):
        return f"{DAY_NAMES[begin]}s bis {DAY_NAMES[(begin + len(names) - 1) % 7]}s"
    return listed(names)


def said_clock(clock: Clock) -> str:
    stretches = listed(said_stretch(stretch) for stretch in clock.stretches)
    if clock.step_min is not None:
        return f"{stretches} {said_step(clock.step_min)}".strip()
    if stretches:
        return stretches
    if step := regular(clock.points):
        return f"von {at(clock.points[0])} bis {at(clock.points[-1])} Uhr {said_step(step)}"
    if len(clock.points) > MOST_TIMES:
        return f"{len(clock.points)}-mal zwischen {at(clock.points[0])} und {at(clock.points[-1])} Uhr"
    return f"um {listed(at(point) for point in clock.points)} Uhr"


def regular(points: Sequence[int]) -> int:
    """The distance of points that all have the same, if there are many; else 0."""
    steps = {later - earlier for earlier, later in pairwise(points)}
    return steps.pop() if len(steps) == 1 and len(points) > MOST_TIMES else 0


def said_stretch(stretch: tuple[int, int]) -> str:
    start, end = stretch
    if (start, end) == (0, DAY_MIN):
        return "rund um die Uhr"
    return f"von {at(start)} bis {at(end if end == DAY_MIN else end % DAY_MIN)} Uhr"


def said_step(step_min: int) -> str:
    if step_min % 60 == 0:
        return "stündlich" if step_min == 60 else f"alle {step_min // 60} Stunden"
    return "jede Minute" if step_min == 1 else f"alle {step_min} Minuten"


def at(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def ordered(places: Iterable[int]) -> list[int]:
    """Counted from the front first, then from the back."""
    return sorted(places, key=lambda place: (place < 0, place))


def listed(words: Iterable[str]) -> str:
    *some, last = list(words) or [""]
    return f"{', '.join(some)} und {last}" if some else last
