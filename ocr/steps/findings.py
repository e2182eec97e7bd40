"""Findings: what is wrong with a scan and where its ink can be, found out on reduced images; no step pays for more."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr import kernel
from ocr.kernel.plan import CELL_PX, STRIP_PX, STRIP_ROWS, Plan, Streak, Survey
from ocr.page import Bits, Gray
from ocr.scanner import Scanner
from ocr.steps import blank, border, punch_holes
from ocr.steps.background import UNIT, estimate_background, gains_of, paper_level
from ocr.steps.binarise import MIDDLE, estimate_levels
from ocr.steps.blobs import ink_above
from ocr.steps.reduce import is_bilevel
from ocr.steps.skew import LEAST_BILEVEL_DEG, Skew, find_skew
from ocr.steps.streaks import find_streaks
from ocr.steps.turning import turn_scan

Clock = Callable[[str], AbstractContextManager[None]]
"""Measures a step: `with clock("skew"): ...`."""
CLEAR_SHARPNESS = 1.8
MOST_APART_DEG = 0.06
"""A skew less sharp is looked at twice on pages that turned out upside down; by so much both looks may differ,
3 px on the width of A4 at 300 dpi. Source: 335 simulated and real pages: one 0.46 apart, sharpness 1.4, where the
upper edges were wrong; all others at most 0.066, at the median 0.001."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as it goes into cleaning, looked at once.

    `survey`: its `quarter` is without streaks. `bilevel`: black and white only, also where it came as grey.
    """

    pixels: Gray | Bits
    dpi: float
    survey: Survey
    bilevel: bool
    streaks: tuple[Streak, ...]

    def turned(self, clockwise_deg: int) -> Scan:
        """The scan turned by quarters. Streaks run down only as it was scanned, so they are mended first."""
        if clockwise_deg == 0:
            return self
        pixels = turn_scan(self.pixels, self.streaks, clockwise_deg)
        return Scan(pixels, self.dpi, kernel.survey(pixels), self.bilevel, ())


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out about a scan. `off`: 255 where a cell of 8x8 pixels is no page (border, holes).

    `paper`: how light its paper is, 0..255.
    """

    eighth: Gray
    off: Gray
    paper: int
    holes: tuple[punch_holes.Hole, ...]
    skew: Skew
    slope: float
    """By which it is to be levelled: 0 where its lines are level enough."""


def look_at(pixels: Gray | Bits, dpi: float, scanner: Scanner, clock: Clock) -> Scan:
    """The first pass over the pixels, and the streaks, which are there only in the direction of the scan."""
    with clock("survey"):
        survey = kernel.survey(pixels)
        bilevel = isinstance(pixels, Bits) or is_bilevel(pixels)
    streaks: tuple[Streak, ...] = ()
    if scanner.streaks:
        with clock("streaks"):
            streaks = find_streaks(survey.lightest, dpi)
            if streaks:
                survey = replace(survey, quarter=_without_streaks(survey.quarter, streaks))
    return Scan(pixels, dpi, survey, bilevel, streaks)


def find_out(scan: Scan, scanner: Scanner, clock: Clock) -> Findings:
    """Border, holes and skew of a scan."""
    quarter = scan.survey.quarter
    with clock("border"):
        eighth = _halved(quarter)
        paper = paper_level(eighth)
        off = _find_border(scan, eighth, paper) if scanner.border else np.zeros_like(eighth)
    holes: tuple[punch_holes.Hole, ...] = ()
    if scanner.punch_holes:
        with clock("punch_holes"):
            holes = punch_holes.find_holes(_whitened(quarter, off), scan.dpi / 4, paper)
            punch_holes.cover_holes(off, holes, 2.0, scan.dpi / CELL_PX)
    skew = Skew(0.0, 1.0)
    if scanner.skew:
        with clock("skew"):
            skew = find_skew(scan.survey.strips, ~off, scan.dpi, scanner.max_skew_deg)
    return Findings(eighth, off, paper, holes, skew, _slope_to_level(skew, scan))


def is_level_upside_down(scan: Scan, found: Findings, scanner: Scanner) -> bool:
    """Whether a page that turned out to lie upside down was levelled by the right skew.

    Its lines were found by the upper edges of letters, which are uneven. Where that left a doubt, their lower edges are
    asked as well.
    """
    if not scanner.skew or found.skew.sharpness >= CLEAR_SHARPNESS:
        return True
    cells, strips = found.off.shape[0], scan.survey.strips
    rows, columns = cells * CELL_PX // STRIP_ROWS, strips.shape[1] * STRIP_PX // CELL_PX
    usable = np.ascontiguousarray(~found.off[::-1, columns - 1 :: -1])
    skew = find_skew(np.ascontiguousarray(strips[rows - 1 :: -1, ::-1]), usable, scan.dpi, scanner.max_skew_deg)
    return abs(_slope_to_level(skew, scan) - found.slope) <= math.tan(math.radians(MOST_APART_DEG))


