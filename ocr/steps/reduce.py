"""Reduced images to estimate on: full resolution is only touched where something is applied."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray


def reduced(gray: Gray, dpi: float, target_dpi: float) -> Gray:
    """The page at about `target_dpi` (area means), never enlarged, at least one pixel each way."""
    factor = min(1.0, target_dpi / dpi)
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    if size == (gray.shape[1], gray.shape[0]):
        return gray
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def is_bilevel(gray: Gray) -> bool:
    """Whether the scanner delivered black and white only: next to nothing in between (looked at on a sample)."""
    sample = gray[::7, ::5]
    between = np.count_nonzero((sample > 16) & (sample < 239))
    return bool(between <= 0.002 * sample.size)
