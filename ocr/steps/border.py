"""Black border: what the scanner saw beside the paper."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.blobs import find_blobs, ink_below
from ocr.steps.reduce import enlarged, reduced

WORK_DPI = 50.0
DARK_BELOW = 110
LARGEST_SHARE = 0.5
"""More than half of the picture is no border but a dark page."""
EDGE_BAND_MM = 4.0
BESIDE_MM, ALONG_MM = 8.0, 25.0
"""A bar this close to an edge and this long is border too."""


def find_border(gray: Gray, dpi: float) -> Gray:
    """Where the black border is: uint8 of the page's shape, 255 = border, else 0.

    Border is what is dark, at least 1.5 mm thick and hangs together with the edge of the picture, or runs
    along it (scanners pad short pages with white). Thinner remains are taken only within 4 mm of the edge,
    so that rules and strokes which run into the border are not eaten up.
    """
    small, factor = reduced(gray, dpi, WORK_DPI)
    work_dpi = dpi / factor
    dark = ink_below(small, DARK_BELOW)
    framed = np.asarray(cv2.copyMakeBorder(dark, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=255), dtype=np.uint8)
    thick = np.asarray(cv2.morphologyEx(framed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    thick = thick[2:-2, 2:-2]
    band = max(1, round(EDGE_BAND_MM / 25.4 * work_dpi))
    thick = np.asarray(cv2.bitwise_or(thick, cv2.bitwise_and(dark, _edge_band(dark, band))), dtype=np.uint8)
    beside, along = (mm / 25.4 * work_dpi for mm in (BESIDE_MM, ALONG_MM))
    found = _hanging_on_edge(thick, beside, along)
    found = np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    if cv2.countNonZero(found) > LARGEST_SHARE * found.size:
        found = np.zeros_like(found)
    return enlarged(found, factor, gray.shape)


def remove_border(gray: Gray, dpi: float) -> Gray:
    """The page with its black border painted white; the page itself where there is none."""
    found = find_border(gray, dpi)
    if not found.any():
        return gray
    return np.asarray(cv2.bitwise_or(gray, found), dtype=np.uint8)


def _edge_band(dark: Gray, band: int) -> Gray:
    inside = np.full(dark.shape, 255, np.uint8)
    inside[band:-band, band:-band] = 0
    return inside


def _hanging_on_edge(thick: Gray, near: float, along: float) -> Gray:
    """Of all thick dark blobs, those at the edge: touching it, or close to it and long beside it."""
    blobs = find_blobs(thick)
    height, width = thick.shape
    x, y, wide, high = blobs.boxes.T
    right, bottom = width - x - wide, height - y - high
    touches = np.minimum.reduce([x, y, right, bottom]) <= 0
    beside = ((np.minimum(x, right) < near) & (high >= along)) | ((np.minimum(y, bottom) < near) & (wide >= along))
    chosen = np.where(touches | beside, np.uint8(255), np.uint8(0))
    chosen[0] = 0
    return np.asarray(chosen[blobs.labels], dtype=np.uint8)
