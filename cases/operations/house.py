"""The machine room: disk and database."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

LEAST_FREE = 0.1
LEAST_FREE_BYTES = 2 * 10**9


@dataclass(frozen=True, slots=True)
class Disk:
    """Where the scans are kept."""

    free_bytes: int
    whole_bytes: int

    @property
    def is_low(self) -> bool:
        return self.free_bytes < LEAST_FREE_BYTES or self.free_bytes < LEAST_FREE * self.whole_bytes


@dataclass(frozen=True, slots=True)
class Database:
    """`connections` of `most_connections`: only of a server."""

    version: str
    answer_ms: float
    size_bytes: int
    connections: int | None = None
    most_connections: int | None = None

    @property
    def answer_s(self) -> float:
        return self.answer_ms / 1000


def disk() -> Disk:
    folder = next(path for path in (Path(settings.STORE), *Path(settings.STORE).parents) if path.exists())
    usage = shutil.disk_usage(folder)
    return Disk(usage.free, usage.total)


def database() -> Database:
    start_s = time.perf_counter()
    one("SELECT 1")
    answer_ms = (time.perf_counter() - start_s) * 1000
    if connection.vendor == "postgresql":
        return Database(
            f"PostgreSQL {one('SHOW server_version')}",
            answer_ms,
            int(one("SELECT pg_database_size(current_database())")),
            int(one("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")),
            int(one("SHOW max_connections")),
        )
    size_bytes = int(one("PRAGMA page_count")) * int(one("PRAGMA page_size"))
    return Database(f"SQLite {one('SELECT sqlite_version()')}", answer_ms, size_bytes)


def one(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (value,) = cursor.fetchone()
    return str(value)
