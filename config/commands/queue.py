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
    for target, gate in found["targets"].items():
        pause = f", pausiert bis {on_screen(gate['paused_until'])} ({gate['reason']})" if gate["paused_until"] else ""
        sessions = "1 Sitzung" if gate["sessions"] == 1 else f"{gate['sessions']} Sitzungen"
        print(f"Zielsystem {target}: {sessions}{pause}")
    return 0


def on_screen(iso: str) -> str:
    """An ISO time (UTC) as people here read it."""
    from django.utils.timezone import localtime

    return localtime(datetime.fromisoformat(iso)).strftime("%d.%m.%Y %H:%M:%S")


def overview() -> dict[str, Any]:
    """Depth in the broker (None when it cannot be reached) and truth in the database, by queue."""
    from cases import catalog
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
    return {"queues": queues, "targets": {name: gate_row(name) for name in catalog.targets()}}


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


def gate_row(target: str) -> dict[str, Any]:
    from cases.models import Gate, Run

    gate = Gate.objects.filter(pk=target).first() or Gate(pk=target)
    return {
        "sessions": Run.objects.filter(target=target, ended_at=None).count(),
        "failures": gate.failures,
        "reason": gate.reason,
        "paused_until": gate.not_before.isoformat() if gate.not_before else None,
    }
