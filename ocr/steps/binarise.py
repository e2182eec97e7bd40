"""Binarise: grey to black and white with a threshold that follows paper and ink."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.background import WORK_DPI, close_px, estimate_background
from ocr.steps.reduce import enlarged, is_bilevel, reduced

HIGHEST = 0.78
"""Bound of the threshold as share of the paper: what shines through from the back is mostly lighter than that.
Source: prototype, FACTS."""
FAINTEST = 0.88
"""On a page without any dark ink the upper bound moves up to this, half way between paper and ink."""
INK_PERCENTILE = 3
MIDDLE = 128
"""Threshold of pages that were black and white already."""


def estimate_levels(small: Gray, background: Gray, dpi: float = WORK_DPI) -> Gray:
    """The threshold for each pixel of a page reduced to about 37 dpi: half way between paper and darkest ink near by.

    Darker than the threshold is ink. It is at least half of the paper, and so low that it keeps out noise and the print
    of the back.
    """
    size = close_px(dpi)
    ink = np.asarray(cv2.blur(cv2.erode(small, np.ones((size, size), np.uint8)), (size, size)), np.uint8)
    level = cv2.addWeighted(background, 0.5, ink, 0.5, -0.25)  # their mean, rounded down
    return np.asarray(cv2.min(level, _share_of(background, _upper_bound(ink, background))), np.uint8)


def _share_of(background: Gray, share: float) -> Gray:
    """A share of each level, to the nearest 256th and then rounded down (it rounds to the nearest level itself)."""
    return np.asarray(cv2.convertScaleAbs(background, alpha=round(256 * share) / 256, beta=1 / 512 - 0.5), np.uint8)


def _upper_bound(ink: Gray, background: Gray) -> float:
    """Higher on pages whose darkest ink is faint: nothing darker can shine through there."""
    share = np.divide(ink[::4, ::4], np.maximum(background[::4, ::4], 1), dtype=np.float32).ravel()
    at = share.size * INK_PERCENTILE // 100
    share.partition(at)
    darkest = float(share[at])
    return min(FAINTEST, max(HIGHEST, (1 + darkest) / 2))


def binarise(gray: Gray, dpi: float) -> Gray:
    """0 for ink and 255 for paper."""
    if is_bilevel(gray):
        return np.asarray(cv2.threshold(gray, MIDDLE - 1, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    small, factor = reduced(gray, dpi, WORK_DPI)
    level = estimate_levels(small, estimate_background(small, dpi / factor), dpi / factor)
    full = enlarged(level, factor, gray.shape, smooth=True)
    return np.asarray(cv2.compare(gray, full, cv2.CMP_GE), dtype=np.uint8)
