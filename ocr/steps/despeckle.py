"""Despeckle: dust that lies alone goes; dots, commas and broken strokes stay."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import CELL_PX, RIM_PX, Blobs
from ocr.page import Bits, Gray

INK_BELOW = 128
LONGEST_MM = 0.6
"""The dot of an i in 7-point print is nearly as large, so size alone must not decide."""
OTHER_INK, OTHER_PX = 0.5, 1.5
"""A speck is dust only if the 3x3 cells around it (3 to 4 mm) hold next to no other ink: at most this share of its own,
so that two grains of dust do not keep each other."""
BESIDE_MM = 2.0
"""Nor is it dust when something larger stands so close beside it: the full stop of a typewriter with 10 letters an inch
begins 1.5 mm after the ink of a slim letter."""


def blob_step(dpi: float) -> int:
    """By how much a page is reduced before its blobs are found: to between 120 and 240 dpi where it can be."""
    return 1 if dpi < 240 else 2 if dpi < 480 else 4


def find_dust(blobs: Blobs, dpi: float) -> NDArray[np.int32]:
    """Which blobs are small and alone: int32 (count,), rows of `blobs`. `dpi`: of the page itself."""
    longest_px = max(1, int(LONGEST_MM / 25.4 * dpi / blobs.step))
    x0, y0, x1, y1 = blobs.boxes.T
    small = np.flatnonzero((x1 - x0 <= longest_px) & (y1 - y0 <= longest_px))
    x0, y0, x1, y1 = blobs.boxes[small].T
    areas = blobs.areas[small]
    rows, columns = blobs.cells.shape
    row = np.minimum((y0 + y1 - 1) // (2 * CELL_PX), rows - 1)
    column = np.minimum((x0 + x1 - 1) // (2 * CELL_PX), columns - 1)
    beside = max(1, math.ceil(BESIDE_MM / 25.4 * dpi / blobs.step / CELL_PX))
    other = np.maximum(
        _sums(blobs.cells, 1)[row, column] - areas,
        _sums(_without(blobs.cells, blobs.boxes[small], areas), beside)[row, column],
    )
    return np.asarray(small[other <= OTHER_INK * areas + OTHER_PX], np.int32)


def _without(cells: NDArray[np.uint16], boxes: NDArray[np.int32], areas: NDArray[np.int32]) -> NDArray[np.float32]:
    """The ink of cells without that of small blobs: each is taken from the cell where it begins and where it ends."""
    rest = cells.astype(np.float32)
    rows, columns = cells.shape
    for corners in (boxes[:, :2], boxes[:, 2:] - 1):
        at = np.minimum(corners[:, 1] // CELL_PX, rows - 1), np.minimum(corners[:, 0] // CELL_PX, columns - 1)
        np.subtract.at(rest, at, areas)
    return np.maximum(rest, 0, out=rest)


def _sums(cells: NDArray[np.uint16] | NDArray[np.float32], beside: int) -> NDArray[np.float32]:
    """For each cell the sum of three rows of cells, as far as `beside` cells to both sides (whole numbers)."""
    size = (2 * beside + 1, 3)
    sums = cv2.boxFilter(cells, cv2.CV_32F, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(sums, np.float32)


def despeckle(gray: Gray, dpi: float) -> Gray:
    """The page without lonely dust (and the pale rim of it); the page itself where there is none."""
    bits = Bits.of(gray, INK_BELOW)
    blobs = kernel.find_blobs(bits, blob_step(dpi))
    dust = find_dust(blobs, dpi)
    if not dust.size:
        return gray
    result = gray.copy()
    for x0, y0, x1, y1 in (blobs.boxes[dust] * blobs.step).tolist():
        result[max(0, y0 - RIM_PX) : y1 + RIM_PX, max(0, x0 - RIM_PX) : x1 + RIM_PX] = 255
    return result
