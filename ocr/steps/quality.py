"""Quality: what a page tells about the scanner that made it. Taken from a sample of its rows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Bits, Gray

ROWS = 24
"""So many rows are looked at, spread over the page."""
EDGE_SHARE = 0.25
"""A step between neighbours of at least this share of the contrast belongs to the edge of a stroke."""
STEEP_PERCENTILE = 75
LEAST_EDGES = 60
NOISE_PER_STEP = 0.954
"""Median of the absolute difference of two independent normal values, in standard deviations."""


def sample_rows(page: Gray | Bits) -> Gray | None:
    """Rows of a grey page, uint8 (rows, width); None where the page has no grey."""
    if isinstance(page, Bits):
        return None
    return np.ascontiguousarray(page[:: max(1, page.shape[0] // ROWS)])


def measure_focus(rows: Gray, paper: int, ink: int) -> float | None:
    """Width in pixels of the edge of a stroke: contrast divided by its steepest step. None: too few edges."""
    steps = np.asarray(cv2.absdiff(rows[:, 1:], rows[:, :-1]), np.uint8)
    edges = steps[steps > max(12, round(EDGE_SHARE * (paper - ink)))]
    return None if edges.size < LEAST_EDGES else (paper - ink) / _percentile(edges, STEEP_PERCENTILE)


def measure_noise(rows: Gray, paper: int) -> float:
    """Standard deviation of bare paper in grey levels, from neighbours that are both as light as paper."""
    some = rows[::4]
    left, right = some[:, :-2], some[:, 2:]
    bare = np.asarray(cv2.absdiff(left, right), np.uint8)[cv2.min(left, right) > round(0.85 * paper)]
    return _percentile(bare, 50) / NOISE_PER_STEP if bare.size else 0.0


def measure_ink(rows: Gray, paper: int) -> int | None:
    """How dark the ink is: the level of the darker half of what is clearly darker than paper. None: no ink."""
    dark = rows[rows < round(0.7 * paper)]
    return int(_percentile(dark, 25)) if dark.size >= LEAST_EDGES else None


def _percentile(levels: NDArray[np.generic], percent: int) -> float:
    """Of grey levels, by counting: to a tenth of a level, as if the values of a level were spread evenly over it."""
    counts = np.bincount(levels, minlength=256).cumsum()
    wanted = counts[-1] * percent / 100
    level = int(counts.searchsorted(wanted))
    before = counts[level - 1] if level else 0
    return float(level + (wanted - before) / max(1, counts[level] - before) - 0.5)
