"""What is only printed to be filled in, as questions and tables of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ocr.draft_blanks import Blank, blanks_of
from ocr.draft_boxes import over_each_other
from ocr.draft_fields import Asked, numbered, within
from ocr.draft_names import kind_of, kind_of_comb, shortened, slug
from ocr.draft_phrases import MM_PER_INCH, Phrase, to_mm
from ocr.draft_tables import Grid, parted
from ocr.page import Input, Page, Question
from ocr.spec import ColumnSpec, TableSpec

NUMBERED = re.compile(r"^(?:\d{1,2}|[a-z])[.)]\s+")
REQUIRED = re.compile(r"\s*(\*|\(?\b(Pflicht(angabe|feld)?|required|mandatory)\b\)?)(?=[\s:.]*$)", re.IGNORECASE)
FILL = re.compile(r"[\s:*._…]+$")
"""Signs at the end of a label that are no part of it."""
HEAD_MM, HEADING_MM = 16.0, 10.0
TABLE = "Tabelle"


def asked_in_print(
    page: Page, phrases: Sequence[Phrase], languages: Sequence[str], ground: Page | None
) -> tuple[list[Asked], list[Grid]]:
    """The printed questions of a page, and its tables. `ground`: the page with its tinted areas."""
    blanks, grids = parted(blanks_of(page, phrases, languages, ground), page.dpi / MM_PER_INCH)
    return [_asked(page, blank) for blank in blanks], grids


def _asked(page: Page, blank: Blank) -> Asked:
    """A question that is only printed, as if the file had asked it."""
    required, title = REQUIRED.search(blank.title) is not None, _plain(blank.title)
    if blank.squares:
        asked = [(box, Question("", title, answer.strip(" :*"), required=required)) for answer, box in blank.squares]
        return Asked(page, tuple(Input(box, "", on=False, question=question) for box, question in asked))
    question = Question("", title, cells=blank.cells, several_lines=blank.lines > 1, required=required)
    return Asked(page, (Input(blank.box, "", question=question),), blank.lines)


def _plain(title: str) -> str:
    """Without its number and the signs at its end."""
    return NUMBERED.sub("", FILL.sub("", REQUIRED.sub("", title)).strip())


def tables_of(grids: Sequence[tuple[Page, Grid]], phrases: Mapping[int, Sequence[Phrase]]) -> Iterator[TableSpec]:
    titles = [_heading(grid, page, phrases[page.number]) or TABLE for page, grid in grids]
    names = numbered([slug(title) for title in titles], "_")
    for (page, grid), title, name in zip(grids, numbered(titles, " "), names, strict=True):
        px = page.dpi / MM_PER_INCH
        yield TableSpec(
            name=name,
            title=shortened(title),
            page=page.number,
            box_mm=to_mm(grid.first, page.dpi),
            rows=len(grid.rows),
            row_mm=round(grid.pitch / px, 2),
            column=tuple(_columns(grid, page)),
        )


def _columns(grid: Grid, page: Page) -> Iterator[ColumnSpec]:
    titles = [_plain(blank.title) for blank in grid.rows[0]]
    for blank, title, name in zip(grid.rows[0], titles, numbered([slug(title) for title in titles], "_"), strict=True):
        box = to_mm(blank.box, page.dpi)
        x0, _, x1, _ = box if blank.cells else within(box)
        yield ColumnSpec(
            name=name,
            title=shortened(title),
            kind=kind_of_comb(title, blank.cells) if blank.cells else kind_of(title),
            x_mm=(x0, x1),
            cells=blank.cells,
        )


def _heading(grid: Grid, page: Page, phrases: Sequence[Phrase]) -> str:
    """What is printed right over the heads of a table's columns."""
    px, first = page.dpi / MM_PER_INCH, grid.first
    over = [p for p in phrases if p.box.y1 <= first.y0 + px and over_each_other(p.box, first)]
    heads = [p for p in over if first.y0 - p.box.y1 < HEAD_MM * px and any(p.text in b.title for b in grid.rows[0])]
    top = min((p.box.y0 for p in heads), default=first.y0)
    headings = [p for p in over if p not in heads and 0 <= top - p.box.y1 < HEADING_MM * px]
    return _plain(max(headings, key=lambda p: (round(p.box.y1 / px), -p.box.x0)).text) if headings else ""
