"""The lines of writing in a zone, each as an image that the engines like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engines import paddle
from ocr.page import Box, Gray, Word
from ocr.phrases import around, lines_of
from ocr.places import MM_PER_INCH, Zone, union
from ocr.rulings import without_rulings
from ocr.zone import clean_zone, ink_of, line_image

LEGIBLE, SURELY_READ = 0.6, 0.8
"""Confidence of a word of the page that counts as read, and of one that shows where a line of print is."""
LEAST_LETTERS = 6
WHOLE_LINE = 0.8
"""Share of a line's width that its words must cover to be a reading of it."""
OVERGROWN = 1.8
"""A piece of text so many times as high as a line of print in it is more than this line."""
TALLER = 2.5
"""Pieces of one line differ less in height."""
TWO_LINES_MM = 5.5, 11.0
"""Height of a piece that may be two lines of print."""
VALLEY = 0.12
"""Ink between two lines, as a share of the ink in the lighter one."""
GAP_MM = 0.9
"""Words stand so far apart, letters do not."""
BROKEN_RULE_MM = 0.3
"""What is left of a broken rule under a line is no thicker; letters have more ink above each other."""
SCRAP_MM = 1.5
"""What a cut at the side of a cell leaves is no text if it is narrower: the side itself."""
SPECKS = 0.65
"""Beside a legible line, a row of writing is at least so high."""
UPRIGHT_MM = 15.0
"""So far beside a line of writing a narrow, high piece is a stamp that stands upright, no end of the line."""
LETTER_MM = 1.6
"""What is left of a letter that touches a printed word is at least so high."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of writing: its image (48 px high) and its place in the zone. `seen`: what the page's words say;
    `apart`: it was taken out of a piece with something else, its ends are not certain.
    """

    image: Gray
    box: Box
    seen: str = ""
    apart: bool = False


def rows_of(zone: Zone, lines: int) -> list[Row]:
    """Up to `lines` lines of writing in a zone by label, without printed words and ruled lines.

    Over a label the lowest lines count, on the label's line the nearest, else the topmost.
    """
    dpi = zone.sheet.page.dpi
    gray = without_printed(zone)
    words = _words_in(zone)
    whole = found = _pieces(gray, dpi)
    if zone.place.place != "line":  # there print and handwriting are one line
        found = _parted(found, words, gray, dpi)
    apart = [piece for piece in found if piece not in whole]
    pieces = [cut for piece in found if (cut := _inside(piece, zone, gray))]
    groups = [_without_upright(group, dpi / MM_PER_INCH) for group in _grouped(pieces)]
    rows = [replace(row, seen=_seen_in(row.box, words)) for row in _images(gray, groups, dpi)]
    rows = [replace(row, apart=any(_holds(row.box, line) for line in apart)) for row in rows]
    rows = _without_specks(rows)
    if zone.place.place == "line":
        label = _moved_back(zone.label, zone.box)
        return sorted(rows, key=lambda row: _off_line(row.box, label))[:1]
    return rows[-lines:] if zone.place.place == "above" else rows[:lines]


def _without_specks(rows: Sequence[Row]) -> list[Row]:
    """The rows without those far lower than the lowest legible one: specks that stand in a line."""
    low = min((row.box.height for row in rows if row.seen), default=0)
    return [row for row in rows if row.seen or row.box.height >= SPECKS * low]


def _moved_back(box: Box, by: Box) -> Box:
    """The box in pixels of the zone; what lies before its edge is cut off."""
    x0, y0 = max(0, box.x0 - by.x0), max(0, box.y0 - by.y0)
    return Box(x0, y0, max(x0 + 1, box.x1 - by.x0), max(y0 + 1, box.y1 - by.y0))


def _off_line(row: Box, label: Box) -> tuple[bool, float]:
    """A row that runs through its label comes before one beside it, then the nearest."""
    through = row.x0 < (label.x0 + label.x1) / 2 < row.x1 and _touch(row, label)
    return not through, abs((row.y0 + row.y1) / 2 - (label.y0 + label.y1) / 2)


