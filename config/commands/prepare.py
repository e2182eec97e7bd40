"""`laufzettel prepare`: the hot path alone, from scans to clean pages and measurements."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from config.commands import scanners_folder
from config.preparing.crew import cores, prepare_all
from config.preparing.documents import Document, find_documents, single_document
from config.preparing.one import Job, Outcome, make_folder, prepare
from ocr.errors import ScanProblem
from ocr.save import FORMATS
from ocr.scanner import GENERIC, Scanner, load_scanner

HELP = "Seiten von Scans säubern und ablegen, mit Messwerten"
MORE = (
    "png: Graustufen, eine Datei je Seite. tiff: schwarz-weiß (CCITT G4), eine Datei je Seite. multitiff: ebenso, eine "
    "Datei je Dokument. pdf: PDF/A-2b, eine Datei je Dokument."
)
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "inputs",
        metavar="DATEI|ORDNER",
        type=Path,
        nargs="+",
        help="TIFF, PDF, JPEG, PNG, WebP; Ordner mit allem darin",
    )
    parser.add_argument("outdir", metavar="ZIEL", type=Path, help="Ordner, in den die Seiten kommen")
    parser.add_argument("--scanner", metavar="PROFIL", help="Scannerprofil aus config/scanners (sonst: generic)")
    parser.add_argument("--format", choices=FORMATS, default="png", help=MORE)
    parser.add_argument(
        "--jobs", metavar="N", type=_count, help="so viele Prozesse (sonst: so viele wie Kerne; eine Datei: einer)"
    )
    parser.add_argument(
        "--again", action="store_true", help="auch, was schon fertig ist (eine einzelne Datei wird immer neu gemacht)"
    )
    parser.add_argument("--json", action="store_true", help="Messwerte als JSON auf die Standardausgabe")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"„{text}“ ist keine Anzahl von 1 bis 256")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Clean all pages of one file or of many. What can be read is written even when other things cannot."""
    scanner = _scanner(args.scanner)
    single = len(args.inputs) == 1 and not args.inputs[0].is_dir()
    if single:
        return _one(args, scanner)
    make_folder(args.outdir)
    documents = find_documents(args.inputs, args.outdir)
    if not documents:
        raise ScanProblem("S016", "Hier liegt keine Datei, die zu bearbeiten wäre. Bitte einen anderen Ordner nennen.")
    return _many(args, scanner, documents)


def _scanner(name: str | None) -> Scanner:
    """The named profile; without a name the one called generic, which an office may have changed."""
    folder = scanners_folder()
    if name is None and not (folder / "generic.toml").is_file():
        return GENERIC
    return load_scanner(name or "generic", folder)


def _job(args: argparse.Namespace, scanner: Scanner, documents: list[Document]) -> Job:
    originals = frozenset(document.path.resolve() for document in documents)
    return Job(args.outdir, scanner, args.format, originals)


def _one(args: argparse.Namespace, scanner: Scanner) -> int:
    document = single_document(args.inputs[0])
    with _progress("Seiten") as (progress, task):

        def on_page(total: int | None) -> None:
            progress.update(task, total=total, advance=1)

        outcome = prepare(document, _job(args, scanner, [document]), on_page)
    if outcome.report is not None:
        if args.json:
            print(json.dumps(outcome.report, ensure_ascii=False, indent=2))
        else:
            tally = Tally()
            tally.count(outcome)
            print(f"{tally.pages} Seite(n) in {args.outdir}: {tally.blank} leer, {tally.turned} gedreht.")
    if outcome.problem is not None:
        raise ScanProblem(outcome.problem.code, outcome.problem.message)
    return 0


def _many(args: argparse.Namespace, scanner: Scanner, documents: list[Document]) -> int:
    tally = Tally()
    reports: list[dict[str, Any]] = []
    jobs = min(args.jobs or cores(), len(documents))
    job = _job(args, scanner, documents)
    with _progress("Dokumente", len(documents)) as (progress, task):

        def on_page(_total: int | None) -> None:
            tally.fresh_pages += 1
            rate = tally.fresh_pages / max(progress.tasks[0].elapsed or 0.0, 0.001)
            progress.update(task, pages=f"{tally.fresh_pages} Seiten, {rate:.1f}/s")

        with closing(prepare_all(documents, job, jobs, not args.again, on_page)) as outcomes:
            for outcome in outcomes:
                progress.update(task, advance=1)
                tally.count(outcome)
                if outcome.report is not None and args.json:
                    at = outcome.document.folder / f"{outcome.document.stem}.json"
                    reports.append({"json": str(at), "skipped": outcome.skipped, **outcome.report})
        seconds = progress.tasks[0].elapsed or 0.0
    if args.json:
        order = {document.folder / f"{document.stem}.json": at for at, document in enumerate(documents)}
        reports.sort(key=lambda report: order[Path(report["json"])])
        told = {"scanner": scanner.name, "format": args.format, "documents": reports, "problems": tally.problems}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print(tally.summary(args.outdir, seconds))
    for problem in tally.problems:
        print(f"{problem['code']}: {problem['file']}: {problem['message']}", file=sys.stderr)
    for stack in sorted(tally.bugs):
        print(stack, file=sys.stderr)
    return REFUSED if tally.problems else 0


@dataclass(slots=True)
class Tally:
    """What became of all documents. `fresh_pages`: of this run; the other numbers are of what is there now."""

    documents: int = 0
    skipped: int = 0
    pages: int = 0
    fresh_pages: int = 0
    blank: int = 0
    turned: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)
    bugs: set[str] = field(default_factory=set)

    def count(self, outcome: Outcome) -> None:
        pages = outcome.report["pages"] if outcome.report else []
        self.documents += outcome.report is not None
        self.skipped += outcome.skipped
        self.pages += len(pages)
        self.blank += sum(page["blank"] for page in pages)
        self.turned += sum(page["rotated_deg"] != 0 for page in pages)
        if outcome.bug:
            self.bugs.add(outcome.bug)
        if outcome.problem is not None:
            file = os.fsencode(outcome.document.path).decode("utf-8", "replace")
            self.problems.append({"file": file, "code": outcome.problem.code, "message": outcome.problem.message})

    def summary(self, outdir: Path, seconds: float) -> str:
        found = f"{self.blank} leer, {self.turned} gedreht"
        said = [f"{self.documents} Dokument(e), {self.pages} Seite(n) in {outdir}: {found}."]
        if self.fresh_pages:
            rate = self.fresh_pages / max(seconds, 1e-3)
            said.append(f"{self.fresh_pages} Seite(n) in {seconds:.1f} s, {rate:.1f} je Sekunde.")
        if self.skipped:
            said.append(f"{self.skipped} Dokument(e) waren schon fertig und blieben, wie sie sind (--again macht neu).")
        if self.problems:
            said.append(f"{len(self.problems)} Dokument(e) mit Problemen:")
        return "\n".join(said)


@contextmanager
def _progress(what: str, total: int | None = None) -> Iterator[tuple[Progress, Any]]:
    """A bar on stderr, where that is a screen."""
    console = Console(stderr=True)
    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pages]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield progress, progress.add_task("", total=total, pages="")
