"""Writing lines of a blank form, drawn or dotted, and the rooms between level rules that have no other sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from ocr.draft_boxes import inside, middle_in, touch
from ocr.draft_rooms import LEAST_HIGH_MM
from ocr.draft_strokes import PX, Ink, boxes_in, closed
from ocr.page import Box
from ocr.phrases import around

LINE_MM = 14.0
HIGH_LINE_MM = 6.5
"""Room for a hand over a writing line."""
RULE_MM, ROOM_MM = 60.0, (6.0, 16.0)
"""Level rules so long, and so far from one to the next, may have rooms between."""
UNDER_MM = 4.5
FOOT_MM = 1.8
NUMBER_BEFORE_MM, NUMBER_WIDE_MM, NUMBER_HIGH_MM = 9.0, 6.0, 1.5
PART_MM, PART_GAP_MM = (5.0, 25.0), 5.0


def rules_of(level: Ink, words: Sequence[Box]) -> list[Box]:
    """All level strokes, whole: small gaps are closed. What lies in a word is letters that run together."""
    found = [box for box, _ in boxes_in(closed(level, round(1.5 * PX), 1)) if box.height <= 1.2 * PX]
    parts = _of_parts(found)
    rules = [box for box in found if box.width >= LINE_MM * PX and not any(touch(box, line) for line in parts)] + parts
    return [rule for rule in rules if not any(inside(rule, word) for word in words)]


def _of_parts(strokes: Sequence[Box]) -> list[Box]:
    """Lines in three or four short parts, as for day, month and year."""
    rows: list[list[Box]] = []
    for stroke in sorted(strokes, key=lambda b: b.x0):
        if not PART_MM[0] * PX <= stroke.width <= PART_MM[1] * PX:
            continue
        row = next((r for r in rows if abs(r[-1].y0 - stroke.y0) < 0.5 * PX and _is_close(r[-1], stroke)), None)
        if row is None:
            rows.append([stroke])
        else:
            row.append(stroke)
    return [around(row) for row in rows if len(row) in (3, 4)]


def _is_close(last: Box, stroke: Box) -> bool:
    return 0 < stroke.x0 - last.x1 < PART_GAP_MM * PX


def open_rooms(rules: Sequence[Box], upright: Ink, words: Sequence[Box]) -> Iterator[Box]:
    """Between rules of the same ends, one below the other, with print at the head of each room.

    Where print stands under the last one, too, it is that of writing lines: it names what is over it. The foot of a
    box without an upper side bounds no other room.
    """
    long_ones = (rule for rule in rules if rule.width >= RULE_MM * PX)
    left = sorted((rule for rule in long_ones if not _is_foot(rule, upright)), key=lambda b: b.y0)
    while left:
        stack = [left.pop(0)]
        while (below := next((b for b in left if _is_next(stack[-1], b)), None)) is not None:
            left.remove(below)
            stack.append(below)
        if len(stack) > 1 and not _names(stack[-1], words):
            yield from (Box(a.x0, a.y1, a.x1, b.y0) for a, b in pairwise(stack) if _has_room(a, b, words))


def _is_foot(rule: Box, upright: Ink) -> bool:
    """Does an upright stroke stand on both of its ends?"""
    top, low, near = max(0, rule.y0 - round(FOOT_MM * PX)), max(0, rule.y0 - 2), round(PX)
    ends = (upright[top:low, max(0, x - near) : x + near] for x in (rule.x0, rule.x1))
    return all(end.size > 0 and float(end.max(axis=1).mean()) > 0.8 for end in ends)


def _is_next(rule: Box, below: Box) -> bool:
    same_ends = abs(rule.x0 - below.x0) < 1.5 * PX and abs(rule.x1 - below.x1) < 1.5 * PX
    return same_ends and ROOM_MM[0] * PX <= below.y0 - rule.y1 <= ROOM_MM[1] * PX


def _has_room(rule: Box, below: Box, words: Sequence[Box]) -> bool:
    """Does print stand right under a rule, with room to write between it and the next one?"""
    room = Box(rule.x0, rule.y1, rule.x1, below.y0)
    low = max((word.y1 for word in words if middle_in(word, room)), default=rule.y1)
    return _names(rule, words) and below.y0 - low >= LEAST_HIGH_MM * PX


def _names(rule: Box, words: Sequence[Box]) -> bool:
    """Is there print right under a rule?"""
    under = Box(rule.x0, rule.y1, rule.x1, rule.y1 + round(UNDER_MM * PX))
    return any(touch(word, under) and word.y0 >= rule.y0 for word in words)


def rooms_over(rules: Sequence[Box], known: Sequence[Box]) -> list[Box]:
    """The room for a hand over each rule that bounds no cell."""
    return [room_over(rule) for rule in rules if not any(_bounds(rule, cell) for cell in known)]


def room_over(rule: Box) -> Box:
    """The room for a hand over a rule, or over a row of dots."""
    return Box(rule.x0, max(0, rule.y0 - round(HIGH_LINE_MM * PX)), rule.x1, max(1, rule.y0))


def lines_of(
    rules: Sequence[Box], level: Ink, dots: Sequence[Box], known: Sequence[Box], words: Sequence[Box]
) -> list[Box]:
    """The room over each rule, or row of `dots`, that bounds no cell and underlines no print."""
    strokes = [box for box in rules if not any(_bounds(box, cell) for cell in known)]
    dots = [box for box in dots if not any(_bounds(box, cell) for cell in known)]
    strokes += [box for box in dots if not any(touch(box, stroke) for stroke in strokes)]
    found = []
    for stroke in strokes:
        room = room_over(stroke)
        low = max((w.y1 for w in words if _is_over(w, room) and w.y1 <= stroke.y0 + PX), default=0)
        if not _is_underline(stroke, words) and stroke.y0 - low > 2.5 * PX and not _is_crossed(level, room):
            found.append(room)
    return found


def is_listed(room: Box, ink: Ink) -> bool:
    """Does something as large as a number stand right before a line, and nothing more?"""
    far, near = room.x0 - round(NUMBER_BEFORE_MM * PX), room.x0 - round(PX / 2)
    before = ink[max(0, room.y0 + round(PX)) : room.y1, max(0, far) : max(0, near)]
    pieces = [box for box, _ in boxes_in(np.ascontiguousarray(before)) if box.height >= PX / 2]
    if not any(box.height >= NUMBER_HIGH_MM * PX for box in pieces):
        return False
    return min(box.x0 for box in pieces) > PX and around(pieces).width < NUMBER_WIDE_MM * PX


def _is_over(word: Box, room: Box) -> bool:
    """Does print stand in the room, and not only its end?"""
    return touch(word, room) and min(word.x1, room.x1) - max(word.x0, room.x0) > 1.5 * PX


def _bounds(stroke: Box, cell: Box) -> bool:
    """Is the stroke the upper or lower side of the cell?"""
    shared = min(stroke.x1, cell.x1) - max(stroke.x0, cell.x0)
    near = min(abs(stroke.y0 - cell.y1), abs(stroke.y1 - cell.y0)) < 1.0 * PX
    return near and shared > 0.5 * min(stroke.width, cell.width)


def _is_underline(stroke: Box, words: Sequence[Box]) -> bool:
    over = [
        w for w in words if -0.5 * PX <= stroke.y0 - w.y1 < 1.6 * PX and min(w.x1, stroke.x1) > max(w.x0, stroke.x0)
    ]
    covered = sum(min(w.x1, stroke.x1) - max(w.x0, stroke.x0) for w in over)
    return covered > 0.6 * stroke.width


def _is_crossed(level: Ink, room: Box) -> bool:
    """Another stroke runs through the room: a frame, or hatching."""
    inner = np.asarray(level[room.y0 + 2 : room.y1 - 3, room.x0 : room.x1])
    return inner.size > 0 and float(inner.max(axis=0).mean()) > 0.5 and float(inner.max(axis=1).mean()) > 0.3
