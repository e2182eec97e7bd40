"""Areas of a blank form that are only told by their shade: grey boxes on white paper, white boxes on tinted ground."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.draft_boxes import shared
from ocr.page import Box, Gray

MM_PER_INCH = 25.4
WORK_DPI = 100.0
STEP = 7
"""So many grey levels are a step between two shades; noise and uneven light are softer."""
STROKE_MM, SMALLEST_MM = 1.2, 2.6
CELL_MM = 9.0
"""No wider is the cell of a comb; others of the same shade stand as close as the strokes of letters."""
DARKEST = 140
"""On a darker area nobody writes."""
FULL = 0.88
"""So much of its bounding box a shade fills."""


def find_tints(gray: Gray, dpi: float) -> list[Box]:
    """The rectangles that have another shade than what is around them, pixels of the page; print does not matter."""
    scale, px = WORK_DPI / dpi, WORK_DPI / MM_PER_INCH
    small = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    large, cells = _shades(_without_strokes(small, px), px), _shades(small, px)
    narrow = [box for box in cells if box.width <= CELL_MM * px]
    found = narrow + [box for box in large if sum(shared(box, cell) for cell in narrow) < box.width * box.height / 2]
    return [_grown(box, scale) for box in found]


def _shades(gray: Gray, px: float) -> list[Box]:
    """The light rectangles of one shade each, with something else around them."""
    shade = np.asarray(cv2.GaussianBlur(cv2.medianBlur(gray, 5), (0, 0), 0.8), np.uint8)
    around = cv2.dilate(shade, np.ones((3, 3), np.uint8)), cv2.erode(shade, np.ones((3, 3), np.uint8))
    even = np.asarray(cv2.subtract(*around) < STEP, np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    found = [Box(x, y, x + w, y + h) for x, y, w, h, area in stats[1:].tolist() if _fits(w, h, area, px)]
    return [box for box in found if np.median(box.crop(shade)) >= DARKEST]


def _without_strokes(gray: Gray, px: float) -> NDArray[np.uint8]:
    size = round(STROKE_MM * px) | 1
    return np.asarray(cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8)), np.uint8)


def _fits(width: int, height: int, area: int, px: float) -> bool:
    return min(width, height) >= SMALLEST_MM * px and area > FULL * width * height


def _grown(box: Box, scale: float) -> Box:
    """The step itself is two pixels wide."""
    x0, y0, x1, y1 = box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1
    return Box(max(0, round(x0 / scale)), max(0, round(y0 / scale)), round(x1 / scale), round(y1 / scale))
