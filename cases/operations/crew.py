"""Workers and beat by what they write, not by whether their process lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from cases import catalog
from cases.models import Progress

Condition = Literal["busy", "idle", "stuck"]
BEAT = "beat@"
MISSED = 3
"""So many signs in a row may be missing, and a little more, before a process counts as stuck."""
LITTLE_S = 5.0
LONGEST_S: Mapping[str, float] = {"read_case": 300.0, "run_planned": 3660.0, "retention": 3 * 3600.0}
"""How long one item of a task may take; others `USUAL_S`, robots what their targets allow."""
USUAL_S = 600.0
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Doing:
    """What one process is at."""

    task: str
    since: datetime
    too_long: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A worker with all its processes, or beat. `sign_at`: when it last gave work out; None: never."""

    node: str
    condition: Condition
    started_at: datetime | None
    sign_at: datetime | None
    finished_at: datetime | None
    processes: int
    doing: tuple[Doing, ...]
    done: int

    @property
    def is_beat(self) -> bool:
        return self.node.startswith(BEAT)


def crew(now: datetime) -> list[Member]:
    """All that wrote something and did not sign off, by name."""
    rows: dict[str, list[Progress]] = {}
    for row in Progress.objects.order_by("node", "pid"):
        rows.setdefault(row.node, []).append(row)
    return [member(node, mine, now) for node, mine in rows.items()]


def member(node: str, rows: list[Progress], now: datetime) -> Member:
    mains = sorted((row for row in rows if row.every_s is not None), key=sign)
    main = mains[-1] if mains else None
    children = [row for row in rows if row.every_s is None and (main is None or sign(row) >= began(main))]
    doing = tuple(
        Doing(row.task, row.began_at, now - row.began_at > longest(row.task))
        for row in children
        if row.task and row.began_at
    )
    stuck = main is None or silent(main, now) or any(one.too_long for one in doing)
    finished = [row.finished_at for row in children if row.finished_at]
    return Member(
        node=node,
        condition="stuck" if stuck else "busy" if doing else "idle",
        started_at=main.began_at if main else None,
        sign_at=main.finished_at if main else None,
        finished_at=max(finished, default=None),
        processes=len(children),
        doing=doing,
        done=sum(row.done for row in rows),
    )


def sign(row: Progress) -> datetime:
    """When a row was last written."""
    return max((at for at in (row.began_at, row.finished_at) if at), default=NEVER)


def began(row: Progress) -> datetime:
    return row.began_at or sign(row)


def silent(main: Progress, now: datetime) -> bool:
    return now - sign(main) > timedelta(seconds=MISSED * (main.every_s or 0) + LITTLE_S)


def longest(task: str) -> timedelta:
    """For one item of this task."""
    if task in ("enter", "reconcile"):
        patience = [spec.item_timeout_s + spec.linger_s for spec in catalog.targets().values()]
        return timedelta(seconds=max(patience, default=USUAL_S) + 60)
    return timedelta(seconds=LONGEST_S.get(task, USUAL_S))
