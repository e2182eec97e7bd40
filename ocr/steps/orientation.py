"""Orientation: which of four ways is up, from the shape of Latin text, without reading it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import Blobs
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

BAND_MM, REACH_MM = 11.0, 1.0
"""Darkness is averaged across bands so wide, and compared along them at this distance."""
MARGIN_MM = 12.0
"""Beside the edges of a scan are borders and holes."""
LEAST_STEP, MOST_STEP = 10, 60
"""Paper is uneven by less, in grey levels; what is steeper (a rule, a picture) counts no more than bold print."""
_EDGES = (np.clip(np.arange(256) - LEAST_STEP, 0, MOST_STEP) / MOST_STEP) ** 2
"""For each step of grey levels, how much of an edge it is."""
SIDE_RATIO = 1.5
"""Source: 125 pages of real forms and 34 simulated ones with text: 1.8 and more on their side, 0.6 and less upright."""
LEAST_EDGES = 64.0
"""Source: the same pages: 120 and more; a line or two, a streak, a stamp: up to 53."""


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


def decide_upright(bits: Bits, blobs: Blobs, dpi: float) -> Orientation:
    """Find the upright direction of a page by its blobs; where that is not sure, by finer ones.

    `blobs`: those of `bits`; `dpi`: of the page. A closer look parts letters that run together when reduced. It
    is only taken at the part of the page that holds anything as large as a letter, and where so much ink is.
    """
    found = find_upright(blobs.boxes, -(-bits.width // blobs.step), dpi / blobs.step)
    if found.sure or blobs.step == 1 or len(blobs.areas) < LEAST_PAIRS:
        return found
    least_px = math.ceil(LETTER_MM[0] / 25.4 * dpi / blobs.step)
    large = (blobs.boxes[:, 2:] - blobs.boxes[:, :2]).max(axis=1, initial=0) >= least_px
    if int((blobs.areas[large] // least_px).sum()) <= LEAST_PAIRS:  # a letter has a row of ink for each of its pixels
        return found
    part = _around(bits, blobs.boxes[large] * blobs.step)
    finer = blobs.step // 2
    return find_upright(kernel.find_blobs(part, finer).boxes, -(-part.width // finer), dpi / finer)


def lies_on_side(small: Gray, dpi: float) -> bool:
    """A quick guess whether the lines of a page run up or down; where there are few lines it says no.

    `small`: a reduced page (50 to 100 dpi). Across its lines a page gets darker and lighter with each of
    them; along them words follow each other without a gap that all lines share. Good enough to turn a page before the
    costly pass, not to decide by it.
    """
    across = _count_edges(small, dpi)
    return across >= LEAST_EDGES and across >= SIDE_RATIO * _count_edges(np.asarray(cv2.transpose(small)), dpi)


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


def _around(bits: Bits, boxes: NDArray[np.int32]) -> Bits:
    """The smallest part of a page of whole bytes that holds all of the boxes (count, 4)."""
    x0, y0 = boxes[:, :2].min(axis=0).tolist()
    x1, y1 = boxes[:, 2:].max(axis=0).tolist()
    first, last = x0 // 8, min(bits.packed.shape[1], -(-x1 // 8))
    return Bits(bits.packed[y0:y1, first:last], min(bits.width, 8 * last) - 8 * first)


def _count_edges(small: Gray, dpi: float) -> float:
    """How much edge there is from left to right in horizontal bands of a reduced page."""
    band, reach, margin = (round(mm / 25.4 * dpi) for mm in (BAND_MM, REACH_MM, MARGIN_MM))
    band, reach = max(4, band // 2 * 2), max(1, reach)
    inner = small[margin : small.shape[0] - margin, margin : small.shape[1] - margin]
    count = inner.shape[0] // band
    if count < 1 or inner.shape[1] <= reach:
        return 0.0
    halves = inner[: count * band : 2].reshape(count, band // 2, -1)  # every other row says enough
    means = (halves.sum(axis=1, dtype=np.uint16) // (band // 2)).astype(np.uint8)
    steps = np.bincount(cv2.absdiff(means[:, reach:], means[:, :-reach]).ravel(), minlength=256)
    return float(steps @ _EDGES)


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
