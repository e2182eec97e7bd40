"""Background: paper made white and evenly lit."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.reduce import enlarged, reduced

WORK_DPI = 37.5
CLOSE_MM = 6.1
"""Ink up to so wide does not count as background. Source: prototype, FACTS."""
LEAST_OF_PAPER = 0.6
"""What is darker than this share of the paper is a dark thing (a bar, a picture), not a shadow."""
PAPER_PERCENTILE = 65
WHITE = 257.0
UNIT = 64
"""Gains are kept in 64ths: 64 leaves a pixel as it is."""


def paper_level(small: Gray) -> int:
    """How light the paper is: most of a page is paper."""
    sample = small[::3, ::3] if small.size > 10_000 else small
    at = min(sample.size - 1, sample.size * PAPER_PERCENTILE // 100)
    return max(60, int(np.partition(sample, at, axis=None)[at]))


def close_px(dpi: float) -> int:
    """The odd number of pixels that 6 mm take."""
    return max(3, round(CLOSE_MM / 25.4 * dpi) // 2 * 2 + 1)


def estimate_background(small: Gray, dpi: float = WORK_DPI, paper: int | None = None) -> Gray:
    """Lightness of the bare paper of a page reduced to about 37 dpi: closing over the ink, then smoothed."""
    size = close_px(dpi)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    least = int((paper_level(small) if paper is None else paper) * LEAST_OF_PAPER)
    return np.asarray(cv2.blur(cv2.max(closed, np.full_like(closed, least)), (size, size)), dtype=np.uint8)


_GAINS = np.clip(UNIT * WHITE / np.maximum(np.arange(256), 1), UNIT, 255).astype(np.uint8)


def gains_of(background: Gray) -> Gray:
    """By how many 64ths each place must be multiplied for its paper to become white."""
    return np.asarray(cv2.LUT(background, _GAINS), np.uint8)


def normalise_background(gray: Gray, dpi: float) -> Gray:
    """The page divided by its background: paper becomes 255, ink keeps its contrast to the paper."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    gains = gains_of(estimate_background(small, dpi / factor))
    full = enlarged(gains, factor, gray.shape, smooth=True)
    return np.asarray(cv2.multiply(gray, full, scale=1 / UNIT), dtype=np.uint8)
