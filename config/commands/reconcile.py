"""`laufzettel reconcile`: the ledger against what stands in a line-of-business system, both ways."""

from __future__ import annotations

import argparse
import getpass
import json
from collections import Counter
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from config.commands import database_ready

if TYPE_CHECKING:
    from cases.models import Reconciliation

HELP = "vergleicht, was übertragen wurde, mit dem, was im Zielsystem steht"
FOUND = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="ZIELSYSTEM")
    parser.add_argument(
        "--since", type=date.fromisoformat, metavar="JJJJ-MM-TT", help="nur, was seit diesem Tag übertragen wurde"
    )
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """Exit code 3 when something differs, or could not be looked up."""
    database_ready()
    one = _compare(args.target, args.since)
    if args.json:
        print(json.dumps(_as_json(one), ensure_ascii=False))
    else:
        _show(one)
    return FOUND if one.findings else 0


def _compare(target: str, since: date | None) -> Reconciliation:
    """Raises StateProblem V028 for an unknown target, V029 when no session of it is free."""
    from django.utils.timezone import make_aware

    from cases import catalog, standing, transitions
    from cases.models import Gate
    from ocr.errors import StateProblem
    from workers import reconcile

    spec = catalog.targets().get(target)
    if spec is None:
        known = ", ".join(sorted(catalog.targets())) or "keine"
        raise StateProblem("V028", f"Zielsystem „{target}“ gibt es nicht; bekannt sind: {known}.")
    begin = make_aware(datetime.combine(since, time.min)) if since else None
    asked = transitions.ask_reconciliation(target, f"console:{getpass.getuser()}", begin)
    done = reconcile.reconcile(asked.pk)
    if done is None:
        gate = Gate.objects.filter(pk=target).first() or Gate(pk=target)
        raise StateProblem(
            "V029",
            f"Der Abgleich ist vorgemerkt, kann aber jetzt nicht beginnen: {standing.target(spec, gate).words}, "
            "keine Sitzung frei. Er läuft von selbst, sobald es geht; Ergebnis unter „Zielsysteme“.",
        )
    return done


def _show(one: Reconciliation) -> None:
    from cases.transitions.reconciliation import WORDS

    console = Console(markup=False, emoji=False)
    listed = "das Zielsystem hat keine Liste" if one.listed is None else f"{one.listed} Datensätze von uns gelistet"
    console.print(f"{one.target}: {one.checked} Übertragungen nachgesehen, {listed}.")
    if not one.findings:
        console.print("Kein Unterschied.")
        return
    table = Table("Vorgang", "Datensatz", "Befund", "Felder")
    for finding in one.findings:
        said = f"{WORDS[finding['kind']]} {finding['code']}".strip()
        table.add_row(finding["reference"], finding["record_number"] or "–", said, ", ".join(finding["fields"]))
    console.print(table)
    counted = Counter(WORDS[finding["kind"]] for finding in one.findings)
    console.print(", ".join(f"{count} × {words}" for words, count in counted.most_common()))


def _as_json(one: Reconciliation) -> dict[str, Any]:
    return {
        "target": one.target,
        "since": one.since.isoformat() if one.since else None,
        "checked": one.checked,
        "listed": one.listed,
        "findings": one.findings,
    }
