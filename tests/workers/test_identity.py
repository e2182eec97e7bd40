from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workers import identity

TREE = """
import os, subprocess, sys, time
inside = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
outside = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(inside.pid, outside.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int], dict[str, object]]]:
    """A robot with one child in its session and one that left it."""
    address = str(tmp_path / "x.sock")
    leader = subprocess.Popen(
        [sys.executable, "-c", TREE],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "LAUFZETTEL_SOCKET": address},
    )
    assert leader.stdout
    children = [int(word) for word in leader.stdout.readline().split()]
    yield leader, children, {**identity.of_process(leader.pid), "socket": address}
    for pid in (leader.pid, *children):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    leader.wait()


def test_it_tells_a_living_process_from_a_dead_one() -> None:
    assert identity.is_dead(identity.me()) is False
    child = subprocess.Popen(["/bin/true"])
    known = {**identity.machine(), "pid": child.pid, "start": 1}
    child.wait()
    assert identity.is_dead(known) is True


def test_a_recycled_pid_is_another_process() -> None:
    assert identity.is_dead({**identity.me(), "start": 1}) is True


def test_nothing_can_be_said_about_another_machine() -> None:
    assert identity.is_dead({**identity.me(), "host": "elsewhere"}) is None
    assert identity.is_dead({**identity.me(), "pidns": "pid:[1]"}) is None
    assert identity.is_dead(None) is None
    assert identity.end_group({**identity.me(), "host": "elsewhere"}) is False


def test_after_a_reboot_everything_from_before_is_dead() -> None:
    assert identity.is_dead({**identity.me(), "boot": "earlier"}) is True
    assert identity.end_group({**identity.me(), "boot": "earlier"}) is True


def test_the_whole_group_ends_with_those_who_left_it(tree, eventually: Callable[..., None]) -> None:
    leader, children, known = tree
    assert identity.end_group(known) is True
    assert leader.wait(5) == -signal.SIGKILL
    assert all(identity.start_ticks(pid) is None for pid in children)


def test_the_group_of_a_dead_leader_ends_too(tree) -> None:
    leader, children, known = tree
    leader.kill()
    leader.wait()
    assert any(identity.start_ticks(pid) for pid in children)
    assert identity.end_group(known) is True
    assert all(identity.start_ticks(pid) is None for pid in children)


def test_a_stopped_group_ends_as_well(tree) -> None:
    leader, children, known = tree
    os.killpg(leader.pid, signal.SIGSTOP)
    assert identity.end_group(known) is True
    assert all(identity.start_ticks(pid) is None for pid in children)


def test_a_stranger_with_the_same_pid_is_left_alone(tree) -> None:
    leader, _, known = tree
    assert identity.end_group({**known, "start": 1, "socket": "/elsewhere.sock"}) is True
    time.sleep(0.05)
    assert leader.poll() is None


def test_where_other_processes_are_hidden_nobody_is_called_dead(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gone = {**identity.machine(), "pid": 1, "start": 1}
    assert identity.is_dead(gone) is True
    monkeypatch.setattr(identity, "sees_others", lambda: False)
    assert identity.is_dead(gone) is None and identity.end_group(gone) is False


def test_a_robot_of_another_user_is_not_said_to_be_ended(tree, monkeypatch: pytest.MonkeyPatch) -> None:
    leader, children, known = tree
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert identity.end_group(known) is False
    assert leader.poll() is None and all(Path(f"/proc/{pid}").exists() for pid in children)
