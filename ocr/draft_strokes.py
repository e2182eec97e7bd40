"""What is drawn on a blank form besides letters: level and upright strokes, dashes, rows of dots, outlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Box, Gray, Page

MM_PER_INCH = 25.4
WORK_DPI = 200.0
PX = WORK_DPI / MM_PER_INCH
"""Pixels of a millimetre: the draft looks at all pages at this resolution."""
FAINTEST = 28
"""So much darker than the paper around it is ink: hairlines are grey on a reduced image, tinted ground is not ink."""
INK_MM = 2.5
LEVEL_MM, UPRIGHT_MM = 2.8, 2.2
"""Shorter strokes belong to letters. A comb has upright strokes as low as a letter is high; what stands in words of the
print is no stroke of a form."""
LONG_MM = (12.0, 9.0)
OUTLINE_MM = (10.0, 3.5)
DOT_MM, DASH_MM, DOT_GAP_MM = 0.9, 2.5, 2.2
LEAST_DOTS = 6
LEAST_DOTS_MM, LEAST_DASHES_MM, CORNER_MM = 18.0, 4.5, 1.8

EDGE = 2
"""Pixels around a word that are still its letters."""
BLOT_MM = 1.2
"""Smaller ink is dirt, or a point."""

Ink = NDArray[np.uint8]
"""1 = ink, 0 = paper."""


def reduced(page: Page) -> tuple[Gray, float]:
    """The page at 200 dpi, and by how much it was reduced. Hairlines stay."""
    scale = WORK_DPI / page.dpi
    dark = cv2.erode(page.gray, np.ones((2, 2), np.uint8)) if scale < 0.8 else page.gray
    return np.asarray(cv2.resize(dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8), scale


def scaled(box: Box, by: float) -> Box:
    return Box(int(box.x0 * by), int(box.y0 * by), int(np.ceil(box.x1 * by)), int(np.ceil(box.y1 * by)))


def ink_of(gray: Gray) -> Ink:
    """Thin dark strokes, of any darkness."""
    size = round(INK_MM * PX) | 1  # of an even one the edges of tinted areas would be ink
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return np.asarray(cv2.subtract(paper, gray) > FAINTEST, np.uint8)


def opened(ink: Ink, width: int, height: int) -> Ink:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height, width), np.uint8)), np.uint8)


def closed(ink: Ink, width: int, height: int) -> Ink:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((height, width), np.uint8)), np.uint8)


def boxes_in(ink: Ink) -> list[tuple[Box, int]]:
    """All that hangs together, with how much ink it is."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    return [(Box(x, y, x + w, y + h), area) for x, y, w, h, area in stats[1:].tolist()]


def strokes_of(ink: Ink, words: Iterable[Box]) -> tuple[Ink, Ink]:
    """The level and the upright strokes of the form; letters are left out."""
    level = opened(ink, round(LEVEL_MM * PX), 1)
    upright = opened(ink, 1, round(UPRIGHT_MM * PX))
    long_ones = opened(ink, round(LONG_MM[0] * PX), 1) | opened(ink, 1, round(LONG_MM[1] * PX))
    for word in words:
        part = np.s_[max(0, word.y0) : word.y1, max(0, word.x0) : word.x1]
        level[part] &= long_ones[part]
        upright[part] &= long_ones[part]
    return level, upright


def blots_in(ink: Ink, strokes: Ink, words: Iterable[Box]) -> list[Box]:
    """Ink that is neither a stroke of the form nor a word that was read: signs, pictures, letters in cells."""
    rest = ink & (1 - np.asarray(cv2.dilate(strokes, np.ones((3, 3), np.uint8)), np.uint8))
    for word in words:
        rest[max(0, word.y0 - EDGE) : word.y1 + EDGE, max(0, word.x0 - EDGE) : word.x1 + EDGE] = 0
    return [box for box, _ in boxes_in(rest) if max(box.width, box.height) >= BLOT_MM * PX]


def outlines_of(ink: Ink) -> Ink:
    """All that hangs together and is as large as a cell: also the round corners of a box."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = (stats[:, 2] >= OUTLINE_MM[0] * PX) & (stats[:, 3] >= OUTLINE_MM[1] * PX)
    large[0] = False
    return np.asarray(large.astype(np.uint8)[labels], np.uint8)


def dotted(ink: Ink) -> list[Box]:
    """Level rows of dots or dashes as long as a writing line."""
    pieces = _pieces(ink, DASH_MM, DOT_MM)
    rows = opened(closed(pieces, round(DOT_GAP_MM * PX), 1), round(LEAST_DOTS_MM * PX), 1)
    return [box for box, _ in boxes_in(rows) if box.height <= PX and _is_regular(pieces, box)]


def _is_regular(pieces: Ink, row: Box) -> bool:
    """As far from one piece to the next: no dots of letters."""
    found = sorted(box.x0 for box, _ in boxes_in(np.ascontiguousarray(row.crop(pieces))))
    if len(found) < LEAST_DOTS:
        return False
    steps = np.diff(found)
    usual = float(np.median(steps))
    return float(np.mean(np.abs(steps - usual) <= max(2.0, 0.3 * usual))) > 0.7


def dashes_of(ink: Ink, words: Iterable[Box]) -> Ink:
    """The sides of boxes that are drawn as dashes, without the gaps, a little longer so that they meet at corners."""
    gap, least, more = round(DOT_GAP_MM * PX), round(LEAST_DASHES_MM * PX), 2 * round(CORNER_MM * PX) + 1
    level = opened(closed(_pieces(ink, DASH_MM, DOT_MM), gap, 1), least, 1)
    upright = opened(closed(_pieces(ink, DOT_MM, DASH_MM), 1, gap), 1, least)
    for word in words:
        part = np.s_[max(0, word.y0) : word.y1, max(0, word.x0) : word.x1]
        level[part] = upright[part] = 0
    longer = cv2.dilate(level, np.ones((1, more), np.uint8)), cv2.dilate(upright, np.ones((more, 1), np.uint8))
    return np.asarray(cv2.bitwise_or(*longer), np.uint8)


def _pieces(ink: Ink, width_mm: float, height_mm: float) -> Ink:
    """Pieces of ink that are no larger."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = (stats[:, 2] <= width_mm * PX) & (stats[:, 3] <= height_mm * PX)
    small[0] = False
    return np.asarray(small.astype(np.uint8)[labels], np.uint8)


def without_leaders(page: Page) -> Page | None:
    """The page without its rows of dots, which engines take for letters; None where it has none."""
    small, scale = reduced(page)
    rows = [scaled(row, 1 / scale) for row in dotted(ink_of(small))]
    if not rows:
        return None
    gray = page.gray.copy()
    for row in rows:
        Box(max(0, row.x0 - 1), max(0, row.y0 - 1), row.x1 + 1, row.y1 + 1).crop(gray)[:] = 255
    return replace(page, gray=gray, words=None)