def _words_in(zone: Zone) -> list[Word]:
    """Legible words of the page in the zone that are no printed words, in pixels of the zone."""
    words = (w for w in zone.sheet.words if w.confidence > LEGIBLE and sum(c.isalnum() for c in w.text) > 1)
    inside = [w for w in words if _holds(zone.box, w.box) and not any(_holds(p, w.box) for p in zone.printed)]
    x, y = zone.box.x0, zone.box.y0
    return [replace(w, box=Box(w.box.x0 - x, w.box.y0 - y, w.box.x1 - x, w.box.y1 - y)) for w in inside]


def _holds(box: Box, word: Box) -> bool:
    return box.x0 <= (word.x0 + word.x1) / 2 < box.x1 and box.y0 <= (word.y0 + word.y1) / 2 < box.y1


def _seen_in(row: Box, words: Sequence[Word]) -> str:
    """What the page's words say of a line; nothing where they are not as long as it."""
    mine = sorted((w for w in words if _holds(row, w.box)), key=lambda w: w.box.x0)
    if not mine or mine[-1].box.x1 - mine[0].box.x0 < WHOLE_LINE * row.width:
        return ""
    return " ".join(w.text for w in mine)


def _parted(pieces: Sequence[Box], words: Sequence[Word], gray: Gray, dpi: float) -> list[Box]:
    """Pieces that swallowed lines of print (a signature runs through them) are taken apart into these lines."""
    lines = [line for found in lines_of(words) if (line := _print_line(found.words))]
    whole = [line for line in lines if not any(_holds(p, line) and not _is_overgrown(p, line) for p in pieces)]
    found: list[Box] = []
    for piece in pieces:
        inside = [line for line in whole if _holds(piece, line)]
        found += _apart(piece, inside, gray, dpi) if inside else [piece]
    found = [one for one in found if not any(_is_part(one, other) for other in found)]
    return sorted(found, key=lambda box: (box.y0, box.x0))


def _is_part(one: Box, other: Box) -> bool:
    """Does it lie in a larger one that is no higher than a line?"""
    width, height = min(one.x1, other.x1) - max(one.x0, other.x0), min(one.y1, other.y1) - max(one.y0, other.y0)
    mine, theirs = one.width * one.height, other.width * other.height
    within = width > 0 and height > 0 and width * height > 0.8 * mine
    return within and mine < theirs and not _is_overgrown(other, one)


def _print_line(words: Sequence[Word]) -> Box | None:
    """Where words stand that were surely read, with a small margin; handwriting seldom is."""
    sure = [w for w in words if w.confidence > SURELY_READ]
    if sum(len(w.text) for w in sure) < LEAST_LETTERS:
        return None
    return _with_margin(around(w.box for w in sure))


def _is_overgrown(piece: Box, line: Box) -> bool:
    return piece.height > OVERGROWN * line.height


def _with_margin(line: Box) -> Box:
    by = round(0.2 * line.height)
    return Box(max(0, line.x0 - 2 * by), max(0, line.y0 - by), line.x1 + 2 * by, line.y1 + by)


def _apart(piece: Box, lines: Sequence[Box], gray: Gray, dpi: float) -> list[Box]:
    """The lines of print, and what else is as low as they are."""
    rest = np.full_like(gray, 255)
    rest[piece.y0 : piece.y1, piece.x0 : piece.x1] = piece.crop(gray)
    for line in lines:
        rest[line.y0 : line.y1, line.x0 : line.x1] = 255
    highest = OVERGROWN * max(line.height for line in lines)
    others = [other for other in _pieces(rest, dpi) if other.height <= highest]
    return [*lines, *(other for other in others if not any(_touch(other, line) for line in lines))]


def _touch(one: Box, other: Box) -> bool:
    return one.x0 < other.x1 and one.x1 > other.x0 and one.y0 < other.y1 and one.y1 > other.y0


def rows_in(gray: Gray, dpi: float, lines: int) -> list[Row]:
    """Up to `lines` lines of writing in an image of a zone."""
    return _images(gray, _grouped(_pieces(gray, dpi)), dpi)[:lines]


