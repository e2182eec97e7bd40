"""Room to write in a cell that also holds print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.page import Box

LEAST_MM, LEAST_HIGH_MM = 9.0, 3.6
ENOUGH_HIGH_MM = 7.5
"""A higher room is no better than a wider one."""


def room_in(cell: Box, print_boxes: Sequence[Box], px: float) -> Box | None:
    """The largest part of a cell without print that is large enough to write in."""
    step = max(1, round(px / 2))
    rows, columns = cell.height // step, cell.width // step
    free = np.ones((rows, columns), bool)
    for box in print_boxes:
        x0, y0, x1, y1 = box.x0 - cell.x0, box.y0 - cell.y0, box.x1 - cell.x0, box.y1 - cell.y0
        free[max(0, y0 // step) : max(0, -(-y1 // step)), max(0, x0 // step) : max(0, -(-x1 // step))] = False
    best, most = (0, 0, 0, 0), 0.0
    least, enough = (LEAST_HIGH_MM * px / step, LEAST_MM * px / step), ENOUGH_HIGH_MM * px / step
    heights = np.zeros(columns, int)
    for y in range(rows):
        heights = np.where(free[y], heights + 1, 0)
        for high in {int(h) for h in heights if h >= least[0]}:
            for x0, x1 in _runs(heights >= high):
                room = (x1 - x0) * (min(high, enough) + high / 1000)
                if x1 - x0 >= least[1] and room > most:
                    best, most = (x0, y + 1 - high, x1 - x0, high), room
    x, y, wide, high = best
    if not high:
        return None
    x1 = cell.x1 if x + wide == columns else cell.x0 + (x + wide) * step
    y1 = cell.y1 if y + high == rows else cell.y0 + (y + high) * step
    return Box(cell.x0 + x * step, cell.y0 + y * step, x1, y1)


def _runs(flags: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.astype(np.int8), [0]))))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
