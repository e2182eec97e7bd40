"""The dangerous moment, with everything real: worker, robot, browser, application, broker. Whatever is killed or
frozen between the intent and the receipt, one record stands in the application in the end."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from cases import audit, store, transitions
from cases.models import Case, Entry, Run, State
from cases.transitions import gates
from ocr.page import Reading
from tests import site
from tests.processes import Broker, Processes
from tests.robots import harness
from workers import identity, sweep

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not harness.ROBOTS_PYTHON.exists(), reason="no .venv-robots: make setup"),
    pytest.mark.skipif(not Path(harness.CHROMIUM).exists(), reason="no Chromium: make setup"),
]
COUNT = itertools.count(1)
LEASE_S = 3.0


@dataclass
class Office:
    """A running application, workers for it, and cases that wait to be entered into it."""

    application: harness.Application
    environment: dict[str, str]
    processes: Processes
    folder: Path
    eventually: Callable[..., None]

    def worker(self) -> Any:
        """A worker that takes no cases but those it is told to."""
        return self.processes.worker("enter.demo", environment=self.environment)

    def ready_case(self) -> Case:
        number = next(COUNT)
        arrival = transitions.receive(
            site.scan(self.folder / f"{number}.pdf", f"{self.folder}{number}"), "hundesteuer", "x.pdf"
        )
        assert arrival.case
        claim = transitions.claim_reading(arrival.case.pk, "test")
        assert claim
        fields = tuple(site.field(name, value) for name, value in harness.case(number)["fields"].items())
        reading = Reading("x", "hundesteuer", "ready", (site.page(),), fields)
        state = transitions.record_reading(claim, reading, {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")})
        assert state == State.READY
        return arrival.case

    def records_of(self, case: Case) -> int:
        return len(self.application.records.search(case.reference))

    def intent_of(self, case: Case) -> bool:
        return Entry.objects.filter(case=case, intent_at__isnull=False).exists()

    def wait_for(self, question: Callable[[], bool]) -> None:
        """Looks as often as it can: the moment is short."""
        end_s = time.monotonic() + 60
        while not question():
            assert time.monotonic() < end_s, "did not come true in time"
            time.sleep(0.001)

    def settles(self, case: Case) -> None:
        """The house puts it right by itself: entered, one record, and the trail is whole."""

        def entered() -> bool:
            sweep.sweep()
            time.sleep(0.2)
            case.refresh_from_db()
            assert case.state != State.FAILED and not case.needs_person
            return case.state == State.ENTERED

        self.eventually(entered, within_s=90)
        assert self.records_of(case) == 1
        assert audit.verify() is None


@pytest.fixture
def office(
    tmp_path: Path, settings: Any, broker: Broker, processes: Processes, eventually: Callable[..., None]
) -> Iterator[Office]:
    for name in ("application", "targets", "secrets"):
        (tmp_path / name).mkdir(mode=0o700)
    (tmp_path / "secrets" / "demo.json").write_text(json.dumps(harness.LOGIN))
    (tmp_path / "secrets" / "demo.json").chmod(0o600)
    own = (django_settings.ROOT / "config" / "targets" / "demo.toml").read_text(encoding="utf-8")
    changes = {"lease_s": LEASE_S, "linger_s": 0, "quiet_s": 1, "retry_s": 0}
    kept = [line for line in own.splitlines() if line.partition("=")[0].strip() not in changes]
    quick = [f"{name} = {value}" for name, value in changes.items()]
    (tmp_path / "targets" / "demo.toml").write_text("\n".join([*quick, *kept]), encoding="utf-8")
    settings.TARGETS = tmp_path / "targets"
    with harness.running_application(tmp_path / "application") as application:
        environment = {
            "LAUFZETTEL_TARGETS": str(tmp_path / "targets"),
            "LAUFZETTEL_SECRETS": str(tmp_path / "secrets"),
            "LAUFZETTEL_TARGET_DEMO_URL": application.url,
        }
        office = Office(application, environment, processes, tmp_path, eventually)
        yield office
        processes.end()
        for run in Run.objects.all():
            identity.end_group(run.process_group)
            shutil.rmtree(Path(settings.RUNS) / str(run.pk), ignore_errors=True)


def kill(worker: Any) -> None:
    """SIGKILL to the worker and to its robot with everything that belongs to it."""
    Processes.kill(worker)
    for run in Run.objects.filter(ended_at=None):
        identity.end_group(run.process_group)


def freeze(run: Run, how: signal.Signals) -> None:
    for pid in list(identity.group_members(run.process_group or {})):
        os.kill(pid, how)


def ledger(case: Case) -> list[tuple[str, str]]:
    return list(case.entries.order_by("fence").values_list("mode", "outcome"))


NOT_WRITTEN = [("enter", "unclear"), ("resolve", "none"), ("enter", "entered")]
WRITTEN = [("enter", "unclear"), ("resolve", "found")]


@pytest.mark.timeout(240)
def test_killed_after_the_intent_a_case_is_looked_up_and_stands_there_once(office: Office) -> None:
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.intent_of(case))
    kill(worker)
    office.worker()
    office.settles(case)
    assert ledger(case) in (WRITTEN, NOT_WRITTEN)


@pytest.mark.timeout(240)
def test_killed_after_the_click_a_case_is_found_and_not_entered_again(office: Office) -> None:
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.records_of(case) == 1)
    kill(worker)
    office.worker()
    office.settles(case)
    assert ledger(case) == WRITTEN


@pytest.mark.timeout(240)
def test_a_robot_frozen_for_longer_than_the_lease_writes_once(office: Office) -> None:
    """Its worker lives and keeps the lease."""
    case = office.ready_case()
    office.worker()
    office.wait_for(lambda: office.intent_of(case))
    run = Run.objects.get()
    freeze(run, signal.SIGSTOP)
    thawed_s = time.monotonic() + 2 * LEASE_S
    while time.monotonic() < thawed_s:
        sweep.sweep()
        time.sleep(0.2)
    freeze(run, signal.SIGCONT)
    office.settles(case)
    assert ledger(case) == [("enter", "entered")]


@pytest.mark.timeout(240)
def test_worker_and_robot_frozen_for_longer_than_the_lease_write_once(office: Office) -> None:
    """As when a machine sleeps: the house takes over meanwhile, and what wakes up finds that it has lost the case."""
    case = office.ready_case()
    worker = office.worker()
    office.wait_for(lambda: office.intent_of(case))
    run = Run.objects.get()
    freeze(run, signal.SIGSTOP)
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
