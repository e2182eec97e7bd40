"""Where a blank form can be written on: closed cells, combs of character cells, check squares and writing lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.draft_boxes import holds, middle_in, shared, touch
from ocr.draft_tints import find_tints
from ocr.page import Box, Gray, Page
from ocr.phrases import around

MM_PER_INCH = 25.4
WORK_DPI = 200.0
FAINTEST = 28
"""So much darker than the paper around it is ink: hairlines are grey on a reduced image, tinted ground is not ink."""
LEVEL_MM, UPRIGHT_MM = 2.8, 2.2
"""Shorter strokes belong to letters. A comb has upright strokes as low as a letter is high; what stands in words of the
print is no stroke of a form."""
SIDES = 0.8
"""So much of each side of a cell is drawn."""
ROUND_SIDES = 0.35
"""What is left of an upright side between round corners."""
PARTLY, NEARLY_ALL = 0.4, 0.93
SQUARE_MM = (1.8, 7.0)
CELL_MM, CELL_HIGH_MM = 10.0, 3.5
STRAIGHT = 0.85
"""So much of its bounding box a square fills; no letter with a hole does."""
COMB_CELL_MM, COMB_HIGH_MM = (2.8, 9.0), (3.2, 13.0)
LEAST_CELLS = 3
SMALL_PRINT_MM = 2.6
"""A tinted area with larger print in it is a heading."""
LINE_MM = 14.0
DOT_MM, DOT_GAP_MM = 0.9, 2.2
LEAST_DOTS_MM = 18.0
HIGH_LINE_MM = 6.5
"""Room for a hand over a writing line."""

Shape = Literal["cell", "comb", "square", "line", "frame"]


@dataclass(frozen=True, slots=True)
class Area:
    """One place to write on, pixels of the page. `cells`: of a comb. A line's box is the room over it. A frame holds
    other areas."""

    box: Box
    shape: Shape
    cells: int = 0


def find_areas(page: Page, print_boxes: Sequence[Box], ground: Page | None = None) -> list[Area]:
    """All areas of a page. `print_boxes`: the printed words; strokes within them are letters. `ground`: the same page
    with its tinted areas.
    """
    scale = WORK_DPI / page.dpi
    dark = cv2.erode(page.gray, np.ones((2, 2), np.uint8)) if scale < 0.8 else page.gray  # hairlines stay
    small = np.asarray(cv2.resize(dark, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    words = [_scaled(box, scale) for box in print_boxes]
    tints = [_scaled(box, scale) for box in find_tints((ground or page).gray, page.dpi)]
    areas = _areas(_ink(small, WORK_DPI / MM_PER_INCH), words, tints, WORK_DPI / MM_PER_INCH)
    return [Area(_scaled(a.box, 1 / scale), a.shape, a.cells) for a in areas]


def _ink(gray: Gray, px: float) -> NDArray[np.uint8]:
    """1 = thin dark strokes, of any darkness."""
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((round(2.5 * px), round(2.5 * px)), np.uint8))
    return np.asarray(cv2.subtract(paper, gray) > FAINTEST, np.uint8)


def _scaled(box: Box, by: float) -> Box:
    return Box(int(box.x0 * by), int(box.y0 * by), int(np.ceil(box.x1 * by)), int(np.ceil(box.y1 * by)))


def _areas(ink: NDArray[np.uint8], words: Sequence[Box], tints: Sequence[Box], px: float) -> list[Area]:
    walls, level = _walls(ink, words, px)
    closed = _closed(walls, px, SIDES, PARTLY)
    more = _closed(walls | _outlines(ink, px), px, ROUND_SIDES, NEARLY_ALL)
    closed += [box for box in more if box.width >= CELL_MM * px and not any(touch(box, known) for known in closed)]
    squares = [box for box in closed if _is_square(box, px)]
    combs = list(_combs([box for box in closed if _is_comb_cell(box, px)], words, px))
    taken = [area.box for area in combs]
    alone = [box for box in (*squares, *_rings(ink, words, px)) if not any(touch(box, other) for other in taken)]
    alone = _apart(box for box in alone if _is_empty(ink, box))
    cells = [box for box in closed if box.width >= CELL_MM * px and box.height >= CELL_HIGH_MM * px]
    cells += [box for box in tints if _is_room(box, (*cells, *taken), words, px)]
    cells = [box for box in cells if not any(holds(box, comb) and comb.width > 0.9 * box.width for comb in taken)]
    lines = _lines(level, ink, (*closed, *taken), words, px)
    frames = [box for box in cells if any(other != box and holds(box, other) for other in (*cells, *lines))]
    cells = [box for box in cells if box not in frames]
    ticked = [ticks for box in cells if (ticks := _ticked(box, ink, words, px))]
    return [
        *combs,
        *ticked,
        *(Area(box, "square") for box in alone),
        *(Area(box, "cell") for box in cells if not any(holds(box, comb.box) for comb in ticked)),
        *(Area(box, "line") for box in lines),
        *(Area(box, "frame") for box in frames),
    ]


def _is_room(tint: Box, known: Iterable[Box], words: Sequence[Box], px: float) -> bool:
    """Is a tinted area a box of its own, and not the ground of a heading?"""
    if any(shared(tint, box) > 0.6 * min(tint.width * tint.height, box.width * box.height) for box in known):
        return False
    printed = [word for word in words if middle_in(word, tint)]
    low = max((word.y1 for word in printed), default=tint.y0)
    small = all(word.height < SMALL_PRINT_MM * px for word in printed)
    return not printed or (small and tint.y1 - low >= CELL_HIGH_MM * px)


def _walls(ink: NDArray[np.uint8], words: Sequence[Box], px: float) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The strokes of the form, all of them and the level ones; letters are left out."""
    level = _opened(ink, round(LEVEL_MM * px), 1)
    upright = _opened(ink, 1, round(UPRIGHT_MM * px))
    long_ones = _opened(ink, round(12 * px), 1) | _opened(ink, 1, round(9 * px))
    for word in words:
        part = np.s_[max(0, word.y0) : word.y1, max(0, word.x0) : word.x1]
        level[part] &= long_ones[part]
        upright[part] &= long_ones[part]
    return level | upright, level


