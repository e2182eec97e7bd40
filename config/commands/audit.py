"""`laufzettel audit verify`: is the trail whole?"""

from __future__ import annotations

import argparse
import json

from config.commands import database_ready

HELP = "prüft das Protokoll (audit verify)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=["verify"], metavar="verify", help="die Hash-Kette von Anfang bis Ende prüfen"
    )
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    database_ready()
    from cases import audit
    from cases.models import Event
    from ocr.errors import StateProblem

    broken = audit.verify()
    events = Event.objects.count()
    if args.json:
        print(json.dumps({"events": events, "first_broken": broken}))
    elif broken is None:
        print(f"Das Protokoll ist unversehrt ({events} Ereignisse).")
    if broken is not None:
        raise StateProblem(
            "V019", f"Ereignis {broken} ist das erste, das fehlt oder verändert wurde. Bitte die Revision verständigen."
        )
    return 0
