"""A check square: "ja" if it is marked (crossed, ticked, filled), else "nein".

The printed square is searched in the zone first, then the ink inside it is measured without its outline, and the pen
strokes around it are looked at: strokes that run right through on both sides take a mark back, a ring around the
square is a mark of another kind. Both ask.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.kinds import Mark
from ocr.page import Box, Gray, Note
from ocr.spec import FieldSpec

MM_PER_INCH = 25.4
Pixel = TypeVar("Pixel", bound=np.generic)
Score = NDArray[np.floating]
Ink = NDArray[np.bool_]
"""Shape (height, width), True where there is ink."""

WORK_DPI = 240.0  # finer zones are made smaller: lines of a tenth of a millimetre are still a pixel wide
SIDES_MM = (2.6, 6.5)  # Source: squares of German administrative forms measure 3 to 6 mm
LEAST_CONTRAST = 50  # grey levels between paper and ink; below it there is nothing but paper
DUST, CLEAR_BELOW, MARKED_ABOVE = (
    0.008,
    0.02,
    0.075,
)  # share of ink inside; Source: measured on demo.samples, docs/measured.md
ACROSS = 0.4  # a mark reaches over so much of the square; what is smaller is dust or runs in from beside
FAINT, PALE = 14.0, 45.0  # grey levels darker than paper: from here on there is something, from there on it is a mark
PALE_SHARE, PALE_ACROSS = 0.04, 0.6
PALE_LINE = 0.2
SLACK_MM, THICKEST_MM, ROOM_MM = 0.5, 0.7, 0.1  # of the outline: how far off it was found, its line, ragged print
NEAR_MM, FAR_MM = 0.3, 0.9  # where strokes that run out of the square are looked for, from its outer edge
BLACK, RAGGED_MM = 0.8, 0.15  # painted over the outline: it may mean that the mark is taken back
SECTORS, ONE_RING, ALL_AROUND, RULE_MM = 24, 0.33, 0.7, 6.5
UNEQUAL_MM = 0.2  # by which the sides of a square may differ as it is found
SIZE, DISTANCE = 0.02, 0.03  # a millimetre more: strokes make small squares, print is where it is expected

STRUCK = Note("K006", "Die Markierung scheint zurückgenommen (durchgestrichen). Bitte am Bild entscheiden.")
UNCLEAR = Note("K009", "Es ist nicht eindeutig, ob dieses Kästchen markiert ist. Bitte am Bild entscheiden.")
NO_SQUARE = Note("K022", "Das gedruckte Kästchen wurde an seiner Stelle nicht gefunden. Bitte am Bild nachsehen.")


@dataclass(frozen=True, slots=True)
class Look:
    """One square: is it `marked`, was the mark taken back (`struck`), how sure is that (0..1), was it `found`."""

    marked: bool
    struck: bool
    confidence: float
    box: Box
    found: bool = True

    @property
    def notes(self) -> tuple[Note, ...]:
        if not self.found:
            return (NO_SQUARE,)
        return (STRUCK,) if self.struck else (UNCLEAR,) if self.confidence < 0.9 else ()


@dataclass(frozen=True, slots=True)
class View:
    """A zone to look at: its grey pixels, its ink, and where streaks of the scanner run (columns)."""

    gray: Gray
    ink: Ink
    streaks: NDArray[np.bool_]
    px_per_mm: float

    def part(self, rows: slice, columns: slice) -> View:
        return View(self.gray[rows, columns], self.ink[rows, columns], self.streaks[columns], self.px_per_mm)


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """The mark of the square nearest to the middle of `zone`."""
    view = view_of(zone, dpi)
    height, width = view.ink.shape
    seen = look_at(view, (width / 2, height / 2), SIDES_MM)
    if not seen.found and not seen.marked:
        return Mark(None, seen.confidence, seen.notes, "absent")
    return Mark("ja" if seen.marked and not seen.struck else "nein", seen.confidence, seen.notes)


def view_of(zone: Gray, dpi: float) -> View:
    """The zone at no more than WORK_DPI, with its ink."""
    scale = min(1.0, WORK_DPI / dpi)
    if zone.size == 0:
        zone = np.full((1, 1), 255, np.uint8)
    if scale < 1.0:
        size = (max(1, round(zone.shape[1] * scale)), max(1, round(zone.shape[0] * scale)))
        zone = np.asarray(cv2.resize(zone, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return View(zone, find_ink(zone), _streaks(zone), dpi * scale / MM_PER_INCH)


def find_ink(zone: Gray) -> Ink:
    """Ink of a zone by a threshold between its paper and its darkest ink; streaks of the scanner are left out."""
    if zone.size == 0:
        return np.zeros((1, 1), np.bool_)
    paper, dark = _levels(zone)
    ink: Ink = zone < paper - 0.42 * (paper - dark)
    return ink & ~_streaks(zone)


def _levels(zone: Gray) -> tuple[float, float]:
    paper, dark = (float(level) for level in np.percentile(zone, (75, 1)))
    return paper, min(dark, paper - LEAST_CONTRAST)


def _streaks(zone: Gray) -> NDArray[np.bool_]:
    """Columns with a streak. It may be pale, but it runs through the whole zone; a mark does not."""
    paper, dark = _levels(zone)
    streaks: NDArray[np.bool_] = np.percentile(zone, 97, axis=0) < paper - 0.12 * (paper - dark)
    if not 0 < streaks.mean() < 0.12:
        return np.zeros(zone.shape[1], np.bool_)
    beside = streaks.copy()
    beside[1:] |= streaks[:-1]
    beside[:-1] |= streaks[1:]
    return beside


def look_at(view: View, middle: tuple[float, float], sides_mm: tuple[float, float]) -> Look:
    """Judge the square whose centre is expected at `middle` (x, y in pixels of `view`)."""
    found = find_square(view.ink, view.px_per_mm, middle, sides_mm)
    if found is None:  # an outline of a tenth of a millimetre is pale in a scan
        found = find_square(_pale_lines(view), view.px_per_mm, middle, sides_mm)
    if found is None:
        return _without_square(view, middle, sides_mm)
    outer, inner = _edges(view.ink, found, view.px_per_mm)
    seen = _inside(view, outer, inner)
    if abs(outer.width - outer.height) > 1 + UNEQUAL_MM * view.px_per_mm:
        return replace(seen, confidence=min(seen.confidence, 0.6))  # a stroke was taken for a side
    return seen


def _inside(view: View, outer: Box, inner: Box) -> Look:
    share, reach, spread = _marks(_part(view.ink, inner), view.px_per_mm)
    marked, confidence = _decide(share, reach, spread)
    soft = _soft_ink(view)
    strokes = _around(view.ink | soft, outer, view.px_per_mm)
    if not marked:
        marked, pale = _decide_pale(view, soft, inner)
        if not marked and pale == 1.0:
            ringed = _is_ringed(strokes, outer, view.px_per_mm)
            return Look(True, False, 0.6, outer) if ringed else Look(False, False, confidence, outer)
        confidence = pale
    if marked and _runs_through(strokes, outer, view.px_per_mm):
        return Look(True, True, 0.5, outer)
    if marked and share > BLACK and _is_ragged(view.ink, outer, view.px_per_mm):
        return Look(True, False, 0.6, outer)
    return Look(marked, False, confidence, outer)


def _edges(ink: Ink, found: Box, px_per_mm: float) -> tuple[Box, Box]:
    """The outer and the inner edge of the printed outline; the inner one with a little room for ragged print."""
    room = 1 + round(ROOM_MM * px_per_mm)
    left = _edge(ink, found, px_per_mm)
    right = _edge(ink[:, ::-1], _mirrored(found, ink.shape[1]), px_per_mm)
    turned = Box(found.y0, found.x0, found.y1, found.x1)
    top = _edge(ink.T, turned, px_per_mm)
    bottom = _edge(ink.T[:, ::-1], _mirrored(turned, ink.shape[0]), px_per_mm)
    height, width = ink.shape
    outer = Box(left[0], top[0], width - right[0], height - bottom[0])
    x0, y0, x1, y1 = left[1] + room, top[1] + room, width - right[1] - room, height - bottom[1] - room
    middle_x, middle_y = (found.x0 + found.x1) // 2, (found.y0 + found.y1) // 2
    inner = Box(min(x0, middle_x), min(y0, middle_y), max(x1, middle_x + 1), max(y1, middle_y + 1))
    return outer, inner


def _mirrored(box: Box, width: int) -> Box:
    return Box(width - box.x1, box.y0, width - box.x0, box.y1)


def _edge(ink: Ink, found: Box, px_per_mm: float) -> tuple[int, int]:
    """Where the left line of the outline begins and ends: columns that are mostly ink over the middle of the side."""
    trim = round(0.15 * found.height)
    reach = round(SLACK_MM * px_per_mm)
    start = max(0, found.x0 - reach)
    covered = ink[found.y0 + trim : found.y1 - trim, start : found.x0 + reach + 1].mean(axis=0) >= 0.5
    columns = start + np.flatnonzero(covered)
    if columns.size == 0:
        return found.x0, found.x0 + 1
    runs = np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1)
    line = min(runs, key=lambda run: int(np.abs(run - found.x0).min()))
    return int(line[0]), min(int(line[-1]) + 1, int(line[0]) + round(THICKEST_MM * px_per_mm))


def _part(picture: NDArray[Pixel], box: Box) -> NDArray[Pixel]:
    return picture[box.y0 : box.y1, box.x0 : box.x1]


def _decide(share: float, reach: float, spread: float) -> tuple[bool, float]:
    """(marked, confidence) from the share of ink inside, how far across the square its largest piece reaches, and
    how far all pieces are spread (0..1).
    """
    if share <= DUST or (share <= CLEAR_BELOW and spread < ACROSS):
        return False, 0.995
    if reach < ACROSS:
        return False, 0.7
    if share >= MARKED_ABOVE:
        return True, 0.995
    return share > (CLEAR_BELOW + MARKED_ABOVE) / 2, 0.6


def _marks(inside: Ink, px_per_mm: float) -> tuple[float, float, float]:
    """Share of ink inside without specks, the reach of its largest piece and of all pieces, against the square."""
    if inside.size == 0:
        return 0.0, 0.0, 0.0
    least = max(2, round(0.05 * px_per_mm**2))
    joined = cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    areas = np.bincount(labels[inside], minlength=len(stats))
    kept = [n for n in range(1, len(stats)) if areas[n] >= least]
    if not kept:
        return 0.0, 0.0, 0.0
    rows, columns = np.nonzero(np.isin(labels, kept) & inside)
    side = max(inside.shape)
    reach = max(max(stats[n, cv2.CC_STAT_WIDTH], stats[n, cv2.CC_STAT_HEIGHT]) for n in kept) - 2
    spread = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    return len(rows) / inside.size, reach / side, spread / side


def _decide_pale(view: View, soft: Ink, inner: Box) -> tuple[bool, float]:
    """(marked, confidence) by a light pencil that is no ink; (False, 1.0) where there is none."""
    dark = _part(soft, inner)
    share, reach, _ = _marks(dark, view.px_per_mm)
    if share < PALE_SHARE or reach < ACROSS:
        return False, 1.0
    depth = float(np.percentile(_part(_depth(view), inner)[dark], 60))
    return depth >= PALE, 0.95 if depth >= PALE and reach >= PALE_ACROSS else 0.7


def _depth(view: View) -> Gray:
    """How much darker than the paper each pixel is, without single specks."""
    smooth = cv2.medianBlur(view.gray, 3)
    return np.asarray(cv2.subtract(np.full_like(smooth, round(float(np.percentile(smooth, 70)))), smooth), np.uint8)


def _soft_ink(view: View) -> Ink:
    """All that is darker than paper and its noise: light pencils too."""
    depth = _depth(view)
    noise = 1.48 * float(np.median(np.abs(depth.astype(np.float32) - np.median(depth))))
    soft: Ink = (depth > max(FAINT, 4 * noise)) & ~view.streaks
    return soft


def _pale_lines(view: View) -> Ink:
    """Ink and whatever is a fifth as dark as it."""
    paper, dark = _levels(view.gray)
    pale: Ink = view.gray < paper - PALE_LINE * (paper - dark)
    return (pale & ~view.streaks) | view.ink


def _around(ink: Ink, square: Box, px_per_mm: float) -> Ink:
    """The ink around the square, without the square and what is just at its outline."""
    outside = ink.copy()
    near = round(NEAR_MM * px_per_mm)
    outside[max(0, square.y0 - near) : square.y1 + near, max(0, square.x0 - near) : square.x1 + near] = False
    return outside


def _runs_through(strokes: Ink, square: Box, px_per_mm: float) -> bool:
    """Strokes that leave the square on two opposite sides away from the corners; a cross leaves at its corners."""
    strokes = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    near, far = round(NEAR_MM * px_per_mm), round(FAR_MM * px_per_mm)
    trim_x, trim_y = round(0.15 * square.width), round(0.15 * square.height)
    rows, columns = slice(square.y0 + trim_y, square.y1 - trim_y), slice(square.x0 + trim_x, square.x1 - trim_x)
    left = strokes[rows, max(0, square.x0 - far) : max(0, square.x0 - near)]
    right = strokes[rows, square.x1 + near : square.x1 + far]
    above = strokes[max(0, square.y0 - far) : max(0, square.y0 - near), columns]
    below = strokes[square.y1 + near : square.y1 + far, columns]
    return (_crosses(left, 1) and _crosses(right, 1)) or (_crosses(above, 0) and _crosses(below, 0))


def _is_ragged(ink: Ink, square: Box, px_per_mm: float) -> bool:
    """Does black ink run over the outline on some side? A mark that keeps inside leaves all four straight."""
    turned = Box(square.y0, square.x0, square.y1, square.x1)
    sides = (
        (ink, square),
        (ink[:, ::-1], _mirrored(square, ink.shape[1])),
        (ink.T, turned),
        (ink.T[:, ::-1], _mirrored(turned, ink.shape[0])),
    )
    return any(_spread(*side) > RAGGED_MM * px_per_mm for side in sides)


def _spread(ink: Ink, square: Box) -> float:
    """How unequal (pixels) the ink ends on the left, row by row."""
    trim = round(0.1 * square.height)
    rows = ink[square.y0 + trim : square.y1 - trim, : (square.x0 + square.x1) // 2]
    ends = np.argmin(rows[:, ::-1], axis=1)  # from the middle outwards up to the first paper
    ends[rows.all(axis=1)] = rows.shape[1]
    low, high = np.percentile(ends, (10, 90))
    return float(high - low)


def _crosses(band: Ink, axis: int) -> bool:
    """Is there ink over most of the band's depth?"""
    return band.size > 0 and bool(band.any(axis=1 - axis).mean() >= 0.8)


