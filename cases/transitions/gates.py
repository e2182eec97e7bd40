"""The gate of each target: how many sessions are open, and whether it is left alone, closed or stopped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from cases import audit, catalog, clock, schedules
from cases.models import Entry, Gate, Run
from cases.plain import plain
from cases.processes import TargetSpec
from ocr.errors import StateProblem

LONGEST_PAUSE_S = 300.0
FREE_FAILURES = 2
AWAY = frozenset({"Z001", "Z002", "Z003", "Z005", "Z006", "Z008"})
"""Codes that speak of the target or this machine, not of the case: unreachable, maintenance, login, browser, secret,
set-up."""
COMES_BACK = frozenset({"Z001", "Z002"})
"""What passes by itself: the target is tried again after every pause and never stopped for it."""
LOGIN_REFUSED = "Z003"
MOST_LOGINS = 2
"""Refused logins in a row before the target is stopped: most systems lock an account after three."""
NO_LEAVE = "Z007"
"""The robot was refused the submit: the case was cancelled, the target stopped or closed."""
REFUSED_FOR_SURE = "Z012"
"""The target answered the submit with a refusal: nothing was written."""
BREAKER = "breaker"
STOPPED = "Das Zielsystem ist angehalten. Es darf nicht abgesendet werden."
CLOSED = "Das Zielsystem hat geschlossen (Öffnungszeiten, Sperrzeiten, Zeitplan). Es darf nicht abgesendet werden."

log = structlog.get_logger(__name__)


def locked(target: str) -> Gate:
    """The gate's row, locked until the transaction ends."""
    Gate.objects.get_or_create(pk=target)
    return Gate.objects.select_for_update().get(pk=target)


def is_shut(gate: Gate, spec: TargetSpec, now: datetime) -> bool:
    """Nothing may begin now: stopped, paused after failures, or outside its hours or its owner's window."""
    paused = gate.not_before is not None and gate.not_before > now
    return gate.stopped_at is not None or paused or schedules.why_shut(spec, now) is not None


def check_submit(gate: Gate, now: datetime) -> None:
    """The last look before a robot may submit.

    Raises:
        StateProblem: V025 stopped by a person or the breaker; V026 its hours or its owner's window are over.
    """
    spec = catalog.targets().get(gate.target)
    if gate.stopped_at is not None:
        raise StateProblem("V025", STOPPED)
    if spec is not None and schedules.why_shut(spec, now) is not None:
        raise StateProblem("V026", CLOSED)


def went_well(target: str) -> None:
    """The target answered: forget its failures."""
    Gate.objects.filter(pk=target).exclude(failures=0).update(failures=0, not_before=None, reason="")


def went_wrong(target: str, reason: str) -> None:
    """One more failure in a row. From the third on (at once when the target is away) it is left alone, twice as
    long each time; after `stop_after` of them the breaker stops it.

    `reason` is a problem code, never the target's words.
    """
    spec, gate = catalog.targets().get(target), locked(target)
    if spec is None or gate.stopped_at is not None:
        return
    gate.failures = max(gate.failures, FREE_FAILURES if reason in AWAY else 0) + 1
    gate.reason = reason
    if gate.failures > FREE_FAILURES:
        pause_s = min(LONGEST_PAUSE_S, spec.retry_s * 2 ** min(gate.failures - FREE_FAILURES - 1, 10))
        gate.not_before = clock.now() + timedelta(seconds=pause_s)
    gate.save()
    most = min(spec.stop_after, FREE_FAILURES + MOST_LOGINS) if reason == LOGIN_REFUSED else spec.stop_after
    if reason not in COMES_BACK and gate.failures >= most:
        stop(gate, BREAKER, reason)


def stop(gate: Gate, actor: str, reason: str) -> None:
    """Shut the locked gate until a person opens it."""
    gate.stopped_at, gate.stopped_by, gate.stop_reason = clock.now(), actor[:160], plain(reason)[:200]
    gate.save()
    audit.append("target_stopped", actor=actor, details={"target": gate.target})
    log.error("target_stopped", target=gate.target, by=BREAKER if actor == BREAKER else "person")


