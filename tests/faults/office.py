"""A house under test: the real application to enter into, real workers and beat, and the comparison at the end."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from django.conf import settings as django_settings
from django_celery_beat.models import IntervalSchedule

from cases import audit, store, transitions
from cases.models import Case, Entry, Gate, Run, State
from ocr.page import Reading
from robots.keywords import fields
from tests import site
from tests.processes import Processes
from tests.robots import harness
from workers import identity, schedule, sweep

LONG = os.environ.get("FAULTS") == "long"
SEED = int(os.environ.get("SEED", "1"))
only_long = pytest.mark.skipif(not LONG, reason="long form: make faults")
LEASE_S = 3.0
QUICK: dict[str, Any] = {"lease_s": LEASE_S, "linger_s": 0, "quiet_s": 1, "retry_s": 0}
COUNT = itertools.count(1)
OVER = (State.ENTERED, State.REJECTED)


def figure(short: float, long: float) -> Any:
    """A number of the short form (`make test`) or of the long one (`make faults`)."""
    return long if LONG else short


@dataclass
class Office:
    """A running application, workers for it, and cases that wait to be entered into it."""

    application: harness.Application
    environment: dict[str, str]
    processes: Processes
    folder: Path
    eventually: Callable[..., None]
    starts: int = 0

    def target(self, **changes: Any) -> None:
        """Describe the target with these settings; before any worker is started."""
        own = (django_settings.ROOT / "config" / "targets" / "demo.toml").read_text(encoding="utf-8")
        settings = QUICK | changes
        kept = [line for line in own.splitlines() if line.partition("=")[0].strip() not in settings]
        written = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        (self.folder / "targets" / "demo.toml").write_text("\n".join([*written, *kept]), encoding="utf-8")

    def worker(self, **environment: str) -> Popen[bytes]:
        """A worker that takes no cases but those it is told to."""
        return self.processes.worker("enter.demo", environment=self.environment | environment)

    def house(self, **environment: str) -> Popen[bytes]:
        """Everything that puts things right by itself: a worker for robots and sweeper, and a tick each second."""
        self.beat(**environment)
        return self.housekeeper(**environment)

    def housekeeper(self, **environment: str) -> Popen[bytes]:
        return self.processes.worker(
            "enter.demo,housekeeping", concurrency=2, environment=self.environment | environment
        )

    def beat(self, **environment: str) -> Popen[bytes]:
        schedule.ensure_schedule()
        IntervalSchedule.objects.filter(every=schedule.TICKS_S["sweep"]).update(every=1)
        return self.processes.beat(environment=self.environment | environment)

    def case(self, *, sure: bool = True, **values: str | None) -> Case:
        """A case that was just read: READY, or in review when it was not read surely."""
        number = next(COUNT)
        path = site.scan(self.folder / f"{number}.pdf", f"{self.folder}{number}")
        case = transitions.receive(path, "hundesteuer", "x.pdf").case
        assert case
        claim = transitions.claim_reading(case.pk, "test")
        assert claim
        values = harness.case(number)["fields"] | {"chip_number": f"27609810{number:07d}"} | values
        read = tuple(site.field(name, value, sure=sure) for name, value in values.items())
        reading = Reading("x", "hundesteuer", "ready" if sure else "review", (site.page(),), read)
        picture = {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")}
        assert transitions.record_reading(claim, reading, picture) == (State.READY if sure else State.REVIEW)
        case.refresh_from_db()
        return case

    ready_case = case

    def in_the_target(self, case: Case, **other: str) -> dict[str, str]:
        """What the application would hold of a case, in its own spelling."""
        rules = fields.load_rules(self.folder / "targets" / "demo.toml")
        ours = {one.name: one.value for one in case.fields.all()} | {"reference": case.reference}
        return fields.to_target(ours, rules) | other

    def records_of(self, case: Case) -> int:
        return len(self.application.records.search(case.reference))

    def intent_of(self, case: Case) -> bool:
        return Entry.objects.filter(case=case, intent_at__isnull=False).exists()

    def wait_for(self, question: Callable[[], bool]) -> None:
        """Looks as often as it can: the moment is short."""
        end_s = time.monotonic() + 180
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

        self.eventually(entered, within_s=400)
        assert self.records_of(case) == 1
        assert audit.verify() is None

    def comes_to_rest(self, within_s: float = 400.0, meanwhile: Callable[[], None] = lambda: None) -> Verdict:
        """Waits until every case is entered or in front of a person, without lending a hand.

        Only a target that the breaker stopped after ten failures in a row is started again, as a person of IT would.
        """

        def at_rest() -> bool:
            meanwhile()
            for gate in Gate.objects.filter(stopped_at__isnull=False):
                self.starts += transitions.start_target(gate.pk, "person:it")
            return not any(is_open(case) for case in Case.objects.all())

        self.eventually(at_rest, within_s=within_s)
        return self.verdict()

    def verdict(self) -> Verdict:
        """The application's own table beside the ledger."""
        found = Verdict(starts=self.starts)
        for case in Case.objects.all():
            records = self.application.records.search(case.reference)
            found.items += 1
            found.entered += case.state == State.ENTERED
            found.before_a_person += is_before_a_person(case)
            found.open += [case.reference] * is_open(case)
            found.twice += [case.reference] * (len(records) > 1)
            found.missing += [case.reference] * (case.state == State.ENTERED and not records)
            found.denied += [case.reference] * (case.state in (State.FAILED, State.REJECTED) and bool(records))
            equal = all(same(record.values, self.in_the_target(case)) for record in records)
            found.different += [case.reference] * (case.state == State.ENTERED and not equal)
        found.trail_is_whole = audit.verify() is None
        return found


