"""Workers and beat write how far they have come; one that is stopped in its tracks is seen."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from cases import clock, operations, transitions
from cases.models import Case, Progress, State
from cases.operations import crew
from tests.processes import Broker, Processes, children_of
from tests.site import Site, scan
from workers import progress, schedule

pytestmark = pytest.mark.django_db(transaction=True)
FAKE = "tests.workers.fake_office"


def received(folder: Path, text: str) -> Case:
    path = scan(folder / f"{Case.objects.count()}.pdf", text)
    case = transitions.receive(path, "papers", path.name).case
    assert case
    return case


def test_a_worker_writes_what_it_is_at_and_what_it_has_done(
    broker: Broker, processes: Processes, office: Site, eventually: Callable[..., None], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    slow = received(tmp_path, f"slow {gate}")
    worker = processes.worker("read", app=FAKE, environment=office.environment)
    eventually(Path(f"{gate}.begun").exists)
    (child,) = children_of(worker.pid)
    row = Progress.objects.get(pid=child)
    assert (row.task, row.done, row.every_s) == ("read_case", 0, None)
    gate.touch()
    eventually(lambda: Progress.objects.filter(pid=child, task="", done=1).exists())
    assert Case.objects.get(pk=slow.pk).state == State.READY
    assert Progress.objects.get(pid=worker.pid).node == row.node, "the main process writes for itself"
    worker.terminate()
    worker.wait(30)
    assert not Progress.objects.exists(), "who was asked to stop is not missed"


def test_a_stopped_worker_and_a_stopped_beat_are_seen_although_they_live(
    broker: Broker, processes: Processes, office: Site, eventually: Callable[..., None], tmp_path: Path
) -> None:
    schedule.ensure_schedule()
    often = {**office.environment, "LAUFZETTEL_PROGRESS_S": "0.5"}
    stopped, other = (processes.worker("read", app=FAKE, environment=often) for _ in range(2))
    beat = processes.beat(environment=often)

    def conditions() -> dict[str, str]:
        return {one.node.partition("-")[0].partition("@")[0]: one.condition for one in crew.crew(clock.now())}

    eventually(lambda: conditions() == {"test0": "idle", "test1": "idle", "beat": "idle"})
    for process in (stopped, beat):
        os.killpg(process.pid, signal.SIGSTOP)
    eventually(lambda: conditions() == {"test0": "stuck", "test1": "idle", "beat": "stuck"})
    kinds = {one.kind for one in operations.overview().troubles}
    assert {"stuck", "no_beat"} <= kinds and stopped.poll() is None and beat.poll() is None
    case = received(tmp_path, "x")
    eventually(lambda: Case.objects.get(pk=case.pk).state == State.READY)
    for process in (stopped, beat):
        os.killpg(process.pid, signal.SIGCONT)
    eventually(lambda: set(conditions().values()) == {"idle"})
    assert other.poll() is None


def test_a_child_that_was_killed_leaves_its_work_done_and_no_row(
    broker: Broker, processes: Processes, office: Site, eventually: Callable[..., None], tmp_path: Path
) -> None:
    worker = processes.worker("read", app=FAKE, environment={**office.environment, "LAUFZETTEL_PROGRESS_S": "0.5"})
    case = received(tmp_path, "x")
    eventually(lambda: Case.objects.get(pk=case.pk).state == State.READY)
    eventually(lambda: Progress.objects.filter(done=1).exists())
    (child,) = children_of(worker.pid)
    os.kill(child, signal.SIGKILL)
    long_ago = clock.now() - timedelta(hours=1)
    eventually(lambda: children_of(worker.pid) not in ([], [child]))
    Progress.objects.filter(pid=child).update(task="read_case", began_at=long_ago, finished_at=long_ago)
    eventually(lambda: not Progress.objects.filter(pid=child).exists())
    (one,) = crew.crew(clock.now())
    assert one.done in (1, 2), "2: killed before the broker knew that it was done, so its message came once more"
    assert one.condition == "idle"


def test_progress_that_cannot_be_written_stops_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(progress, "write", broken)
    progress.began(task=SimpleNamespace(name="read_case", request=SimpleNamespace(hostname="x@y")))
    progress.ended()


def test_a_task_costs_two_statements(django_assert_num_queries: Callable[..., Any]) -> None:
    task = SimpleNamespace(name="read_case", request=SimpleNamespace(hostname="x@y"))
    progress.began(task=task)
    progress.ended()
    with django_assert_num_queries(2):
        progress.began(task=task)
        progress.ended()
    assert Progress.objects.get().done == 2
