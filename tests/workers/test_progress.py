"""Workers and beat write how far they have come; one that is stopped in its tracks is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases import transitions
from cases.models import Case, Progress, State
from tests.processes import Broker, Processes, children_of
from tests.site import Site, scan

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
