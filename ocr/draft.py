"""A draft of a form's description, from the blank form: its fields, marks and anchors.

Fields are those of the file (AcroForm) and what is printed to be filled in: cells, combs, squares, lines. It is a
proposal only: names, titles and kinds are guesses for a person to read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ocr.draft_fields import asked_by_file, fields_of
from ocr.draft_phrases import MM_PER_INCH, Phrase, anchors_of, marks_of, phrases_of
from ocr.draft_printed import asked_in_print, tables_of
from ocr.page import Page
from ocr.reading import load
from ocr.scanner import GENERIC
from ocr.spec import FormSpec

MOST_TITLE_LETTERS = 80


def draft(path: Path, name: str, title: str = "", language: tuple[str, ...] = ("deu",)) -> FormSpec:
    """What the blank form shows: a PDF file with or without form fields, or a scan.

    Raises:
        ScanProblem: when the file cannot be read.
    """
    pages, _ = load(path, None)
    grounds = _with_tints(path, pages)
    phrases = {page.number: phrases_of(page, language) for page in pages}
    asked, grids = [], []
    for page in pages:
        printed, tables = asked_in_print(page, phrases[page.number], language, grounds.get(page.number))
        asked += [*asked_by_file(page), *printed]
        grids += [(page, table) for table in tables]
    return FormSpec(
        name=name,
        title=title or _headline(phrases) or name,
        language=language,
        pages=len(pages),
        size_mm=_size_mm(pages[0]),
        marks={str(number): found for number, found in marks_of(phrases).items() if found},
        anchor=tuple(anchor for page in pages for anchor in anchors_of(phrases[page.number], page.number)),
        field=tuple(fields_of(asked, phrases)),
        table=tuple(tables_of(grids, phrases)),
    )


def _headline(phrases: Mapping[int, Sequence[Phrase]]) -> str:
    first = next(iter(phrases.values()), ())
    return max(first, key=lambda p: (round(p.height_mm), -p.box.y0)).text[:MOST_TITLE_LETTERS] if first else ""


def _size_mm(page: Page) -> tuple[float, float]:
    """A4 where it nearly is."""
    width, height = (round(side * MM_PER_INCH / page.dpi, 1) for side in (page.width, page.height))
    return (210.0, 297.0) if abs(width - 210) < 1 and abs(height - 297) < 1 else (width, height)


def _with_tints(path: Path, pages: Sequence[Page]) -> dict[int, Page]:
    """The scanned pages by number as they were before all ground was made white."""
    if all(page.words is not None for page in pages):
        return {}
    again, _ = load(path, replace(GENERIC, background=False, mask=False))
    by_number = {page.number: page for page in again}
    alike = [page for page in pages if (o := by_number.get(page.number)) and o.gray.shape == page.gray.shape]
    return {page.number: by_number[page.number] for page in alike}