def stop_targets(targets: Iterable[str], actor: str, reason: str) -> list[str]:
    """Emergency stop (Not-Aus) of these targets, all at once; which of them were not stopped before.

    When this returns no robot is given leave to submit any more. What had leave before may still be on its way:
    `submits_under_way` says how many, and the stop is complete when there is none.

    Raises:
        StateProblem: V027 without a reason.
    """
    if not reason.strip():
        raise StateProblem("V027", "Bitte angeben, warum angehalten wird.")
    with transaction.atomic(durable=True):
        gates = [locked(target) for target in sorted(set(targets))]
        running = [gate for gate in gates if gate.stopped_at is None]
        for gate in running:
            stop(gate, actor, reason.strip())
    return [gate.target for gate in running]


def start_target(target: str, actor: str) -> bool:
    """Open a stopped target again; False when it was not stopped. The sweeper nudges its robots."""
    with transaction.atomic():
        gate = locked(target)
        if gate.stopped_at is None:
            return False
        gate.stopped_at, gate.stopped_by, gate.stop_reason = None, "", ""
        gate.failures, gate.not_before, gate.reason = 0, None, ""
        gate.save()
        audit.append("target_started", actor=actor, details={"target": target})
    return True


def submits_under_way(targets: Iterable[str]) -> int:
    """Attempts that had leave to submit and have no outcome yet."""
    # An open attempt has no end: said as well, because that is what the index knows.
    running = Entry.objects.filter(target__in=targets, outcome=Entry.Outcome.OPEN, finished_at=None)
    return running.filter(intent_at__isnull=False).count()


def open_run(target: str, worker: Mapping[str, Any]) -> Run | None:
    """Take one of the target's sessions for a robot process; None when all are taken or the target is left alone.

    A session counts until its processes are known to be gone, whatever its lease says.
    """
    spec = catalog.targets().get(target)
    if spec is None:
        return None
    with transaction.atomic():
        gate, now = locked(target), clock.now()
        if is_shut(gate, spec, now) or Run.objects.filter(target=target, ended_at=None).count() >= spec.sessions:
            return None
        run = Run.objects.create(
            target=target,
            worker=dict(worker),
            started_at=now,
            lease_until=now + timedelta(seconds=spec.lease_s),
        )
        audit.append("robot_started", actor=f"worker:{worker.get('host', '')}", details=run_details(run))
    return run


def renew_run(run_id: UUID, lease_s: float) -> bool:
    """Prolong a session that was not ended by the sweeper."""
    until = clock.now() + timedelta(seconds=lease_s)
    return Run.objects.filter(pk=run_id, ended_at=None).update(lease_until=until) == 1


def is_over(run_id: UUID | None) -> bool:
    """Whether this session was ended. Its robot may still live, and nobody would look for it."""
    return run_id is not None and not Run.objects.filter(pk=run_id, ended_at=None).exists()


def name_processes(run_id: UUID, process_group: Mapping[str, Any]) -> bool:
    """Put down which processes belong to the session, so that anyone can end them; False when it is over already."""
    return Run.objects.filter(pk=run_id, ended_at=None).update(process_group=dict(process_group)) == 1


def end_run(run_id: UUID, *, actor: str, code: str = "", nameless: bool = False) -> None:
    """The session is over and its processes are gone. Does nothing the second time.

    `nameless`: only as long as no processes were named; they never will be then.
    """
    with transaction.atomic():
        running = Run.objects.filter(pk=run_id, ended_at=None)
        if nameless:
            running = running.filter(process_group__isnull=True)
        if running.update(ended_at=clock.now()) == 0:
            return
        audit.append("robot_ended", actor=actor, details={**run_details(Run.objects.get(pk=run_id)), "code": code})


def failed_to_start(target: str, code: str) -> None:
    """The robot ended before it took a case: leave the target alone for a while."""
    with transaction.atomic():
        gate = locked(target)
        gate.failures = max(gate.failures, FREE_FAILURES)
        gate.save()
        went_wrong(target, code)


def run_details(run: Run) -> dict[str, Any]:
    return {"run": str(run.pk), "target": run.target}
