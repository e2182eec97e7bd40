"""Binarise: grey to black and white with a threshold that follows paper and ink."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.background import CLOSE_PX, WORK_DPI, estimate_background
from ocr.steps.reduce import enlarged, is_bilevel, reduced

LOWEST, HIGHEST = 0.5, 0.78
"""Bounds of the threshold as share of the paper. Source: prototype, FACTS."""


def binarise(gray: Gray, dpi: float) -> Gray:
    """0 for ink and 255 for paper: half way between the paper and the darkest ink near by."""
    if is_bilevel(gray):
        return np.asarray(cv2.threshold(gray, 127, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    small, factor = reduced(gray, dpi, WORK_DPI)
    paper = estimate_background(small).astype(np.float32)
    kernel = np.ones((CLOSE_PX, CLOSE_PX), np.uint8)
    ink = cv2.blur(cv2.erode(small, kernel), (CLOSE_PX, CLOSE_PX))
    level = np.clip((paper + ink) / 2, LOWEST * paper, HIGHEST * paper).astype(np.uint8)
    full = enlarged(level, factor, gray.shape, smooth=True)
    return np.asarray(cv2.compare(gray, full, cv2.CMP_GE), dtype=np.uint8)
