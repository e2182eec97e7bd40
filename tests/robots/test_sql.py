"""The target robots/sql.robot against SQLite, and against PostgreSQL where this machine has one."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.machine import postgres_programs
from tests.postgres import PORT, server
from tests.robots.harness import ROOT, Robots, Run
from tests.robots.small_cases import HOSTILE, LONG, small_case

COLUMNS = "hal_name text, hal_vorname text, hal_str text, hal_ort text, bank_iban text, hd_name text, hd_rasse text"
CHECKED = "hal_gebdat date, hal_plz text not null check (length(hal_plz) = 5), hd_chip text, hd_erst char(1)"
KEY = {"sqlite": "integer primary key", "postgresql": "integer generated always as identity primary key"}


@dataclass
class Database:
    """A staging table and how to look into it."""

    kind: str
    url: str
    connect: Callable[[], Any]

    def run(self, statement: str) -> None:
        connection = self.connect()
        connection.execute(statement)
        connection.commit()
        connection.close()

    def rows(self, columns: str = "*") -> list[tuple[Any, ...]]:
        connection = self.connect()
        found = connection.execute(f"SELECT {columns} FROM uebernahme ORDER BY id").fetchall()
        connection.close()
        return [tuple(row) for row in found]

    def make_table(self, key: str = "unique") -> None:
        self.run(f"CREATE TABLE uebernahme (id {KEY[self.kind]}, fremdref text {key}, {COLUMNS}, {CHECKED})")

    def store(self, reference: str, **values: str) -> None:
        """A record as a person typed it."""
        names = ", ".join(["fremdref", "hal_plz", *values])
        texts = ", ".join(f"'{value}'" for value in [reference, "50667", *values.values()])
        self.run(f"INSERT INTO uebernahme ({names}) VALUES ({texts})")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Path]:
    programs = postgres_programs()
    if programs is None:
        pytest.skip("needs PostgreSQL; `make test-postgres` brings it")
    with server(programs) as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = tmp_path / "target.sqlite3"
        sqlite3.connect(path).close()
        yield Database("sqlite", f"sqlite:{path}", lambda: sqlite3.connect(path, check_same_thread=False))
        return
    folder = request.getfixturevalue("postgres")
    where = {"host": str(folder), "port": PORT, "user": "laufzettel", "dbname": "postgres"}
    one = Database("postgresql", f"postgresql:///postgres?host={folder}", lambda: psycopg.connect(**where))
    yield one
    one.run("DROP TABLE IF EXISTS uebernahme")


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    folder = tmp_path / "targets"
    folder.mkdir()
    text = (ROOT / "config/targets/sql.toml").read_text()
    (folder / "sql.toml").write_text(text.replace("verify-full", "prefer").replace("timeout_s = 20", "timeout_s = 3"))
    return folder


def prepared(robots: Robots, database: Database, targets: Path) -> dict[str, Any]:
    """How to start the robot."""
    robots.url = database.url
    robots.write_secret({"user": "laufzettel", "password": "Kanari-4c2!Kennwort"})
    secret = "" if database.kind == "sqlite" else "demo"
    return {"task": "sql", "LAUFZETTEL_TARGETS": str(targets), "LAUFZETTEL_TARGET_SECRET": secret}


def enter(robots: Robots, database: Database, targets: Path, *items: dict[str, Any], **how: Any) -> Run:
    return robots.run(*items, **prepared(robots, database, targets), **how)


def outcomes(run: Run) -> list[str]:
    return [receipt["outcome"] for receipt in run.worker.of("receipt")]


def test_a_case_is_entered_once_and_the_same_again_is_found(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    case = small_case("sql")
    run = enter(plain_robots, database, targets, case, case, small_case("sql", 2, date_of_birth=None))
    assert outcomes(run) == ["entered", "found", "entered"], run.output
    assert run.worker.of("receipt")[0]["read_back"] == case["fields"] | {"reference": "2026-000001"}
    assert [str(value) for value in database.rows("fremdref, hal_ort, hal_gebdat, hd_rasse")[0]] == [
        "2026-000001",
        "Köln",
        "1970-02-01",
        "None",
    ]
    assert len(database.rows()) == 2


def test_a_robot_that_dies_after_the_commit_leaves_a_record_that_is_found_later(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    process, worker, _ = plain_robots.start(small_case("sql"), **prepared(plain_robots, database, targets))
    worker.on_receipt = lambda question: os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert len(worker.of("intent")) == 1
    run = enter(plain_robots, database, targets, small_case("sql", mode="resolve"), small_case("sql"))
    assert outcomes(run) == ["found", "found"]
    assert len(database.rows()) == 1


def test_a_connection_cut_after_the_intent_leaves_the_outcome_open(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    """SQLite: somebody else holds the write lock. PostgreSQL: the server ends the session."""
    database.make_table()
    process, worker, _ = plain_robots.start(small_case("sql"), **prepared(plain_robots, database, targets))
    other = database.connect()

    def cut(question: dict[str, Any]) -> dict[str, Any]:
        if database.kind == "sqlite":
            other.execute("BEGIN IMMEDIATE")
        else:
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        return {"ok": True}

    worker.on_intent = cut
    process.communicate(timeout=60)
    other.rollback()
    other.close()
    released = worker.of("release")[0]["exception"]
    assert (released["type"], released["code"]) == ("APPLICATION", "Z020")
    assert outcomes(enter(plain_robots, database, targets, small_case("sql", mode="resolve"))) == ["none"]


def test_a_record_that_came_in_meanwhile_is_compared_and_not_written_again(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    process, worker, _ = plain_robots.start(small_case("sql"), **prepared(plain_robots, database, targets))

    def store(question: dict[str, Any]) -> dict[str, Any]:
        database.store("2026-000001", hal_name="Kunze")
        return {"ok": True}

    worker.on_intent = store
    process.communicate(timeout=60)
    assert [receipt["outcome"] for receipt in worker.of("receipt")] == ["different"]
    assert len(database.rows()) == 1


def test_what_the_database_refuses_goes_back_to_the_clerk_with_its_words_and_without_the_row(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    cases = (small_case("sql", 1, plz="506677"), small_case("sql", 2, plz=None), small_case("sql", 3))
    run = enter(plain_robots, database, targets, *cases, loglevel="TRACE")
    releases = run.worker.of("release")
    assert [release["state"] for release in releases] == ["FAILED", "FAILED", "DONE"]
    assert [release["exception"]["code"] for release in releases[:2]] == ["Z012", "Z012"]
    assert "hal_plz" in releases[1]["exception"]["message"]
    assert "DE89" not in str(releases)
    assert len(database.rows()) == 1
    left = run.words_on_disk()
    for canary in ("DE89370400440532013000", "Lange Straße", "Müller-Lüdenscheidt", "Kanari", "506677"):
        assert canary not in left


def test_other_values_are_different_and_shadow_mode_finds_by_the_business_key(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    database.store("2026-000001", hal_name="Kunze")
    database.store("von Hand", hd_chip="276098102345678", hal_name="Kunze")
    cases = (small_case("sql"), small_case("sql", 2, "shadow"), small_case("sql", 3, "shadow", chip_number="4711"))
    run = enter(plain_robots, database, targets, *cases, small_case("sql", 4, "dry_run"))
    assert outcomes(run) == ["different", "different", "none", "tried"], run.output
    assert run.worker.of("intent") == []
    assert len(database.rows()) == 2


def test_the_reconciliation_gets_our_records_and_no_others(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    for reference in ("2026-000007", "privat", "2025-0000011"):
        database.store(reference)
    run = enter(plain_robots, database, targets, small_case("sql", mode="list"))
    assert run.worker.of("receipt")[0]["records"] == {"1": "2026-000007"}


@pytest.mark.parametrize(
    "indexes",
    [
        (),
        (
            "CREATE UNIQUE INDEX of_two ON uebernahme (fremdref, hal_plz)",
            "CREATE UNIQUE INDEX of_some ON uebernahme (fremdref) WHERE hal_plz = '50667'",
            "CREATE INDEX of_any ON uebernahme (fremdref)",
        ),
    ],
)
def test_a_table_without_a_unique_key_on_our_reference_is_not_written_to(
    plain_robots: Robots, database: Database, targets: Path, indexes: tuple[str, ...]
) -> None:
    database.make_table(key="")
    for index in indexes:
        database.run(index)
    run = enter(plain_robots, database, targets, small_case("sql"), small_case("sql", 2))
    assert [release["exception"]["code"] for release in run.worker.of("release")] == ["Z008"]
    assert database.rows() == []


def test_names_that_are_no_plain_names_or_not_there_are_refused(
    plain_robots: Robots, database: Database, targets: Path
) -> None:
    database.make_table()
    path, good = targets / "sql.toml", (targets / "sql.toml").read_text()
    for wrong in ('"uebernahme; drop table uebernahme"', '"gibt_es_nicht"'):
        path.write_text(good.replace('table = "uebernahme"', f"table = {wrong}"))
        run = enter(plain_robots, database, targets, small_case("sql"))
        assert run.worker.of("release")[0]["exception"]["code"] == "Z008"
    path.write_text(good.replace('"hal_ort"', '"hal_stadt"'))
    assert enter(plain_robots, database, targets, small_case("sql")).worker.of("intent") == []
    assert database.rows() == []


def test_a_database_that_is_away_is_told(plain_robots: Robots, database: Database, targets: Path) -> None:
    database.url = database.url.replace("target.sqlite3", "other.sqlite3").replace("host=/tmp", "host=/nowhere")
    run = enter(plain_robots, database, targets, small_case("sql"), small_case("sql", 2))
    assert [release["exception"]["code"] for release in run.worker.of("release")] == ["Z001"]


def test_values_are_bound_and_never_become_code(plain_robots: Robots, database: Database, targets: Path) -> None:
    database.make_table()
    nul = small_case("sql", 3, town="Kö\0ln")
    cases = (small_case("sql", 1, **HOSTILE), small_case("sql", 2, town=LONG), nul)
    run = enter(plain_robots, database, targets, *cases, loglevel="TRACE")
    assert outcomes(run) == ["entered", "entered"], run.output
    assert database.rows("hal_name, hal_vorname, hal_str, hal_ort, hd_name, hd_rasse")[0] == tuple(HOSTILE.values())
    assert database.rows("hal_ort")[1] == (LONG,)
    assert run.worker.of("release")[2]["exception"]["code"] == "Z011"
    left = run.words_on_disk()
    for canary in ("HYPERLINK", "onerror", "drop table", "Ñandú", LONG[:50], "DE89370400440532013000"):
        assert canary not in left
