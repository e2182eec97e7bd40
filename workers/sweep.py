"""Puts right what others left: dead workers, lost messages, days that have come. Safe at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import structlog
from django.db.models import Q

from cases import catalog, clock, nudges, schedules, transitions
from cases.models import Case, Entry, Gate, Proposal, Reconciliation, Run, Schedule, State, Trial
from cases.operations.broker import depth
from cases.transitions.designing import free_proposals
from cases.transitions.entry import waiting_cases
from cases.transitions.gates import is_shut
from cases.transitions.reconciliation import RECORDED
from cases.transitions.trials import waiting_trials
from ocr.errors import StateProblem
from workers import identity, launch

log = structlog.get_logger(__name__)
MOST_NUDGES = 100
OVERLAP = timedelta(days=1)
"""A reconciliation looks at so much of what the one before has seen."""


def sweep() -> None:
    """One tick. What another sweeper does at the same moment is found done."""
    take_over_robots()
    take_over_entries()
    take_over_readings()
    resume_held()
    ask_due_reconciliations()
    nudge_waiting()


def take_over_robots() -> None:
    """Sessions whose worker is dead or silent: end all their processes first, then settle what they had."""
    now = clock.now()
    for run in Run.objects.filter(ended_at=None):
        dead = identity.is_dead(run.worker)
        if not dead and run.lease_until >= now:
            continue
        if run.process_group is None:  # its worker, should it wake up, can neither name a robot nor take a case
            transitions.end_run(run.pk, actor="sweep", nameless=True)
            launch.tidy_up(run.pk)
            continue
        elsewhere = identity.is_dead(run.process_group) is None
        gone = not elsewhere and identity.end_group(run.process_group)
        if not gone and not elsewhere:
            log.error("robot_does_not_end", run=str(run.pk), target=run.target)
            continue
        if gone:
            launch.tidy_up(run.pk)
        for entry in run.entries.filter(outcome=Entry.Outcome.OPEN):
            settle(entry, process_gone=gone)
        transitions.end_run(run.pk, actor="sweep", code="" if gone else "V038")
        log.warning("robot_taken_over", run=str(run.pk), target=run.target, worker_dead=dead, gone=gone)


def take_over_entries() -> None:
    """Open attempts whose session is over or never was, once their lease has run out."""
    orphans = Entry.objects.filter(Q(run=None) | Q(run__ended_at__isnull=False), outcome=Entry.Outcome.OPEN)
    for entry in orphans.filter(case__lease_until__lt=clock.now()):
        settle(entry, process_gone=True)


def settle(entry: Entry, *, process_gone: bool) -> None:
    state = transitions.take_over_entry(entry.pk, process_gone=process_gone)
    if state is not None:
        log.warning("entry_taken_over", case=str(entry.case_id), entry=entry.pk, state=str(state))


def take_over_readings() -> None:
    now = clock.now()
    for case in Case.objects.filter(state=State.RECEIVED, lease_until__isnull=False):
        if case.lease_until and case.lease_until >= now and not identity.is_dead(case.claimed_by):
            continue
        state = transitions.take_over_reading(case.pk, case.fence)
        if state is not None:
            log.warning("reading_taken_over", case=str(case.pk), state=str(state))


def resume_held() -> None:
    for case in Case.objects.filter(state=State.ON_HOLD, hold_until__isnull=False):
        try:
            transitions.resume_due(case.pk)
        except StateProblem as problem:
            log.warning("hold_not_resumed", case=str(case.pk), code=problem.code)


def ask_due_reconciliations() -> None:
    """Compare what was recorded since the last time, once the target's own interval is over; not where a schedule
    says when.
    """
    now, planned = clock.now(), schedules.planned(Schedule.Work.RECONCILIATION)
    for name, spec in catalog.targets().items():
        if name in planned:
            continue
        last = Reconciliation.objects.filter(target=name).order_by("-asked_at").first()
        every = timedelta(hours=spec.reconcile_every_h)
        if not every or not spec.can_search or (last and last.asked_at > now - every):
            continue
        new = Entry.objects.filter(target=name, outcome__in=RECORDED)
        new = new.filter(finished_at__gte=last.asked_at) if last else new.filter(finished_at__lt=now - every)
        if new.exists():
            transitions.ask_reconciliation(name, "sweep", last.asked_at - OVERLAP if last else None)


def nudge_waiting() -> None:
    """Nudge again whatever waits and has no message. A queue that holds messages is left alone."""
    try:
        for queue, task, cases in waiting():
            if cases and depth(queue) == 0:
                for case in cases:
                    nudges.send(task, str(case.pk), queue)
    except Exception as error:  # no broker: the next tick tries again
        log.warning("broker_not_reached", error=type(error).__name__)


def waiting() -> Iterator[tuple[str, str, list[Case] | list[Reconciliation] | list[Proposal] | list[Trial]]]:
    """Queue, task and the oldest waiting cases: up to a hundred to read, one for each free session to enter."""
    now = clock.now()
    free = Q(lease_until__isnull=True) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
    unread = Case.objects.filter(free, state=State.RECEIVED, cancelled=False).order_by("received_at")
    yield "read", "read_case", list(unread[:MOST_NUDGES])
    yield "read", "propose", list(free_proposals()[:MOST_NUDGES])
    yield "read", "try_scan", list(waiting_trials()[:MOST_NUDGES])
    for name, spec in catalog.targets().items():
        gate = Gate.objects.filter(pk=name).first() or Gate(pk=name)
        sessions = spec.sessions - Run.objects.filter(target=name, ended_at=None).count()
        if sessions <= 0 or is_shut(gate, spec, now):
            continue
        asked = Reconciliation.objects.filter(target=name, started_at=None).order_by("asked_at")[:1]
        yield f"enter.{name}", "reconcile", list(asked)
        due = [case for _, cases in waiting_cases(name, now) for case in cases.order_by("received_at")[:sessions]]
        yield f"enter.{name}", "enter", due[:sessions]