def _slope_to_level(skew: Skew, scan: Scan) -> float:
    least_deg = LEAST_BILEVEL_DEG if scan.bilevel else 0.0
    return skew.slope if skew.worth_turning and abs(skew.angle_deg) >= least_deg else 0.0


def plan_pass(scan: Scan, found: Findings, scanner: Scanner) -> Plan:
    """What the one pass over the pixels shall do: maps of threshold and gain, and where ink can be at all."""
    levels, gains = _maps(scan, found, scanner)
    busy = _busy(scan.survey.darkest, levels)
    floor = int((levels | found.off).min()) if found.off.any() else 1
    if found.slope:
        fills = ((levels, 0), (gains, UNIT), (busy, 0))
        levels, gains, busy = (kernel.shear(cells, found.slope, fill) for cells, fill in fills)
    return Plan(found.slope, levels, gains, busy, scan.streaks, scanner.mask, floor)


def count_faint_marks(scan: Scan, found: Findings) -> int:
    """Marks on the page before threshold and mask: a pencil signature is lighter than what counts as ink.

    The soft edges of border and holes, a cell wide, are none.
    """
    quarter, off = scan.survey.quarter, np.asarray(cv2.dilate(found.off, np.ones((3, 3), np.uint8)), np.uint8)
    background = estimate_background(found.eighth | off, scan.dpi / CELL_PX, found.paper)
    lightest = _to_quarter(blank.ink_level(background) & ~off, quarter)
    return blank.count_marks(np.asarray(cv2.compare(quarter, lightest, cv2.CMP_LT), np.uint8), scan.dpi / 4)


def _halved(small: Gray) -> Gray:
    """Means of 2x2 pixels; a last row or column without a partner is left out."""
    height, width = small.shape[0] // 2, small.shape[1] // 2
    whole = small[: height * 2, : width * 2]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _find_border(scan: Scan, eighth: Gray, paper: int) -> Gray:
    """255 where a cell of 8x8 pixels is border, or partly so."""
    dpi = scan.dpi
    lines = border.find_edge_lines(scan.survey.darkest, dpi / CELL_PX)
    if dpi / CELL_PX >= border.LEAST_DPI:
        return border.find_border(eighth, dpi / CELL_PX, paper) | lines
    found = border.find_border(scan.survey.quarter, dpi / 4, paper)
    return ink_above(_halved(found), 0) | lines if found.any() else lines


def _whitened(quarter: Gray, off: Gray) -> Gray:
    """The reduced page with its border white."""
    if not off.any():
        return quarter
    return np.asarray(cv2.bitwise_or(quarter, _to_quarter(off, quarter)), np.uint8)


def _without_streaks(quarter: Gray, streaks: tuple[Streak, ...]) -> Gray:
    """The reduced page as if the streaks were not there, near enough to estimate on."""
    result = quarter.copy()
    for streak in streaks:
        first, last = streak.x0 // 4, min(quarter.shape[1], -(-streak.x1 // 4))
        if (streak.gains == 0).any():
            beside = (max(0, first - 1), min(quarter.shape[1] - 1, last))
            result[:, first:last] = np.maximum(quarter[:, beside[0]], quarter[:, beside[1]])[:, None]
            continue
        shares = np.ones(4 * (last - first))  # of the light of each column that came through
        shares[streak.x0 - 4 * first : streak.x1 - 4 * first] = 256 / streak.gains[: 4 * last - streak.x0]
        factors = 4 / shares.reshape(-1, 4).sum(axis=1)
        result[:, first:last] = np.minimum(quarter[:, first:last] * factors + 0.5, 255)
    return result


def _to_quarter(cells: Gray, quarter: Gray) -> Gray:
    size = (quarter.shape[1], quarter.shape[0])
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _maps(scan: Scan, found: Findings, scanner: Scanner) -> tuple[Gray, Gray]:
    """Threshold and gain for each cell of 8x8 pixels of the scan."""
    eighth, off, dpi = found.eighth, found.off, scan.dpi / CELL_PX
    if scan.bilevel:
        levels, gains = np.full_like(eighth, MIDDLE), np.full_like(eighth, UNIT)
    else:
        inside = (eighth & ~off) | (off & np.uint8(found.paper))
        background = estimate_background(inside, dpi, found.paper)
        levels = estimate_levels(inside, background, dpi)
        gains = gains_of(background) if scanner.background else np.full_like(background, UNIT)
    return levels & ~off, gains


def _busy(darkest: Gray, levels: Gray) -> Gray:
    """255 where ink may be: in cells with a pixel below the threshold, and two cells around them."""
    highest = cv2.dilate(levels, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.dilate(np.asarray(cv2.compare(darkest, highest, cv2.CMP_LT)), np.ones((5, 5), np.uint8)))
