"""Punch holes: black discs near the edge where the scanner looked through the paper."""

from __future__ import annotations

import math

import cv2

from ocr.page import Box, Gray
from ocr.steps.blobs import find_blobs, ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 75.0
DARK_BELOW = 110
ACROSS_MM = (4.0, 10.0)
"""ISO 838 holes are 6 mm, US ones 6 to 8 mm; worn ones are larger."""
FROM_EDGE_MM = 24.0
DISC_FILL = (0.68, 0.90)
"""Share of its bounding square that a disc fills: 0.785. A filled square (a timing mark) fills it all."""
CLEAR_RING_MM = 0.8


def find_punch_holes(gray: Gray, dpi: float) -> tuple[Box, ...]:
    """Filled round discs of punch-hole size near an edge with nothing close around them (page pixels)."""
    small = reduced(gray, dpi, WORK_DPI)
    dark = ink_below(small, DARK_BELOW)
    blobs = find_blobs(dark)
    scale = gray.shape[1] / small.shape[1]
    return tuple(
        Box(*(round(value * scale) for value in (x, y, x + width, y + height)))
        for (x, y, width, height), area in zip(blobs.boxes[1:].tolist(), blobs.areas[1:].tolist(), strict=True)
        if _is_disc(width, height, area) and _near_edge(small, x, y, width, height)
        if _stands_alone(dark, x, y, width, height, area)
    )


def remove_punch_holes(gray: Gray, dpi: float) -> Gray:
    """The page with its punch holes painted white; the page itself where there are none."""
    holes = find_punch_holes(gray, dpi)
    if not holes:
        return gray
    rim = round(0.6 / 25.4 * dpi)
    result = gray.copy()
    for hole in holes:
        Box(hole.x0 - rim, hole.y0 - rim, hole.x1 + rim, hole.y1 + rim).crop(result)[:] = 255
    return result


def _is_disc(width: int, height: int, area: int) -> bool:
    smallest, largest = (mm / 25.4 * WORK_DPI for mm in ACROSS_MM)
    if not (smallest <= width <= largest and smallest <= height <= largest):
        return False
    return 0.75 <= width / height <= 1.33 and DISC_FILL[0] <= area / (width * height) <= DISC_FILL[1]


def _near_edge(small: Gray, x: int, y: int, width: int, height: int) -> bool:
    page_height, page_width = small.shape
    far = FROM_EDGE_MM / 25.4 * WORK_DPI
    gap = min(x, y, page_width - x - width, page_height - y - height)
    return bool(gap < far - min(width, height))


def _stands_alone(dark: Gray, x: int, y: int, width: int, height: int, area: int) -> bool:
    """All ink of the surroundings is the disc's own, and its corners are free (a letter has them filled)."""
    ring = math.ceil(CLEAR_RING_MM / 25.4 * WORK_DPI)
    around = dark[max(0, y - ring) : y + height + ring, max(0, x - ring) : x + width + ring]
    if cv2.countNonZero(around) > 1.03 * area + 2:
        return False
    middle = dark[y + height // 4 : y + height - height // 4, x + width // 4 : x + width - width // 4]
    return bool(cv2.countNonZero(middle) >= 0.98 * middle.size)
