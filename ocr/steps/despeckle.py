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
    sides = blobs.boxes[:, 2:] - blobs.boxes[:, :2]
    longest_px = max(1.0, LONGEST_MM / 25.4 * dpi / blobs.step)
    small = np.flatnonzero(sides.max(axis=1, initial=0) <= longest_px)
    areas = blobs.areas[small]
    padded = np.pad(blobs.cells.astype(np.int32), 1)
    rows, columns = blobs.cells.shape
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    around = across[:-2] + across[1:-1] + across[2:]
    centres = (blobs.boxes[small, :2] + blobs.boxes[small, 2:] - 1) // 2 // CELL_PX
    other = around[np.minimum(centres[:, 1], rows - 1), np.minimum(centres[:, 0], columns - 1)] - areas
    return np.asarray(small[other <= OTHER_INK * areas + OTHER_PX], np.int32)


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
