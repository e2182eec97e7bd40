"""The queues: what waits by the database, how many messages the broker holds, how fast they empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from cases import catalog
from cases.models import Case, Entry, Event, State
from cases.operations.broker import Broker
from cases.transitions.entry import waiting_cases

RATE_OVER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
READ = "read"
HOUSEKEEPING = "housekeeping"
READ_KINDS = ("read", "not_readable")
SETTLED = (
    Entry.Outcome.ENTERED,
    Entry.Outcome.FOUND,
    Entry.Outcome.REJECTED,
    Entry.Outcome.SEVERAL,
    Entry.Outcome.DIFFERENT,
    Entry.Outcome.TRIED,
)
"""What ends the waiting of a case."""


@dataclass(frozen=True, slots=True)
class Queue:
    """`messages`: None when the broker cannot be reached. `done`: cases that left within RATE_OVER."""

    name: str
    target: str
    messages: int | None
    waiting: int
    leases: int
    oldest: datetime | None
    done: int

    @property
    def rate_h(self) -> float:
        """Cases an hour."""
        return self.done * (HOUR / RATE_OVER)

    @property
    def empty_in(self) -> timedelta | None:
        """At the rate of now; None where nothing moves."""
        if not self.waiting:
            return timedelta(0)
        return HOUR * (self.waiting / self.rate_h) if self.done else None


def names() -> list[str]:
    return [READ, *(f"enter.{target}" for target in catalog.targets()), HOUSEKEEPING]


def queues(broker: Broker, now: datetime) -> list[Queue]:
    settled = settled_by_target(now)
    found = [reading(broker, now)]
    found += [entering(target, broker, now, settled.get(target, 0)) for target in catalog.targets()]
    messages = broker.depths.get(HOUSEKEEPING) if broker.reachable else None
    return [*found, Queue(HOUSEKEEPING, "", messages, 0, 0, None, 0)]


def reading(broker: Broker, now: datetime) -> Queue:
    unread = Case.objects.filter(state=State.RECEIVED, cancelled=False)
    done = Event.objects.filter(kind__in=READ_KINDS, at__gte=now - RATE_OVER).count()
    return queue(READ, "", broker, unread.filter(lease_until=None), unread.filter(lease_until__gte=now), done)


def entering(target: str, broker: Broker, now: datetime, done: int) -> Queue:
    resolve, enter = (cases for _, cases in waiting_cases(target, now))
    processes = [name for name, spec in catalog.processes().items() if spec.target == target]
    leased = Case.objects.filter(state__in=(State.ENTERING, State.UNCLEAR), process__in=processes, lease_until__gte=now)
    return queue(f"enter.{target}", target, broker, resolve | enter, leased, done)


def queue(name: str, target: str, broker: Broker, waiting: QuerySet[Case], leased: QuerySet[Case], done: int) -> Queue:
    oldest = waiting.order_by("received_at").values_list("received_at", flat=True).first()
    messages = broker.depths.get(name, 0) if broker.reachable else None
    return Queue(name, target, messages, waiting.count(), leased.count(), oldest, done)


def settled_by_target(now: datetime) -> Mapping[str, int]:
    recent = Entry.objects.filter(
        target__in=list(catalog.targets()), finished_at__gte=now - RATE_OVER, outcome__in=SETTLED
    )
    return dict(recent.order_by().values_list("target").annotate(Count("pk")))
