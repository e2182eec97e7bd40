"""The database as one file: SQLite's backup API, pg_dump. Put back in one step, the old one left beside the new one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection, connections

from config import machine
from ocr.errors import Problem

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
MOST_WORDS = 200


def save(folder: Path) -> Path:
    """One consistent state of the database, while everybody goes on working.

    Raises:
        Problem: B024 pg_dump is missing or fails.
    """
    place = folder / NAMES[connection.vendor]
    place.touch(mode=0o600)
    if connection.vendor == "sqlite":
        own = connection.settings_dict["NAME"]
        with closing(sqlite3.connect(own)) as source, closing(sqlite3.connect(place)) as copy:
            source.backup(copy)
    else:
        run_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={place}")
    return place


def put_back(saved: Path, stamp: str) -> str:
    """Make `saved` the database; what was there before stays beside it under the returned name.

    Raises:
        Problem: B024 pg_restore is missing or fails, B021 that is no database; the old one stays in place.
    """
    connections.close_all()
    return put_back_file(saved, stamp) if connection.vendor == "sqlite" else put_back_dump(saved, stamp)


def put_back_file(saved: Path, stamp: str) -> str:
    place = Path(connection.settings_dict["NAME"])
    fresh = place.with_name(f"{place.name}.fresh")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    shutil.copyfile(saved, fresh)
    expect_sound(fresh)
    aside = place.with_name(f"{place.name}.vor-{stamp}")
    if place.exists():
        with closing(sqlite3.connect(place)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        place.rename(aside)
    for rest in ("-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    fresh.rename(place)
    return aside.name


def expect_sound(place: Path) -> None:
    """Raises Problem B021."""
    try:
        with closing(sqlite3.connect(place)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone() == ("ok",)
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        place.unlink()
        raise Problem("B021", "Die Datenbank in der Sicherung ist beschädigt.")


def put_back_dump(saved: Path, stamp: str) -> str:
    aside = f"vor_{stamp.lower()}"
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER SCHEMA public RENAME TO "{aside}"')
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    try:
        # A dump names the schema only where somebody changed it; then it is there already, and must be.
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--schema=public")
        run_program("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(saved))
    except Problem:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute(f'ALTER SCHEMA "{aside}" RENAME TO public')
        raise
    return aside


def run_program(name: str, *options: str) -> None:
    """One of PostgreSQL's own programs, on our database. The password is never among its arguments."""
    folder = machine.postgres_programs()
    program = str(folder / name) if folder and (folder / name).exists() else shutil.which(name)
    if program is None:
        raise Problem("B024", f"Das Programm {name} fehlt. Bitte installieren: apt-get install -y postgresql-client")
    place = connection.settings_dict
    given = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    environment = {**os.environ, **{key: str(place[word]) for key, word in given.items() if place.get(word)}}
    done = subprocess.run([program, *options], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        first = (done.stderr.strip().splitlines() or ["ohne Meldung"])[0]  # further lines may quote values
        raise Problem("B024", f"{name} endete mit {done.returncode}: {first[:MOST_WORDS]}")
