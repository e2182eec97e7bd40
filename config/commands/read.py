"""`laufzettel read`: one file, its fields."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import ocr
from config.calibration import known_calibration
from config.forms import known_forms
from config.places import known_towns
from ocr.page import FieldReading, Page, Reading

HELP = "Eine Datei lesen: Felder, Sicherheit, Entscheidung. Ohne Datenbank."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="DATEI", help="TIFF, PDF, JPEG, JPEG 2000, PNG oder WebP")
    parser.add_argument("--form", metavar="FORMULAR", help="Name des Formulars (sonst wird es gesucht)")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf stdout, sonst nichts")


def run(args: argparse.Namespace) -> int:
    reading = ocr.read(args.file, known_forms(), form=args.form, calibration=known_calibration(), towns=known_towns())
    if args.json:
        json.dump(as_json(reading), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print(reading)
    return 0


def as_json(reading: Reading) -> dict[str, Any]:
    """The shape that scripts rely on (docs/howto/new-form.md)."""
    return {
        "file": reading.file,
        "form": reading.form,
        "decision": reading.decision,
        "guesses": list(reading.guesses),
        "problems": [{"code": note.code, "message": note.message} for note in reading.problems],
        "pages": [_page(page) for page in reading.pages],
        "fields": [_field(field) for field in reading.fields],
        "ms": dict(reading.ms),
    }


def _page(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "dpi": round(page.dpi, 1),
        "skew_deg": round(page.skew_deg, 3),
        "blank": page.blank,
        "rotated_deg": page.rotated_deg,
        "ms": {step: round(ms, 1) for step, ms in page.ms.items()},
    }


def _field(field: FieldReading) -> dict[str, Any]:
    return {
        "name": field.name,
        "value": field.value,
        "raw": field.raw,
        "confidence": field.confidence,
        "state": field.state,
        "page": field.page,
        "box_px": field.box.as_list() if field.box else None,
        "engines": {
            name: {"text": engine.text, "confidence": round(engine.confidence, 4)}
            for name, engine in field.engines.items()
        },
        "problems": [{"code": note.code, "message": note.message} for note in field.problems],
        "sure": field.sure,
    }


def _print(reading: Reading) -> None:
    table = Table(title=f"{reading.file}: {reading.form or 'Formular unbekannt'}", title_justify="left")
    for column in ("Feld", "Wert", "Sicherheit", "Seite", "Hinweis"):
        table.add_column(column)
    for field in reading.fields:
        notes = " ".join(note.message for note in field.problems)
        mark = "sicher" if field.sure else "bitte prüfen"
        page = str(field.page or "")
        table.add_row(field.name, field.value or "–", f"{field.confidence:.2f} {mark}", page, notes)
    width = None if sys.stdout.isatty() else 120
    console = Console(width=width, markup=False, emoji=False)  # "[/s/ …]" stands on papers
    console.print(table)
    for note in reading.problems:
        console.print(f"{note.code}: {note.message}")
    if reading.guesses and reading.form is None:
        console.print(f"Am ähnlichsten: {', '.join(reading.guesses)}")
    verdict = "läuft ohne Prüfung durch" if reading.decision == "ready" else "braucht eine Prüfung"
    console.print(f"Ergebnis: {verdict} ({reading.ms.get('all', 0) / 1000:.1f} s)")