@dataclass
class Verdict:
    """What became of all cases. The promise: nothing twice, missing, different, denied or left lying."""

    items: int = 0
    entered: int = 0
    before_a_person: int = 0
    open: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    trail_is_whole: bool = False
    starts: int = 0

    @property
    def is_kept(self) -> bool:
        broken = self.open or self.twice or self.missing or self.different or self.denied
        return not broken and self.trail_is_whole

    def put_down(self, test: str, **more: Any) -> None:
        """One line of figures for docs/measured.md, where FAULTS_JSON asks for it."""
        counted = {name: len(value) if isinstance(value, list) else value for name, value in vars(self).items()}
        line = json.dumps({"test": test, **more, **counted})
        print(line)
        if path := os.environ.get("FAULTS_JSON"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(line + "\n")


def is_before_a_person(case: Case) -> bool:
    unclear = case.state == State.UNCLEAR and case.needs_person
    return unclear or case.state in (State.FAILED, State.REVIEW, State.SECOND_REVIEW)


def is_open(case: Case) -> bool:
    return case.state not in OVER and not is_before_a_person(case)


def same(record: Any, wanted: dict[str, str]) -> bool:
    """Blanks do not count, and a box without a tick is N."""
    return all("".join(record[name].split()) == "".join(value.split()) for name, value in wanted.items())


@contextmanager
def running_office(folder: Path, settings: Any, processes: Processes, eventually: Any) -> Iterator[Office]:
    """Folders, secret and application; afterwards nothing of it runs."""
    for name in ("application", "targets", "secrets"):
        (folder / name).mkdir(mode=0o700)
    secret = folder / "secrets" / "demo.json"
    secret.write_text(json.dumps(harness.LOGIN))
    secret.chmod(0o600)
    settings.TARGETS = folder / "targets"
    with harness.running_application(folder / "application") as application:
        environment = {
            "LAUFZETTEL_TARGETS": str(folder / "targets"),
            "LAUFZETTEL_SECRETS": str(folder / "secrets"),
            "LAUFZETTEL_TARGET_DEMO_URL": application.url,
        }
        patient = partial(eventually, within_s=180.0)  # robots start slowly where others use the machine
        office = Office(application, environment, processes, folder, patient)
        office.target()
        yield office
        processes.end()
        for run in Run.objects.all():
            identity.end_group(run.process_group)
            shutil.rmtree(Path(settings.RUNS) / str(run.pk), ignore_errors=True)


def kill(worker: Popen[bytes]) -> None:
    """SIGKILL to the worker and to its robot with everything that belongs to it."""
    Processes.kill(worker)
    for run in Run.objects.filter(ended_at=None):
        identity.end_group(run.process_group)


def tell(run: Run, what: signal.Signals) -> None:
    """Send a signal to every process of a robot."""
    for pid in list(identity.group_members(run.process_group or {})):
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            continue


def ledger(case: Case) -> list[tuple[str, str]]:
    return list(case.entries.order_by("fence").values_list("mode", "outcome"))
