"""Cells of a blank form that are printed to be read: tables full of print, frames around prose, print in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ocr.draft_boxes import grown, level, middle_in, touch
from ocr.draft_phrases import Phrase
from ocr.draft_rooms import LEAST_HIGH_MM
from ocr.page import Box
from ocr.phrases import around

AMOUNT = re.compile(r"\d[.,:]\d\d\b|\d\s*(€|eur|%|uhr\b|m²)", re.IGNORECASE)
"""What no label says."""
FACT = re.compile(r"\b\d{5} [A-ZÄÖÜ]|\b0\d{2,4}[ /-]+\d{3}|\b[A-Z]{2}\d\d \d{4}\b|\w@\w|\bwww\.")
"""Addresses, telephone numbers, accounts: of several lines of print they make information."""
LEAST_CELLS = 4
PROSE_WORDS = 6
ABBREVIATED = re.compile(r"\b\w{1,3}\.$")
LEAD_IN_LETTERS = 5
"""So short a word may stand before what is written behind it in its cell ("Nr.", "seit")."""
LINES_TO_READ = 3
"""So many lines of print that take more than half of a cell are no label."""
TOLD = 0.4
"""So much of a column that is printed is there to be read, empty cells and all."""
OFF_MIDDLE, OFF_MIDDLE_MM = 0.2, 2.0


def read_only(
    cells: Sequence[Box], phrases: Sequence[Phrase], squares: Sequence[Box], blots: Sequence[Box], px: float
) -> set[Box]:
    """The cells that ask nothing. `blots`: ink that is no word.

    Those of tables that hold nothing but print, or columns of it; of others those full of print, those over several
    cells, those with several lines of print or with print in their middle.
    """
    printed = {cell: [p for p in phrases if middle_in(p.box, cell)] for cell in cells}
    blank = {cell for cell in cells if not printed[cell] and not any(middle_in(s, cell) for s in squares)}
    full = {cell for cell in cells if _is_full(cell, printed[cell], px)}
    found = {cell for cell in full if any(_is_row(cell, other, px) for other in blank)}
    found |= {cell for cell in full if _lines(printed[cell]) > 1 or _spans(cell, cells, px)}
    found |= {cell for cell in full if _is_heading(cell, printed[cell], px)}
    found |= {cell for cell in cells if _is_read(cell, printed[cell], px)}
    for table in _tables(cells, px):
        if len(table) >= LEAST_CELLS and full.issuperset(table):
            found |= set(table)
        inked = {cell for cell in table if any(middle_in(blot, cell) for blot in blots)}
        for column in _told_columns(table, full | inked, printed, px):
            found |= set(column)
    return found


def is_prose(phrases: Sequence[Phrase]) -> bool:
    """A sentence that explains, not a label."""
    text = " ".join(p.text for p in phrases).rstrip()
    return text.endswith((".", "!")) and len(text.split()) >= PROSE_WORDS and not ABBREVIATED.search(text)


def _is_full(cell: Box, printed: Sequence[Phrase], px: float) -> bool:
    """Is there print, no room to write over or under it, and no colon that asks to write behind it?"""
    if not printed or any(_asks(p, printed) for p in printed):
        return False
    over, under = min(p.box.y0 for p in printed) - cell.y0, cell.y1 - max(p.box.y1 for p in printed)
    return under < LEAST_HIGH_MM * px and over < LEAST_HIGH_MM * px


def _asks(phrase: Phrase, printed: Sequence[Phrase]) -> bool:
    """Does it end with a colon, with nothing printed behind it?"""
    behind = (p for p in printed if level(p.box, phrase.box) and p.box.x0 >= phrase.box.x1)
    return phrase.text.endswith(":") and not any(behind)


def _is_heading(cell: Box, printed: Sequence[Phrase], px: float) -> bool:
    """Does its print stand half way between its level sides, and is it no unit at its right end, and no lead-in?"""
    text = around(p.box for p in printed)
    in_middle = abs((text.y0 - cell.y0) - (cell.y1 - text.y1)) < 1.5 * px
    letters = sum(c.isalpha() for p in printed for c in p.text)
    return in_middle and text.x0 - cell.x0 < cell.width / 2 and letters > LEAD_IN_LETTERS


def _is_read(cell: Box, printed: Sequence[Phrase], px: float) -> bool:
    """Is a cell more than half full of lines, or does its print stand in its middle, with room on all sides?"""
    if not printed:
        return False
    text = around(p.box for p in printed)
    told = text.y1 - cell.y0 > cell.height / 2 or any(FACT.search(p.text) for p in printed)
    if told and _lines(printed) >= LINES_TO_READ:
        return True
    left, right, over, under = text.x0 - cell.x0, cell.x1 - text.x1, text.y0 - cell.y0, cell.y1 - text.y1
    in_middle = abs(left - right) < OFF_MIDDLE * cell.width and abs(over - under) < max(OFF_MIDDLE * cell.height, px)
    return in_middle and min(left, right, over, under) > OFF_MIDDLE_MM * px and over > LEAST_HIGH_MM * px


def _lines(printed: Sequence[Phrase]) -> int:
    """How many lines of print stand below each other."""
    count, low = 0, -1
    for box in sorted((p.box for p in printed), key=lambda b: b.y0):
        if box.y0 > low:
            count, low = count + 1, box.y1
    return count


def _spans(cell: Box, cells: Sequence[Box], px: float) -> bool:
    """Do several cells hang under it?"""
    under = [c for c in cells if abs(c.y0 - cell.y1) < 1.5 * px and cell.x0 - px < c.x0 and c.x1 < cell.x1 + px]
    return len(under) > 1


def _told_columns(
    table: Sequence[Box], full: set[Box], printed: dict[Box, list[Phrase]], px: float
) -> Iterable[list[Box]]:
    """The columns, without their heads, that tell something in many of the rows that have a name, or an amount."""
    left = {cell: min((c for c in table if _in_row(c, cell, px)), key=lambda c: c.x0) for cell in table}
    body = [cell for cell in table if left[cell] != cell and left[cell] in full]
    for column in _columns(body, px):
        top = min(c.y0 for c in table if _in_column(c, column[0], px))
        under = [cell for cell in column if cell.y0 > top]
        told = [cell for cell in under if cell in full]
        amounts = [cell for cell in told if any(AMOUNT.search(p.text) for p in printed[cell])]
        if amounts or (len(told) > 1 and len(told) >= TOLD * len(under)):
            yield under


def _columns(cells: Sequence[Box], px: float) -> list[list[Box]]:
    columns: list[list[Box]] = []
    for cell in cells:
        column = next((c for c in columns if _in_column(c[0], cell, px)), None)
        if column is None:
            columns.append([cell])
        else:
            column.append(cell)
    return columns


def _in_row(one: Box, other: Box, px: float) -> bool:
    return abs(one.y0 - other.y0) < px and abs(one.y1 - other.y1) < px


def _in_column(one: Box, other: Box, px: float) -> bool:
    return abs(one.x0 - other.x0) < px and abs(one.x1 - other.x1) < px


def _is_row(cell: Box, other: Box, px: float) -> bool:
    """Two cells of one row of a table, with no gap between or with another cell."""
    return _in_row(cell, other, px) and touch(grown(cell, px), grown(other, px))


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
