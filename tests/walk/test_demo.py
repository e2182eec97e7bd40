"""The whole walk, as a person runs it: the demo on a folder of its own, with the workers killed in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.supervisor import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 600


def start_demo(data: Path, *options: str) -> subprocess.Popen[str]:
    """The demo as a person would start it: nothing of the tests' own settings goes along."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LAUFZETTEL_")}
    environment = {**plain, "LAUFZETTEL_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "config.cli", "demo", "--exit", "--port", str(free_port()), *options]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ask(database: Path, question: str) -> list[tuple[object, ...]]:
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(question).fetchall()
    except sqlite3.OperationalError:
        return []


def states(data: Path) -> list[str]:
    return [str(row[0]) for row in ask(data / "demo" / "laufzettel.sqlite3", "SELECT state FROM cases_case")]


def records(data: Path) -> list[tuple[object, ...]]:
    question = "SELECT fremdref, count(*) FROM satz GROUP BY 1 ORDER BY 1"
    return ask(data / "demo" / "fachverfahren" / "hundesteuer.sqlite3", question)


def worker_pids(data: Path) -> list[int]:
    """Main processes and pool children of the demo's own Celery workers, told apart by their environment."""
    mine = f"LAUFZETTEL_DATA={data / 'demo'}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_worker = (
                b"celery\0" in (folder / "cmdline").read_bytes() and b"worker\0" in (folder / "cmdline").read_bytes()
            )
            if is_worker and mine in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for(question, demo: subprocess.Popen[str]) -> None:  # type: ignore[no-untyped-def]
    deadline_s = time.monotonic() + PATIENCE_S
    while not question():
        assert demo.poll() is None, demo.communicate()[0]
        assert time.monotonic() < deadline_s
        time.sleep(0.2)


@pytest.mark.timeout(2 * PATIENCE_S)
def test_a_batch_survives_killed_workers_and_being_fed_twice(tmp_path: Path) -> None:
    demo = start_demo(tmp_path)
    try:
        wait_for(lambda: any(state not in {"received"} for state in states(tmp_path)), demo)
        for pid in worker_pids(tmp_path):
            os.kill(pid, signal.SIGKILL)
        output, _ = demo.communicate(timeout=PATIENCE_S)
    finally:
        demo.kill()
    assert demo.returncode == 0, output
    assert "Alle 12 Dokumente sind nachgewiesen" in output
    assert "neu gestartet" in output
    first = records(tmp_path)
    assert first
    assert all(count == 1 for _, count in first)
    assert "review" in states(tmp_path)

    again = start_demo(tmp_path, "--keep")
    try:
        output, _ = again.communicate(timeout=PATIENCE_S)
    finally:
        again.kill()
    assert again.returncode == 0, output
    assert records(tmp_path) == first, "the same batch fed twice must leave the same records"
