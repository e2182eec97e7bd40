"""Orientation: which of four ways is up, from the shape of Latin text, without reading it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.page import Bits, Gray
from ocr.steps.despeckle import blob_step

INK_BELOW = 160
LETTER_MM = (0.95, 6.8)
GAP_MM = 3.4
SAME_MM, APART_MM = 0.17, 0.5
"""Edges of two letters so close are on one line; so far apart they are not."""
LEAST_PAIRS = 16
AXIS_RATIO = 1.7
"""Neighbours along a line share an edge, neighbours across lines only by chance. Source: 125 pages of real forms and
16 simulated ones: at least 2.9 times as many pairs with a common edge along the lines as across them."""
LEAST_DEVIATIONS = 3.0
"""By how many standard deviations common bottoms must outnumber common tops (or the other way round) to be no chance.
Source: the same pages: 3.7 and more but for one (2.0), always towards the right side."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """`turn_deg`: clockwise turn (0, 90, 180, 270) that sets the page upright, 0 where that is not sure.

    `score` is the evidence for the best direction, 0..1; `sure` whether it passed the gate.
    """

    turn_deg: int
    score: float
    sure: bool


def estimate_orientation(gray: Gray, dpi: float) -> Orientation:
    """Find the upright direction of a page by the blobs of its ink. See `find_upright`."""
    bits = Bits.of(gray, INK_BELOW)
    return find_upright(kernel.find_blobs(bits, blob_step(dpi)).boxes, gray.shape[1], dpi / blob_step(dpi))


def find_upright(boxes: NDArray[np.int32], width: int, dpi: float) -> Orientation:
    """Find the upright direction by the boxes of the blobs of ink (count, 4), in pixels of `dpi` (120 to 240).

    Neighbouring letters of a line stand on one base line while their tops differ (capitals, ascenders,
    x-height); few letters hang below it. So the axis is the one along which neighbours share an edge, and among
    pairs with only one common edge, the edge that is common far more often is the bottom. `width`: of the
    page in pixels of `dpi`.
    """
    pixel_mm = 25.4 / dpi
    letters = _letters(boxes, pixel_mm)
    sideways = np.stack([letters[:, 1], width - letters[:, 2], letters[:, 3], width - letters[:, 0]], axis=1)
    level, turned = _count_pairs(letters, pixel_mm), _count_pairs(sideways, pixel_mm)
    along, across = (level, turned) if level.aligned >= turned.aligned else (turned, level)
    if along.aligned < max(LEAST_PAIRS, AXIS_RATIO * across.aligned) or along.deviations < LEAST_DEVIATIONS:
        return Orientation(0, along.score, False)
    upright, reverse = (0, 180) if along is level else (270, 90)
    return Orientation(upright if along.bottoms > along.tops else reverse, along.score, True)


_ROTATE = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turn(gray: Gray, clockwise_deg: int) -> Gray:
    """The page turned clockwise by 0, 90, 180 or 270 degrees; exact, no pixel changes its value."""
    if clockwise_deg == 0:
        return gray
    return np.asarray(cv2.rotate(gray, _ROTATE[clockwise_deg]), np.uint8)


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


def _letters(boxes: NDArray[np.int32], pixel_mm: float) -> NDArray[np.int32]:
    """The boxes that are as large as a letter."""
    sides = boxes[:, 2:] - boxes[:, :2]
    smallest, largest = (mm / pixel_mm for mm in LETTER_MM)
    fits = (sides.max(axis=1, initial=0) >= smallest) & (sides.max(axis=1, initial=0) <= largest)
    return np.asarray(boxes[fits & (sides.min(axis=1, initial=9) >= smallest / 2)], np.int32)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Neighbours with a common edge (`aligned`), of these with only a common bottom or only a common top."""

    aligned: int
    bottoms: int
    tops: int

    @property
    def score(self) -> float:
        return abs(self.bottoms - self.tops) / max(1, self.bottoms + self.tops)

    @property
    def deviations(self) -> float:
        return abs(self.bottoms - self.tops) / math.sqrt(self.bottoms + self.tops + 1)


def _count_pairs(letters: NDArray[np.int32], pixel_mm: float) -> _Pairs:
    """For text that runs horizontally, upright or upside down."""
    letters = np.ascontiguousarray(letters[letters[:, 3] - letters[:, 1] >= LETTER_MM[0] / pixel_mm])
    letters = letters[np.argsort(letters[:, 0], kind="stable")]
    right = kernel.neighbours(letters, max(2, round(GAP_MM / pixel_mm)))
    left = np.flatnonzero(right >= 0)
    one, other = letters[left], letters[right[left]]
    tops, bottoms = np.abs(one[:, 1] - other[:, 1]), np.abs(one[:, 3] - other[:, 3])
    same_px, apart_px = max(1, round(SAME_MM / pixel_mm)), max(3, round(APART_MM / pixel_mm))
    same_top, same_bottom = tops <= same_px, bottoms <= same_px
    return _Pairs(
        aligned=int(np.count_nonzero(same_top | same_bottom)),
        bottoms=int(np.count_nonzero((tops >= apart_px) & same_bottom)),
        tops=int(np.count_nonzero((bottoms >= apart_px) & same_top)),
    )
