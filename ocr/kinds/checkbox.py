"""A check square: "ja" if it is marked (crossed, ticked, filled), else "nein".

The printed square is searched in the zone first, then the ink inside it is measured without its outline.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.kinds import Mark
from ocr.page import Box, Gray
from ocr.spec import FieldSpec

MM_PER_INCH = 25.4
Ink = NDArray[np.bool_]
"""Shape (height, width), True where there is ink."""

SIDES_MM = (2.6, 6.5)  # Source: squares of German administrative forms measure 3 to 6 mm
LEAST_CONTRAST = 50  # grey levels between paper and ink; below it there is nothing but paper
CLEAR_BELOW, MARKED_ABOVE = 0.02, 0.075  # share of ink inside; Source: measured on demo.samples, docs/measured.md
STRUCK_INSIDE, STRUCK_BESIDE = 0.4, 0.22


@dataclass(frozen=True, slots=True)
class Look:
    """One square: is it `marked`, was the mark taken back (`struck`), how sure is that (0..1)."""

    marked: bool
    struck: bool
    confidence: float
    box: Box


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """The mark of the square nearest to the middle of `zone`."""
    px = dpi / MM_PER_INCH
    ink = find_ink(zone)
    height, width = ink.shape
    seen = look_at(ink, px, (width / 2, height / 2), SIDES_MM)
    if seen.struck:
        return Mark("nein", min(0.5, seen.confidence))
    return Mark("ja" if seen.marked else "nein", seen.confidence)


def find_ink(zone: Gray) -> Ink:
    """Ink of a zone by a threshold between its paper and its darkest ink; streaks of the scanner are left out."""
    if zone.size == 0:
        return np.zeros((1, 1), np.bool_)
    paper, dark = (float(level) for level in np.percentile(zone, (75, 1)))
    dark = min(dark, paper - LEAST_CONTRAST)
    ink: Ink = zone < paper - 0.42 * (paper - dark)
    # A streak may be pale, but it runs through the whole zone; a mark does not.
    streaks = np.percentile(zone, 92, axis=0) < paper - 0.12 * (paper - dark)
    if 0 < streaks.mean() < 0.12:
        beside = streaks.copy()
        beside[1:] |= streaks[:-1]
        beside[:-1] |= streaks[1:]
        ink = ink & ~beside
    return ink


def look_at(ink: Ink, px_per_mm: float, middle: tuple[float, float], sides_mm: tuple[float, float]) -> Look:
    """Judge the square whose centre is expected at `middle` (x, y in pixels of `ink`)."""
    found = find_square(ink, px_per_mm, middle, sides_mm)
    if found is None:
        return _without_square(ink, px_per_mm, middle, sides_mm)
    rim = max(2, round(0.55 * px_per_mm))
    inside = ink[found.y0 + rim : found.y1 - rim, found.x0 + rim : found.x1 - rim]
    share, extent = _marks(inside, px_per_mm)
    if share > STRUCK_INSIDE and _beside(ink, found, px_per_mm) > STRUCK_BESIDE:
        return Look(True, True, 0.5, found)
    return Look(*_decide(share, extent), box=found)


def _decide(share: float, extent: float) -> tuple[bool, bool, float]:
    """(marked, struck, confidence) from the share of ink inside and how far across the square it reaches (0..1)."""
    if share <= CLEAR_BELOW:
        return False, False, 0.995
    if extent < 0.4:
        return False, False, 0.7
    if share >= MARKED_ABOVE:
        return True, False, 0.995
    return share > (CLEAR_BELOW + MARKED_ABOVE) / 2, False, 0.6


def _marks(inside: Ink, px_per_mm: float) -> tuple[float, float]:
    """Share of ink inside without specks, and the longer side of what is left against the side of the square."""
    if inside.size == 0:
        return 0.0, 0.0
    least = max(2, round(0.05 * px_per_mm**2))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    kept = [n for n in range(1, count) if stats[n, cv2.CC_STAT_AREA] >= least]
    if not kept:
        return 0.0, 0.0
    rows, columns = np.nonzero(np.isin(labels, kept))
    reach = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
    return len(rows) / inside.size, reach / max(inside.shape)


def _beside(ink: Ink, square: Box, px_per_mm: float) -> float:
    """Ink left and right of the square (0.5 to 1.3 mm away), the lesser of both: a strike runs out on both sides."""
    near, far = round(0.5 * px_per_mm), round(1.3 * px_per_mm)
    left = ink[square.y0 : square.y1, max(0, square.x0 - far) : max(0, square.x0 - near)]
    right = ink[square.y0 : square.y1, square.x1 + near : square.x1 + far]
    return min(float(part.mean()) if part.size else 0.0 for part in (left, right))


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
    for side in range(first, min(last, height - 2, width - 2) + 1, 1 if px_per_mm < 9 else 2):
        flat = (sum_x[:, side:] - sum_x[:, :-side]) / side  # (height, width - side + 1)
        tall = (sum_y[side:, :] - sum_y[:-side, :]) / side  # (height - side + 1, width)
        score = _scores(flat, tall, side, gap)
        score -= _distance(score.shape, side, middle) / px_per_mm * 0.03
        y, x = np.unravel_index(int(np.argmax(score)), score.shape)
        if score[y, x] > best_score:
            best_score = float(score[y, x])
            best = Box(int(x), int(y), int(x) + side + 1, int(y) + side + 1)
    return best


def _scores(flat: NDArray[np.float64], tall: NDArray[np.float64], side: int, gap: int) -> NDArray[np.float64]:
    """For every upper left corner: the weakest of the four sides, less the ink just outside of them."""
    rows, columns = flat.shape[0] - side, tall.shape[1] - side
    top, bottom = flat[:rows, :columns], flat[side : side + rows, :columns]
    left, right = tall[:rows, :columns], tall[:rows, side : side + columns]
    above = np.vstack([np.zeros((min(gap, rows), columns)), flat[: max(0, rows - gap), :columns]])
    before = np.hstack([np.zeros((rows, min(gap, columns))), tall[:rows, : max(0, columns - gap)]])
    lines = np.sort(np.stack([top, bottom, left, right]), axis=0)
    strength: NDArray[np.float64] = 0.6 * lines[0] + 0.4 * lines[1] - 0.15 * (above[:rows] + before[:, :columns])
    return strength


def _distance(shape: tuple[int, ...], side: int, middle: tuple[float, float]) -> NDArray[np.float64]:
    y = np.arange(shape[0])[:, None] + side / 2 - middle[1]
    x = np.arange(shape[1])[None, :] + side / 2 - middle[0]
    distance: NDArray[np.float64] = np.hypot(x, y)
    return distance


def _without_square(ink: Ink, px_per_mm: float, middle: tuple[float, float], sides_mm: tuple[float, float]) -> Look:
    """No outline (dropped colour, broken print): measure where the square should be, and be unsure about it."""
    half = max(2, round(sum(sides_mm) / 4 * px_per_mm * 0.7))
    x, y = round(middle[0]), round(middle[1])
    box = Box(max(0, x - half), max(0, y - half), x + half, y + half)
    marked, _, _ = _decide(*_marks(ink[box.y0 : box.y1, box.x0 : box.x1], px_per_mm))
    return Look(marked, False, 0.4, box)
