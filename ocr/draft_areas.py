"""Where a blank form can be written on: closed cells, combs of character cells, check squares and writing lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.draft_boxes import grown, holds, middle_in, shared, touch
from ocr.draft_lines import is_listed, lines_of, open_rooms, room_over, rooms_over, rules_of
from ocr.draft_squares import SQUARE_MM, combs_of, is_written, squares_of, ticked
from ocr.draft_strokes import (
    BLOT_MM,
    PX,
    Ink,
    blots_in,
    closed,
    dashes_of,
    dotted,
    ink_of,
    outlines_of,
    reduced,
    scaled,
    strokes_of,
)
from ocr.draft_tints import find_tints
from ocr.page import Box, Page

SIDES = 0.8
"""So much of each side of a cell is drawn."""
ROUND_SIDES = 0.35
"""What is left of an upright side between round corners."""
PARTLY, NEARLY_ALL = 0.4, 0.93
CELL_MM, CELL_HIGH_MM = 10.0, 3.5
DARK, PICTURE = 110, 0.2
"""So much of a cell that is dark is a picture, or white print on black."""
SMALL_PRINT_MM = 2.6
"""A tinted area with larger print in it is a heading."""

Shape = Literal["cell", "comb", "square", "line", "frame"]


@dataclass(frozen=True, slots=True)
class Area:
    """One place to write on, pixels of the page. `cells`: of a comb. A line's box is the room over it. A frame holds
    other areas.

    `dotted`: the line is a row of dots; `listed`: something as small as a number stands before it; `blots`: ink in a
    cell that is no word.
    """

    box: Box
    shape: Shape
    cells: int = 0
    dotted: bool = False
    listed: bool = False
    blots: tuple[Box, ...] = ()


def find_areas(page: Page, print_boxes: Sequence[Box], ground: Page | None = None) -> list[Area]:
    """All areas of a page. `print_boxes`: the printed words; strokes within them are letters. `ground`: the same page
    with its tinted areas.
    """
    small, scale = reduced(page)
    tints = [scaled(box, scale) for box in find_tints((ground or page).gray, page.dpi)]
    areas = _areas(ink_of(small), [scaled(box, scale) for box in print_boxes], tints, small < DARK)
    back = 1 / scale
    return [replace(a, box=scaled(a.box, back), blots=tuple(scaled(b, back) for b in a.blots)) for a in areas]


def _areas(ink: Ink, words: Sequence[Box], tints: Sequence[Box], dark: NDArray[np.bool_]) -> Iterator[Area]:
    level, upright = strokes_of(ink, words)
    rules = rules_of(level, words)
    shut = _shut(ink, level | upright, words, list(open_rooms(rules, upright, words)))
    small = [box for box in tints if box.width < CELL_MM * PX and not any(touch(box, one) for one in shut)]
    blots = blots_in(ink, level | upright, words)
    combs = list(combs_of((*shut, *small), words))
    taken = [box for box, _ in combs]
    combs = [comb for comb in combs if not is_written(comb, blots)]
    squares = squares_of(ink, (*shut, *small), taken)
    cells = [box for box in shut if _is_large(box)]
    cells += [box for box in tints if _is_large(box) and _is_room(box, (*cells, *taken), words)]
    cells = [box for box in cells if dark[box.y0 : box.y1, box.x0 : box.x1].mean() < PICTURE]
    cells = [box for box in cells if not any(holds(box, comb) and comb.width > 0.9 * box.width for comb in taken)]
    open_combs = [comb for room in rooms_over(rules, (*shut, *taken)) if (comb := ticked(room, ink, words))]
    rows = dotted(ink)
    dots = {room_over(row) for row in rows}
    lines = lines_of(rules, level, rows, (*shut, *taken, *tints, *(box for box, _ in open_combs)), words)
    frames = [box for box in cells if any(other != box and holds(box, other) for other in (*cells, *lines))]
    cells = [box for box in cells if box not in frames]
    ticks = {box: comb for box in cells if (comb := ticked(box, ink, words))}
    yield from (Area(box, "comb", count) for box, count in (*combs, *open_combs, *ticks.values()))
    yield from (Area(box, "square") for box in squares)
    for cell in cells:
        if cell not in ticks:
            yield Area(cell, "cell", blots=tuple(blot for blot in blots if _is_deep_in(blot, cell)))
    yield from (Area(box, "line", 0, box in dots, is_listed(box, ink)) for box in lines)
    yield from (Area(box, "frame") for box in frames)


def _is_deep_in(blot: Box, cell: Box) -> bool:
    """Is it in a cell, and no piece of its sides?"""
    return middle_in(blot, cell) and holds(grown(cell, -BLOT_MM * PX / 2), blot) and blot.width < cell.width / 2


def _shut(ink: Ink, walls: Ink, words: Sequence[Box], rooms: Iterable[Box]) -> list[Box]:
    """Everything with four sides: straight ones, then also what is round or dashed, and the rooms between rules."""
    found = _closed(walls, SIDES, PARTLY)
    soft = walls | outlines_of(ink) | dashes_of(ink, words)
    for room in rooms:
        soft[room.y0 : room.y1, room.x0 : room.x0 + 2] = 1
        soft[room.y0 : room.y1, room.x1 - 2 : room.x1] = 1
    more = _closed(soft, ROUND_SIDES, NEARLY_ALL)
    return found + [box for box in more if box.width >= CELL_MM * PX and not any(touch(box, one) for one in found)]


def _closed(walls: Ink, upright: float, filled: float) -> list[Box]:
    """The insides of everything that has four drawn sides. `upright`: so much of the left and right ones at least;
    `filled`: so much of a box is free at least.
    """
    shut = np.asarray(cv2.dilate(closed(walls, 3, 3), np.ones((2, 2), np.uint8)), np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(1 - shut, connectivity=4)
    found = []
    for x, y, w, h, area in stats[1:].tolist():
        box = Box(x, y, x + w, y + h)
        if min(w, h) >= SQUARE_MM[0] * PX and area > filled * w * h and _has_sides(shut, box, upright):
            found.append(box)
    return found


def _has_sides(walls: Ink, box: Box, upright: float) -> bool:
    height, width = walls.shape
    if box.x0 < 2 or box.y0 < 2 or box.x1 > width - 2 or box.y1 > height - 2:
        return False
    left, right = walls[box.y0 : box.y1, box.x0 - 2 : box.x0], walls[box.y0 : box.y1, box.x1 : box.x1 + 2]
    top, low = walls[box.y0 - 2 : box.y0, box.x0 : box.x1], walls[box.y1 : box.y1 + 2, box.x0 : box.x1]
    drawn = min(left.max(axis=1).mean(), right.max(axis=1).mean())
    return bool(min(top.max(axis=0).mean(), low.max(axis=0).mean()) >= SIDES and drawn >= upright)


def _is_large(box: Box) -> bool:
    return box.width >= CELL_MM * PX and box.height >= CELL_HIGH_MM * PX


def _is_room(tint: Box, known: Iterable[Box], words: Sequence[Box]) -> bool:
    """Is a tinted area a box of its own, and not the ground of a heading?"""
    if any(shared(tint, box) > 0.6 * min(tint.width * tint.height, box.width * box.height) for box in known):
        return False
    printed = [word for word in words if middle_in(word, tint)]
    low = max((word.y1 for word in printed), default=tint.y0)
    small = all(word.height < SMALL_PRINT_MM * PX for word in printed)
    return not printed or (small and tint.y1 - low >= CELL_HIGH_MM * PX)
