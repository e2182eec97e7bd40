"""Messages to the workers. A nudge carries one opaque id; losing one costs time, never a case."""

from __future__ import annotations

from uuid import UUID

import celery
import structlog
from django.db import transaction

log = structlog.get_logger(__name__)
ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1}


def read_case(case_id: UUID) -> None:
    """After the commit: tell the readers that a case waits."""
    transaction.on_commit(lambda: send("read_case", str(case_id), "read"))


def enter(case_id: UUID, target: str) -> None:
    """After the commit: tell the robots of `target` that a case waits."""
    transaction.on_commit(lambda: send("enter", str(case_id), f"enter.{target}"))


def reconcile(reconciliation_id: UUID, target: str) -> None:
    """After the commit: tell the robots of `target` that it is to be compared with the ledger."""
    transaction.on_commit(lambda: send("reconcile", str(reconciliation_id), f"enter.{target}"))


def propose(proposal_id: UUID) -> None:
    """After the commit: tell the readers that a blank form waits."""
    transaction.on_commit(lambda: send("propose", str(proposal_id), "read"))


def try_scan(trial_id: UUID) -> None:
    """After the commit: tell the readers that a scan of the test bench waits."""
    transaction.on_commit(lambda: send("try_scan", str(trial_id), "read"))


def run_planned(run_id: UUID) -> None:
    """After the commit: tell the housekeepers that something is due by a schedule."""
    transaction.on_commit(lambda: send("run_planned", str(run_id), "housekeeping"))


def send(task: str, case_id: str, queue: str) -> bool:
    """Publish one nudge. Never raises: without a broker the sweeper nudges again later."""
    try:
        celery.current_app.send_task(task, [case_id], queue=queue, retry=True, retry_policy=ONCE_MORE)
    except Exception as error:  # any transport error; the case is safe in the database
        log.warning("nudge_failed", task=task, case=case_id, error=type(error).__name__)
        return False
    return True
