"""`laufzettel intake`: files into the real queue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.commands import database_ready

HELP = "nimmt Dateien als neue Vorgänge an"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="DATEI", type=Path)
    parser.add_argument("--process", metavar="PROZESS", help="zu welchem Prozess (nötig, wenn es mehrere gibt)")
    parser.add_argument("--scanner", metavar="PROFIL", default="", help="Scannerprofil statt dem des Prozesses")


def run(args: argparse.Namespace) -> int:
    database_ready()
    process = chosen_process(args.process)
    check_scanner(args.scanner)
    refused = [path for path in args.files if not taken(path, process, args.scanner)]
    return 3 if refused else 0


def chosen_process(name: str | None) -> str:
    """The named process, or the only one. Raises StateProblem V011."""
    from cases import catalog
    from ocr.errors import StateProblem

    known = list(catalog.processes())
    if name is None and len(known) == 1:
        return known[0]
    if name is None:
        raise StateProblem("V011", f"Bitte mit --process sagen, zu welchem Prozess; bekannt sind: {', '.join(known)}.")
    return catalog.process(name).name


def check_scanner(name: str) -> None:
    """Raises FormProblem F020 for a profile that is not there."""
    from django.conf import settings

    from ocr.scanner import load_scanner

    if name:
        load_scanner(name, Path(settings.SCANNERS))


def taken(path: Path, process: str, scanner: str) -> bool:
    """Take one file; a refused one stays where it is, is recorded, and is named on stderr."""
    from cases import admission, transitions
    from ocr.errors import ScanProblem

    try:
        admission.admit(path)
    except ScanProblem as problem:
        transitions.set_aside(process, path.name, "", problem, actor="intake")
        print(f"{problem.code}: {path}: {problem.message}", file=sys.stderr)
        return False
    arrival = transitions.receive(path, process, path.name, scanner=scanner)
    reference = arrival.case.reference if arrival.case else ""
    print(f"{reference}\t{arrival.get_outcome_display()}\t{path}")
    return True
