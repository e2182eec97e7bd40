"""`laufzettel prepare`: the hot path alone, from a scan to clean pages and measurements."""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ocr.errors import ScanProblem
from ocr.load import open_pages, shown_name
from ocr.page import Page
from ocr.scanner import GENERIC, Scanner, load_scanner
from ocr.steps.binarise import binarise
from ocr.steps.clean import clean_page

HELP = "Seiten eines Scans säubern und als Bilder ablegen, mit Messwerten"
SCANNERS = Path(__file__).resolve().parents[1] / "scanners"
SUFFIXES = {"png": ".png", "tiff": ".tif"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="DATEI", type=Path, help="TIFF, PDF, JPEG, PNG oder WebP")
    parser.add_argument("outdir", metavar="ORDNER", type=Path, help="wohin die Seiten kommen")
    parser.add_argument("--scanner", metavar="PROFIL", help="Scannerprofil aus config/scanners (sonst: generic)")
    parser.add_argument(
        "--format", choices=sorted(SUFFIXES), default="png", help="png: Graustufen; tiff: schwarz-weiß, CCITT G4"
    )
    parser.add_argument("--json", action="store_true", help="Messwerte als JSON auf die Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """Clean all pages of one file. Pages that can be read are written even when others cannot."""
    scanner = load_scanner(args.scanner, SCANNERS) if args.scanner else GENERIC
    problem: ScanProblem | None = None
    pages: list[dict[str, Any]] = []
    _make_folder(args.outdir)
    stem = Path(shown_name(args.file)).stem
    try:
        for entry in _prepared(args, scanner, stem):
            pages.append(entry)
    except ScanProblem as found:
        if not pages:
            raise
        problem = found
    shown = os.fsencode(args.file).decode("utf-8", "replace")
    problems = [] if problem is None else [{"code": problem.code, "message": problem.message}]
    report = {
        "file": shown,
        "scanner": scanner.name,
        "pages": pages,
        "problems": problems,
    }
    text = json.dumps(report, ensure_ascii=False, indent=2)
    with _writing(args.outdir):
        (args.outdir / f"{stem}.json").write_text(text + "\n", encoding="utf-8")
    print(text if args.json else _summary(pages, args.outdir))
    if problem is not None:
        raise problem
    return 0


def _prepared(args: argparse.Namespace, scanner: Scanner, stem: str) -> Iterator[dict[str, Any]]:
    """Clean and write one page after the other, with a progress bar on stderr."""
    console = Console(stderr=True)
    columns = (TextColumn("Seiten"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        open_pages(args.file) as raw_pages,
        Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress,
    ):
        task = progress.add_task("", total=None)
        start = time.perf_counter()
        for raw in raw_pages:
            load_ms = (time.perf_counter() - start) * 1000
            page = clean_page(raw, scanner)
            path = args.outdir / f"{stem}-{page.number:03d}{SUFFIXES[args.format]}"
            with _writing(args.outdir):
                _write(page, path)
            yield _measured(page, path.name, load_ms)
            progress.update(task, total=raw_pages.total, advance=1)
            start = time.perf_counter()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScanProblem(
            "S012", f"Der Ordner „{folder}“ lässt sich nicht anlegen. Bitte einen anderen nennen."
        ) from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """A full disk, a missing right, a name that is too long: said in one sentence."""
    try:
        yield
    except OSError as error:
        raise ScanProblem(
            "S013",
            f"In den Ordner „{folder}“ lässt sich nicht schreiben ({error.strerror}). "
            "Bitte Platz und Rechte prüfen oder einen anderen Ordner nennen.",
        ) from error


def _write(page: Page, path: Path) -> None:
    dpi = (page.dpi, page.dpi)
    if path.suffix == ".tif":
        black_white = Image.fromarray(binarise(page.gray, page.dpi)).convert("1", dither=Image.Dither.NONE)
        black_white.save(path, compression="group4", dpi=dpi)
    else:
        Image.fromarray(page.gray).save(path, dpi=dpi, compress_level=3)


def _measured(page: Page, name: str, load_ms: float) -> dict[str, Any]:
    return {
        "number": page.number,
        "file": name,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "skew_deg": round(page.skew_deg, 3),
        "rotated_deg": page.rotated_deg,
        "blank": page.blank,
        "matrix": [[round(float(value), 6) for value in row] for row in page.matrix],
        "ms": {"load": round(load_ms, 2), **page.ms},
    }


def _summary(pages: list[dict[str, Any]], folder: Path) -> str:
    blank = sum(page["blank"] for page in pages)
    turned = sum(page["rotated_deg"] != 0 for page in pages)
    return f"{len(pages)} Seite(n) in {folder}: {blank} leer, {turned} gedreht."
