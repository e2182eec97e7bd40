"""Skew: by how many degrees the lines of a page are turned, and turning it back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import CELL_PX, STRIP_PX, STRIP_ROWS, Edges
from ocr.page import Gray

LEAST_STEP, MOST_STEP = 10.0, 255.0
"""A row must get so much lighter than the one before to count as the lower edge of something."""
ACROSS_IN = 1 / 75
"""Rows so far apart are compared: across a blurred edge, 4 px at 300 dpi."""
LEAST_DEG = 0.02
"""A page this straight is left as it is: 1 px on the width of A4 at 300 dpi."""
LEAST_BILEVEL_DEG = 0.05
"""The same for pages that came in black and white: their edges are torn where a row is shifted by half a pixel. Source:
reading of 33 real forms, F1 0.848 with 0.02 degrees, 0.861 with 0.05."""
LEAST_SHARPNESS = 1.15
"""Best score over mean score of all angles. Pure noise: 1.0; the real forms of the samples: 1.5 to 4."""
SMOOTH_ROWS = 0.5
"""Standard deviation of the smoothing along a strip, on top of that of the shifting."""
LEAST_EDGES = 120
"""A signature or a stamp has up to 90, a short letter some thousands: what has no lines has no skew either."""
SEEN_STEP = 5.0
COARSE_ROWS = 4
"""Rows taken together for the first search."""
COARSE_TRIES = 24
"""Slopes tried to each side; with 5 degrees they are 0.2 degrees apart, and the peak of a page of text is wider."""


@dataclass(frozen=True, slots=True)
class Skew:
    """`angle_deg` > 0: the lines run down to the right. `sharpness`: how clearly this angle stands out. `edges`: in how
    many places of the page an edge was seen."""

    angle_deg: float
    sharpness: float
    edges: int = 0

    @property
    def slope(self) -> float:
        return math.tan(math.radians(self.angle_deg))

    @property
    def worth_turning(self) -> bool:
        return abs(self.angle_deg) >= LEAST_DEG and self.sharpness >= LEAST_SHARPNESS and self.edges >= LEAST_EDGES


def estimate_skew(gray: Gray, dpi: float, max_deg: float = 5.0) -> Skew:
    """Find the angle at which the lower edges of the page's lines fall onto each other best. See `find_skew`."""
    return find_skew(kernel.survey(gray).strips, None, dpi, max_deg)


def find_skew(strips: NDArray[np.uint16], usable: Gray | None, dpi: float, max_deg: float) -> Skew:
    """The skew from the page's strips, uint16 (pairs of rows, strips), sums of 64 pixels of two rows.

    Each strip is reduced to its profile of lower edges. A slope is tried by shifting the profiles against each
    other; the sum of squares of their total is largest where lines fall on lines. No pixel is rotated. First
    with more rows taken together, then with pairs. `usable`: 0 where a cell of 8x8 pixels is not on the page.
    """
    if strips.shape[1] < 3 or len(strips) < 16 * COARSE_ROWS:
        return Skew(0.0, 1.0)
    limit = math.tan(math.radians(max_deg))
    coarse = _Profiles.of(_together(strips), usable, dpi, limit, COARSE_ROWS)
    step = limit / COARSE_TRIES
    slopes = [index * step for index in range(-COARSE_TRIES, COARSE_TRIES + 1)]
    scores = coarse.scores(slopes)
    best = slopes[int(scores.argmax())]
    sharpness = float(scores.max() / (scores.mean() + 1e-9))
    fine = _Profiles.of(strips, usable, dpi, limit, STRIP_ROWS)
    for _ in range(4):
        best, step = fine.closer(best, step)
    best += _top_of_parabola(fine.scores([best - step, best, best + step])) * step
    return Skew(math.degrees(math.atan(best)), sharpness, int(np.count_nonzero(fine.profiles > SEEN_STEP)))


def skew_matrix(angle_deg: float, width: int, height: int) -> NDArray[np.float64]:
    """The 3x3 matrix from level pixels to pixels of the skewed page, turning about the centre."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    x, y = (width - 1) / 2, (height - 1) / 2
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y], [0.0, 0.0, 1.0]])


def turn_back(gray: Gray, angle_deg: float) -> Gray:
    """The page with its lines level again, same size, white where nothing was."""
    height, width = gray.shape
    return np.asarray(
        cv2.warpAffine(
            gray,
            skew_matrix(angle_deg, width, height)[:2],
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=255,
        ),
        dtype=np.uint8,
    )


@dataclass(frozen=True, slots=True)
class _Profiles:
    """Lower edges along each strip, and how wide a strip is, in rows of the profiles."""

    profiles: NDArray[np.float32]
    apart: float
    pad: int

    @classmethod
    def of(cls, strips: NDArray[np.uint16], usable: Gray | None, dpi: float, limit: float, rows: int) -> _Profiles:
        """`rows`: how many rows of the page one row of `strips` is the sum of."""
        reach = max(1, round(dpi * ACROSS_IN / rows))
        apart = STRIP_PX / rows
        pad = math.ceil(limit * strips.shape[1] * apart / 2 * 1.1) + 3
        weights = _bell(SMOOTH_ROWS)
        how = Edges(STRIP_PX * rows, reach, LEAST_STEP, MOST_STEP, weights, CELL_PX // rows, usable, pad)
        return cls(kernel.profiles(strips, how), apart, pad)

    def scores(self, slopes: list[float]) -> NDArray[np.float64]:
        return kernel.slope_scores(self.profiles, self.pad, self.apart, slopes)

    def closer(self, best: float, step: float) -> tuple[float, float]:
        """The best of five slopes around `best`, and the finer step to go on with."""
        step /= 2.5
        slopes = [best + index * step for index in (-2, -1, 0, 1, 2)]
        return slopes[int(self.scores(slopes).argmax())], step


def _bell(sigma: float) -> NDArray[np.float32]:
    """Weights of a normal distribution that add up to 1, as far as they matter."""
    reach = math.ceil(2.5 * sigma)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def _together(strips: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """Sums of `COARSE_ROWS` rows of the page; so many times 64 white pixels still fit."""
    pairs = COARSE_ROWS // STRIP_ROWS
    rows = len(strips) // pairs * pairs
    return np.asarray(sum(strips[start:rows:pairs] for start in range(pairs)), np.uint16)


def _top_of_parabola(scores: NDArray[np.float64]) -> float:
    """Where between -1 and 1 the parabola through three equally spaced scores is highest."""
    left, middle, right = scores.tolist()
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else max(-1.0, min(1.0, 0.5 * (left - right) / bend))
