"""Despeckle: dust that lies alone goes; dots, commas and broken strokes stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import CELL_PX, RIM_PX, Blobs
from ocr.page import Bits, Gray

INK_BELOW = 128
LONGEST_MM = 0.6
"""The dot of an i in 7-point print is nearly as large, so size alone must not decide."""
OTHER_INK, OTHER_PX = 0.5, 1.5
"""A speck is dust only if the 3x3 cells around it (4 mm) hold next to no other ink: at most this share of its own, so
that two grains of dust do not keep each other."""


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
    other = _around(blobs.cells)[row, column] - areas
    return np.asarray(small[other <= OTHER_INK * areas + OTHER_PX], np.int32)


def _around(cells: NDArray[np.uint16]) -> NDArray[np.uint16]:
    """The sum of each cell and its eight neighbours: no more than 9 * 64."""
    padded = np.zeros((cells.shape[0] + 2, cells.shape[1] + 2), np.uint16)
    padded[1:-1, 1:-1] = cells
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return np.asarray(across[:-2] + across[1:-1] + across[2:], np.uint16)


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
