"""A person cancels, or a worker is asked to stop, while robots are at work."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Event, Run, State
from demo.fachverfahren import faults
from tests.faults.office import Office, kill, only_long
from tests.processes import Broker


@pytest.mark.timeout(600)
def test_a_stop_ends_a_robot_cleanly_and_what_was_cancelled_never_runs(office: Office, broker: Broker) -> None:
    """First a stop signal in the middle of a case, then everything is started again."""
    first, cancelled, last = (office.case() for _ in range(3))
    clerk = User.objects.create(username="clerk")
    faults.switch(office.application.folder, slow_s=0.3)
    worker = office.worker()
    office.eventually(lambda: first.entries.exists())
    transitions.cancel(cancelled.pk, clerk, "doppelt")
    worker.terminate()
    worker.wait(90)
    first.refresh_from_db()
    assert first.state in (State.ENTERED, State.READY) and not first.entries.filter(outcome="open").exists()
    assert not Run.objects.filter(ended_at=None).exists()
    faults.switch(office.application.folder)
    broker.stop()
    broker.start()
    office.house()
    verdict = office.comes_to_rest()
    assert verdict.is_kept and verdict.entered == 2
    assert office.records_of(first) == office.records_of(last) == 1
    cancelled.refresh_from_db()
    assert cancelled.state == State.REJECTED and office.records_of(cancelled) == 0 and not cancelled.entries.exists()


@only_long
@pytest.mark.timeout(600)
def test_a_case_cancelled_in_a_robots_hands_is_not_submitted(office: Office) -> None:
    case = office.case()
    faults.switch(office.application.folder, slow_s=0.5)
    worker = office.worker()
    office.eventually(lambda: case.entries.exists())
    transitions.cancel(case.pk, User.objects.create(username="clerk"), "zurückgezogen")
    office.eventually(lambda: Event.objects.filter(case=case, kind="cancelled").exists())
    kill(worker)
    office.house()
    assert office.comes_to_rest().is_kept
    case.refresh_from_db()
    assert case.state == State.REJECTED and office.records_of(case) == 0
    assert not case.entries.filter(intent_at__isnull=False).exists()
