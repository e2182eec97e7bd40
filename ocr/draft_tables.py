"""Rows of cells that are alike, as one table: each column has a head, each row is as high as the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ocr.draft_blanks import Blank
from ocr.page import Box

LEAST_ROWS, LEAST_COLUMNS = 2, 2
ALIKE_MM = 1.0

Row = list[Blank]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of blanks, each with the same columns; from one row to the next it is `pitch` pixels."""

    rows: tuple[tuple[Blank, ...], ...]

    @property
    def pitch(self) -> float:
        return (self.rows[-1][0].box.y0 - self.rows[0][0].box.y0) / (len(self.rows) - 1)

    @property
    def first(self) -> Box:
        row = self.rows[0]
        return Box(row[0].box.x0, min(b.box.y0 for b in row), row[-1].box.x1, max(b.box.y1 for b in row))


def parted(blanks: Sequence[Blank], px: float) -> tuple[list[Blank], list[Grid]]:
    """The blanks that are no part of a table, and the tables."""
    rows = _rows([blank for blank in blanks if blank.cell or blank.cells], px)
    found: list[list[Row]] = []
    for row in rows:
        table = next((t for t in found if _is_next(t, row, px)), None)
        if table is None:
            found.append([row])
        else:
            table.append(row)
    grids = [Grid(tuple(map(tuple, table))) for table in found if _is_table(table, px)]
    used = {id(blank) for grid in grids for row in grid.rows for blank in row}
    return [blank for blank in blanks if id(blank) not in used], grids


def _rows(cells: Sequence[Blank], px: float) -> list[Row]:
    """Cells side by side that touch, from left to right; rows from top to bottom."""
    rows: list[Row] = []
    for cell in sorted(cells, key=lambda b: (b.box.x0, b.box.y0)):
        row = next((r for r in rows if _is_beside(r[-1].box, cell.box, px)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    return sorted((row for row in rows if len(row) >= LEAST_COLUMNS), key=lambda row: row[0].box.y0)


def _is_beside(last: Box, box: Box, px: float) -> bool:
    as_high = abs(last.y0 - box.y0) < ALIKE_MM * px and abs(last.y1 - box.y1) < ALIKE_MM * px
    return as_high and -0.5 * px < box.x0 - last.x1 < 2 * px


def _is_next(table: Sequence[Row], row: Row, px: float) -> bool:
    """Does the row go on with the table: the same columns with the same heads, right below the last one?"""
    last = table[-1]
    if len(last) != len(row) or [b.title for b in last] != [b.title for b in row]:
        return False
    ends = [(a.box.x0 - b.box.x0, a.box.x1 - b.box.x1) for a, b in zip(last, row, strict=True)]
    if any(abs(off) > ALIKE_MM * px for pair in ends for off in pair):
        return False
    return -0.5 * px < row[0].box.y0 - last[0].box.y1 < 2 * px and abs(last[0].box.height - row[0].box.height) < px


def _is_table(table: Sequence[Row], px: float) -> bool:
    if len(table) < LEAST_ROWS or not all(blank.title for blank in table[0]):
        return False
    steps = [below[0].box.y0 - row[0].box.y0 for row, below in pairwise(table)]
    heads = Counter(blank.title for blank in table[0])
    return max(steps) - min(steps) < ALIKE_MM * px and max(heads.values()) == 1