def _is_ringed(strokes: Ink, square: Box, px_per_mm: float) -> bool:
    """Is there one stroke around much of the square, or ink nearly all around it? Ruled lines do not count."""
    picture, long_run = strokes.astype(np.uint8), round(RULE_MM * px_per_mm)
    ruled = [
        cv2.morphologyEx(picture, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, long_run), (long_run, 1))
    ]
    strokes = strokes & (cv2.dilate(np.maximum(ruled[0], ruled[1]), np.ones((3, 3), np.uint8)) == 0)
    joined = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    rows, columns = np.nonzero(strokes)
    middle_x, middle_y = (square.x0 + square.x1) / 2, (square.y0 + square.y1) / 2
    turn = np.arctan2(rows - middle_y, columns - middle_x) / (2 * np.pi) + 0.5
    sector = np.minimum((turn * SECTORS).astype(int), SECTORS - 1)
    covered = np.zeros((count, SECTORS), np.bool_)
    covered[labels[rows, columns], sector] = True
    return bool(covered.mean(axis=1).max() >= ONE_RING or covered.any(axis=0).mean() >= ALL_AROUND)


def find_square(ink: Ink, px_per_mm: float, middle: tuple[float, float], sides_mm: tuple[float, float]) -> Box | None:
    """The printed outline that best fits a square near `middle`; None if there is none.

    Each of the four sides must be mostly ink within its thickness, and there should be paper just outside.
    """
    height, width = ink.shape
    slack = np.ones((3, 3), np.uint8)
    across = cv2.dilate(ink.astype(np.uint8), slack[:, 1:2])
    along = cv2.dilate(ink.astype(np.uint8), slack[1:2, :])
    sum_x = np.pad(np.cumsum(across, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    sum_y = np.pad(np.cumsum(along, axis=0, dtype=np.int32), ((1, 0), (0, 0)))
    gap = max(2, round(0.45 * px_per_mm))
    best, best_score = None, 0.62
    first, last = (round(side * px_per_mm) for side in sides_mm)
    for side in range(first, min(last, height - 2, width - 2) + 1):
        flat = (sum_x[:, side:] - sum_x[:, :-side]) / np.float32(side)  # (height, width - side + 1)
        tall = (sum_y[side:, :] - sum_y[:-side, :]) / np.float32(side)  # (height - side + 1, width)
        score = _scores(flat, tall, side, gap)
        score += (SIZE * side - DISTANCE * _distance(score.shape, side, middle)) / px_per_mm
        y, x = np.unravel_index(int(np.argmax(score)), score.shape)
        if score[y, x] > best_score:
            best_score = float(score[y, x])
            best = Box(int(x), int(y), int(x) + side + 1, int(y) + side + 1)
    return best


def _scores(flat: Score, tall: Score, side: int, gap: int) -> Score:
    """For every upper left corner: the weakest of the four sides, less the ink just outside of them."""
    rows, columns = flat.shape[0] - side, tall.shape[1] - side
    top, bottom = flat[:rows, :columns], flat[side : side + rows, :columns]
    left, right = tall[:rows, :columns], tall[:rows, side : side + columns]
    above = np.vstack([np.zeros((min(gap, rows), columns), np.float32), flat[: max(0, rows - gap), :columns]])
    before = np.hstack([np.zeros((rows, min(gap, columns)), np.float32), tall[:rows, : max(0, columns - gap)]])
    low, high = np.minimum(top, bottom), np.minimum(left, right)
    weakest = np.minimum(low, high)
    second = np.minimum(np.maximum(low, high), np.minimum(np.maximum(top, bottom), np.maximum(left, right)))
    strength: Score = 0.6 * weakest + 0.4 * second - 0.15 * (above[:rows] + before[:, :columns])
    return strength


def _distance(shape: tuple[int, ...], side: int, middle: tuple[float, float]) -> Score:
    y = np.arange(shape[0], dtype=np.float32)[:, None] + (side / 2 - middle[1])
    x = np.arange(shape[1], dtype=np.float32)[None, :] + (side / 2 - middle[0])
    distance: Score = np.hypot(x, y)
    return distance


def _without_square(view: View, middle: tuple[float, float], sides_mm: tuple[float, float]) -> Look:
    """No outline (dropped colour, broken print): measure where the square should be, and be unsure about it."""
    half = max(2, round(sum(sides_mm) / 4 * view.px_per_mm * 0.7))
    x, y = round(middle[0]), round(middle[1])
    box = Box(max(0, x - half), max(0, y - half), x + half, y + half)
    marked, _ = _decide(*_marks(_part(view.ink, box), view.px_per_mm))
    return Look(marked, False, 0.4, box, found=False)
