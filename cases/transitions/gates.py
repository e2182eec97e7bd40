"""The gate of each target: how many sessions are open, and whether the target is left alone for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from cases import audit, catalog, clock
from cases.models import Gate, Run

LONGEST_PAUSE_S = 300.0
FREE_FAILURES = 2
AWAY = frozenset({"Z001", "Z002", "Z003", "Z005", "Z006"})
"""Codes that speak of the target or this machine, not of the case: unreachable, maintenance, login, browser, secret."""


def locked(target: str) -> Gate:
    """The gate's row, locked until the transaction ends."""
    Gate.objects.get_or_create(pk=target)
    return Gate.objects.select_for_update().get(pk=target)


def is_shut(gate: Gate, now: datetime) -> bool:
    return gate.not_before is not None and gate.not_before > now


def went_well(target: str) -> None:
    """The target answered: forget its failures."""
    Gate.objects.filter(pk=target).exclude(failures=0).update(failures=0, not_before=None, reason="")


def went_wrong(target: str, retry_s: float, reason: str) -> None:
    """One more failure in a row. From the third on (at once when the target is away) it is left alone, twice as
    long each time.

    `reason` is a problem code, never the target's words.
    """
    gate = Gate.objects.filter(pk=target).first() or Gate(pk=target)
    gate.failures = max(gate.failures, FREE_FAILURES if reason in AWAY else 0) + 1
    gate.reason = reason
    if gate.failures > FREE_FAILURES:
        pause_s = min(LONGEST_PAUSE_S, retry_s * 2 ** min(gate.failures - FREE_FAILURES - 1, 10))
        gate.not_before = clock.now() + timedelta(seconds=pause_s)
    gate.save()


def open_run(target: str, worker: Mapping[str, Any]) -> Run | None:
    """Take one of the target's sessions for a robot process; None when all are taken or the target is left alone.

    A session counts until its processes are known to be gone, whatever its lease says.
    """
    spec = catalog.targets().get(target)
    if spec is None:
        return None
    with transaction.atomic():
        gate, now = locked(target), clock.now()
        if is_shut(gate, now) or Run.objects.filter(target=target, ended_at=None).count() >= spec.sessions:
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


def name_processes(run_id: UUID, process_group: Mapping[str, Any]) -> None:
    """Put down which processes belong to the session, so that anyone can end them."""
    Run.objects.filter(pk=run_id).update(process_group=dict(process_group))


def end_run(run_id: UUID, *, actor: str, code: str = "") -> None:
    """The session is over and its processes are gone. Does nothing the second time."""
    with transaction.atomic():
        if Run.objects.filter(pk=run_id, ended_at=None).update(ended_at=clock.now()) == 0:
            return
        audit.append("robot_ended", actor=actor, details={**run_details(Run.objects.get(pk=run_id)), "code": code})


def failed_to_start(target: str, code: str) -> None:
    """The robot ended before it took a case: leave the target alone for a while."""
    spec = catalog.targets().get(target)
    with transaction.atomic():
        gate = locked(target)
        gate.failures = max(gate.failures, FREE_FAILURES)
        gate.save()
        went_wrong(target, max(1.0, spec.retry_s if spec else 0.0), code)


def run_details(run: Run) -> dict[str, Any]:
    return {"run": str(run.pk), "target": run.target}
