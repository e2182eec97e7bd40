"""`laufzettel scanner list | calibrate`: the profiles there are, and one made from scans of a device."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from config.commands import scanners_folder
from ocr.calibrate import Proposal, Sighting, as_toml, propose, sight
from ocr.errors import FormProblem, ScanProblem
from ocr.load import open_pages, shown_name
from ocr.scanner import NAME, Scanner, load_scanner, parse_scanner
from ocr.steps.colour import CHANNELS, Colour, find_form_colour

HELP = "Scannerprofile zeigen (list) oder aus Scans eines Geräts vorschlagen (calibrate)"
COLOUR_FILES = 6
"""So many files are looked at for a form colour; each is read three times more for it."""
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="AKTION", required=True)
    shown = actions.add_parser("list", help="die Profile in config/scanners")
    shown.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")
    made = actions.add_parser(
        "calibrate",
        help="aus Scans eines Geräts ein Profil vorschlagen",
        description="Misst Scans eines Geräts und schlägt ein Profil vor. Am besten zehn Seiten Alltag "
        "und ein leeres Blatt.",
    )
    made.add_argument("files", metavar="DATEI", type=Path, nargs="+", help="Scans dieses einen Geräts")
    made.add_argument("--name", metavar="NAME", default="neu", help="Name des Profils, zugleich der Datei")
    made.add_argument("--title", metavar="TITEL", help="wie das Gerät im Haus heißt")
    made.add_argument("--write", action="store_true", help="das Profil nach config/scanners/NAME.toml schreiben")
    made.add_argument("--force", action="store_true", help="mit --write: ein vorhandenes Profil ersetzen")
    made.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    return _list(args) if args.action == "list" else _calibrate(args)


def _list(args: argparse.Namespace) -> int:
    """All profiles; a wrong one is named on stderr and ends with 3."""
    found: list[Scanner] = []
    wrong: list[FormProblem] = []
    folder = scanners_folder()
    for path in sorted(folder.glob("*.toml")):
        try:
            found.append(load_scanner(path.stem, folder))
        except FormProblem as problem:
            wrong.append(problem)
    if args.json:
        print(json.dumps({"scanners": [asdict(scanner) for scanner in found]}, ensure_ascii=False, indent=1))
    else:
        table = Table(box=None, pad_edge=False)
        for column in ("Profil", "Gerät", "abweichend von generic"):
            table.add_column(column)
        for scanner in found:
            table.add_row(scanner.name, scanner.title, special(scanner))
        _console().print(table)
    for finding in wrong:
        print(f"{finding.code}: {finding.message}", file=sys.stderr)
    return REFUSED if wrong else 0


def special(scanner: Scanner) -> str:
    """What a profile says that is not the default."""
    said = []
    for field in fields(Scanner):
        value = getattr(scanner, field.name)
        if field.name not in ("name", "title") and value != field.default:
            text = ", ".join(value) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else value
            said.append(
                f"ohne {field.name}" if value is False else field.name if value is True else f"{field.name} {text}"
            )
    return "; ".join(said)


def _calibrate(args: argparse.Namespace) -> int:
    if not re.fullmatch(NAME, args.name):
        raise FormProblem(
            "F022", f"„{args.name}“ taugt nicht als Name eines Profils: nur Kleinbuchstaben, Ziffern, - und _."
        )
    path = scanners_folder() / f"{args.name}.toml"
    if args.write and path.exists() and not args.force:
        raise _exists(path)
    pages, problems = _look(args.files)
    if not pages:
        raise problems[0][1]
    title = args.title or f"Scanner „{args.name}“"
    proposal = propose(pages, args.name, title, list(_colours(pages, args.files)))
    text = as_toml(proposal)
    parse_scanner(text)  # what is proposed can be read
    if args.write:
        _write(text, path, args.force)
    if args.json:
        print(json.dumps(_as_json(proposal, pages, text), ensure_ascii=False, indent=1))
    else:
        _print(proposal, text, path if args.write else None)
    for file, problem in problems:
        print(f"{problem.code}: {shown_name(file)}: {problem.message}", file=sys.stderr)
    return REFUSED if problems else 0


def _look(files: list[Path]) -> tuple[list[Sighting], list[tuple[Path, ScanProblem]]]:
    pages: list[Sighting] = []
    problems: list[tuple[Path, ScanProblem]] = []
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("Messe", total=len(files))
        for file in files:
            try:
                with open_pages(file) as raw_pages:
                    pages += [sight(os.fsdecode(file), raw) for raw in raw_pages if raw.words is None]
            except ScanProblem as problem:
                problems.append((file, problem))
            progress.update(task, advance=1)
    if not pages and not problems:
        problems.append(
            (files[0], ScanProblem("S017", "Keine Seite kommt von einem Scanner. Bitte Scans des Geräts nennen."))
        )
    return pages, problems


def _colours(pages: list[Sighting], files: list[Path]) -> list[Colour | None]:
    """The form colour of the first page of some files that came in grey or colour."""
    written = {page.file for page in pages if page.number == 1 and not page.blank and not page.black_white}
    chosen = [file for file in dict.fromkeys(files) if os.fsdecode(file) in written][:COLOUR_FILES]
    try:
        return [_colour(file) for file in chosen]
    except ScanProblem:  # the pages themselves were read; without the colour the profile is still one
        return []


def _colour(file: Path) -> Colour | None:
    """The form colour of the first page. Loaded with each dropout colour, its lightness comes near that channel."""
    channels = []
    for colour in CHANNELS:
        with open_pages(file, dropout=colour) as raw_pages:
            channels.append(next(raw_pages).gray)
    return find_form_colour(np.dstack(channels))


def _exists(path: Path) -> FormProblem:
    return FormProblem(
        "F023", f"Das Profil {path.name} gibt es schon. Bitte einen anderen Namen nennen oder mit --force ersetzen."
    )


def _write(text: str, path: Path, force: bool) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        try:
            if force:
                draft.replace(path)
            else:
                os.link(draft, path)  # never over a file that came in the meantime
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError as error:
        raise _exists(path) from error
    except OSError as error:
        raise ScanProblem(
            "S013", f"{path} lässt sich nicht schreiben ({error.strerror}). Bitte Rechte und Platz prüfen."
        ) from error


def _as_json(proposal: Proposal, pages: list[Sighting], text: str) -> dict[str, object]:
    return {
        "scanner": asdict(proposal.scanner),
        "facts": [{"what": what, "measured": measured} for what, measured in proposal.facts],
        "advice": list(proposal.advice),
        "unknown": list(proposal.unknown),
        "pages": [asdict(page) for page in pages],
        "toml": text,
    }


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False, highlight=False)


def _print(proposal: Proposal, text: str, written: Path | None) -> None:
    console = _console()
    table = Table(title=f"Gemessen: {proposal.scanner.title}", title_justify="left")
    table.add_column("Was")
    table.add_column("Gemessen")
    for what, measured in proposal.facts:
        table.add_row(what, measured)
    console.print(table)
    for title, sentences in (("Am Gerät zu tun:", proposal.advice), ("Nicht zu sagen:", proposal.unknown)):
        if sentences:
            console.print(title)
        for sentence in sentences:
            console.print(f"  - {sentence}")
    console.print()
    print(text, end="")
    if written:
        console.print(f"\nGeschrieben: {written}")
    else:
        console.print("\nNicht geschrieben. Mit --name NAME --write kommt es nach config/scanners/NAME.toml.")
