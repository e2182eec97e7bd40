"""Background: paper made white and evenly lit."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.reduce import enlarged, reduced

WORK_DPI = 37.5
CLOSE_PX = 9
"""Ink up to 6 mm wide does not count as background. Source: prototype, FACTS."""
LEAST_OF_PAPER = 0.6
"""What is darker than this share of the paper is a dark thing (a bar, a picture), not a shadow."""
WHITE = 257.0


def paper_level(small: Gray) -> int:
    """How light the paper is: most of a page is paper."""
    return max(60, int(np.percentile(small, 65)))


def estimate_background(small: Gray) -> Gray:
    """Lightness of the bare paper of a page reduced to 37 dpi: closing over the ink, then smoothed."""
    kernel = np.ones((CLOSE_PX, CLOSE_PX), np.uint8)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel)
    paper = np.maximum(paper, np.uint8(paper_level(small) * LEAST_OF_PAPER))
    return np.asarray(cv2.blur(paper, (CLOSE_PX, CLOSE_PX)), dtype=np.uint8)


def normalise_background(gray: Gray, dpi: float) -> Gray:
    """The page divided by its background: paper becomes 255, ink keeps its contrast to the paper."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    paper = estimate_background(small)
    gain = np.clip(64.0 * WHITE / np.maximum(paper, 1), 64, 255).astype(np.uint8)
    full = enlarged(gain, factor, gray.shape, smooth=True)
    return np.asarray(cv2.multiply(gray, full, scale=1 / 64), dtype=np.uint8)
