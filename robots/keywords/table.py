"""Keywords for targets that are a staging table in PostgreSQL or SQLite, through RPA.Database.

Values are bound parameters, always. Table and columns come from the target's file alone and are plain names (`_plain`):
statements are put together from nothing else. The table has a unique key on our reference, so that the database itself
takes no case twice.
"""

from __future__ import annotations

import datetime
import functools
import importlib
import logging
import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

from robot.api import logger
from robot.api.deco import keyword, library
from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn

from robots.keywords.fields import Settings
from robots.keywords.problems import Rejected, Unavailable
from robots.keywords.values import OUR_REFERENCE, Answer, Entry, Values

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
UNIQUE_IN_POSTGRES = """
SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = %s::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1
AND a.attname = %s
"""
HINT = "Bitte [settings] in config/targets berichtigen."

P = ParamSpec("P")
R = TypeVar("R")


def without_rows(function: Callable[P, R]) -> Callable[P, R]:
    """Errors of databases quote whole rows; only their kind is told."""

    @functools.wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        table = args[0]
        assert isinstance(table, Table)
        try:
            return function(*args, **kwargs)
        except table.errors.Error as error:
            logger.info(f"{function.__name__}: {type(error).__name__}")
            lost = isinstance(error, table.errors.OperationalError | table.errors.InterfaceError)
            raise Unavailable("Z001" if lost else "Z004") from None

    return guarded


