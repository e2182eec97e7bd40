from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from cases import catalog, stages, transitions
from cases.models import Case, Entry, Gate, Run, State
from tests.cases.conftest import record
from tests.site import Site, scan
from workers import identity, launch, progress, robot, stopping, sweep

pytestmark = pytest.mark.django_db(transaction=True)
HERE = Path(__file__).parent


class FakeTarget:
    """The folder of a fake robot: what it shall do, what it did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan()

    def plan(self, *cases: str, **more: str) -> None:
        (self.folder / "behaviour.json").write_text(json.dumps({"cases": list(cases), **more}))

    @property
    def references(self) -> list[str]:
        path = self.folder / "records.jsonl"
        return [json.loads(line)["reference"] for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def starts(self) -> list[int]:
        path = self.folder / "starts"
        return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.fixture
def target(office: Site, tmp_path: Path, settings) -> FakeTarget:
    folder = tmp_path / "robots"
    folder.mkdir()
    shutil.copy(HERE / "fake_robot.py", folder)
    shell = "python fake_robot.py --outputdir output"
    (folder / "robot.yaml").write_text(f"tasks:\n  register:\n    shell: {shell}\n")
    settings.ROOT, settings.ROBOTS_PYTHON = folder, Path(sys.executable)
    settings.RUNS = tmp_path / "runs"
    return FakeTarget(folder)


@pytest.fixture
def ready(office: Site, tmp_path: Path) -> Callable[[int], list[Case]]:
    def make(count: int) -> list[Case]:
        cases = []
        for number in range(count):
            path = scan(tmp_path / f"{number}-{Case.objects.count()}.pdf", f"{tmp_path}{number}{Case.objects.count()}")
            arrival = transitions.receive(path, "dogs", path.name)
            assert arrival.case
            claim = transitions.claim_reading(arrival.case.pk, "test")
            assert claim
            record(claim)
            cases.append(arrival.case)
        return cases

    return make


def states() -> list[str]:
    return list(Case.objects.order_by("reference").values_list("state", flat=True))


def run_all(rounds: int = 1) -> None:
    for _ in range(rounds):
        Case.objects.update(not_before=None)
        Gate.objects.update(not_before=None)
        robot.serve_target("register")


def test_one_session_enters_many_cases_each_once(target: FakeTarget, ready) -> None:
    cases = ready(5)
    run_all()
    assert states() == [State.ENTERED] * 5
    assert target.references == [case.reference for case in cases]
    assert len(target.starts) == 1
    run = Run.objects.get()
    assert run.ended_at and run.entries.count() == 5


def test_each_case_of_a_session_is_a_stage_of_its_own_and_a_step_of_progress(
    target: FakeTarget, ready, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = ready(2)
    told: list[stages.Stage] = []
    steps: list[None] = []
    settings.OTEL = True
    monkeypatch.setattr(stages, "tell", lambda about, *_: told.append(about))
    monkeypatch.setattr(progress, "step", lambda: steps.append(None))
    run_all()
    assert [about.name for about in told] == ["enter", "enter"]
    assert {about.reference for about in told} == {case.reference for case in cases}
    assert {str(about.outcome) for about in told} == {"entered"} and told[0].facts["target"] == "register"
    assert len(steps) == 3, "two cases, and the question that ends the session"
    assert structlog.contextvars.get_contextvars() == {}


def test_a_robot_starts_only_for_work(target: FakeTarget, office: Site) -> None:
    run_all()
    assert target.starts == [] and not Run.objects.exists()


def test_a_robot_sees_nothing_of_the_workers_environment(target: FakeTarget, ready, monkeypatch) -> None:
    monkeypatch.setenv("LAUFZETTEL_PG_PASSWORD", "canary")
    ready(1)
    run_all()
    seen = json.loads((target.folder / "environment.json").read_text())
    assert "canary" not in seen.values() and "LAUFZETTEL_BROKER" not in seen and "LAUFZETTEL_DATA" not in seen
    assert seen["RPA_WORKITEMS_ADAPTER"] == "robots.keywords.workitems.SlipAdapter"


def test_the_run_folder_is_the_robots_output_and_closed_to_others(target: FakeTarget, ready, settings) -> None:
    ready(1)
    run_all()
    folder = Path(settings.RUNS) / str(Run.objects.get().pk)
    assert folder.stat().st_mode & 0o077 == 0
    seen = json.loads((target.folder / "environment.json").read_text())
    assert seen["ROBOT_ARTIFACTS"] == str(folder)


@pytest.mark.parametrize("how", ["die before submit", "die after submit"])
def test_a_robot_that_dies_after_the_intent_enters_once(target: FakeTarget, ready, how: str) -> None:
    (case,) = ready(1)
    target.plan(how)
    run_all()
    assert states() == [State.UNCLEAR]
    run_all(2)
    assert states() == [State.ENTERED] and target.references == [case.reference]
    modes = list(Entry.objects.values_list("mode", "outcome"))
    expected = {
        "die before submit": [("enter", "unclear"), ("resolve", "none"), ("enter", "entered")],
        "die after submit": [("enter", "unclear"), ("resolve", "found")],
    }
    assert modes == expected[how]


def test_a_robot_that_dies_before_the_intent_is_tried_three_times(target: FakeTarget, ready) -> None:
    ready(1)
    target.plan(then="die before intent")
    run_all(5)
    assert states() == [State.FAILED] and target.references == [] and len(target.starts) == 3


def test_what_the_target_refuses_goes_to_review_and_the_session_goes_on(target: FakeTarget, ready) -> None:
    ready(3)
    target.plan("enter", "business", "enter")
    run_all()
    assert states() == [State.ENTERED, State.REVIEW, State.ENTERED] and len(target.starts) == 1
    assert Case.objects.get(state=State.REVIEW).problems[0]["message"] == "PLZ unbekannt"


def test_what_broke_before_the_intent_is_tried_again(target: FakeTarget, ready) -> None:
    ready(1)
    target.plan("application", "enter")
    run_all(2)
    assert states() == [State.ENTERED]


def test_a_robot_that_does_not_start_leaves_the_cases_alone(target: FakeTarget, ready) -> None:
    ready(1)
    target.plan(start="crash")
    run_all()
    assert states() == [State.READY] and Entry.objects.count() == 0
    gate = Gate.objects.get()
    assert gate.not_before and gate.reason == "V040" and not Run.objects.filter(ended_at=None).exists()


def test_a_missing_task_in_robot_yaml_leaves_the_cases_alone(target: FakeTarget, ready) -> None:
    ready(1)
    (target.folder / "robot.yaml").write_text("tasks: {}")
    run_all()
    assert states() == [State.READY] and not Run.objects.filter(ended_at=None).exists()


def test_nonsense_on_the_line_does_no_harm(target: FakeTarget, ready) -> None:
    ready(1)
    target.plan(start="nonsense")
    run_all()
    assert states() == [State.ENTERED]


def test_nothing_of_a_robot_outlives_its_session(target: FakeTarget, ready) -> None:
    ready(1)
    target.plan(start="browser")
    run_all()
    group = Run.objects.get().process_group
    assert group and list(identity.group_members(group)) == []


def test_a_robot_that_hangs_is_ended(target: FakeTarget, ready, office: Site) -> None:
    path = office.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("item_timeout_s = 30", "item_timeout_s = 1.5"))
    ready(2)
    target.plan("wait before submit")
    run_all()
    assert State.UNCLEAR in states() and not Run.objects.filter(ended_at=None).exists()
    run_all(2)
    assert states() == [State.ENTERED] * 2 and len(set(target.references)) == len(target.references) == 2


def test_a_worker_that_is_asked_to_stop_takes_no_other_case(target: FakeTarget, ready, monkeypatch) -> None:
    ready(3)
    asked = iter([False, False])
    monkeypatch.setattr(stopping, "is_announced", lambda: next(asked, True))
    run_all()
    assert states().count(State.ENTERED) == 1 and states().count(State.READY) == 2


def test_a_lease_taken_over_meanwhile_stops_the_robot_before_its_submit(target: FakeTarget, ready, monkeypatch) -> None:
    (case,) = ready(1)
    target.plan("wait before intent")
    original = robot.Session.stay
    done: list[Any] = []

    def stay(self: robot.Session, process: Any) -> bool:
        if self.claim and not done and (target.folder / "go.waiting").exists():
            done.append(transitions.take_over_entry(self.claim.entry_id, process_gone=True))
            (target.folder / "go").touch()
        return original(self, process)

    monkeypatch.setattr(robot.Session, "stay", stay)
    run_all()
    assert (target.folder / "refused").read_text() == "V021" and done == [State.READY]
    assert list(Entry.objects.values_list("outcome", flat=True)) == ["lost", "entered"]
    assert target.references == [case.reference]


def test_the_sweeper_ends_a_robot_whose_worker_is_dead(target: FakeTarget, ready, settings) -> None:
    """The worker's own process is played by an identity that has ended."""
    import subprocess

    (case,) = ready(1)
    run = transitions.open_run("register", {**identity.me(), "start": 1})
    assert run
    claim = transitions.claim_entry("register", "gone", run_id=run.pk)
    assert claim
    transitions.journal_intent(claim.entry_id, claim.fence, "h")
    left = subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
    transitions.name_processes(run.pk, identity.of_process(left.pid))
    profile, address = Path(settings.RUNS) / str(run.pk) / "browser", launch.socket_address(run.pk)
    profile.mkdir(parents=True)
    address.touch()
    sweep.sweep()
    assert left.wait(5) == -9
    assert not profile.exists() and profile.parent.exists() and not address.exists()
    assert states() == [State.UNCLEAR] and not Run.objects.filter(ended_at=None).exists()
    run_all(2)
    assert states() == [State.ENTERED] and target.references == [case.reference]


def test_the_sweeper_leaves_a_living_session_alone(target: FakeTarget, ready) -> None:
    ready(1)
    run = transitions.open_run("register", identity.me())
    assert run and transitions.claim_entry("register", "me", run_id=run.pk)
    sweep.sweep()
    assert states() == [State.ENTERING] and Run.objects.filter(ended_at=None).exists()


@pytest.mark.parametrize(("age_days", "warned"), [(29, False), (31, True)])
def test_credentials_older_than_the_target_allows_are_told(
    target: FakeTarget, office: Site, tmp_path: Path, settings, age_days: int, warned: bool
) -> None:
    office.target(more="secret_days = 30")
    settings.SECRETS = tmp_path
    path = tmp_path / "register.json"
    path.touch()
    os.utime(path, (time.time() - age_days * 86400,) * 2)
    with structlog.testing.capture_logs() as logs:
        launch.warn_of_old_secret(catalog.targets()["register"])
    assert [entry["event"] for entry in logs] == ["secret_is_old"] * warned
