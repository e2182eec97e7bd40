"""Reduced images to estimate on: full resolution is only touched where something is applied."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray


def reduced(gray: Gray, dpi: float, target_dpi: float) -> tuple[Gray, int]:
    """The page made smaller by a whole number, to about `target_dpi` (area means), and that number.

    Whole numbers are five times as fast as free ones. Up to `factor - 1` rows and columns at the lower and
    right edge do not fill a pixel and are left out. Never enlarged, at least one pixel each way.
    """
    height, width = gray.shape
    factor = max(1, min(round(dpi / target_dpi), height, width))
    if factor == 1:
        return gray, 1
    whole = gray[: height // factor * factor, : width // factor * factor]
    size = (width // factor, height // factor)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), factor


def enlarged(small: Gray, factor: int, shape: tuple[int, int], *, smooth: bool = False) -> Gray:
    """The reverse for a map: `factor` times larger, its last row and column drawn out to `shape`."""
    height, width = small.shape[0] * factor, small.shape[1] * factor
    how = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
    large = small if factor == 1 else cv2.resize(small, (width, height), interpolation=how)
    below, right = shape[0] - height, shape[1] - width
    return np.asarray(cv2.copyMakeBorder(large, 0, below, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)


def is_bilevel(gray: Gray) -> bool:
    """Whether the scanner delivered black and white only: next to nothing in between (looked at on a sample)."""
    sample = np.ascontiguousarray(gray[:: max(1, gray.shape[0] // 48)])
    between = cv2.countNonZero(cv2.inRange(sample, 17, 238))
    return between <= 0.002 * sample.size
