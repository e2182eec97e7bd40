"""Quality: what a page tells about the scanner that made it. Taken from a sample of its rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr.page import Bits, Gray

ROWS = 48
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
    return page[:: max(1, page.shape[0] // ROWS)]


def measure_focus(rows: Gray, paper: int, ink: int) -> float | None:
    """Width in pixels of the edge of a stroke: contrast divided by its steepest step. None: too few edges."""
    steps = np.abs(np.diff(rows.astype(np.int16), axis=1))
    edges = steps[steps > max(12.0, EDGE_SHARE * (paper - ink))]
    if edges.size < LEAST_EDGES:
        return None
    return float((paper - ink) / np.percentile(edges, STEEP_PERCENTILE))


def measure_noise(rows: Gray, paper: int) -> float:
    """Standard deviation of bare paper in grey levels, from neighbours that are both as light as paper."""
    some = rows[::4].astype(np.int16)
    left, right = some[:, :-2:2], some[:, 2::2]
    bare: NDArray[np.int16] = (left - right)[np.minimum(left, right) > 0.85 * paper]
    return float(np.median(np.abs(bare)) / NOISE_PER_STEP) if bare.size else 0.0


def measure_ink(rows: Gray, paper: int) -> int | None:
    """How dark the ink is: the level of the darker half of what is clearly darker than paper. None: no ink."""
    dark = rows[rows < 0.7 * paper]
    return int(np.percentile(dark, 25)) if dark.size >= LEAST_EDGES else None
