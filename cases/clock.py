"""The time of the database. Leases are measured with it, never with the clock of a worker."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection

SQL = {
    "sqlite": "SELECT STRFTIME('%Y-%m-%dT%H:%M:%f', 'now')",
    # Not CURRENT_TIMESTAMP: that is the start of the transaction, which may have waited for a lock.
    "postgresql": "SELECT TO_CHAR(CLOCK_TIMESTAMP() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')",
}


def now() -> datetime:
    """The time of the database as an aware datetime in UTC, to the millisecond."""
    with connection.cursor() as cursor:
        cursor.execute(SQL[connection.vendor])
        (text,) = cursor.fetchone()
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