def _opened(ink: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((height, width), np.uint8)), np.uint8)


def _outlines(ink: NDArray[np.uint8], px: float) -> NDArray[np.uint8]:
    """All that hangs together and is as large as a cell: also the round corners of a box."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = (stats[:, 2] >= CELL_MM * px) & (stats[:, 3] >= CELL_HIGH_MM * px)
    large[0] = False
    return np.asarray(large.astype(np.uint8)[labels], np.uint8)


def _closed(walls: NDArray[np.uint8], px: float, upright: float, filled: float) -> list[Box]:
    """The insides of everything that has four drawn sides. `upright`: so much of the left and right ones at least;
    `filled`: so much of a box is free at least.
    """
    shut = np.asarray(cv2.morphologyEx(walls, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)), np.uint8)
    shut = np.asarray(cv2.dilate(shut, np.ones((2, 2), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - shut, connectivity=4)
    found = []
    for x, y, w, h, area in stats[1:]:
        box = Box(int(x), int(y), int(x + w), int(y + h))
        if min(w, h) >= SQUARE_MM[0] * px and area > filled * w * h and _has_sides(shut, box, upright):
            found.append(box)
    return found


def _has_sides(walls: NDArray[np.uint8], box: Box, upright: float) -> bool:
    height, width = walls.shape
    if box.x0 < 2 or box.y0 < 2 or box.x1 > width - 2 or box.y1 > height - 2:
        return False
    left, right = walls[box.y0 : box.y1, box.x0 - 2 : box.x0], walls[box.y0 : box.y1, box.x1 : box.x1 + 2]
    top, low = walls[box.y0 - 2 : box.y0, box.x0 : box.x1], walls[box.y1 : box.y1 + 2, box.x0 : box.x1]
    drawn = min(left.max(axis=1).mean(), right.max(axis=1).mean())
    return bool(min(top.max(axis=0).mean(), low.max(axis=0).mean()) >= SIDES and drawn >= upright)


def _is_square(box: Box, px: float) -> bool:
    low, high = SQUARE_MM[0] * px, SQUARE_MM[1] * px
    return low <= box.width <= high and low <= box.height <= high and 0.75 < box.width / box.height < 1.34


def _is_comb_cell(box: Box, px: float) -> bool:
    wide = COMB_CELL_MM[0] * px <= box.width <= COMB_CELL_MM[1] * px
    return wide and COMB_HIGH_MM[0] * px <= box.height <= COMB_HIGH_MM[1] * px


def _combs(cells: Iterable[Box], words: Sequence[Box], px: float) -> Iterator[Area]:
    """Rows of cells of one size, side by side; groups of them ("TT MM JJJJ") are one comb."""
    free = [cell for cell in cells if not any(middle_in(word, cell) for word in words)]
    rows: list[list[Box]] = []
    for cell in sorted(free, key=lambda b: (b.x0, b.y0)):
        row = next((row for row in rows if _goes_on(row[-1], cell, px)), None)
        if row is None:
            rows.append([cell])
        else:
            row.append(cell)
    for row in rows:
        joined = sum(b.x0 - a.x1 <= 1.3 * px for a, b in pairwise(row))
        if len(row) >= LEAST_CELLS and joined >= len(row) / 2:
            yield Area(around(row), "comb", len(row))


def _ticked(cell: Box, ink: NDArray[np.uint8], words: Sequence[Box], px: float) -> Area | None:
    """A comb whose strokes only stand on the lower side of its cell."""
    band = ink[cell.y1 - round(1.3 * px) : cell.y1 - round(0.2 * px), cell.x0 + 2 : cell.x1 - 2]
    full = band.mean(axis=0) > 0.8 if band.size else np.zeros(0, bool)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    ticks = [(a + b) / 2 + 2 for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a < px]
    stops = np.array([0.0, *ticks, float(cell.width)])
    pitch = np.diff(stops)
    if len(ticks) < LEAST_CELLS - 1 or pitch.max() > 1.3 * pitch.min() or pitch.max() > 1.3 * COMB_CELL_MM[1] * px:
        return None
    low = max((w.y1 for w in words if touch(w, cell)), default=cell.y0)
    top = low if cell.y1 - low >= COMB_HIGH_MM[0] * px else cell.y0
    return Area(Box(cell.x0, top, cell.x1, cell.y1), "comb", len(ticks) + 1)


def _goes_on(last: Box, cell: Box, px: float) -> bool:
    level = abs(last.y0 - cell.y0) < 0.7 * px and abs(last.y1 - cell.y1) < 0.7 * px
    alike = abs(last.width - cell.width) < 0.3 * max(last.width, cell.width)
    return level and alike and -0.3 * px <= cell.x0 - last.x1 <= 1.3 * max(last.width, 3 * px)


def _rings(ink: NDArray[np.uint8], words: Sequence[Box], px: float) -> list[Box]:
    """The insides of small hollow shapes: squares and circles that stand alone, also those of a font."""
    contours, tree = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour, (_, _, _, parent) in zip(contours, tree[0] if tree is not None else (), strict=True):
        x, y, w, h = cv2.boundingRect(contour)
        box = Box(int(x), int(y), int(x + w), int(y + h))
        if parent < 0 or not _is_square(box, px) or not 0.85 < w / h < 1.18:
            continue
        outer = Box(*_corners(contours[parent]))
        thin = outer.width - w < 1.6 * px and outer.height - h < 1.6 * px
        filled = cv2.contourArea(contour) / (w * h)
        is_square = filled > STRAIGHT
        in_word = any(holds(word, outer) and word.width > 1.8 * outer.width for word in words)
        if thin and (is_square or (0.72 < filled < 0.84 and not in_word)):
            found.append(box)
    return found


def _corners(contour: NDArray[np.int32]) -> tuple[int, int, int, int]:
    x, y, w, h = cv2.boundingRect(contour)
    return int(x), int(y), int(x + w), int(y + h)


def _is_empty(ink: NDArray[np.uint8], box: Box) -> bool:
    inner = ink[box.y0 + 2 : box.y1 - 2, box.x0 + 2 : box.x1 - 2]
    return inner.size > 0 and float(inner.mean()) < 0.03


def _apart(boxes: Iterable[Box]) -> list[Box]:
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.width):
        if not any(touch(box, other) for other in kept):
            kept.append(box)
    return sorted(kept, key=lambda b: (b.y0, b.x0))


def _lines(
    level: NDArray[np.uint8], ink: NDArray[np.uint8], closed: Sequence[Box], words: Sequence[Box], px: float
) -> list[Box]:
    """The room over each level stroke, or row of dots, that bounds no cell and underlines no print."""
    strokes = [box for box in _strokes(level, px) if not any(_bounds(box, cell, px) for cell in closed)]
    strokes += [box for box in _dotted(ink, px) if not any(touch(box, stroke) for stroke in strokes)]
    found = []
    for stroke in strokes:
        room = Box(stroke.x0, max(0, stroke.y0 - round(HIGH_LINE_MM * px)), stroke.x1, stroke.y0)
        low = max((w.y1 for w in words if _is_over(w, room, px) and w.y1 <= stroke.y0 + px), default=0)
        if not _is_underline(stroke, words, px) and stroke.y0 - low > 2.5 * px and not _crossed(level, room):
            found.append(room)
    return found


def _is_over(word: Box, room: Box, px: float) -> bool:
    """Does print stand in the room, and not only its end?"""
    return touch(word, room) and min(word.x1, room.x1) - max(word.x0, room.x0) > 1.5 * px


def _strokes(level: NDArray[np.uint8], px: float) -> list[Box]:
    gap = np.ones((1, round(1.5 * px)), np.uint8)
    joined = np.asarray(cv2.morphologyEx(level, cv2.MORPH_CLOSE, gap), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    return [
        Box(int(x), int(y), int(x + w), int(y + h))
        for x, y, w, h, _ in stats[1:]
        if w >= LINE_MM * px and h <= 1.2 * px
    ]


def _dotted(ink: NDArray[np.uint8], px: float) -> list[Box]:
    """Rows of dots or dashes: small pieces of ink, close together, as long as a writing line."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = (stats[:, 2] <= 2.5 * px) & (stats[:, 3] <= DOT_MM * px) & (stats[:, 4] > 0)
    small[0] = False
    dots = small[labels].astype(np.uint8)
    joined = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((1, round(DOT_GAP_MM * px)), np.uint8))
    long_ones = _opened(np.asarray(joined, np.uint8), round(LEAST_DOTS_MM * px), 1)
    _, _, found, _ = cv2.connectedComponentsWithStats(long_ones, connectivity=8)
    return [Box(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in found[1:] if h <= px]


def _bounds(stroke: Box, cell: Box, px: float) -> bool:
    """Is the stroke the upper or lower side of the cell?"""
    shared = min(stroke.x1, cell.x1) - max(stroke.x0, cell.x0)
    near = min(abs(stroke.y0 - cell.y1), abs(stroke.y1 - cell.y0)) < 1.0 * px
    return near and shared > 0.5 * min(stroke.width, cell.width)


def _is_underline(stroke: Box, words: Sequence[Box], px: float) -> bool:
    over = [
        w for w in words if -0.5 * px <= stroke.y0 - w.y1 < 1.6 * px and min(w.x1, stroke.x1) > max(w.x0, stroke.x0)
    ]
    covered = sum(min(w.x1, stroke.x1) - max(w.x0, stroke.x0) for w in over)
    return covered > 0.6 * stroke.width


def _crossed(level: NDArray[np.uint8], room: Box) -> bool:
    """Another stroke runs through the room: a frame, or hatching."""
    inner = level[room.y0 + 2 : room.y1 - 3, room.x0 : room.x1]
    return inner.size > 0 and float(inner.max(axis=0).mean()) > 0.5 and float(inner.max(axis=1).mean()) > 0.3
