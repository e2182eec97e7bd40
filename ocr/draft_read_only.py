"""Cells of a blank form that are printed to be read: tables full of print, frames around prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ocr.draft_boxes import grown, middle_in, touch
from ocr.draft_phrases import Phrase
from ocr.draft_rooms import LEAST_HIGH_MM
from ocr.page import Box

AMOUNT = re.compile(r"\d[.,]\d\d\b|\d\s*(€|eur|%|uhr\b|m²)", re.IGNORECASE)
"""What no label says."""
LEAST_CELLS = 4
PROSE_WORDS = 8


def read_only(cells: Sequence[Box], phrases: Sequence[Phrase], squares: Sequence[Box], px: float) -> set[Box]:
    """The cells of tables that hold nothing but print, some of it amounts; of others those full of print beside empty
    ones, those over several cells, and those with several lines of print.
    """
    printed = {cell: [p for p in phrases if middle_in(p.box, cell)] for cell in cells}
    blank = {cell for cell in cells if not printed[cell] and not any(middle_in(s, cell) for s in squares)}
    full = {cell for cell in cells if _is_full(cell, printed[cell], px)}
    found = {cell for cell in full if any(_is_row(cell, other, px) for other in blank)}
    found |= {cell for cell in full if _has_lines(printed[cell]) or _spans(cell, cells, px)}
    for table in _tables(cells, px):
        if len(table) >= LEAST_CELLS and full.issuperset(table) and any(_tells_amount(printed[cell]) for cell in table):
            found |= set(table)
    return found


def is_prose(phrases: Sequence[Phrase]) -> bool:
    """A sentence that explains, not a label."""
    text = " ".join(p.text for p in phrases).rstrip()
    return text.endswith((".", "!")) and len(text.split()) >= PROSE_WORDS


def _is_full(cell: Box, printed: Sequence[Phrase], px: float) -> bool:
    """Is there print, no room to write under it, and no colon that asks to write behind it?"""
    low = max((p.box.y1 for p in printed), default=cell.y0)
    return bool(printed) and cell.y1 - low < LEAST_HIGH_MM * px and not any(p.text.endswith(":") for p in printed)


def _has_lines(printed: Sequence[Phrase]) -> bool:
    return max(p.box.y0 for p in printed) > min(p.box.y1 for p in printed)


def _spans(cell: Box, cells: Sequence[Box], px: float) -> bool:
    """Do several cells hang under it?"""
    under = [c for c in cells if abs(c.y0 - cell.y1) < 1.5 * px and cell.x0 - px < c.x0 and c.x1 < cell.x1 + px]
    return len(under) > 1


def _tells_amount(printed: Sequence[Phrase]) -> bool:
    return any(AMOUNT.search(p.text) for p in printed)


def _is_row(cell: Box, other: Box, px: float) -> bool:
    """Two cells of one row of a table, with no gap between or with another cell."""
    return abs(cell.y0 - other.y0) < px and abs(cell.y1 - other.y1) < px and touch(grown(cell, px), grown(other, px))


def _tables(cells: Sequence[Box], px: float) -> list[list[Box]]:
    """The cells that hang together."""
    left, tables = list(cells), []
    while left:
        table = [left.pop()]
        for cell in table:
            near = [other for other in left if touch(grown(cell, px), other)]
            table += near
            left = [other for other in left if other not in near]
        tables.append(table)
    return tables