def without_printed(zone: Zone) -> Gray:
    """The zone's image without ruled lines and without the printed words in it."""
    gray, dpi = zone.box.crop(zone.sheet.page.gray), zone.sheet.page.dpi
    ink = without_rulings(ink_of(gray), dpi)
    mask = np.zeros(ink.shape, np.uint8)
    for word in zone.printed:
        x0, y0 = max(0, word.x0 - zone.box.x0 - 1), max(0, word.y0 - zone.box.y0 - 1)
        mask[y0 : max(0, word.y1 - zone.box.y0 + 1), x0 : max(0, word.x1 - zone.box.x0 + 1)] = 1
    count, labels = cv2.connectedComponents(ink, connectivity=8)
    size = np.bincount(labels.ravel(), minlength=count)
    covered = np.bincount(labels.ravel(), weights=mask.ravel(), minlength=count)
    gone = covered > 0.5 * size
    gone[0] = False
    beyond = gone[labels] & (mask == 0)
    ink[gone[labels]] = 0
    if zone.place.place != "line":
        ink |= _grown_to_label(beyond, dpi)
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    return np.where(near > 0, gray, 255).astype(np.uint8)


def _grown_to_label(outside: NDArray[np.bool_], dpi: float) -> NDArray[np.uint8]:
    """Of what goes with the printed words but stands outside of them: letters of the value that touch a word."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(outside.astype(np.uint8), connectivity=8)
    letters = stats[:, cv2.CC_STAT_HEIGHT] >= LETTER_MM * dpi / MM_PER_INCH
    letters[0] = False
    return np.asarray(letters[labels], dtype=np.uint8)


def _pieces(gray: Gray, dpi: float) -> list[Box]:
    """Pieces of text lines; neither dust nor stamps that stand upright."""
    px = dpi / MM_PER_INCH
    return [
        line
        for box in paddle.find_lines(gray, dpi)
        if box.height >= 1.2 * px and not (box.height > 8 * px and box.height > 1.5 * box.width)
        for line in _two_lines(box, gray, px)
    ]


def _two_lines(piece: Box, gray: Gray, px: float) -> list[Box]:
    """Lines of print so close that they were found as one piece are parted where hardly any ink is between them."""
    if not TWO_LINES_MM[0] * px < piece.height < TWO_LINES_MM[1] * px or piece.width < 4 * piece.height:
        return [piece]
    ink = np.asarray((piece.crop(gray) < 128).sum(axis=1), dtype=np.float64)
    third = len(ink) // 3
    at = third + int(np.argmin(ink[third : len(ink) - third]))
    upper, lower = float(np.percentile(ink[:at], 80)), float(np.percentile(ink[at:], 80))
    if ink[at] > VALLEY * min(upper, lower) or min(ink[:at].sum(), ink[at:].sum()) < 0.25 * ink.sum():
        return [piece]
    return [Box(piece.x0, piece.y0, piece.x1, piece.y0 + at), Box(piece.x0, piece.y0 + at, piece.x1, piece.y1)]


def _inside(piece: Box, zone: Zone, gray: Gray) -> Box | None:
    """The piece if it belongs to the zone; text that goes on over the edge stays whole, a neighbour is cut off."""
    x, y = zone.box.x0, zone.box.y0
    middle = (piece.y0 + piece.y1) / 2 + y
    top = max(zone.core.y0, zone.label.y0) if zone.place.place == "inside" else zone.core.y0
    if not top <= middle <= zone.core.y1 or _is_side(piece, zone):
        return None
    for edge in (zone.core.x0 - x, zone.core.x1 - x):
        if piece.x0 < edge < piece.x1:
            piece = _cut(piece, edge, gray, zone.sheet.page.dpi, keep_right=edge == zone.core.x0 - x)
            if piece.width < SCRAP_MM * zone.sheet.page.dpi / MM_PER_INCH:
                return None
    shared = min(piece.x1 + x, zone.core.x1) - max(piece.x0 + x, zone.core.x0)
    return piece if shared > 0.5 * piece.width else None


def _is_side(piece: Box, zone: Zone) -> bool:
    """Is it what is left of the side of the cell: upright, before its label begins?"""
    return zone.place.place == "inside" and piece.x1 + zone.box.x0 <= zone.label.x0 and piece.height > piece.width


def _cut(piece: Box, edge: int, gray: Gray, dpi: float, *, keep_right: bool) -> Box:
    """Cut at the edge of the cell, but only in a gap: words apart, not a word that runs over the edge."""
    px = dpi / MM_PER_INCH
    ink = np.asarray((piece.crop(gray) < 160).sum(axis=0))
    reach = round(3 * px)
    low, high = max(0, edge - piece.x0 - reach), min(len(ink), edge - piece.x0 + reach)
    start, width = _widest_gap(ink[low:high] > 0)
    if width < GAP_MM * px:
        start, width = _widest_gap(ink[low:high] > BROKEN_RULE_MM * px)
        if width < 2 * GAP_MM * px:  # thin strokes of a hand are shorter
            return piece
    at = piece.x0 + low + start + width // 2
    if not piece.x0 < at < piece.x1:
        return piece
    return Box(at, piece.y0, piece.x1, piece.y1) if keep_right else Box(piece.x0, piece.y0, at, piece.y1)


def _widest_gap(columns: NDArray[np.bool_]) -> tuple[int, int]:
    best, start = (0, 0), 0
    for index, inked in enumerate([*columns.tolist(), True]):
        if inked:
            if index - start > best[1]:
                best = (start, index - start)
            start = index + 1
    return best


def _grouped(pieces: Sequence[Box]) -> list[list[Box]]:
    """Pieces side by side are one line, from left to right; lines from top to bottom."""
    rows: list[list[Box]] = []
    for box in sorted(pieces, key=lambda b: b.y0):
        for row in rows:
            if all(_side_by_side(other, box) for other in row):
                row.append(box)
                break
        else:
            rows.append([box])
    return [sorted(row, key=lambda b: b.x0) for row in rows]


def _without_upright(row: Sequence[Box], px: float) -> list[Box]:
    """The pieces of a line up to a stamp that stands upright far beside it."""
    kept = list(row[:1])
    for piece in row[1:]:
        if piece.height > piece.width and piece.x0 - kept[-1].x1 > UPRIGHT_MM * px and kept[-1].width > piece.width:
            break
        kept.append(piece)
    return kept


def _side_by_side(a: Box, b: Box) -> bool:
    if max(a.height, b.height) > TALLER * min(a.height, b.height):
        return False  # a signature beside print
    level = min(a.y1, b.y1) - max(a.y0, b.y0) > 0.6 * min(a.height, b.height)
    shared = min(a.x1, b.x1) - max(a.x0, b.x0)
    return level and shared < 0.3 * min(a.width, b.width)


def _images(gray: Gray, groups: Sequence[Sequence[Box]], dpi: float) -> list[Row]:
    """Each line as an image of its own ink: a loop of the line above does not cross it."""
    boxes = [box for group in groups if (box := union(group))]
    count, found, measured, _ = cv2.connectedComponentsWithStats(ink_of(gray), connectivity=8)
    labels, stats = np.asarray(found, dtype=np.int32), np.asarray(measured, dtype=np.int32)
    inside = [np.bincount(_crop(labels, box).ravel(), minlength=count) for box in boxes]
    if not inside:
        return []
    owner = np.argmax(np.stack(inside), axis=0)
    rows = []
    for index, box in enumerate(boxes):
        mine = ((owner == index) & (inside[index] > 0)) | (inside[index] > 0.25 * stats[:, cv2.CC_STAT_AREA])
        mine[0] = False
        tight = clean_zone(_only(gray, labels, mine, stats, box), dpi)
        if tight is not None:
            rows.append(Row(line_image(tight), box))
    return rows


def _crop(labels: NDArray[np.int32], box: Box) -> NDArray[np.int32]:
    return labels[max(0, box.y0) : box.y1, max(0, box.x0) : box.x1]


def _only(
    gray: Gray,
    labels: NDArray[np.int32],
    mine: NDArray[np.bool_],
    stats: NDArray[np.int32],
    box: Box,
) -> Gray:
    """The line's box, a little higher where its letters are, with nothing but its own ink."""
    ids = np.flatnonzero(mine)
    top = min([box.y0, *(int(stats[i, 1]) for i in ids)])
    low = max([box.y1, *(int(stats[i, 1] + stats[i, 3]) for i in ids)])
    slack = round(0.25 * box.height)
    cut = Box(box.x0, max(0, top, box.y0 - slack), box.x1, min(low, box.y1 + slack))
    near = cv2.dilate(mine[_crop(labels, cut)].astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(near > 0, cut.crop(gray), 255).astype(np.uint8)
