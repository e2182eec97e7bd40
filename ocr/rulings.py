"""Ruled lines of a page: the long straight strokes that make cells and writing lines."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Box, Gray, Page

MM_PER_INCH = 25.4
SHORTEST_MM = 9.0
WORK_DPI = 150.0
SIDE_WIDE_MM, SIDE_TALL_MM = 0.7, 2.5
"""A side of a cell is no thicker and no lower."""
SHORTEST_WRITING_MM = 1.1
SIDE_GAP_MM, SIDE_ALONE_MM = 0.1, 0.6
"""It ends where it meets a rule, and is further from what is written in the cell than letters are from each other."""
SIDE_INSIDE_MM = 2.0
"""So far may a zone reach over the side of its cell."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """Ruled lines in pixels of the page: `across` are level ones, `down` are upright ones."""

    across: tuple[Box, ...]
    down: tuple[Box, ...]


def find_rulings(page: Page) -> Rulings:
    """All ruled lines of the page of 9 mm and more; broken ones are joined across small gaps."""
    scale = WORK_DPI / page.dpi
    small = cv2.resize(page.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = (small < 160).astype(np.uint8)
    across = _strokes(ink, WORK_DPI)
    down = [Box(b.y0, b.x0, b.y1, b.x1) for b in _strokes(np.ascontiguousarray(ink.T), WORK_DPI)]
    return Rulings(tuple(_scaled(b, 1 / scale) for b in across), tuple(_scaled(b, 1 / scale) for b in down))


def _strokes(ink: Gray, dpi: float) -> list[Box]:
    """Level strokes: long runs of ink, not thicker than 3 mm."""
    px = dpi / MM_PER_INCH
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (round(4 * px), 1))
    gap = cv2.getStructuringElement(cv2.MORPH_RECT, (round(2.5 * px), 1))
    long_runs = cv2.morphologyEx(ink, cv2.MORPH_OPEN, run)
    joined = cv2.morphologyEx(cv2.dilate(long_runs, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, gap)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [
        Box(int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, _area in stats[1:]
        if w >= SHORTEST_MM * px and h <= 3 * px
    ]


def _scaled(box: Box, by: float) -> Box:
    return Box(int(box.x0 * by), int(box.y0 * by), int(np.ceil(box.x1 * by)), int(np.ceil(box.y1 * by)))


def without_rulings(ink: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8]:
    """A zone's ink (1 = ink) without its ruled lines; strokes of letters that cross a line stay whole."""
    px = dpi / MM_PER_INCH
    level = _rule_pixels(ink, px)
    upright = _rule_pixels(np.ascontiguousarray(ink.T), px * 1.2).T
    rest = ink & (1 - level)
    sides = _cell_sides(rest, level, px) if level.any() else level
    return np.asarray(rest & (1 - upright) & (1 - sides), dtype=np.uint8)


def _cell_sides(ink: NDArray[np.uint8], level: NDArray[np.uint8], px: float) -> NDArray[np.uint8]:
    """Pixels of the sides of a cell: thin upright strokes from one level rule, or edge of the zone, to the next.

    `ink` (1 = ink, without its level rules) and `level` (1 = rule) have the shape of the zone, as has the result.
    `px`: pixels of a millimetre. A stroke close to another tall piece is one of its letters ("l", "1"), however
    tall it is, and one in the middle of the zone is writing.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    reach, apart, (height, width) = max(1, round(SIDE_GAP_MM * px)), SIDE_ALONE_MM * px, ink.shape
    left, right, tall = stats[:, 0], stats[:, 0] + stats[:, 2], stats[:, 3] >= SHORTEST_WRITING_MM * px
    tall[0] = False  # the paper
    sides = np.zeros(count, np.uint8)
    for i in np.flatnonzero(tall & (stats[:, 2] < SIDE_WIDE_MM * px) & (stats[:, 3] >= SIDE_TALL_MM * px)):
        x, y, w, h, _area = stats[i]
        across = np.flatnonzero(level[:, max(0, x - reach) : x + w + reach].max(axis=1))
        upper, lower = bool((abs(across - y) <= reach).any()), bool((abs(across - (y + h - 1)) <= reach).any())
        meets = (upper or y <= 1) and (lower or y + h >= height - 1) and (upper or lower)
        near = tall & (left < x + w + apart) & (right > x - apart)
        sides[i] = meets and near.sum() == 1 and min(x, width - x - w) <= SIDE_INSIDE_MM * px
    return np.asarray(sides[labels], dtype=np.uint8)


def _rule_pixels(ink: NDArray[np.uint8], px: float) -> NDArray[np.uint8]:
    """Pixels of level rules (thin, at least 7 mm long), without those where a stroke goes through."""
    run = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, round(7 * px)), 1))
    rule = np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, run), dtype=np.uint8)
    if not rule.any():
        return rule
    thick = np.asarray(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(3, round(0.9 * px)), 1), np.uint8)), dtype=np.uint8
    )
    wide = np.asarray(cv2.dilate(rule, np.ones((3, 3), np.uint8)), dtype=np.uint8) & ink
    return np.asarray(wide & (1 - thick), dtype=np.uint8)
