"""Orientation: which of four ways is up, from the shape of Latin text, without reading it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.blobs import Blobs, find_blobs, ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 150.0
INK_BELOW = 160
RULE_MM = 7.6
"""Longer straight runs are rules of the form, not letters."""
LETTER_MM = (0.95, 6.8)
GAP_MM = 3.4
SAME_MM, APART_MM = 0.17, 0.5
"""Edges of two letters so close are on one line; so far apart they are not."""
PRIOR_PAIRS = 20
"""So many undecided pairs are added, so that a handful of letters cannot turn a page."""
GATE, GATE_MARGIN = 0.24, 0.12
"""Source: 125 pages of 66 real registration forms, four ways each: on the right axis at least 0.28
(median 0.48) towards the right side, on the other axis at most 0.22; margin at least 0.23."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """`turn_deg`: clockwise turn (0, 90, 180, 270) that sets the page upright, 0 where that is not sure.

    `score` is the evidence for the best direction, 0..1; `sure` whether it passed the gate.
    """

    turn_deg: int
    score: float
    sure: bool


def estimate_orientation(gray: Gray, dpi: float) -> Orientation:
    """Find the upright direction.

    Neighbouring letters of a line stand on one base line while their tops differ (capitals, ascenders,
    x-height); few letters hang below it. So among pairs of neighbours with one common edge, the edge that
    is common far more often is the bottom. Both axes are tried.
    """
    small, factor = reduced(gray, dpi, WORK_DPI)
    pixel_mm = 25.4 * factor / dpi
    ink = _letters_ink(small, pixel_mm)
    level, sideways = _uprightness(ink, pixel_mm), _uprightness(np.ascontiguousarray(np.rot90(ink)), pixel_mm)
    along, across = (level, sideways) if abs(level) >= abs(sideways) else (sideways, level)
    sure = abs(along) >= GATE and abs(along) - abs(across) >= GATE_MARGIN
    if not sure:
        return Orientation(0, abs(along), False)
    upright, reverse = (0, 180) if along is level else (270, 90)
    return Orientation(upright if along > 0 else reverse, abs(along), True)


def turn(gray: Gray, clockwise_deg: int) -> Gray:
    """The page turned clockwise by 0, 90, 180 or 270 degrees; exact, no pixel changes its value."""
    if clockwise_deg == 0:
        return gray
    return np.ascontiguousarray(np.rot90(gray, -clockwise_deg // 90))


def turn_matrix(clockwise_deg: int, width: int, height: int) -> NDArray[np.float64]:
    """The 3x3 matrix from pixels of the turned page to those of the page (`width`, `height`) before."""
    right, bottom = width - 1.0, height - 1.0
    rows = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        90: [[0, 1, 0], [-1, 0, bottom], [0, 0, 1]],
        180: [[-1, 0, right], [0, -1, bottom], [0, 0, 1]],
        270: [[0, -1, right], [1, 0, 0], [0, 0, 1]],
    }
    return np.array(rows[clockwise_deg], dtype=np.float64)


def _letters_ink(small: Gray, pixel_mm: float) -> Gray:
    """Ink without the rules and boxes of the form: 255 = ink."""
    ink = ink_below(small, INK_BELOW)
    rule_px = max(3, round(RULE_MM / pixel_mm))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, rule_px), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((rule_px, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.subtract(ink, rules), dtype=np.uint8)


def _uprightness(ink: Gray, pixel_mm: float) -> float:
    """From -1 (upside down) to 1 (upright) for text that runs horizontally."""
    blobs = find_blobs(ink)
    _, y, width, height = blobs.boxes.T
    smallest, largest = (mm / pixel_mm for mm in LETTER_MM)
    letter = (height >= smallest) & (height <= largest) & (width >= smallest / 2) & (width <= largest)
    letter[0] = False
    left, right = _neighbours(blobs, letter, max(2, round(GAP_MM / pixel_mm)))
    tops = np.abs(y[left] - y[right])
    bottoms = np.abs(y[left] + height[left] - y[right] - height[right])
    same_px, apart_px = max(1, round(SAME_MM / pixel_mm)), max(3, round(APART_MM / pixel_mm))
    common_bottom = int(np.count_nonzero((tops >= apart_px) & (bottoms <= same_px)))
    common_top = int(np.count_nonzero((bottoms >= apart_px) & (tops <= same_px)))
    return (common_bottom - common_top) / (common_bottom + common_top + PRIOR_PAIRS)


def _neighbours(blobs: Blobs, letter: NDArray[np.bool_], gap_px: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of a letter and the next one to its right at half its height, at most `gap_px` away."""
    left = np.flatnonzero(letter)
    x, y, width, height = blobs.boxes[left].T
    padded = np.pad(blobs.labels, ((0, 0), (0, gap_px)))
    seen = padded[(y + height // 2)[:, None], (x + width)[:, None] + np.arange(gap_px)]
    hit = letter[seen]
    if not hit.size:
        return left, left
    first = hit.argmax(axis=1)
    has_one = hit[np.arange(left.size), first]
    return left[has_one], seen[has_one, first[has_one]]
