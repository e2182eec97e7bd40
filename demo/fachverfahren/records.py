"""The application's own database: records, and who logged in. No unique key but its own number."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demo.fachverfahren.form import NAMES

OFFICE = "5.0123"


@dataclass(frozen=True, slots=True)
class Record:
    """One stored record. `number` is the Kassenzeichen; `values` by field name of this application."""

    number: str
    created_at: str
    created_by: str
    values: Mapping[str, str]


def record_number(sequence: int) -> str:
    """The Kassenzeichen of the n-th record, with its check digit: 17 -> 5.0123.000017.4."""
    digits = f"{OFFICE}{sequence:06d}".replace(".", "")
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{OFFICE}.{sequence:06d}.{-weighted % 10}"


class Records:
    """The two tables in one SQLite file. A connection for each call: pages are served by threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        columns = ", ".join(f"{name} TEXT NOT NULL" for name in NAMES)
        with closing(self._open()) as database, database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS satz (lfd INTEGER PRIMARY KEY AUTOINCREMENT,"
                f" angelegt TEXT NOT NULL, von TEXT NOT NULL, {columns})"
            )
            database.execute("CREATE TABLE IF NOT EXISTS anmeldung (am TEXT, benutzer TEXT, gelungen INTEGER)")

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=10)
        database.row_factory = sqlite3.Row
        return database

    def add(self, values: Mapping[str, str], user: str) -> str:
        """Store a new record and return its number; equal values give another record each time."""
        row = [_now(), user, *(values.get(name, "") for name in NAMES)]
        places = ", ".join("?" * len(row))
        with closing(self._open()) as database, database:
            cursor = database.execute(
                f"INSERT INTO satz (angelegt, von, {', '.join(NAMES)}) VALUES ({places})",  # noqa: S608 (own names)
                row,
            )
            return record_number(int(cursor.lastrowid or 0))

    def search(self, reference: str = "", name: str = "") -> list[Record]:
        """Records with exactly this foreign reference, and whose keeper's name begins so; at most 200."""
        pattern = name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        return self._select(
            "WHERE (? = '' OR fremdref = ?) AND (? = '' OR hal_name LIKE ? ESCAPE '\\') ORDER BY lfd LIMIT 200",
            (reference, reference, name, pattern),
        )

    def all(self) -> list[Record]:
        """Every record, oldest first."""
        return self._select("ORDER BY lfd")

    def one(self, number: str) -> Record | None:
        """The record with this Kassenzeichen."""
        parts = number.split(".")
        if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit():
            return None
        found = self._select("WHERE lfd = ?", (int(parts[2]),))
        return found[0] if found and found[0].number == number else None

    def _select(self, clause: str, values: tuple[object, ...] = ()) -> list[Record]:
        with closing(self._open()) as database:
            rows = database.execute(f"SELECT * FROM satz {clause}", values).fetchall()  # noqa: S608 (own clauses)
        return [
            Record(record_number(row["lfd"]), row["angelegt"], row["von"], {name: row[name] for name in NAMES})
            for row in rows
        ]

    def note_login(self, user: str, success: bool) -> None:
        """Remember that somebody tried to log in."""
        with closing(self._open()) as database, database:
            database.execute("INSERT INTO anmeldung VALUES (?, ?, ?)", (_now(), user[:60], int(success)))

    def logins(self) -> int:
        """How often somebody logged in."""
        with closing(self._open()) as database:
            return int(database.execute("SELECT count(*) FROM anmeldung WHERE gelungen").fetchone()[0])


def _now() -> str:
    return datetime.now().strftime("%d.%m.%Y %H:%M:%S")  # noqa: DTZ005  (wall clock of the office, as shown)
