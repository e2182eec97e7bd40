"""Starts the real demo application, and the real robot of robot.yaml with a fake worker."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from demo.fachverfahren.records import Records
from tests.processes import end_with_parent
from tests.robots.worker_line import FakeWorker

ROOT = Path(__file__).parents[2]
ROBOTS_PYTHON = Path(os.environ.get("LAUFZETTEL_ROBOTS_PYTHON", ROOT / ".venv-robots" / "bin" / "python"))
CHROMIUM = os.environ.get("LAUFZETTEL_CHROMIUM", "/usr/bin/chromium")
LOGIN = {"user": "robot01", "password": "Kanari-9f3!Kennwort"}


@dataclass
class Application:
    """The running stand-in: its folder, address and its own database."""

    folder: Path
    url: str
    records: Records


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_application(folder: Path) -> Iterator[Application]:
    """The stand-in on a free port, until the block ends."""
    (folder / "login.json").write_text(json.dumps(LOGIN))
    port = free_port()
    command = [sys.executable, "-m", "demo.fachverfahren", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, preexec_fn=end_with_parent)
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_for(url, process)
        yield Application(folder, url, Records(folder / "hundesteuer.sqlite3"))
    finally:
        process.terminate()
        process.wait(10)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert process.poll() is None, "the application ended"
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the application does not answer")


@dataclass
class Run:
    """What is left of a robot that has ended."""

    worker: FakeWorker
    folder: Path
    exit_code: int
    output: str

    def words_on_disk(self) -> str:
        """Everything the robot wrote down, and what it printed."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        return self.output + "".join(path.read_bytes().decode("utf-8", "replace") for path in files)

    def troubles(self) -> list[str]:
        """What the keywords logged of the browser's errors, for a test that fails: `fill_record: TimeoutException`."""
        return sorted(set(re.findall(r"\w+: \w+(?:Exception|Error)\b", self.words_on_disk())))


class Robots:
    """Starts robots as the worker does: task line of robot.yaml, small environment, process group of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.secrets = folder / "secrets"
        self.secrets.mkdir(mode=0o700)
        self.write_secret(LOGIN)
        self._count = 0
        self._sockets = Path(tempfile.mkdtemp(prefix="lz-"))

    def write_secret(self, login: dict[str, str], mode: int = 0o600) -> None:
        path = self.secrets / "demo.json"
        path.write_text(json.dumps(login))
        path.chmod(mode)

    def start(
        self,
        *items: dict[str, Any],
        task: str = "demo",
        loglevel: str = "INFO",
        source: Path | None = None,
        **environment: str,
    ):
        """A robot with its worker: (process, worker, run folder). `source`: another file, same options."""
        self._count += 1
        run_folder = self.folder / f"run{self._count}"
        run_folder.mkdir(mode=0o700)
        worker = FakeWorker(self._sockets / f"{self._count}.sock", list(items))
        process = subprocess.Popen(
            task_line(task, run_folder, loglevel, source),
            cwd=ROOT,
            env=self._environment(run_folder, worker) | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=end_with_parent,
            text=True,
        )
        return process, worker, run_folder

    def run(self, *items: dict[str, Any], **how: Any) -> Run:
        process, worker, folder = self.start(*items, **how)
        output, _ = process.communicate(timeout=120)
        return Run(worker, folder, process.returncode, output)

    def close(self) -> None:
        shutil.rmtree(self._sockets, ignore_errors=True)

    def _environment(self, run_folder: Path, worker: FakeWorker) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "LAUFZETTEL_SOCKET": str(worker.path),
            "LAUFZETTEL_TARGET_URL": self.url,
            "LAUFZETTEL_TARGET_SECRET": "demo",
            "LAUFZETTEL_SECRETS": str(self.secrets),
            "RPA_WORKITEMS_ADAPTER": "robots.keywords.workitems.SlipAdapter",
            "RPA_SECRET_MANAGER": "robots.keywords.secrets.FileSecrets",
            "ROBOT_ARTIFACTS": str(run_folder),
            "LAUFZETTEL_CHROMIUM": CHROMIUM,
            "LAUFZETTEL_CHROMEDRIVER": os.environ.get("LAUFZETTEL_CHROMEDRIVER", "/usr/bin/chromedriver"),
        }


def task_line(task: str, run_folder: Path, loglevel: str, source: Path | None) -> list[str]:
    """The command of a task as robot.yaml has it, with our interpreter and run folder."""
    words = shlex.split(yaml.safe_load((ROOT / "robot.yaml").read_text())["tasks"][task]["shell"])
    replaced = {"python": str(ROBOTS_PYTHON), "output": str(run_folder), "INFO": loglevel}
    line = [replaced.get(word, word) for word in words]
    return [*line[:-1], str(source)] if source else line


def case(number: int = 1, mode: str = "enter", **fields: str | None) -> dict[str, Any]:
    """An item as the worker hands it out."""
    values: dict[str, str | None] = {
        "applicant_first_name": "Änne",
        "applicant_last_name": "Müller-Lüdenscheidt",
        "date_of_birth": "1970-02-01",
        "street": "Lange Straße 3",
        "plz": "50667",
        "town": "Köln",
        "phone": None,
        "email": "aenne@example.org",
        "iban": "DE89370400440532013000",
        "dog_name": "Waldi",
        "breed": "Dackel",
        "dog_birth_date": "2024-05-17",
        "chip_number": "276098102345678",
        "kept_since": "2026-10-01",
        "dogs_in_household": "3+",
        "first_dog": "ja",
        "dangerous_dog": "nein",
        "sepa_mandate": "ja",
        "signature": "ja",
        "signed_on": "2026-10-02",
    }
    reference = f"2026-{number:06d}"
    return {
        "id": str(number),
        "fence": 1,
        "mode": mode,
        "reference": reference,
        "target": "demo",
        "fields": values | fields,
    }
