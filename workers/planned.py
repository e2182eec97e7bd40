"""What is due by the schedules: found at every tick, done by whoever takes it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog

from cases import catalog, clock, nudges, reports, retention, schedules, transitions
from cases.log import bug
from cases.models import PlannedRun, Reconciliation, Schedule
from cases.operations import broker
from ocr.errors import Problem, StateProblem
from workers import identity, inbox, stopping, sweep

log = structlog.get_logger(__name__)
Work = Schedule.Work
Outcome = PlannedRun.Outcome
LIMIT_S = 3600
MOST_NUDGES = 100
FEW_MESSAGES = 20


def look() -> None:
    """One tick. What another beat or worker does at the same moment is found done."""
    plan_all()
    take_over()
    nudge_waiting()


def plan_all() -> None:
    now = clock.now()
    for schedule in Schedule.objects.filter(paused=False).exclude(work=Work.ENTRY):
        try:
            if schedules.is_due(schedule, now):
                transitions.plan_due(schedule.pk)
        except ValueError:  # words of an older release
            log.error("schedule_not_understood", schedule=schedule.pk)


def take_over() -> None:
    """Runs whose worker is dead, or of which nothing was heard for longer than any may take."""
    silent = clock.now() - timedelta(seconds=LIMIT_S + 60)
    for run in PlannedRun.objects.filter(started_at__isnull=False, finished_at=None):
        if identity.is_dead(run.worker) or (run.started_at and run.started_at < silent):
            log.warning("planned_run_taken_over", run=str(run.pk), attempts=run.attempts)
            transitions.give_back_planned(run)


def nudge_waiting() -> None:
    """Nudge again whatever waits, unless the queue has enough to do."""
    waiting = PlannedRun.objects.filter(started_at=None).order_by("due_at").values_list("pk", flat=True)[:MOST_NUDGES]
    try:
        if waiting and broker.depth("housekeeping") < FEW_MESSAGES:
            for run_id in waiting:
                nudges.send("run_planned", str(run_id), "housekeeping")
    except Exception as error:  # no broker: the next tick tries again
        log.warning("broker_not_reached", error=type(error).__name__)


def run(run_id: UUID) -> None:
    """Answer a nudge."""
    if stopping.is_announced():
        return
    taken = transitions.begin_planned(run_id, identity.me())
    if taken is None:
        return
    outcome, code = Outcome.BROKEN, ""
    count: int | None = None
    try:
        count = do(taken)
        outcome = Outcome.DONE
    except Problem as problem:
        code = problem.code
        log.error("planned_run_broke", run=str(run_id), code=code)
    except Exception as error:  # a bug; the next due time tries again
        log.error("planned_run_broke", run=str(run_id), **bug(error))
    transitions.finish_planned(taken, outcome, count=count, code=code)
    log.info("planned_run", run=str(run_id), work=str(taken.schedule.work), outcome=str(outcome), count=count)


def do(taken: PlannedRun) -> int | None:
    """The work itself; how many files, cases or rows it dealt with."""
    subject = taken.schedule.subject
    match taken.schedule.work:
        case Work.INTAKE:
            return inbox.take_by_schedule(catalog.process(subject).name)
        case Work.RETENTION:
            return erase(catalog.process(subject).name)
        case Work.REPORT:
            return reports.write(taken)
        case Work.RECONCILIATION:
            ask(subject)
    return None


def erase(process: str) -> int:
    erased = retention.run({process})
    if erased.failed:
        raise StateProblem("V042", "Einige Vorgänge ließen sich nicht löschen.")
    return len(erased.cases)


def ask(target: str) -> None:
    """Compare what was recorded since the last time; a robot does it as soon as a session is free."""
    if target not in catalog.targets():
        raise StateProblem("V028", f"Zielsystem „{target}“ gibt es nicht.")
    last = Reconciliation.objects.filter(target=target).order_by("-asked_at").first()
    transitions.ask_reconciliation(target, "schedule", last.asked_at - sweep.OVERLAP if last else None)
