"""`laufzettel target`: state of the line-of-business systems, emergency stop (Not-Aus), start, shadow mode."""

from __future__ import annotations

import argparse
import getpass
import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from config.commands import database_ready

if TYPE_CHECKING:
    from collections.abc import Sequence

HELP = "Zielsysteme: Stand (list), anhalten (stop, Not-Aus), starten (start), Ergebnis des Vergleichslaufs (compare)"
REFUSED = 3
LOOK_EVERY_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    below = parser.add_subparsers(dest="action", metavar="list|stop|start|compare", required=True)
    listing = below.add_parser("list", help="alle Zielsysteme und ihr Stand")
    listing.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")
    comparing = below.add_parser(
        "compare", help="Vergleichslauf (shadow): je Feld gleich, verschieden, fehlend, ohne Inhalte"
    )
    comparing.add_argument("target", nargs=1, metavar="ZIELSYSTEM")
    comparing.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")
    for name, help_text in (("stop", "ab sofort nichts mehr absenden"), ("start", "wieder übertragen")):
        one = below.add_parser(name, help=help_text)
        one.add_argument("target", nargs="*", metavar="ZIELSYSTEM")
        one.add_argument("--all", action="store_true", help="alle Zielsysteme")
        if name == "stop":
            one.add_argument("--reason", required=True, metavar="GRUND", help="warum, für die anderen")
            one.add_argument(
                "--wait", type=float, default=60, metavar="SEKUNDEN",
                help="so lange auf Übertragungen warten, die schon abgesendet wurden (60)",
            )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    database_ready()
    if args.action == "list":
        return _list(args.json)
    if args.action == "compare":
        return _compare(_named(argparse.Namespace(target=args.target, all=False))[0], args.json)
    names = _named(args)
    return _stop(names, args.reason, args.wait) if args.action == "stop" else _start(names)


def _named(args: argparse.Namespace) -> list[str]:
    """Raises StateProblem V028 for unknown names, or where none is given."""
    from cases import catalog
    from ocr.errors import StateProblem

    known = sorted(catalog.targets())
    unknown = sorted(set(args.target) - set(known))
    if unknown or not (args.target or args.all):
        said = f"Zielsystem „{unknown[0]}“ gibt es nicht" if unknown else "Bitte ein Zielsystem oder --all angeben"
        raise StateProblem("V028", f"{said}; bekannt sind: {', '.join(known) or 'keine'}.")
    return known if args.all else sorted(set(args.target))


def _stop(names: Sequence[str], reason: str, wait_s: float) -> int:
    """Exit code 3 when after `wait_s` something was still under way."""
    from cases import transitions

    transitions.stop_targets(names, _actor(), reason)
    print(f"Angehalten: {', '.join(names)}. Ab jetzt wird nichts mehr abgesendet.")
    end_s = time.monotonic() + wait_s
    while (count := transitions.submits_under_way(names)) and time.monotonic() < end_s:
        time.sleep(LOOK_EVERY_S)
    if count:
        print(f"{count} zuvor abgesendete Übertragungen haben noch kein Ergebnis; sie werden nachgesehen.")
        return REFUSED
    print("Bestätigt: Es ist keine Übertragung mehr unterwegs.")
    return 0


def _start(names: Sequence[str]) -> int:
    from cases import transitions

    for name in names:
        started = transitions.start_target(name, _actor())
        print(f"{name}: {'gestartet' if started else 'war nicht angehalten'}")
    return 0


def _actor() -> str:
    return f"console:{getpass.getuser()}"


def _list(as_json: bool) -> int:
    from cases import standing

    rows = standing.targets()
    if as_json:
        print(json.dumps({"targets": [standing.as_json(one) for one in rows]}, ensure_ascii=False))
        return 0
    for one in rows:
        print(f"{one.name:<16} {one.words:<60} {one.waiting:>5} wartend  {one.sessions} Sitzungen")
    return 0


def _compare(name: str, as_json: bool) -> int:
    from cases import shadow

    told = shadow.comparison(name)
    if as_json:
        print(json.dumps({"target": name, **asdict(told)}, ensure_ascii=False))
        return 0
    print(f"{told.equal} Vorgänge gleich, {told.different} verschieden, {told.several} mehrfach gefunden,")
    print(f"{told.waiting} von Hand noch nicht erfasst.")
    for one in told.fields:
        counts = f"{one.equal:>6} gleich  {one.different:>6} verschieden  {one.missing:>6} fehlen hier"
        print(f"{one.name:<32} {counts}  {one.share:>8}")
    return 0
