"""Black border: what the scanner saw beside the paper."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.blobs import ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 50.0
DARK_BELOW = 110
LARGEST_SHARE = 0.5
"""More than half of the picture is no border but a dark page."""
EDGE_BAND_MM = 4.0


def find_border(gray: Gray, dpi: float) -> Gray:
    """Where the black border is: uint8 (height, width) at about 50 dpi, 255 = border, else 0.

    Border is what is dark, at least 1.5 mm thick and hangs together with the edge of the picture. Thinner
    remains of it are taken only within 4 mm of the edge, so that rules and strokes which run into the
    border are not eaten up.
    """
    small = reduced(gray, dpi, WORK_DPI)
    framed = cv2.copyMakeBorder(small, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=0)
    dark = ink_below(np.asarray(framed, dtype=np.uint8), DARK_BELOW)
    thick = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    near_edge = np.full(framed.shape, 255, np.uint8)
    band = 3 + round(EDGE_BAND_MM / 25.4 * WORK_DPI)
    near_edge[band:-band, band:-band] = 0
    solid = cv2.bitwise_or(thick, cv2.bitwise_and(dark, near_edge))
    cv2.floodFill(solid, None, (0, 0), 128, flags=4)
    found = np.where(solid == 128, np.uint8(255), np.uint8(0))
    inside = cv2.dilate(found, np.ones((3, 3), np.uint8))[3:-3, 3:-3]
    rim_only = cv2.countNonZero(found[3:-3, 3:-3]) == 0
    if rim_only or cv2.countNonZero(inside) > LARGEST_SHARE * inside.size:
        return np.zeros(small.shape, np.uint8)
    return np.asarray(inside, dtype=np.uint8)


def remove_border(gray: Gray, dpi: float) -> Gray:
    """The page with its black border painted white; the page itself where there is none."""
    found = find_border(gray, dpi)
    if not found.any():
        return gray
    full = cv2.resize(found, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.bitwise_or(gray, full), dtype=np.uint8)
