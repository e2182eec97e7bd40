"""Check squares and combs of a blank form: drawn, of a font, as circles or as brackets; closed cells and ticks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.draft_boxes import middle_in, touch
from ocr.draft_strokes import PX, Ink, boxes_in
from ocr.page import Box
from ocr.phrases import around

SQUARE_MM = (1.8, 7.0)
STRAIGHT = 0.85
"""So much of its bounding box a square fills; no letter with a hole does."""
ROUND = (0.66, 0.84)
"""And a circle, counted in pixels."""
APART_MM = 0.7
"""Letters of a word are closer."""
BRACKET_MM, BRACKET_HIGH_MM, BETWEEN_MM = 1.6, (2.6, 6.5), (1.8, 9.0)
COMB_CELL_MM, COMB_HIGH_MM = (2.8, 9.0), (3.2, 13.0)
LEAST_CELLS = 3
DATE_CELLS = (6, 8)
TICK_MM = (0.25, 1.3)
"""Where a tick is looked for over the line that it stands on."""

Comb = tuple[Box, int]
"""Where it is, and its number of cells."""


def is_square(box: Box) -> bool:
    low, high = SQUARE_MM[0] * PX, SQUARE_MM[1] * PX
    return low <= box.width <= high and low <= box.height <= high and 0.75 < box.width / box.height < 1.34


def squares_of(ink: Ink, closed: Sequence[Box], taken: Sequence[Box]) -> list[Box]:
    """All empty squares that are no part of a comb."""
    found = [box for box in (*filter(is_square, closed), *_rings(ink)) if _is_empty(ink, box)]
    return _apart(box for box in (*found, *_brackets(ink)) if not any(touch(box, comb) for comb in taken))


def _rings(ink: Ink) -> list[Box]:
    """The insides of small hollow shapes: squares and circles that stand alone, also those of a font."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour, (_, _, _, parent) in zip(contours, tree[0] if tree is not None else (), strict=True):
        x, y, w, h = cv2.boundingRect(contour)
        box = Box(int(x), int(y), int(x + w), int(y + h))
        if parent < 0 or not is_square(box) or not 0.85 < w / h < 1.18:
            continue
        outer = Box(*_corners(contours[parent]))
        thin = outer.width - w < 1.6 * PX and outer.height - h < 1.6 * PX
        filled = cv2.contourArea(contour) / (w * h)
        if thin and (filled > STRAIGHT or (ROUND[0] < filled < ROUND[1] and _stands_apart(ink, outer))):
            found.append(box)
    return found


def _stands_apart(ink: Ink, shape: Box) -> bool:
    """Is it no letter of a word?"""
    gap = round(APART_MM * PX)
    left, right = ink[shape.y0 : shape.y1, max(0, shape.x0 - gap) : shape.x0], ink[shape.y0 : shape.y1, shape.x1 :]
    return not left.any() and not right[:, :gap].any()


def _corners(contour: NDArray[np.int32]) -> tuple[int, int, int, int]:
    x, y, w, h = cv2.boundingRect(contour)
    return int(x), int(y), int(x + w), int(y + h)


def _brackets(ink: Ink) -> Iterator[Box]:
    """A "[" and a "]" that stand beside each other with nothing between."""
    low, high = BRACKET_HIGH_MM[0] * PX, BRACKET_HIGH_MM[1] * PX
    narrow = [box for box, _ in boxes_in(ink) if box.width <= BRACKET_MM * PX and low <= box.height <= high]
    left, right = ([box for box in narrow if _is_bracket(box.crop(ink), to_right)] for to_right in (True, False))
    for one in left:
        beside = [b for b in right if abs(b.y0 - one.y0) < 0.4 * PX and abs(b.y1 - one.y1) < 0.4 * PX]
        other = min((b for b in beside if b.x0 > one.x1), key=lambda b: b.x0, default=None)
        if other is not None and BETWEEN_MM[0] * PX <= other.x0 - one.x1 <= BETWEEN_MM[1] * PX:
            room = Box(one.x1, one.y0, other.x0, one.y1)
            if not room.crop(ink).any():
                yield around((one, other))


