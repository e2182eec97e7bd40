"""Thresholds from what people confirmed in daily work: shown, and proposed as a version on demand."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from config.commands import database_ready
from config.evaluating.words import decimal, percent
from ocr.errors import StateProblem

if TYPE_CHECKING:
    from ocr.thresholds import Change

VERDICTS = {
    "kept": "bleibt",
    "proven": "bestätigt",
    "lowered": "gesenkt",
    "raised": "angehoben",
    "asks": "fragt: Stichprobe über Budget",
    "new": "neu",
}


def run(author: str | None, as_json: bool) -> int:
    """`author`: the name of the person who proposes; without one nothing is written."""
    database_ready()
    from cases import thresholds

    reckoned = thresholds.reckon()
    proposed = _propose(reckoned, author) if author else None
    if as_json:
        changes = [asdict(change) for change in reckoned.proposal.changes]
        told = {"blind": reckoned.blind, "asked": reckoned.asked, "changes": changes, "version": proposed}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    _show(reckoned.proposal.changes)
    print(f"{reckoned.blind} Felder der Stichprobe, {reckoned.asked} gefragte.")
    if proposed:
        print(f"Als Entwurf {proposed} vorgeschlagen; eine zweite Person gibt ihn frei.")
    return 0


def _propose(reckoned: Any, author: str) -> int | None:
    """The number of the draft; None where nothing changes."""
    from django.contrib.auth.models import User

    from cases import transitions

    person = User.objects.filter(username=author, is_active=True).first()
    if person is None or not person.has_perm("cases.plan"):
        raise StateProblem("V082", "Diese Person gibt es nicht, oder ihr fehlt das Recht „Zeitpläne und Zahlen“.")
    try:
        return transitions.propose_thresholds(reckoned, person).number
    except StateProblem as problem:
        print(f"{problem.code}: {problem.message}", file=sys.stderr)
        return None


def _show(changes: Sequence[Change]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 140, markup=False, emoji=False)
    table = Table(title="Schwellen aus der täglichen Arbeit")
    table.add_column("Feldart")
    for heading in (
        "Budget",
        "Stichprobe",
        "falsch",
        "Grenze",
        "Schwelle",
        "läuft durch",
        "neu",
        "läuft durch",
        "Grenze",
    ):
        table.add_column(heading, justify="right")
    table.add_column("Ergebnis")
    for one in changes:
        told = VERDICTS[one.verdict]
        if one.missing and one.verdict == "kept":
            told += f", es fehlen {one.missing}"
        table.add_row(
            one.group,
            percent(one.budget),
            str(one.count),
            str(one.wrong),
            percent(one.bound_before),
            _at(one.before),
            percent(one.passing_before),
            _at(one.after),
            percent(one.passing_after),
            percent(one.bound_after),
            told,
        )
    console.print(table)


def _at(threshold: float | None) -> str:
    return "fragt" if threshold is None else decimal(threshold, 4)
