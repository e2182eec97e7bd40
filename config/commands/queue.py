"""`laufzettel queue`: what waits, what is being worked on, what stands still."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from config.commands import database_ready

if TYPE_CHECKING:
    from cases.operations.queues import Queue

HELP = "zeigt Warteschlangen, laufende Arbeit und den ältesten wartenden Vorgang"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    database_ready()
    found = overview()
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for name, row in found["queues"].items():
        depth = "Broker nicht erreichbar" if row["messages"] is None else f"{row['messages']} Nachrichten"
        oldest = f"  ältester seit {on_screen(row['oldest'])}" if row["oldest"] else ""
        rate = f"{row['rate_h']:g} je Stunde"
        print(f"{name:<20} {row['waiting']:>5} wartend  {row['leases']:>3} in Arbeit  {rate}  {depth}{oldest}")
    for target, row in found["targets"].items():
        sessions = "1 Sitzung" if row["sessions"] == 1 else f"{row['sessions']} Sitzungen"
        print(f"Zielsystem {target}: {sessions}, {row['words']}")
    return 0


def on_screen(iso: str) -> str:
    """An ISO time (UTC) as people here read it."""
    from django.utils.timezone import localtime

    return localtime(datetime.fromisoformat(iso)).strftime("%d.%m.%Y %H:%M:%S")


def overview() -> dict[str, Any]:
    """Depth in the broker (None when it cannot be reached) and truth in the database, by queue."""
    from cases import operations, standing

    found = operations.overview()
    return {
        "queues": {one.name: row(one) for one in found.queues},
        "targets": {one.standing.name: standing.as_json(one.standing) for one in found.targets},
    }


def row(one: Queue) -> dict[str, Any]:
    empty_in = one.empty_in
    return {
        "messages": one.messages,
        "waiting": one.waiting,
        "leases": one.leases,
        "oldest": one.oldest.isoformat() if one.oldest else None,
        "rate_h": one.rate_h,
        "empty_in_s": None if empty_in is None else round(empty_in.total_seconds()),
    }
