"""Despeckle: dust that lies alone goes; dots, commas and broken strokes stay."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.blobs import Blobs, find_blobs, ink_below

INK_BELOW = 128
SPECK_MM2 = 0.1
"""14 px at 300 dpi. The dot of an i in 7-point print is as large, so size alone must not decide."""
LONGEST_MM = 0.6
NEAR_MM = 1.35
"""A speck is dust only if the 3x3 cells of this size around it hold nearly no other ink."""
OTHER_INK = 0.5
"""Other ink may be this share of the speck's own: two grains of dust do not keep each other."""


def despeckle(gray: Gray, dpi: float) -> Gray:
    """The page without lonely dust (and the pale rim of it); the page itself where there is none."""
    ink = ink_below(gray, INK_BELOW)
    blobs = find_blobs(ink)
    dust = _dust(ink, blobs, 25.4 / dpi)
    if not dust.size:
        return gray
    result = gray.copy()
    for label in dust.tolist():
        x, y, width, height = blobs.boxes[label].tolist()
        result[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1] = 255
    return result


def _dust(ink: Gray, blobs: Blobs, pixel_mm: float) -> NDArray[np.intp]:
    """The labels of blobs that are small and alone. Nothing else lies within a cell, so boxes may be painted."""
    small = (blobs.areas <= SPECK_MM2 / pixel_mm**2) & (blobs.boxes[:, 2:].max(axis=1) <= LONGEST_MM / pixel_mm)
    small[0] = False
    labels = np.flatnonzero(small)
    areas = blobs.areas[labels]
    other = _ink_near(ink, blobs.centres[labels], NEAR_MM / pixel_mm) - areas
    return labels[other <= OTHER_INK * areas + 1.5]


def _ink_near(ink: Gray, centres: NDArray[np.float64], cell_px: float) -> NDArray[np.float64]:
    """How many ink pixels lie in the 3x3 cells around each centre."""
    height, width = ink.shape
    size = (max(1, round(width / cell_px)), max(1, round(height / cell_px)))
    cells = cv2.resize(ink, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    sums = cv2.boxFilter(cells, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    x = np.minimum(centres[:, 0] * size[0] / width, size[0] - 1).astype(np.intp)
    y = np.minimum(centres[:, 1] * size[1] / height, size[1] - 1).astype(np.intp)
    return np.asarray(sums[y, x] / 255 * (width / size[0]) * (height / size[1]), dtype=np.float64)
