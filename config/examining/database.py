"""The database: PostgreSQL, durable, reached over TLS, of this version, with our time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import connection

from cases import clock
from config.commands.migrate import pending
from config.finding import Finding, judged

OLDEST = 140000
"""PostgreSQL 14. Source: release notes of Django 5.2."""
MOST_WRONG_S = 2.0
DURABLE = {"fsync": ("on",), "full_page_writes": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write")}


def findings() -> Iterator[Finding]:
    is_postgres = connection.vendor == "postgresql"
    yield judged(
        "Datenbank",
        is_postgres,
        "PostgreSQL" if is_postgres else "SQLite: für ein Büro auf einem Rechner",
        "LAUFZETTEL_PG_NAME, _USER, _PASSWORD, _HOST in /etc/laufzettel/environment (docs/howto/production.md)",
    )
    if is_postgres:
        yield from of_postgres()
    waiting = pending()
    yield judged("Aufbau der Datenbank", not waiting, ", ".join(waiting) or "auf dem Stand", "laufzettel migrate")
    yield of_clock()


def of_postgres() -> Iterator[Finding]:
    version = connection.pg_version  # type: ignore[attr-defined]
    yield judged("PostgreSQL", version >= OLDEST, f"Version {version // 10000}", "auf Version 14 oder neuer umziehen")
    for name, good in DURABLE.items():
        value = shown(name)
        fix = f"ALTER SYSTEM SET {name} = on; SELECT pg_reload_conf()"
        yield judged(f"PostgreSQL {name}", value in good, value, fix)
    checksums = shown("data_checksums")
    hint = "" if checksums == "on" else "pg_checksums --enable (bei angehaltenem Server)"
    yield Finding("PostgreSQL Prüfsummen", True, checksums, hint)
    host = str(connection.settings_dict["HOST"])
    if not host.startswith("/") and host not in ("", "localhost", "127.0.0.1", "::1"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = PG_BACKEND_PID()")
            (is_tls,) = cursor.fetchone()
        yield judged("PostgreSQL TLS", bool(is_tls), "an" if is_tls else "aus", "PGSSLMODE=verify-full")


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_SETTING(%s)", [name])
        return str(cursor.fetchone()[0])


def of_clock() -> Finding:
    """The database's time against this machine's, the way there and back left out."""
    before = datetime.now(UTC)
    there = clock.now()
    after = datetime.now(UTC)
    wrong_s = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    detail = f"weicht {wrong_s:.1f} s von der Datenbank ab"
    return judged("Uhr", wrong_s < MOST_WRONG_S, detail, "apt-get install -y chrony (auf beiden Rechnern)")
