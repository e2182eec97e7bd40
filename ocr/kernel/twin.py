"""The same as the kernel in C, with OpenCV and numpy: for machines without a compiler, and to test the other by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.kernel.plan import (
    BAND_ROWS,
    CELL_PX,
    RIM_PX,
    STRIP_PX,
    STRIP_ROWS,
    Blobs,
    Edges,
    Plan,
    Streak,
    Survey,
    level_matrix,
)
from ocr.page import Bits, Gray


def survey(page: Gray | Bits) -> Survey:
    gray = _gray(page)
    height, width = gray.shape
    rows, blocks = height // 4 * 4, width // STRIP_PX
    fours = gray[:rows, : width // 4 * 4].reshape(rows // 4, 4, width // 4, 4)
    quarter = ((fours.sum(axis=(1, 3), dtype=np.uint16) + 8) >> 4).astype(np.uint8)
    lightest = np.stack(
        [gray[y : min(y + BAND_ROWS, rows)].max(axis=0, initial=0) for y in range(0, height, BAND_ROWS)]
    )
    pairs = gray[:rows, : blocks * STRIP_PX].reshape(rows // STRIP_ROWS, STRIP_ROWS, blocks, STRIP_PX)
    down, across = (np.minimum(np.arange(size) // CELL_PX, max(0, size // CELL_PX - 1)) for size in (height, width))
    darkest = np.full((height // CELL_PX, width // CELL_PX), 255, np.uint8)
    if darkest.size:
        rows_of_cells = np.minimum.reduceat(gray, np.unique(down, return_index=True)[1], axis=0)
        darkest = np.minimum.reduceat(rows_of_cells, np.unique(across, return_index=True)[1], axis=1)
    return Survey(quarter, lightest, pairs.sum(axis=(1, 3), dtype=np.uint16), darkest)


def profiles(strips: NDArray[np.uint16], how: Edges) -> NDArray[np.float32]:
    rows, count = strips.shape
    height = rows - how.reach
    lighter = strips[how.reach :].astype(np.float32) - strips[: -how.reach]
    edges = np.clip(lighter / how.pixels - how.least, 0.0, how.most - how.least)
    if how.usable is not None:
        wide = STRIP_PX // CELL_PX
        cells = np.pad(how.usable, ((0, 0), (0, max(0, count * wide - how.usable.shape[1]))))[:, : count * wide]
        good = np.repeat(cells.reshape(len(cells), count, wide).min(axis=2) > 0, how.cell_rows, axis=0)
        good = np.pad(good, ((0, max(0, rows - len(good))), (0, 0)))
        edges *= good[:height] & good[how.reach : rows]
    taps = len(how.weights) // 2
    padded = np.pad(edges, ((taps, taps), (0, 0)))
    smooth = sum(padded[t : t + height] * weight for t, weight in enumerate(how.weights))
    return np.pad(np.asarray(smooth, np.float32).T, ((0, 0), (how.pad, how.pad)))


def slope_scores(
    profiles: NDArray[np.float32], pad_px: int, apart_px: float, slopes: Sequence[float]
) -> NDArray[np.float64]:
    count, length = profiles.shape
    size = length - 2 * pad_px
    scores = []
    for slope in slopes:
        total = np.zeros(size, np.float32)
        for index in range(count):
            shift = slope * (index + 0.5 - count / 2) * apart_px
            whole = math.floor(shift + 0.5)
            start = pad_px + whole
            if start < 1 or start + size >= length:
                continue
            part = np.float32(shift - whole)
            total += profiles[index, start - 1 : start - 1 + size] * (0.5 * (0.5 - part) ** 2)
            total += profiles[index, start : start + size] * (0.75 - part**2)
            total += profiles[index, start + 1 : start + 1 + size] * (0.5 * (0.5 + part) ** 2)
        scores.append(float(total.astype(np.float64) @ total))
    return np.array(scores)


def shear(page: Gray | Bits, slope: float, fill: int = 255) -> Gray:
    gray = _gray(page)
    if abs(slope) < 1e-6:
        return gray.copy()
    height, width = gray.shape
    levelled = cv2.warpAffine(
        np.ascontiguousarray(gray),
        level_matrix(slope, width, height)[:2],
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(fill),
    )
    return np.asarray(levelled, np.uint8)


def level(page: Gray | Bits, plan: Plan) -> tuple[Gray, Bits]:
    row = shear(mend_streaks(_gray(page), plan.streaks), plan.slope)
    levels = _widened(plan.levels, row.shape)
    levels[levels < plan.floor] = 0
    ink = row < levels
    gray = np.minimum((row.astype(np.uint16) * _widened(plan.gains, row.shape)) >> 6, 255).astype(np.uint8)
    gray[levels == 0] = 255
    if plan.mask:
        near = cv2.dilate(ink.view(np.uint8), np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8))
        gray[near == 0] = 255
    return gray, Bits(np.packbits(ink, axis=1), row.shape[1])


def mend_streaks(gray: Gray, streaks: Sequence[Streak]) -> Gray:
    """The page without its streaks; the page itself where there are none."""
    if not streaks:
        return gray
    result = gray.copy()
    width = gray.shape[1]
    for streak in streaks:
        wide = streak.x1 - streak.x0
        strip = result[:, streak.x0 : streak.x1].astype(np.int32)
        left = result[:, streak.x0 - 1].astype(np.int32) if streak.x0 > 0 else np.full(len(gray), 255, np.int32)
        right = result[:, streak.x1].astype(np.int32) if streak.x1 < width else np.full(len(gray), 255, np.int32)
        steps = (right - left)[:, None] * np.arange(1, wide + 1)
        beside = left[:, None] + np.where(steps < 0, -(-steps // (wide + 1)), steps // (wide + 1))
        lighter = (strip * streak.gains + 128) >> 8
        result[:, streak.x0 : streak.x1] = np.clip(np.where(streak.gains > 0, lighter, beside), 0, 255)
    return result


def find_blobs(bits: Bits, step: int) -> Blobs:
    ink = np.unpackbits(bits.packed, axis=1, count=bits.width)
    rows, columns = -(-bits.height // step), -(-bits.width // step)
    ink = np.pad(ink, ((0, rows * step - bits.height), (0, columns * step - bits.width)))
    small = np.ascontiguousarray(ink.reshape(rows, step, columns, step).max(axis=(1, 3)))
    _, _, stats, _ = cv2.connectedComponentsWithStats(small, connectivity=8)
    found = stats[1:]
    boxes = np.concatenate([found[:, :2], found[:, :2] + found[:, 2:4]], axis=1).astype(np.int32)
    cells = np.pad(small, ((0, -rows % CELL_PX), (0, -columns % CELL_PX)))
    cells = cells.reshape(-(-rows // CELL_PX), CELL_PX, -1, CELL_PX).sum(axis=(1, 3), dtype=np.uint16)
    return Blobs(step, boxes, found[:, 4].astype(np.int32), cells)


def erase(gray: Gray, bits: Bits, boxes: NDArray[np.int32]) -> None:
    height, width = gray.shape
    packed = bits.packed
    for x0, y0, x1, y1 in np.clip(boxes, 0, [width, height, width, height]).tolist():
        part = np.unpackbits(packed[y0:y1], axis=1)
        part[:, x0:x1] = 0
        packed[y0:y1] = np.packbits(part, axis=1)
        gray[max(0, y0 - RIM_PX) : y1 + RIM_PX, max(0, x0 - RIM_PX) : x1 + RIM_PX] = 255


def neighbours(boxes: NDArray[np.int32], gap_px: int) -> NDArray[np.int32]:
    x0, y0, x1, y1 = boxes.T
    middle = (y0 + y1) // 2
    right = np.full(len(boxes), -1, np.int32)
    low, high = np.searchsorted(x0, x1), np.searchsorted(x0, x1 + gap_px)
    for index in range(len(boxes)):
        some = slice(max(low[index], index + 1), high[index])
        hit = np.flatnonzero((y0[some] <= middle[index]) & (middle[index] < y1[some]))
        if hit.size:
            right[index] = some.start + hit[0]
    return right


def _gray(page: Gray | Bits) -> Gray:
    return page.to_gray() if isinstance(page, Bits) else page


def _widened(cells: Gray, shape: tuple[int, int]) -> Gray:
    """A map with cells of 8x8 pixels drawn out to the page: linear between centres, its last ones repeated."""
    rows, columns = cells.shape
    large = cv2.resize(cells, (columns * CELL_PX, rows * CELL_PX), interpolation=cv2.INTER_LINEAR)
    large = large[: shape[0], : shape[1]]
    return np.asarray(
        cv2.copyMakeBorder(large, 0, shape[0] - large.shape[0], 0, shape[1] - large.shape[1], cv2.BORDER_REPLICATE),
        np.uint8,
    )
