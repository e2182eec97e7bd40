"""What a message can ask for. Three lines each; an id that means nothing does nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from cases import catalog, counting, retention, schedules
from cases.models import Schedule
from workers import inbox, planned, proposing, reading, reconcile, robot, sweep, trying

log = structlog.get_logger(__name__)


@shared_task(name="read_case", time_limit=reading.LIMIT_S + 60)
def read_case(case_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(case_id):
        reading.read_one(known)


@shared_task(name="propose", time_limit=proposing.LIMIT_S)
def propose(proposal_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(proposal_id):
        proposing.propose(known)


@shared_task(name="try_scan", time_limit=trying.LIMIT_S)
def try_scan(trial_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(trial_id):
        trying.read_trial(known)


@shared_task(name="enter")
def enter(case_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(case_id):
        robot.serve_case(known)


@shared_task(name="reconcile")
def reconcile_one(reconciliation_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(reconciliation_id):
        reconcile.reconcile(known)


@shared_task(name="sweep")
def sweep_all(*_: Any, **__: Any) -> None:
    sweep.sweep()


@shared_task(name="take_inbox")
def take_inbox(*_: Any, **__: Any) -> None:
    inbox.take_all()


@shared_task(name="retention")
def erase_due(*_: Any, **__: Any) -> None:
    retention.run(set(catalog.processes()) - schedules.planned(Schedule.Work.RETENTION))


@shared_task(name="look_at_schedules")
def look_at_schedules(*_: Any, **__: Any) -> None:
    planned.look()


@shared_task(name="run_planned", time_limit=planned.LIMIT_S)
def run_planned(run_id: Any = None, *_: Any, **__: Any) -> None:
    if known := opaque_id(run_id):
        planned.run(known)


@shared_task(name="count")
def carry_on_counting(*_: Any, **__: Any) -> None:
    counting.carry_on()


def opaque_id(given: Any) -> UUID | None:
    """The id in a message, None (and a line in the security log) for anything else."""
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError):
        structlog.get_logger("security").warning("strange_id", kind=type(given).__name__)
        return None
