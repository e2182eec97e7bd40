"""One document: read, cleaned, written under temporary names, renamed, and its report last."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.preparing.documents import Document
from config.preparing.done import Report, files_of, finished, made_with, read_report, sha256_of, source_of
from ocr.errors import ScanProblem
from ocr.load import open_pages
from ocr.page import Note, Page, Quality, RawPage
from ocr.save import Format, Output, open_output
from ocr.scanner import Scanner
from ocr.steps.clean import clean_pages

OnPage = Callable[[int | None], None]
"""Told after each page; the number is how many pages the document announces."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is done with every document. `originals`: full names of inputs, which are never written over."""

    outdir: Path
    scanner: Scanner
    format: Format
    originals: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document. `report` is None when not a single page could be read or written.

    `bug`: the stack, where the program and not the document is to blame.
    """

    document: Document
    report: Report | None
    problem: Note | None = None
    skipped: bool = False
    bug: str = ""


def look(document: Document, job: Job) -> Outcome | None:
    """The outcome of a document that an earlier run has done, or None."""
    at = job.outdir / document.folder / f"{document.stem}.json"
    done = finished(at, document.path, made_with(job.scanner, job.format))
    return None if done is None else Outcome(document, done, skipped=True)


def prepare(document: Document, job: Job, on_page: OnPage) -> Outcome:
    """Prepare one document. Raises nothing but what is a bug."""
    folder = job.outdir / document.folder
    try:
        make_folder(folder)
        with _workplace(folder, document.stem) as workplace:
            return _prepare(document, job, workplace, on_page)
    except ScanProblem as problem:
        return Outcome(document, None, Note(problem.code, problem.message))


def _prepare(document: Document, job: Job, workplace: Path, on_page: OnPage) -> Outcome:
    folder = job.outdir / document.folder
    at = folder / f"{document.stem}.json"
    output = open_output(job.format, workplace, document.stem, job.scanner.gray_pdf)
    pages: list[dict[str, Any]] = []
    problem: ScanProblem | None = None
    try:
        with open_pages(document.path, dropout=job.scanner.dropout, dpi=job.scanner.dpi) as raw_pages:
            source = _source(document.path)
            clock = _Clock(raw_pages)
            for page in clean_pages(clock, job.scanner):
                pages.append(_written(page, output, folder, clock.load_ms))
                on_page(raw_pages.total)
    except ScanProblem as found:
        if not pages:
            raise
        problem = found
    with _writing(folder):
        output.close()
    with _undisturbed():
        pages, refused = _published(pages, workplace, at, job)
        problem = refused or problem
        report = {
            "file": os.fsencode(document.path).decode("utf-8", "replace"),
            "scanner": job.scanner.name,
            "pages": pages,
            "problems": [] if problem is None else [{"code": problem.code, "message": problem.message}],
            "source": source,
            "made_with": made_with(job.scanner, job.format),
        }
        with _writing(folder):
            draft = workplace / "report"
            draft.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            draft.replace(at)
    return Outcome(document, report, None if problem is None else Note(problem.code, problem.message))


class _Clock(Iterator[RawPage]):
    """Hands the pages on; `load_ms` is how long the last one took to load."""

    def __init__(self, raw_pages: Iterator[RawPage]) -> None:
        self._raw_pages = raw_pages
        self.load_ms = 0.0

    def __next__(self) -> RawPage:
        start = time.perf_counter()
        raw = next(self._raw_pages)
        self.load_ms = (time.perf_counter() - start) * 1000
        return raw


def _source(path: Path) -> dict[str, Any]:
    try:
        return source_of(path, sha256_of(path))
    except OSError as error:  # moved away while it is read
        raise ScanProblem(
            "S001", "Die Datei ist nicht da oder nicht lesbar. Bitte Ablageort und Rechte prüfen."
        ) from error


def _written(page: Page, output: Output, folder: Path, load_ms: float) -> dict[str, Any]:
    start = time.perf_counter()
    with _writing(folder):
        name = output.add(page).name
    write_ms = (time.perf_counter() - start) * 1000
    return measured(page, name) | {"ms": {"load": round(load_ms, 2), **page.ms, "write": round(write_ms, 2)}}


def _published(
    pages: list[dict[str, Any]], workplace: Path, at: Path, job: Job
) -> tuple[list[dict[str, Any]], ScanProblem | None]:
    """Give the files their names; the pages that got there.

    Pages of an earlier run in this format go: the document may have had more of them.
    """
    folder, originals = at.parent, job.originals
    earlier = read_report(at)
    old = files_of(earlier, folder) if earlier and earlier["made_with"].get("format") == job.format else set()
    there: list[dict[str, Any]] = []
    done: set[str] = set()
    try:
        if at.resolve() in originals or _is_foreign(at):
            raise _over(at)
        with _writing(folder):
            at.unlink(missing_ok=True)
        for page in pages:
            if page["file"] not in done:
                _publish(workplace / page["file"], folder / page["file"], originals)
                done.add(page["file"])
            there.append(page)
    except ScanProblem as problem:
        if not there:
            raise
        return there, problem
    for path in old - {folder / name for name in done}:
        if path.resolve() not in originals:
            path.unlink(missing_ok=True)
    return there, None


def _publish(made: Path, path: Path, originals: frozenset[Path]) -> None:
    if path.resolve() in originals:
        raise _over(path)
    with _writing(path.parent):
        made.replace(path)


def _is_foreign(at: Path) -> bool:
    """Something that is no report of ours has its name, perhaps the index file that a scanner wrote."""
    return at.exists() and read_report(at) is None and b'"scanner"' not in at.read_bytes()[:100_000]


def _over(path: Path) -> ScanProblem:
    return ScanProblem(
        "S015", f"Das Ergebnis würde „{path.name}“ überschreiben. Bitte einen anderen Ausgabeordner nennen."
    )


def measured(page: Page, name: str) -> dict[str, Any]:
    """One page in the shape that scripts rely on (docs/howto/scanners.md)."""
    return {
        "number": page.number,
        "sheet": page.sheet,
        "file": name,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "skew_deg": round(page.skew_deg, 3),
        "rotated_deg": page.rotated_deg,
        "blank": page.blank,
        "separator": page.separator,
        "matrix": [[round(float(value), 6) for value in row] for row in page.matrix],
        "quality": None if page.quality is None else _quality(page.quality),
        "ms": dict(page.ms),
    }


def _quality(quality: Quality) -> dict[str, Any]:
    return {
        "focus_px": None if quality.focus_px is None else round(quality.focus_px, 2),
        "contrast": None if quality.contrast is None else round(quality.contrast, 3),
        "paper": quality.paper,
        "noise": round(quality.noise, 2),
        "streaks_mm": [round(x_mm, 1) for x_mm in quality.streaks_mm],
        "holes": quality.holes,
        "border_share": round(quality.border_share, 4),
        "ink_share": round(quality.ink_share, 4),
    }


def make_folder(folder: Path) -> None:
    """Raises ScanProblem S012 when it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ScanProblem(
            "S012", f"Der Ordner „{folder}“ lässt sich nicht anlegen. Bitte einen anderen nennen."
        ) from error


def _workplace_path(folder: Path, stem: str) -> Path:
    return folder / f".laufzettel-{stem}"


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Whoever wants to end this process waits a moment: files with their names but without a report are half."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def discard(document: Document, job: Job) -> None:
    """Remove the temporary files of a document whose process has ended in the middle."""
    shutil.rmtree(_workplace_path(job.outdir / document.folder, document.stem), ignore_errors=True)


@contextmanager
def _workplace(folder: Path, stem: str) -> Iterator[Path]:
    """A hidden folder for files that are not complete; what an ended run left there goes first."""
    workplace = _workplace_path(folder, stem)
    shutil.rmtree(workplace, ignore_errors=True)
    with _writing(folder):
        workplace.mkdir(exist_ok=True)
    try:
        yield workplace
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


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
