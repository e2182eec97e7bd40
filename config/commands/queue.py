"""`laufzettel queue`: what waits, what is being worked on, what stands still."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any

from config.commands import database_ready

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
        print(f"{name:<20} {row['waiting']:>5} wartend  {row['leases']:>3} in Arbeit  {depth}", end="")
        print(f"  ältester seit {on_screen(row['oldest'])}" if row["oldest"] else "")
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
    from cases import catalog, standing
    from cases.clock import now
    from cases.models import Case, State
    from cases.transitions.entry import waiting_cases

    unread = Case.objects.filter(state=State.RECEIVED, cancelled=False)
    at = now()
    queues = {"read": row("read", unread.filter(lease_until=None), unread.filter(lease_until__gte=at))}
    for target in catalog.targets():
        resolve, enter = (cases for _, cases in waiting_cases(target, at))
        processes = [name for name, spec in catalog.processes().items() if spec.target == target]
        leased = Case.objects.filter(
            state__in=(State.ENTERING, State.UNCLEAR), process__in=processes, lease_until__gte=at
        )
        queues[f"enter.{target}"] = row(f"enter.{target}", resolve | enter, leased)
    return {"queues": queues, "targets": {one.name: standing.as_json(one) for one in standing.targets()}}


def row(queue: str, waiting: Any, leased: Any) -> dict[str, Any]:
    oldest = waiting.order_by("received_at").values_list("received_at", flat=True).first()
    return {
        "messages": depth(queue),
        "waiting": waiting.count(),
        "leases": leased.count(),
        "oldest": oldest.isoformat() if oldest else None,
    }


def depth(queue: str) -> int | None:
    from workers import queues

    try:
        return queues.depth(queue)
    except Exception:  # whatever the transport raises: there is no broker to ask
        return None
