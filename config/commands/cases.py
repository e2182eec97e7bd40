"""`laufzettel cases`: the cases and where they stand."""

from __future__ import annotations

import argparse
import json
from typing import Any

from config.commands import database_ready

HELP = "zeigt die Vorgänge und ihren Stand"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", metavar="STAND", help="nur Vorgänge in diesem Stand, z. B. review")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    database_ready()
    rows = found(args.state)
    if args.json:
        print(json.dumps({"cases": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        record = f"als {row['record_number']}" if row["record_number"] else ", ".join(row["problems"])
        print(f"{row['reference']}  {row['label']:<20}  {row['process']:<16}  {row['form'] or '–':<24}  {record}")
    print(f"{len(rows)} Vorgänge")
    return 0


def found(state: str | None) -> list[dict[str, Any]]:
    """All cases, oldest first. Holds no field contents. Raises StateProblem V018 for an unknown state."""
    from cases.models import Case, State
    from ocr.errors import StateProblem

    if state and state not in State.values:
        raise StateProblem("V018", f"Den Stand „{state}“ gibt es nicht; bekannt sind: {', '.join(State.values)}.")
    cases = Case.objects.order_by("received_at", "reference").prefetch_related("entries")
    return [row(case) for case in (cases.filter(state=state) if state else cases)]


def row(case: Any) -> dict[str, Any]:
    numbers = [entry.record_number for entry in case.entries.all() if entry.outcome in ("entered", "found")]
    return {
        "id": str(case.pk),
        "reference": case.reference,
        "process": case.process,
        "form": case.form or None,
        "state": case.state,
        "label": case.get_state_display(),
        "problems": [problem["code"] for problem in case.problems],
        "received_at": case.received_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
        "record_number": numbers[-1] if numbers else None,
    }
