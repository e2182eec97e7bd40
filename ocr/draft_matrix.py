"""Boxes apart from each other in rows and columns: what is asked on the left of a row, of whom over a column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.draft_boxes import level
from ocr.draft_phrases import Phrase
from ocr.page import Box

APART_MM, WIDEST_GAP_MM = 1.5, 25.0


@dataclass(frozen=True, slots=True)
class Place:
    """A box in a matrix: the first one of its row and that of its column."""

    row: Box
    column: Box


def place_of(box: Box, cells: Sequence[Box], phrases: Sequence[Phrase], px: float) -> Place | None:
    """Where the box stands among others of its size, with nothing printed between them; None in no matrix."""
    row = sorted((c for c in cells if abs(c.y0 - box.y0) < px and abs(c.y1 - box.y1) < px), key=lambda c: c.x0)
    column = sorted((c for c in cells if abs(c.x0 - box.x0) < px and abs(c.x1 - box.x1) < px), key=lambda c: c.y0)
    row, column = _joined(row, box, px, upright=False), _joined(column, box, px, upright=True)
    if len(row) < 2 or len(column) < 2 or any(_between(row, p) or _over_rows(column, p) for p in phrases):
        return None
    return Place(row[0], column[0])


def _joined(line: Sequence[Box], box: Box, px: float, *, upright: bool) -> list[Box]:
    """The boxes of a row, or of a column, that stand near each other, around this one."""
    runs: list[list[Box]] = []
    for one in line:
        last = runs[-1][-1] if runs else None
        gap = (one.y0 - last.y1 if upright else one.x0 - last.x1) if last else 0
        if last and APART_MM * px < gap < (5.0 if upright else WIDEST_GAP_MM) * px:
            runs[-1].append(one)
        else:
            runs.append([one])
    return next(run for run in runs if box in run)


def _between(row: Sequence[Box], phrase: Phrase) -> bool:
    return level(phrase.box, row[0]) and row[0].x0 < phrase.box.x0 < row[-1].x1


def _over_rows(column: Sequence[Box], phrase: Phrase) -> bool:
    """Does it stand between the boxes of a column?"""
    return column[0].y1 <= phrase.box.y1 < column[-1].y1 and column[0].x0 <= phrase.box.x0 < column[0].x1
