"""What the schedules say: their rules, when they are due next, which targets they shut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Literal

from django.utils.translation import gettext as _

from cases import catalog, clock
from cases.hours import STATES, Hours, close_first, open_together
from cases.models import PlannedRun, Schedule
from cases.processes import TargetSpec
from cases.when import NotUnderstood, Rule, read_closed, read_rule, read_times, said

Work = Schedule.Work
OF_TARGETS = frozenset({Work.ENTRY, Work.RECONCILIATION})
"""Work whose subject is a target; of all other work it is a process."""
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """A rule, and when it does not hold."""

    rule: Rule
    closed: Hours

    @property
    def hours(self) -> Hours:
        """As opening hours, for the entry window of a target."""
        return self.rule.hours(self.closed)

    @property
    def words(self) -> str:
        """The sentence read back."""
        state = f", außer an Feiertagen ({STATES[self.closed.state]})" if self.closed.state else ""
        return said(self.rule) + state


def plan_of(work: str, words: str, holidays: str = "", blackout: Iterable[str] = ()) -> Plan:
    """What these words say for this kind of work.

    Raises:
        ValueError: in German, with what would be understood.
    """
    rule = read_rule(words) if work == Work.ENTRY else read_times(words)
    plan = Plan(rule, read_closed(blackout, holidays))
    if "feiertag" in words.lower() and not holidays:
        raise NotUnderstood(_("Für Feiertage bitte das Bundesland wählen."))
    if work == Work.ENTRY:
        if plan.hours.opens_at(clock.now()) is None:
            raise NotUnderstood(_("Feiertage und Sperrzeiten lassen keine Zeit übrig."))
    elif next(rule.due(clock.now(), plan.closed), None) is None:
        raise NotUnderstood(_("Diese Zeit kommt in den nächsten fünf Jahren nicht vor."))
    return plan


def plan(schedule: Schedule) -> Plan:
    """Raises ValueError when its words are not understood (any more)."""
    rule = read_rule(schedule.words)
    return Plan(rule, read_closed(schedule.blackout, schedule.holidays))


def next_times(one: Plan, after: datetime, count: int = SHOWN) -> list[datetime]:
    return list(islice(one.rule.due(after, one.closed), count))


Opening = tuple[datetime, datetime | None]


def next_openings(hours: Iterable[Hours], after: datetime, count: int = SHOWN) -> Iterator[Opening]:
    """When all of these are open together, from and until (None: for good)."""
    several, at = tuple(hours), after
    for _n in range(count):
        opens = open_together(at, *several)
        if opens is None:
            return
        closes = close_first(opens, *several)
        yield opens.astimezone(UTC), closes.astimezone(UTC) if closes else None
        if closes is None:
            return
        at = closes


def coming(work: str, subject: str, plan: Plan, now: datetime, count: int = SHOWN) -> list[Opening]:
    """The next due times; for a window the times in which it and the target's own hours are open."""
    if work != Work.ENTRY:
        return [(at, None) for at in next_times(plan, now, count)]
    target = catalog.targets().get(subject)
    return list(next_openings([plan.hours, target.hours if target else Hours()], now, count))


def is_due(schedule: Schedule, now: datetime) -> bool:
    one = plan(schedule)
    first = next(one.rule.due(schedule.looked_at, one.closed), None)
    return first is not None and first <= now


def planned(work: str) -> frozenset[str]:
    """Processes or targets for which a schedule says when this is done; for all others it is done as always."""
    return frozenset(Schedule.objects.filter(work=work).values_list("subject", flat=True))


def known(schedule: Schedule) -> bool:
    """Whether its process or target is still described."""
    return schedule.subject in (catalog.targets() if schedule.work in OF_TARGETS else catalog.processes())


def last_runs(schedules: Iterable[Schedule]) -> dict[int, PlannedRun]:
    """The newest run of each that is finished and did not lapse."""
    found: dict[int, PlannedRun] = {}
    for schedule in schedules:
        ran = schedule.runs.exclude(outcome__in=("", PlannedRun.Outcome.SKIPPED)).order_by("-due_at").first()
        if ran is not None:
            found[schedule.pk] = ran
    return found


@dataclass(frozen=True, slots=True)
class Shut:
    """Why a target may not be used now: its own hours, the window of its owner, or that window is paused."""

    by: Literal["hours", "window", "pause"]
    until: datetime | None
    reason: str


def window(target: str) -> Schedule | None:
    return Schedule.objects.filter(work=Work.ENTRY, subject=target).first()


def why_shut(spec: TargetSpec, now: datetime) -> Shut | None:
    """The narrower of the target's own hours and its owner's window holds; None when both are open."""
    own = window(spec.name)
    if own is None:
        return None if spec.hours.is_open(now) else Shut("hours", spec.hours.opens_at(now), _("Öffnungszeiten"))
    if own.paused:
        return Shut("pause", None, _("der Zeitplan der Prozessverantwortung ist angehalten"))
    try:
        one = plan(own)
        hours = one.hours
    except ValueError:
        return Shut("window", None, _("der Zeitplan der Prozessverantwortung ist nicht lesbar"))
    opens = open_together(now, spec.hours, hours)
    if opens == now:
        return None
    if not spec.hours.is_open(now):
        return Shut("hours", opens, _("Öffnungszeiten"))
    return Shut("window", opens, _("Zeitplan der Prozessverantwortung: %(words)s") % {"words": one.words})
