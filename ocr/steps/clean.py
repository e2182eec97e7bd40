"""Cleaning one page: the steps in their order."""

from __future__ import annotations

import time

import cv2
import numpy as np

from ocr.page import Page, RawPage
from ocr.scanner import GENERIC, Scanner
from ocr.steps.border import remove_border
from ocr.steps.skew import estimate_skew, rotation, turn_back

cv2.setNumThreads(1)


def clean_page(raw: RawPage, scanner: Scanner = GENERIC) -> Page:
    """One raw page made upright, level, white and free of what the scanner added.

    The input is never changed. `matrix` of the result maps its pixels to pixels of the raw page;
    `skew_deg` is what was turned back, `rotated_deg` by how many degrees clockwise the page was turned
    (0, 90, 180, 270); `ms` holds the time of each step.
    """
    ms: dict[str, float] = {}
    gray, angle = raw.gray, 0.0
    matrix = np.eye(2, 3)
    start = time.perf_counter()
    if scanner.border:
        gray = remove_border(gray, raw.dpi)
        ms["border"] = (time.perf_counter() - start) * 1000
    start = time.perf_counter()
    if scanner.skew:
        found = estimate_skew(gray, raw.dpi, scanner.max_skew_deg)
        if abs(found.angle_deg) >= 0.05 and found.sharpness > 1.1:
            angle = found.angle_deg
            matrix = rotation(angle, gray.shape[1], gray.shape[0])
            gray = turn_back(gray, angle)
        ms["skew"] = (time.perf_counter() - start) * 1000
    blank = bool(np.count_nonzero(gray < 128) < 0.0005 * gray.size)
    return Page(raw.number, gray, raw.dpi, angle, 0, blank, matrix, raw.words, ms)
