"""The dangerous moment, with everything real: worker, robot, browser, application, broker. Whatever is killed or
frozen between the intent and the receipt, one record stands in the application in the end."""

from __future__ import annotations

import os
import signal
import time

import pytest
from django.db import transaction

from cases.models import Case, Run, State
from cases.transitions import gates
from tests.faults.office import LEASE_S, Office, kill, ledger, only_long, tell
from workers import identity, sweep

NOT_WRITTEN = [("enter", "unclear"), ("resolve", "none"), ("enter", "entered")]
WRITTEN = [("enter", "unclear"), ("resolve", "found")]


@only_long
@pytest.mark.timeout(600)
def test_killed_after_the_intent_a_case_is_looked_up_and_stands_there_once(office: Office) -> None:
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.intent_of(case))
    kill(worker)
    office.worker()
    office.settles(case)
    assert ledger(case) in (WRITTEN, NOT_WRITTEN)


@only_long
@pytest.mark.timeout(600)
def test_killed_after_the_click_a_case_is_found_and_not_entered_again(office: Office) -> None:
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.records_of(case) == 1)
    kill(worker)
    office.worker()
    office.settles(case)
    assert ledger(case) == WRITTEN


@only_long
@pytest.mark.timeout(600)
def test_a_robot_frozen_for_longer_than_the_lease_writes_once(office: Office) -> None:
    """Its worker lives and keeps the lease."""
    case = office.ready_case()
    office.worker()
    office.wait_for(lambda: office.intent_of(case))
    run = Run.objects.get()
    tell(run, signal.SIGSTOP)
    thawed_s = time.monotonic() + 2 * LEASE_S
    while time.monotonic() < thawed_s:
        sweep.sweep()
        time.sleep(0.2)
    tell(run, signal.SIGCONT)
    office.settles(case)
    assert ledger(case) == [("enter", "entered")]


@pytest.mark.timeout(600)
def test_worker_and_robot_frozen_for_longer_than_the_lease_write_once(office: Office) -> None:
    """As when a machine sleeps: the house takes over meanwhile, and what wakes up finds that it has lost the case."""
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.intent_of(case))
    run = Run.objects.get()
    tell(run, signal.SIGSTOP)
    with transaction.atomic():  # not in the middle of a transaction: that would freeze a whole SQLite
        gates.locked("demo")
        for model, key in ((Case, case.pk), (Run, run.pk)):
            model.objects.select_for_update().get(pk=key)  # type: ignore[attr-defined]
        os.killpg(worker.pid, signal.SIGSTOP)
    office.worker()
    office.settles(case)
    os.killpg(worker.pid, signal.SIGCONT)
    office.eventually(lambda: list(identity.group_members(run.process_group or {})) == [])
    time.sleep(1.0)  # whatever the worker that woke up may still do
    assert worker.poll() is None
    assert office.records_of(case) == 1 and ledger(case)[0] == ("enter", "unclear")
    case.refresh_from_db()
    assert case.state == State.ENTERED
