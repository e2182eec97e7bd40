"""The whole application as an office runs it: web, workers, broker, beat, demo target, on a folder of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.supervisor import free_port
from tests.web.browser import ROOT
from tests.web.factories import PASSWORD

PATIENCE_S = 240
PEOPLE = """
from config.commands import django_ready
django_ready()
from django.contrib.auth.models import Group, User
from config import embedded
embedded.prepare()
for name, role in {people!r}.items():
    User.objects.create_user(name, password={password!r}).groups.set(Group.objects.filter(name=role))
"""


@dataclass(frozen=True)
class Office:
    """Where it answers, and where its files lie."""

    url: str
    data: Path

    def inbox(self, process: str) -> Path:
        return self.data / "inbox" / process

    def ask(self, question: str, *given: object) -> list[tuple[object, ...]]:
        """Look into its database, read only."""
        return _ask(self.data / "laufzettel.sqlite3", question, *given)

    def records(self) -> list[tuple[object, ...]]:
        """What stands in the demo target."""
        names = "hal_name, hal_vorname, hal_gebdat, hal_ort, hd_name, hd_chip, hd_seit, hd_anzahl, hd_erst, bank_sepa"
        return _ask(self.data / "fachverfahren" / "hundesteuer.sqlite3", f"SELECT {names} FROM satz ORDER BY fremdref")

    def wait(self, question: str, *given: object) -> tuple[object, ...]:
        """The first row of an answer, as soon as there is one."""
        end_s = time.monotonic() + PATIENCE_S
        while not (rows := self.ask(question, *given)):
            assert time.monotonic() < end_s, question
            time.sleep(0.2)
        return rows[0]


def _ask(path: Path, question: str, *given: object) -> list[tuple[object, ...]]:
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10) as connection:
            return connection.execute(question, given).fetchall()
    except sqlite3.OperationalError:
        return []


@contextmanager
def running(folder: Path, people: dict[str, str]) -> Iterator[Office]:
    """Start it with these people (name -> role) and end all of it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LAUFZETTEL_")}
    environment = {**plain, "LAUFZETTEL_DATA": str(folder), "PYTHONUNBUFFERED": "1"}
    script = PEOPLE.format(people=people, password=PASSWORD)
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True)
    command = [sys.executable, "-m", "config.cli", "serve", "--demo-target", "--port", str(free_port())]
    served = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        line = next((line for line in served.stdout if "Laufzettel läuft:" in line), "")
        url = line.partition("läuft:")[2].split()[0].rstrip("/")
        yield Office(url, folder)
    finally:
        served.terminate()
        try:
            served.wait(60)
        except subprocess.TimeoutExpired:
            served.kill()
            served.wait()
