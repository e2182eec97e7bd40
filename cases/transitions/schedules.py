"""What is done when: the schedules that people write, and the runs that come due by them.

A due time becomes a row, inserted once (unique by schedule and due time); the row is claimed by setting `started_at`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from cases import audit, clock, nudges, schedules
from cases.models import PlannedRun, Schedule
from ocr.errors import StateProblem

Outcome = PlannedRun.Outcome
MOST_AT_ONCE = 500
"""Due times a look deals with; after a long stop the next looks go on."""
LATE = timedelta(minutes=10)
"""A due time that is seen so late was missed. Less is a worker that had other things to do."""
MOST_ATTEMPTS = 3
BROKE_OFF = "V072"


@dataclass(frozen=True, slots=True)
class Wish:
    """A schedule as a person wants it."""

    work: str
    subject: str
    words: str
    holidays: str = ""
    blackout: Sequence[str] = ()
    catch_up: str = Schedule.CatchUp.ONCE


def add_schedule(wish: Wish, actor: str) -> Schedule:
    """Raises StateProblem V071 when the words are not understood, V074 when the target has its window already."""
    check(wish)
    with transaction.atomic():
        if wish.work == Schedule.Work.ENTRY and schedules.window(wish.subject) is not None:
            raise StateProblem("V074", "Für dieses Zielsystem gibt es schon einen Zeitplan. Bitte den ändern.")
        one = Schedule.objects.create(
            work=wish.work,
            subject=wish.subject,
            words=wish.words,
            holidays=wish.holidays,
            blackout=list(wish.blackout),
            catch_up=wish.catch_up,
            looked_at=clock.now(),
        )
        note("schedule_added", one, actor)
    return one


def change_schedule(schedule_id: int, wish: Wish, actor: str) -> Schedule:
    """New words for the same work. What was due by the old ones until now is settled first.

    Raises:
        StateProblem: V070 no such schedule; V071 the words are not understood.
    """
    check(wish)
    with transaction.atomic():
        one = locked(schedule_id)
        if not one.paused and understood(one):
            plan_locked(one)
        one.words, one.holidays, one.blackout = wish.words, wish.holidays, list(wish.blackout)
        one.catch_up, one.looked_at = wish.catch_up, clock.now()
        one.save()
        note("schedule_changed", one, actor)
    return one


def check(wish: Wish) -> None:
    try:
        schedules.plan_of(wish.work, wish.words, wish.holidays, wish.blackout)
    except ValueError as error:
        raise StateProblem("V071", str(error)) from error


def understood(one: Schedule) -> bool:
    """Whether its words still mean something; those of an older release may not."""
    try:
        schedules.plan(one)
    except ValueError:
        return False
    return True


def pause_schedule(schedule_id: int, actor: str) -> bool:
    """Nothing is done by it until somebody resumes it; what waits lapses. False when it is paused already."""
    with transaction.atomic():
        one = locked(schedule_id)
        if one.paused:
            return False
        one.paused = True
        one.save(update_fields=["paused"])
        one.runs.filter(started_at=None).update(**lapsed(clock.now()))
        note("schedule_paused", one, actor)
    return True


def resume_schedule(schedule_id: int, actor: str) -> bool:
    """From now on; what would have been due meanwhile is not caught up. False when it was not paused."""
    with transaction.atomic():
        one = locked(schedule_id)
        if not one.paused:
            return False
        one.paused, one.looked_at = False, clock.now()
        one.save(update_fields=["paused", "looked_at"])
        note("schedule_resumed", one, actor)
    return True


def delete_schedule(schedule_id: int, actor: str) -> None:
    """With its runs; the trail keeps what it was. Afterwards it is done as without a schedule."""
    with transaction.atomic():
        one = locked(schedule_id)
        note("schedule_deleted", one, actor)
        one.delete()


def run_now(schedule_id: int, actor: str) -> PlannedRun:
    """One run beside the planned ones. One that waits already is taken.

    Raises:
        StateProblem: V070 no such schedule; V073 hours of a target cannot be run.
    """
    with transaction.atomic():
        one = locked(schedule_id)
        if one.work == Schedule.Work.ENTRY:
            raise StateProblem("V073", "Ein Zeitraum zum Übertragen lässt sich nicht ausführen.")
        run = one.runs.filter(started_at=None, by_hand=True).first()
        if run is None:
            run = PlannedRun.objects.create(schedule=one, due_at=clock.now(), by_hand=True)
            note("schedule_run", one, actor)
        nudges.run_planned(run.pk)
    return run


def plan_due(schedule_id: int) -> int:
    """Insert what has come due since the last look, and nudge; how many rows. Safe to do at the same time elsewhere."""
    with transaction.atomic():
        one = Schedule.objects.select_for_update().filter(pk=schedule_id, paused=False).first()
        return plan_locked(one) if one else 0


def plan_locked(one: Schedule) -> int:
    now, plan = clock.now(), schedules.plan(one)
    found = takewhile(lambda at: at <= now, plan.rule.due(one.looked_at, plan.closed))
    due = list(islice(found, MOST_AT_ONCE + 1))
    if one.work == Schedule.Work.ENTRY or not due:
        return 0
    more, due = len(due) > MOST_AT_ONCE, due[:MOST_AT_ONCE]
    runs = [PlannedRun(schedule=one, due_at=at) for at in due]
    for run in runs:
        if not counts(one, run.due_at, now, newest=run is runs[-1] and not more):
            for name, value in lapsed(now).items():
                setattr(run, name, value)
    PlannedRun.objects.bulk_create(runs, ignore_conflicts=True)
    one.looked_at = due[-1]
    one.save(update_fields=["looked_at"])
    for run in runs:
        if run.started_at is None:
            nudges.run_planned(run.pk)
    return len(runs)


def counts(one: Schedule, due_at: datetime, now: datetime, *, newest: bool) -> bool:
    """Whether a due time that is seen now is done, by the rule for catching up."""
    match one.catch_up:
        case Schedule.CatchUp.ALL:
            return True
        case Schedule.CatchUp.ONCE:
            return newest
    return newest and now - due_at < LATE


def lapsed(now: datetime) -> dict[str, Any]:
    """Changes of a run that is not done: dealt with, without having begun."""
    return {"started_at": now, "finished_at": now, "outcome": Outcome.SKIPPED}


def begin_planned(run_id: UUID, worker: Mapping[str, Any]) -> PlannedRun | None:
    """Take a run that waits; None when somebody else has it, or it is gone."""
    waiting = PlannedRun.objects.filter(pk=run_id, started_at=None)
    if waiting.update(started_at=clock.now(), worker=dict(worker), attempts=F("attempts") + 1) == 0:
        return None
    return PlannedRun.objects.select_related("schedule").filter(pk=run_id).first()


def finish_planned(run: PlannedRun, outcome: str, *, count: int | None = None, code: str = "") -> bool:
    """What came of a run; False when it was taken away meanwhile."""
    changed = held(run).update(finished_at=clock.now(), outcome=outcome, count=count, code=code[:16], worker=None)
    return changed == 1


def give_back_planned(run: PlannedRun) -> None:
    """The worker of a run is gone: somebody else takes it, up to three times."""
    if run.attempts >= MOST_ATTEMPTS:
        finish_planned(run, Outcome.BROKEN, code=BROKE_OFF)
    elif held(run).update(started_at=None, worker=None):
        nudges.run_planned(run.pk)


def held(run: PlannedRun) -> QuerySet[PlannedRun]:
    """The row, as long as it is held by the attempt that `run` stands for."""
    return PlannedRun.objects.filter(
        pk=run.pk, attempts=run.attempts, started_at__isnull=False, finished_at__isnull=True
    )


def locked(schedule_id: int) -> Schedule:
    one = Schedule.objects.select_for_update().filter(pk=schedule_id).first()
    if one is None:
        raise StateProblem("V070", "Diesen Zeitplan gibt es nicht (mehr). Bitte die Liste neu laden.")
    return one


def note(kind: str, one: Schedule, actor: str) -> None:
    details = {
        "schedule": one.pk,
        "work": str(one.work),
        "subject": one.subject,
        "words": one.words,
        "holidays": one.holidays,
        "blackout": one.blackout,
        "catch_up": str(one.catch_up),
    }
    audit.append(kind, actor=actor, details=details)
