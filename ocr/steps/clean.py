"""Cleaning one page: the steps in their order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Page, RawPage
from ocr.scanner import GENERIC, Scanner
from ocr.steps.background import normalise_background
from ocr.steps.blank import is_blank
from ocr.steps.border import remove_border
from ocr.steps.despeckle import despeckle
from ocr.steps.orientation import estimate_orientation, turn, turn_matrix
from ocr.steps.punch_holes import remove_punch_holes
from ocr.steps.reduce import is_bilevel
from ocr.steps.skew import estimate_skew, skew_matrix, turn_back

cv2.setNumThreads(1)

SMALLEST_PX = 64
"""Smaller pictures hold no page; they are handed on as they are."""


def clean_page(raw: RawPage, scanner: Scanner = GENERIC) -> Page:
    """One raw page made upright, level, white and free of what the scanner added.

    The input is never changed. A born-digital page (with `words`) is clean already and only handed on.
    `matrix` of the result maps its pixels to pixels of the raw page; `skew_deg` is the skew that was
    turned back, `rotated_deg` by how many degrees clockwise the page was turned to stand upright (0, 90,
    180, 270; 0 also where that was not sure); `ms` holds the time of each step that ran.
    """
    if raw.words is not None or min(raw.gray.shape) < SMALLEST_PX:
        return _page(raw, raw.gray, np.eye(3), 0.0, 0, {})
    ms: dict[str, float] = {}
    gray, dpi = raw.gray, raw.dpi
    if scanner.border:
        with _timed(ms, "border"):
            gray = remove_border(gray, dpi)
    if scanner.punch_holes:
        with _timed(ms, "punch_holes"):
            gray = remove_punch_holes(gray, dpi)
    if scanner.background and not is_bilevel(raw.gray):
        with _timed(ms, "background"):
            gray = normalise_background(gray, dpi)
    turn_deg, angle_deg = 0, 0.0
    if scanner.orientation:
        with _timed(ms, "orientation"):
            turn_deg = estimate_orientation(gray, dpi).turn_deg
            gray = turn(gray, turn_deg)
    matrix = turn_matrix(turn_deg, raw.gray.shape[1], raw.gray.shape[0])
    if scanner.skew:
        with _timed(ms, "skew"):
            found = estimate_skew(gray, dpi, scanner.max_skew_deg)
            if found.worth_turning:
                angle_deg = found.angle_deg
                matrix = matrix @ skew_matrix(angle_deg, gray.shape[1], gray.shape[0])
                gray = turn_back(gray, angle_deg)
    if scanner.despeckle:
        with _timed(ms, "despeckle"):
            gray = despeckle(gray, dpi)
    return _page(raw, gray, matrix, angle_deg, turn_deg, ms)


def _page(
    raw: RawPage,
    gray: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    angle_deg: float,
    turn_deg: int,
    ms: dict[str, float],
) -> Page:
    with _timed(ms, "blank"):
        blank = is_blank(gray, raw.dpi)
    return Page(raw.number, gray, raw.dpi, angle_deg, turn_deg, blank, matrix[:2], raw.words, ms)


@contextmanager
def _timed(ms: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    ms[step] = round((time.perf_counter() - start) * 1000, 2)