@library(scope="GLOBAL", auto_keywords=False)
class Table:
    """One connection. Settings: `table`, `number` (its key column), `reference` (column of our reference)."""

    def __init__(self) -> None:
        self._settings: Settings
        self._row: dict[str, str | None] = {}
        self._mark = "?"
        self.errors: Any = None

    @property
    def _database(self) -> Any:
        return BuiltIn().get_library_instance("RPA.Database")

    @keyword
    def open_table(self, url: str, settings: Settings, login: dict[str, Secret], names: list[str]) -> None:
        """Connect to `sqlite:/path` or `postgresql://host:port/database` and see that it is safe to write there.

        Raises:
            Unavailable: Z001 away, Z003 login, Z008 no such table or columns, or no unique key on our reference.
        """
        self._settings = settings
        self._database.logger.setLevel(logging.CRITICAL)  # it writes errors with whole rows into the log
        if urlsplit(url).scheme == "sqlite":
            self._connect_sqlite(Path(unquote(urlsplit(url).path)))
        else:
            self._connect_postgres(url, login)
        self._check(names)

    def _connect_sqlite(self, path: Path) -> None:
        if not path.is_file():
            raise Unavailable("Z001", f"Die Datenbank {path.name} gibt es nicht.")
        self.errors, self._mark = importlib.import_module("sqlite3"), "?"
        self._database.connect_to_database("sqlite3", database=str(path), config_file=os.devnull)

    def _connect_postgres(self, url: str, login: dict[str, Secret]) -> None:
        where = urlsplit(url)
        if where.scheme != "postgresql":
            raise Unavailable("Z008", "Die Adresse beginnt nicht mit postgresql:// oder sqlite:.")
        self.errors, self._mark = importlib.import_module("psycopg"), "%s"
        timeout_s = int(self._settings.get("timeout_s", 20))
        os.environ["PGCONNECT_TIMEOUT"] = str(timeout_s)
        os.environ["PGOPTIONS"] = f"-c statement_timeout={timeout_s * 1000}"
        os.environ["PGSSLMODE"] = str(self._settings.get("sslmode", "prefer"))
        os.environ["PGSSLROOTCERT"] = str(self._settings.get("ca_file", ""))
        try:
            self._database.connect_to_database(
                "psycopg",
                database=where.path.strip("/"),
                username=login["user"].value,
                password=login["password"].value,
                host=where.hostname or parse_qs(where.query).get("host", [""])[0],
                port=where.port,
                config_file=os.devnull,
            )
        except self.errors.OperationalError as error:
            raise Unavailable("Z003" if re.search("uthenti", str(error)) else "Z001") from None

    def _check(self, names: Iterable[str]) -> None:
        """The columns are there, and the database takes our reference once only."""
        try:
            columns = ", ".join(self._column(name) for name in [*names, self._number, self._reference])
            self._rows(f"SELECT {columns} FROM {self._table} AS r WHERE 1 = 0")  # noqa: S608
            unique = self._is_unique()
        except self.errors.Error as error:
            logger.info(f"open_table: {type(error).__name__}")
            raise Unavailable("Z008", f"Tabelle oder Spalten fehlen oder sind gesperrt. {HINT}") from None
        if not unique:
            raise Unavailable("Z008", f"Die Spalte „{self._reference}“ hat keinen eindeutigen Schlüssel für sich.")

    def _is_unique(self) -> bool:
        if self._mark == "%s":
            return bool(self._rows(UNIQUE_IN_POSTGRES, [self._table, self._reference]))
        *schema, table = self._table.split(".")
        place = "".join(f"{part}." for part in schema)
        indexes = self._rows(f"PRAGMA {place}index_list({table})")
        whole = [name.replace("'", "''") for _, name, unique, _, partial in indexes if unique and not partial]
        columns = [[row[2] for row in self._rows(f"PRAGMA {place}index_info('{name}')")] for name in whole]
        return [self._reference] in columns

    @property
    def _table(self) -> str:
        return ".".join(f'"{_plain(part)}"' for part in str(self._settings.need("table")).split("."))

    @property
    def _number(self) -> str:
        return str(self._settings.need("number"))

    @property
    def _reference(self) -> str:
        return str(self._settings.need("reference"))

    def _column(self, name: str) -> str:
        """Qualified: SQLite takes a quoted name that is no column for a text."""
        return f'r."{_plain(name)}"'

    def _rows(self, statement: str, values: Sequence[str | None] = ()) -> list[tuple[Any, ...]]:
        """One statement in a transaction of its own."""
        found: list[tuple[Any, ...]] = self._database.query(
            statement, as_table=False, returning=True, data=tuple(values)
        )
        return found

    @keyword
    @without_rows
    def search_reference(self, reference: str) -> list[str]:
        """Numbers of the records that carry our reference."""
        return self._numbers({self._reference: reference})

    @keyword
    @without_rows
    def search_values(self, values: Values) -> list[str]:
        """Numbers of the records with all these values (the business key)."""
        return self._numbers(values.plain)

    def _numbers(self, wanted: dict[str, str]) -> list[str]:
        conditions = " AND ".join(f"{self._column(name)} = {self._mark}" for name in wanted)
        number = self._column(self._number)
        statement = f"SELECT {number} FROM {self._table} AS r WHERE {conditions} ORDER BY {number}"  # noqa: S608
        return [_text(number) for (number,) in self._rows(statement, list(wanted.values()))]

    @keyword
    def prepare_record(self, entry: Entry) -> None:
        """Put the row together; an empty value is NULL."""
        plain = entry.values.plain
        if spoilt := [name for name, value in plain.items() if "\0" in value]:
            raise Rejected("Z011", f"Feld „{spoilt[0]}“ enthält ein Zeichen, das keine Datenbank annimmt.")
        self._row = {name: value or None for name, value in plain.items()}

    @keyword
    @without_rows
    def insert_record(self, entry: Entry) -> Answer:
        """Insert the prepared row and commit, once. A row with our reference that stands there already is an answer."""
        columns = ", ".join(f'"{_plain(name)}"' for name in self._row)
        marks = ", ".join(self._mark for _ in self._row)
        statement = f'INSERT INTO {self._table} ({columns}) VALUES ({marks}) RETURNING "{_plain(self._number)}"'  # noqa: S608
        try:
            ((number,),) = self._rows(statement, list(self._row.values()))
        except (self.errors.IntegrityError, self.errors.DataError) as error:  # rolled back: nothing was written
            if self._numbers({self._reference: entry.reference}):
                return Answer()
            return Answer(refusal=Secret(_words(error)))
        return Answer(_text(number))

    @keyword
    @without_rows
    def read_record(self, names: Values, number: str) -> Values:
        """The stored row, under all these names."""
        columns = ", ".join(self._column(name) for name in names)
        where = f"{self._column(self._number)} = {self._mark}"
        rows = self._rows(f"SELECT {columns} FROM {self._table} AS r WHERE {where}", [number])  # noqa: S608
        if len(rows) != 1:
            raise Unavailable("Z004")
        return Values(dict(zip(names, map(_text, rows[0]), strict=True)))

    @keyword
    @without_rows
    def list_our_records(self) -> dict[str, str]:
        """Number and reference of every row that carries a reference of ours."""
        number, reference = self._column(self._number), self._column(self._reference)
        statement = f"SELECT {number}, {reference} FROM {self._table} AS r WHERE {reference} LIKE {self._mark}"  # noqa: S608
        rows = self._rows(statement, ["____-______"])
        return {_text(one): ours for one, ours in rows if re.match(OUR_REFERENCE, ours)}

    @keyword
    def close_table(self) -> None:
        """End the connection."""
        self._database.disconnect_from_database()


def _plain(name: str) -> str:
    """A name that needs no quoting to be harmless."""
    if not re.fullmatch(NAME, name):
        raise Unavailable("Z008", f"„{name}“ ist kein zulässiger Name einer Tabelle oder Spalte. {HINT}")
    return name


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _words(error: Exception) -> str:
    """What the database says, without the row that PostgreSQL adds to it."""
    diagnosis = getattr(error, "diag", None)
    if diagnosis is None:
        return str(error)
    parts = (diagnosis.message_primary, diagnosis.column_name, diagnosis.constraint_name)
    return "\n".join(part for part in parts if part) or type(error).__name__
