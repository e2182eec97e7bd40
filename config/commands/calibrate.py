"""`laufzettel calibrate`: what a confidence means, and what may pass, from documents whose contents are known."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from config.calibrating import diagram, from_cases
from config.calibrating.samples import joined, read_samples, write_samples
from config.calibration import NAME, data_folder
from config.evaluating.progress import progress
from config.evaluating.reading import Found, Task, read_all
from config.evaluating.truths import read_list
from config.evaluating.words import decimal, percent
from config.forms import known_forms
from ocr.confidence import (
    COMB,
    POOLS,
    UNEVEN,
    Calibration,
    Sample,
    Told,
    as_json,
    calibrate,
    calibration_error,
    samples_of,
)
from ocr.errors import ScanProblem
from ocr.evaluate import results_of
from ocr.held_out import Through, through

HELP = "Sicherheiten an Dokumenten eichen, deren Inhalt bekannt ist: was darf ohne Prüfung durch?"
REFUSED = 3
BUDGETS = (0.001, 0.005, 0.01, 0.02)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("truth", type=Path, nargs="?", metavar="TRUTH.jsonl", help="wie bei evaluate")
    parser.add_argument("--documents", type=Path, metavar="ORDNER", help="Ordner der Dateien")
    parser.add_argument("--form", action="append", default=[], metavar="FORMULAR", help="nur diese Formulare")
    parser.add_argument(
        "--samples", type=Path, metavar="DATEI",
        help="sammelt die Beispiele (ohne Inhalte); neue kommen zu denen, die schon darin stehen "
        "(sonst calibration-samples.jsonl im Datenordner)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="DATEI", help=f"Ergebnis (sonst {NAME} im Datenordner)")
    parser.add_argument("--plot", type=Path, metavar="DATEI.png", help="Bild: gesagte Sicherheit und was richtig war")
    parser.add_argument("--jobs", type=int, choices=range(1, 257), default=1, metavar="N", help="so viele Prozesse")
    parser.add_argument(
        "--from-cases",
        action="store_true",
        help="Schwellen aus der Stichprobe der täglichen Arbeit berechnen und zeigen",
    )
    parser.add_argument("--author", metavar="NAME", help="mit --from-cases: als Entwurf dieser Person vorschlagen")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """Exit code 3 when lines of the list were wrong; what was right is counted."""
    if args.from_cases:
        return from_cases.run(args.author, args.json)
    folder = data_folder()
    kept = args.samples or folder / "calibration-samples.jsonl"
    out = args.out or folder / NAME
    new, wrong_lines = _read(args) if args.truth else ([], 0)
    samples = joined(read_samples(kept), new)
    if not samples:
        raise ScanProblem("S035", "Es gibt noch keine Beispiele. Bitte TRUTH.jsonl und --documents angeben.")
    calibration, told = calibrate(samples)
    for path in (kept, out):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_samples(kept, samples)
    out.write_text(json.dumps(as_json(calibration), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    error = error_of(told)
    if args.plot:
        args.plot.write_bytes(diagram.draw(told, error))
    if args.json:
        print(json.dumps(_told_json(calibration, samples, error), ensure_ascii=False, indent=1))
    else:
        _show(calibration, told, error, out)
        _show_through(through(samples, BUDGETS))
    return REFUSED if wrong_lines else 0


def _told_json(calibration: Calibration, samples: Sequence[Sample], error: float) -> dict[str, Any]:
    judged = [asdict(one) for one in through(samples, BUDGETS)]
    return as_json(calibration) | {"calibration_error": error, "samples": len(samples), "through": judged}


def error_of(told: Sequence[Told]) -> float:
    """Expected calibration error over everything, each sample judged by what has not seen its document."""
    import numpy as np

    return calibration_error(np.array([one.confidence for one in told]), np.array([one.right for one in told], float))


def _read(args: argparse.Namespace) -> tuple[list[Sample], int]:
    if args.documents is None:
        raise ScanProblem("S031", "Zu TRUTH.jsonl gehört --documents ORDNER. Bitte angeben.")
    known = known_forms()
    specs = {name: spec for name, spec in known.items() if not args.form or name in args.form}
    listed, wrong = read_list(args.truth, _say)
    tasks = [Task(args.documents / one.truth.file, one.truth) for one in listed]
    there = [task for task in tasks if task.path.is_file()]
    if len(there) < len(tasks):
        _say(f"S032: {len(tasks) - len(there)} Dokumente der Liste liegen nicht in {args.documents}; ausgelassen.")
    samples: list[Sample] = []
    with progress(len(there)) as (bar, running):
        for task, found in zip(there, read_all(there, specs, args.jobs), strict=True):
            if found.form in specs:
                samples += samples_of(_document(task), specs[found.form], tuple(found.fields.values()), _right(found))
            bar.advance(running)
    return samples, wrong


def _document(task: Task) -> str:
    """The same for the same bytes; tells nothing about them."""
    return hashlib.sha256(task.path.read_bytes()).hexdigest()[:16]


def _right(found: Found) -> dict[str, bool]:
    return {one.field: one.good for one in results_of(found.truth, found.answers)}


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _show(calibration: Calibration, told: Sequence[Told], error: float, out: Path) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False)
    table = _table("Je Feldart: ab welcher Sicherheit ein Feld bei welchem Fehlerbudget durchläuft", "Feldart")
    for heading in ("Beispiele", "richtig", "Abstand", *(percent(b, 1) for b in BUDGETS)):
        table.add_column(heading, justify="right")
    for group, one in calibration.groups.items():
        if group in POOLS:
            continue
        marks = [decimal(at, 3) if (at := one.passes_from(budget)) is not None else "fragt" for budget in BUDGETS]
        table.add_row(_named(group), str(one.samples), percent(one.right / one.samples), decimal(one.error, 3), *marks)
    console.print(table)
    few = sorted({one.group for one in told} - set(calibration.groups))
    if few:
        console.print(f"Mit zu wenigen Beispielen für eine eigene Eichung: {', '.join(map(_named, few))}.")
    console.print(
        f"{len(told)} Beispiele, mittlerer Abstand {decimal(error, 4)} (Kreuzvalidierung). Geschrieben: {out}"
    )


def _show_through(judged: Sequence[Through]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False)
    table = _table("Was ohne Prüfung durchliefe, je Dokument nach den anderen beurteilt", "Formular")
    for heading in ("Fehlerbudget", "Felder", "laufen durch", "davon falsch", "Dokumente", "ganz durch"):
        table.add_column(heading, justify="right")
    for one in judged:
        passing = f"{one.passing} ({percent(one.passing / one.fields)})"
        table.add_row(
            one.form,
            percent(one.budget, 1),
            str(one.fields),
            passing,
            str(one.wrong),
            str(one.documents),
            str(one.whole),
        )
    console.print(table)


def _table(title: str, first: str) -> Table:
    table = Table(title=title)
    table.add_column(first)
    return table


def _named(group: str) -> str:
    return (
        group.replace(COMB, " in Kästchen").replace(UNEVEN, " ungleichmäßig").replace("-by-label", " neben Aufschrift")
    )
