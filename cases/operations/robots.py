"""Targets and the robots in them: sessions, receipts, attempts that broke. How a target stands: `cases.standing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from cases import catalog, schedules, standing
from cases.models import Entry, Run
from cases.standing import Standing

DAY = timedelta(days=1)
BROKE = (Entry.Outcome.UNAVAILABLE, Entry.Outcome.LOST, Entry.Outcome.UNCLEAR)
"""Attempts that ended for technical reasons; a refusal by the target is none."""


@dataclass(frozen=True, slots=True)
class Session:
    """One robot that is logged in. `silent`: its worker no longer renews it."""

    host: str
    since: datetime
    cases: int
    last_at: datetime | None
    silent: bool


@dataclass(frozen=True, slots=True)
class Target:
    """`hours` as the target's description has them, `window` what an owner planned, in words.

    `attempts` and those that `broke` within a day; `last_at` and `last_outcome`: the newest receipt of a robot.
    """

    standing: Standing
    hours: str
    window: str
    stop_after: int
    sessions: tuple[Session, ...]
    attempts: int
    broke: int
    last_at: datetime | None
    last_outcome: str

    @property
    def error_rate(self) -> float | None:
        return self.broke / self.attempts if self.attempts else None


def targets(now: datetime) -> list[Target]:
    """All targets by name."""
    specs, counted, open_sessions = catalog.targets(), attempts(now), sessions(now)
    found = []
    for one in standing.targets():
        spec, outcomes = specs[one.name], counted.get(one.name, {})
        last = Entry.objects.filter(target=one.name, finished_at__isnull=False).order_by("-finished_at").first()
        found.append(
            Target(
                standing=one,
                hours=", ".join(spec.opening),
                window=planned(one.name),
                stop_after=spec.stop_after,
                sessions=tuple(open_sessions.get(one.name, ())),
                attempts=sum(outcomes.values()),
                broke=sum(outcomes.get(outcome, 0) for outcome in BROKE),
                last_at=last.finished_at if last else None,
                last_outcome=last.outcome if last else "",
            )
        )
    return found


def planned(target: str) -> str:
    window = schedules.window(target)
    return "" if window is None or window.paused else window.words


def attempts(now: datetime) -> Mapping[str, Mapping[str, int]]:
    """By target and outcome within a day."""
    recent = Entry.objects.filter(target__in=list(catalog.targets()), finished_at__gte=now - DAY).order_by()
    found: dict[str, dict[str, int]] = {}
    for target, outcome, count in recent.values_list("target", "outcome").annotate(Count("pk")):
        found.setdefault(target, {})[outcome] = count
    return found


def sessions(now: datetime) -> Mapping[str, list[Session]]:
    running = Run.objects.filter(ended_at=None).annotate(cases=Count("entries"), last_at=Max("entries__finished_at"))
    found: dict[str, list[Session]] = {}
    for run in running.order_by("started_at"):
        host = str(run.worker.get("host", ""))
        one = Session(host, run.started_at, run.cases, run.last_at, run.lease_until < now)
        found.setdefault(run.target, []).append(one)
    return found
