"""Starts a Tryton of its own, from the Debian packages, with a fresh database and a user for the robot."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.processes import end_with_parent
from tests.robots.harness import LOGIN, free_port

DATABASE = "buergeramt"
CONFIGURATION = """
[database]
uri = sqlite://
path = {folder}
list = {list}
[web]
listen = 127.0.0.1:{port}
root = /usr/share/tryton-sao/www
"""
ROBOTS_USER = f"""
german, = pool.get("ir.lang").search([("code", "=", "de")])
user = {{"name": "Roboter", "login": "{LOGIN["user"]}", "password": "{LOGIN["password"]}", "language": german.id}}
pool.get("res.user").create([user])
transaction.commit()
"""
LINES = {
    "party_address": "street, postal_code, city",
    "party_contact_mechanism": "type, value",
    "party_identifier": "type, code",
}


@dataclass
class Tryton:
    """The running Tryton: the address of its web client, and its own SQLite file."""

    url: str
    file: Path

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.file, timeout=20)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def parties(self, reference: str) -> list[tuple[Any, ...]]:
        """Number and name of the parties with this code."""
        return self.rows("SELECT id, name FROM party_party WHERE code = ?", reference)

    def lines(self, table: str, party: Any) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT {LINES[table]} FROM {table} WHERE party = ? ORDER BY id", int(party))

    def count(self) -> tuple[int, ...]:
        """Of every record that a case may leave behind."""
        return tuple(self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in ("party_party", *LINES))


PERSON = {
    "applicant_last_name": "Müller-Lüdenscheidt",
    "applicant_first_name": "Änne",
    "street": "Große Straße 3",
    "plz": "50667",
    "town": "Köln",
    "phone": "0221 4711",
    "email": "aenne@example.org",
    "iban": "DE89 3704 0044 0532 0130 00",
}


def person(number: int, mode: str = "enter", **fields: str | None) -> dict[str, Any]:
    """An item as the worker hands it out."""
    reference = f"2026-{number:06d}"
    wanted: dict[str, str | None] = {**PERSON, **fields}
    return {"id": str(number), "fence": 1, "mode": mode, "reference": reference, "target": "tryton", "fields": wanted}


@contextmanager
def running_tryton(folder: Path) -> Iterator[Tryton]:
    """Tryton on a free port, until the block ends. Nothing of it stays outside the folder."""
    file, password, settings = folder / f"{DATABASE}.sqlite", folder / "admin", folder / "admin.conf"
    settings.write_text(CONFIGURATION.format(folder=folder, port=0, list=True))
    password.write_text("nur für diese Prüfung\n")
    file.touch()
    options = ["-c", str(settings), "-d", DATABASE]
    modules = ["-u", "party", "--activate-dependencies", "-l", "de", "--email", "it@stadt.example"]
    run = partial(subprocess.run, check=True, capture_output=True, env=_environment(folder), cwd=folder)
    run(["/usr/bin/trytond-admin", *options, *modules])
    run(["/usr/bin/trytond-console", *options], input=ROBOTS_USER.encode())
    with serving(folder) as url:
        yield Tryton(url, file)


@contextmanager
def serving(folder: Path, tells_databases: bool = True) -> Iterator[str]:
    """One more server on the same database: its address."""
    port = free_port()
    settings = folder / f"trytond-{port}.conf"
    settings.write_text(CONFIGURATION.format(folder=folder, port=port, list=tells_databases))
    with (folder / f"log-{port}").open("wb") as log:
        command = ["/usr/bin/trytond", "-c", str(settings)]
        streams: dict[str, Any] = {"stderr": log, "stdout": log, "env": _environment(folder), "cwd": folder}
        server = subprocess.Popen(command, preexec_fn=end_with_parent, **streams)
    try:
        wait_for_tryton(f"http://127.0.0.1:{port}/", server)
        yield f"http://127.0.0.1:{port}/#{DATABASE}"
    finally:
        server.terminate()
        server.wait(10)


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder), "TRYTONPASSFILE": str(folder / "admin")}


def wait_for_tryton(url: str, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        assert server.poll() is None, "Tryton ended"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.05)
    raise AssertionError("Tryton does not answer")