def _is_bracket(shape: Ink, to_right: bool) -> bool:
    """An upright stroke with a short level one at both of its ends, on the same side."""
    shape = shape if to_right else shape[:, ::-1]
    height, width = shape.shape
    if width < 3:
        return False
    stroke, end = shape[:, : max(1, width // 2)].max(axis=1), shape[:, -1]
    third = height // 4
    ends = end[:third].any() and end[height - third :].any()
    return bool(stroke.mean() > 0.9 and ends and not end[third : height - third].any())


def _is_empty(ink: Ink, box: Box) -> bool:
    edge = max(2, round(box.width / 5))  # a circle does not reach into the corners of its box
    inner = ink[box.y0 + edge : box.y1 - edge, box.x0 + edge : box.x1 - edge]
    return inner.size > 0 and float(inner.mean()) < 0.03


def _apart(boxes: Iterable[Box]) -> list[Box]:
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.width):
        if not any(touch(box, other) for other in kept):
            kept.append(box)
    return sorted(kept, key=lambda b: (b.y0, b.x0))


def combs_of(closed: Iterable[Box], words: Sequence[Box]) -> Iterator[Comb]:
    """Rows of cells of one size, side by side; groups of them ("TT MM JJJJ") are one comb."""
    cells = [box for box in closed if _is_comb_cell(box) and not any(middle_in(word, box) for word in words)]
    rows: list[list[Box]] = []
    for cell in sorted(cells, key=lambda b: (b.x0, b.y0)):
        row = next((row for row in rows if _goes_on(row[-1], cell)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    for row in rows:
        joined = sum(b.x0 - a.x1 <= 1.3 * PX for a, b in pairwise(row))
        if len(row) >= LEAST_CELLS and joined >= len(row) / 2:
            yield around(row), len(row)


def is_written(comb: Comb, blots: Sequence[Box]) -> bool:
    """Do letters stand in most of its cells, as in a sample of how to write? Not those of a date ("TTMMJJJJ")."""
    box, cells = comb
    inner = [blot for blot in blots if middle_in(blot, box)]
    filled = {int((blot.x0 + blot.x1 - 2 * box.x0) * cells / (2 * box.width)) for blot in inner}
    return cells not in DATE_CELLS and len(filled) > cells / 2


def _is_comb_cell(box: Box) -> bool:
    wide = COMB_CELL_MM[0] * PX <= box.width <= COMB_CELL_MM[1] * PX
    return wide and COMB_HIGH_MM[0] * PX <= box.height <= COMB_HIGH_MM[1] * PX


def _goes_on(last: Box, cell: Box) -> bool:
    level = abs(last.y0 - cell.y0) < 0.7 * PX and abs(last.y1 - cell.y1) < 0.7 * PX
    alike = abs(last.width - cell.width) < 0.3 * max(last.width, cell.width)
    return level and alike and -0.3 * PX <= cell.x0 - last.x1 <= 1.3 * max(last.width, 3 * PX)


def ticked(room: Box, ink: Ink, words: Sequence[Box]) -> Comb | None:
    """A comb whose strokes only stand on the lower side of a cell, or on a line."""
    band = ink[room.y1 - round(TICK_MM[1] * PX) : room.y1 - round(TICK_MM[0] * PX), room.x0 : room.x1]
    full = band.mean(axis=0) > 0.8 if band.size else np.zeros(0, bool)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    ticks = [(a + b) / 2 for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a < PX]
    inner = [tick for tick in ticks if PX < tick < room.width - PX]
    pitch = np.diff(np.array([0.0, *inner, float(room.width)]))
    if len(inner) < LEAST_CELLS - 1 or pitch.max() > 1.3 * pitch.min() or pitch.max() > 1.3 * COMB_CELL_MM[1] * PX:
        return None
    apart = (w for w in words if touch(w, room) and w.y1 < room.y1 - PX)  # ticks themselves may be read as letters
    low = max((w.y1 for w in apart), default=room.y0)
    top = low if room.y1 - low >= COMB_HIGH_MM[0] * PX else room.y0
    return Box(room.x0, top, room.x1, room.y1), len(inner) + 1
