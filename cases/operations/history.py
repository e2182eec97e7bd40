"""The last day by hours, from the trail and the ledger: what came in, what was done, what waited at each full hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Max
from django.db.models.functions import TruncHour

from cases import catalog
from cases.models import Arrival, Entry, Event, PageMeasure, State
from cases.operations.queues import READ, READ_KINDS, SETTLED, Queue
from cases.operations.robots import BROKE

HOURS = 24
HOUR = timedelta(hours=1)
AT_READING = frozenset({State.RECEIVED})
AT_ENTRY = frozenset({State.READY, State.UNCLEAR})
Counts = Mapping[datetime, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One figure by hours, the oldest first. `subject` is a queue or a scanner, or empty."""

    key: str
    subject: str
    hours: tuple[tuple[datetime, int], ...]

    @property
    def last(self) -> int:
        return self.hours[-1][1]

    @property
    def most(self) -> int:
        return max(count for _, count in self.hours)


def lines(queues: Iterable[Queue], now: datetime) -> list[Line]:
    """Everything that the page draws."""
    start = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR
    hours = [start + number * HOUR for number in range(HOURS)]

    def line(key: str, counts: Counts, subject: str = "") -> Line:
        return Line(key, subject, tuple((hour, counts.get(hour, 0)) for hour in hours))

    found = [line("received", received(start)), line("read", was_read(start))]
    found += [line("entered", entered(start, SETTLED)), line("broke", entered(start, BROKE))]
    moved = moves(start)
    for queue in queues:
        if queue.name == READ or queue.target:
            found.append(line("waiting", waiting(queue, moved, hours), queue.name))
    found += [line("pages", counts, scanner) for scanner, counts in sorted(pages(start).items())]
    return found


def by_hour(rows: Iterable[tuple[datetime, int]]) -> Counts:
    return dict(rows)


def received(start: datetime) -> Counts:
    new = Arrival.objects.filter(at__gte=start, outcome=Arrival.Outcome.NEW).order_by()
    return by_hour(new.annotate(hour=TruncHour("at")).values_list("hour").annotate(Count("pk")))


def was_read(start: datetime) -> Counts:
    done = Event.objects.filter(kind__in=READ_KINDS, at__gte=start).order_by()
    return by_hour(done.annotate(hour=TruncHour("at")).values_list("hour").annotate(Count("pk")))


def entered(start: datetime, outcomes: Iterable[Entry.Outcome]) -> Counts:
    done = Entry.objects.filter(target__in=list(catalog.targets()), finished_at__gte=start, outcome__in=list(outcomes))
    return by_hour(done.order_by().annotate(hour=TruncHour("finished_at")).values_list("hour").annotate(Count("pk")))


def pages(start: datetime) -> Mapping[str, Counts]:
    rows = PageMeasure.objects.filter(at__gte=start).exclude(scanner="").order_by()
    found: dict[str, dict[datetime, int]] = {}
    counted = rows.annotate(hour=TruncHour("at")).values_list("scanner", "hour").annotate(Count("pk"))
    for scanner, hour, count in counted:
        found.setdefault(scanner, {})[hour] = count
    return found


def moves(start: datetime) -> list[tuple[datetime, str, str, str, int]]:
    """Hour, process, state before, state after, how often."""
    events = Event.objects.filter(number__gte=first_since(start), case__isnull=False).order_by()
    changes = events.exclude(from_state=F("to_state")).annotate(hour=TruncHour("at"))
    rows = changes.values_list("hour", "case__process", "from_state", "to_state")
    return list(rows.annotate(Count("pk")))


def first_since(start: datetime) -> int:
    """The number of the first event from `start` on. Halved again and again: the trail has no index by time alone."""
    low, high = 1, (Event.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = Event.objects.filter(number__lte=middle).order_by("-number").values_list("at", flat=True).first()
        low, high = (middle + 1, high) if at is None or at < start else (low, middle)
    return low


def waiting(queue: Queue, moved: Iterable[tuple[datetime, str, str, str, int]], hours: list[datetime]) -> Counts:
    """How much waited at the end of each hour, counted back from what waits now."""
    states = AT_READING if queue.name == READ else AT_ENTRY
    mine = {name for name, spec in catalog.processes().items() if spec.target == queue.target}
    gained: dict[datetime, int] = {}
    for hour, process, before, after, count in moved:
        if queue.name == READ or process in mine:
            gained[hour] = gained.get(hour, 0) + count * ((after in states) - (before in states))
    found: dict[datetime, int] = {}
    at_end = queue.waiting
    for hour in reversed(hours):
        found[hour] = max(0, at_end)
        at_end -= gained.get(hour, 0)
    return found
