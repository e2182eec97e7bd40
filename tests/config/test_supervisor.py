"""The supervisor keeps its children running and takes them along when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervisor import Service, Supervisor, free_port
from ocr.errors import Problem

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")


def wait_until(question, within_s: float = 15.0) -> bool:  # type: ignore[no-untyped-def]
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        if question():
            return True
        time.sleep(0.05)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_it_starts_a_killed_service_again(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, {})
    try:
        supervisor.start(Service("sleeper", SLEEPER))
        first = supervisor.children["sleeper"].process
        first.kill()
        first.wait()
        assert wait_until(lambda: supervisor.look_after() == ["sleeper"])
        second = supervisor.children["sleeper"].process
        assert second.pid != first.pid
        assert is_running(second.pid)
    finally:
        supervisor.stop()
    assert not is_running(second.pid)


def test_it_does_not_start_services_again_while_stopping(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, {})
    supervisor.start(Service("sleeper", SLEEPER))
    supervisor.stop()
    assert supervisor.look_after() == []


def test_a_second_supervisor_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    first = Supervisor(tmp_path, {})
    try:
        with pytest.raises(Problem) as caught:
            Supervisor(tmp_path, {})
        assert caught.value.code == "B001"
        assert (tmp_path / "serve.lock").read_text() == str(os.getpid()), "the pid of the running one was lost"
    finally:
        first.stop()
    Supervisor(tmp_path, {}).stop()


def test_a_service_that_never_answers_is_a_problem_not_a_hang(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, {})
    try:
        with pytest.raises(Problem) as caught:
            supervisor.start(Service("deaf", SLEEPER), ready=lambda: False, within_s=0.5)
        assert caught.value.code == "B003"
    finally:
        supervisor.stop()


def test_a_service_that_ignores_the_request_to_stop_is_killed(tmp_path: Path) -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(600)"
    )
    supervisor = Supervisor(tmp_path, {})
    supervisor.start(Service("stubborn", (sys.executable, "-c", stubborn), patience_s=0.5))
    log = supervisor.logs / "stubborn.log"
    assert wait_until(lambda: log.read_text() == "on\n")
    supervisor.stop()
    assert not is_running(supervisor.children["stubborn"].process.pid)


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from config.supervisor import Service, Supervisor
supervisor = Supervisor(Path({str(tmp_path)!r}), {{}})
supervisor.start(Service("sleeper", (sys.executable, "-c", "import time; time.sleep(600)")))
print(supervisor.children["sleeper"].process.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    assert wait_until(lambda: not is_running(child))


def test_a_taken_port_gives_another_one() -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wished = taken.getsockname()[1]
        assert free_port(wished) != wished
