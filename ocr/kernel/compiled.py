"""The kernel in C, called through ctypes (which lets other threads run meanwhile)."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ocr.kernel.build import library
from ocr.kernel.plan import BAND_ROWS, CELL_PX, RIM_PX, STRIP_PX, Blobs, Edges, Plan, Streak, Survey
from ocr.kernel.recycle import recycled
from ocr.page import Bits, Gray

_c = ctypes.CDLL(str(library()))
_int, _long, _float, _at = ctypes.c_int32, ctypes.c_int64, ctypes.c_double, ctypes.c_void_p


class _Picture(ctypes.Structure):
    _fields_ = [
        ("pixels", _at),
        ("stride", ctypes.c_ssize_t),
        ("width", _int),
        ("height", _int),
        ("levels", _int),
    ]


class _Streak(ctypes.Structure):
    _fields_ = [("x0", _int), ("x1", _int), ("gains", _at)]


class _Plan(ctypes.Structure):
    _fields_ = [
        ("slope", _float),
        ("levels", _at),
        ("gains", _at),
        ("busy", _at),
        ("map_rows", _int),
        ("map_columns", _int),
        ("streaks", _at),
        ("streak_count", _int),
        ("mask", _int),
        ("floor", _int),
    ]


_page = ctypes.POINTER(_Picture)
_c.lz_survey.argtypes = [_page, _at, _at, _int, _at, _at]
_c.lz_profiles.argtypes = [
    *(_at, _int, _int, _int, _int, _float, _float),
    *(_at, _int, _int, _int, _at, _int, _int, _at),
]
_c.lz_slope_scores.argtypes = [_at, _int, _int, _int, _float, _at, _int, _at]
_c.lz_shear.argtypes = [_page, _float, _int, _at]
_c.lz_level.argtypes = [_page, ctypes.POINTER(_Plan), _at, _at, _long]
_c.lz_blobs.argtypes = [_at, _long, _int, _int, _int, _at, _long, _at]
_c.lz_blobs.restype = _long
_c.lz_erase.argtypes = [_at, _at, _long, _int, _int, _at, _int, _int]
_c.lz_erase.restype = None
_c.lz_neighbours.argtypes = [_at, _int, _int, _at]
_c.lz_neighbours.restype = None


def survey(page: Gray | Bits) -> Survey:
    """See `Survey`. Raises MemoryError."""
    picture, kept = _picture(page)
    height, width = page.shape
    quarter = np.empty((height // 4, width // 4), np.uint8)
    lightest = np.empty((-(-height // BAND_ROWS), width), np.uint8)
    strips = np.empty((height // 4 * 2, width // STRIP_PX), np.uint16)
    darkest = np.empty((height // CELL_PX, width // CELL_PX), np.uint8)
    _check(_c.lz_survey(picture, _to(quarter), _to(lightest), BAND_ROWS, _to(strips), _to(darkest)))
    del kept
    return Survey(quarter, lightest, strips, darkest)


def profiles(strips: NDArray[np.uint16], how: Edges) -> NDArray[np.float32]:
    """The lower edges along each strip: float32 (strips, rows - reach + 2 * pad). See `Edges`."""
    sums, weights = np.ascontiguousarray(strips), np.ascontiguousarray(how.weights, np.float32)
    rows, count = sums.shape
    usable = np.zeros((0, 0), np.uint8) if how.usable is None else np.ascontiguousarray(how.usable)
    out = np.empty((count, rows - how.reach + 2 * how.pad), np.float32)
    _check(
        _c.lz_profiles(
            *(_to(sums), rows, count, how.pixels, how.reach, how.least, how.most),
            *(None if how.usable is None else _to(usable), *usable.shape, how.cell_rows),
            *(_to(weights), len(weights) // 2, how.pad, _to(out)),
        )
    )
    return out


def slope_scores(
    profiles: NDArray[np.float32], pad_px: int, apart_px: float, slopes: Sequence[float]
) -> NDArray[np.float64]:
    """How well strips fall onto each other along each slope: the sum of squares of their total.

    `profiles`: float32 (strips, length), one row for each strip, `apart_px` wide, with `pad_px` at both ends.
    """
    whole = np.ascontiguousarray(profiles, np.float32)
    tried = np.asarray(slopes, np.float64)
    scores = np.empty(len(tried), np.float64)
    count, length = whole.shape
    _check(_c.lz_slope_scores(_to(whole), count, length, pad_px, apart_px, _to(tried), len(tried), _to(scores)))
    return scores


def shear(page: Gray | Bits, slope: float, fill: int = 255) -> Gray:
    """The page with its lines level again, same size; `fill` where nothing was. See `level_matrix`."""
    picture, kept = _picture(page)
    out = np.empty(page.shape, np.uint8)
    _check(_c.lz_shear(picture, slope, fill, _to(out)))
    del kept
    return out


def level(page: Gray | Bits, plan: Plan) -> tuple[Gray, Bits]:
    """The page levelled, its paper white, streaks mended; and the same in black and white."""
    picture, kept = _picture(page)
    height, width = page.shape
    levels, gains = np.ascontiguousarray(plan.levels), np.ascontiguousarray(plan.gains)
    if levels.shape != gains.shape or levels.size == 0:
        raise ValueError(f"maps of {levels.shape} and {gains.shape} cells")
    busy = None if plan.busy is None else np.ascontiguousarray(plan.busy)
    if busy is not None and busy.shape != levels.shape:
        raise ValueError(f"maps of {levels.shape} and {busy.shape} cells")
    mended = [Streak(streak.x0, np.ascontiguousarray(streak.gains)) for streak in plan.streaks]
    streaks = (_Streak * len(mended))(*[_streak(streak, width) for streak in mended])
    asked = _Plan(
        *(plan.slope, _to(levels), _to(gains), None if busy is None else _to(busy), *levels.shape),
        *(ctypes.addressof(streaks), len(streaks), plan.mask, plan.floor),
    )
    gray = recycled((height, width))
    bits = recycled((height, -(-width // 64) * 8))
    _check(_c.lz_level(picture, asked, _to(gray), _to(bits), bits.shape[1]))
    del kept
    return gray, Bits(bits[:, : (width + 7) // 8], width)


def find_blobs(bits: Bits, step: int) -> Blobs:
    """See `Blobs`; `step` is 1, 2 or 4. Their order says nothing."""
    packed = bits.packed if bits.packed.strides[1] == 1 else np.ascontiguousarray(bits.packed)
    height, width = bits.shape
    rows, columns = -(-height // step), -(-width // step)
    cells = np.empty((-(-rows // CELL_PX), -(-columns // CELL_PX)), np.uint16)
    room = 1 << 14
    while True:
        found = np.empty((room, 5), np.int32)
        count = _c.lz_blobs(_to(packed), packed.strides[0], width, height, step, _to(found), room, _to(cells))
        _check(-1 if count < 0 else 0)
        if count <= room:
            return Blobs(step, np.ascontiguousarray(found[:count, :4]), found[:count, 4].copy(), cells)
        room = count


def erase(gray: Gray, bits: Bits, boxes: NDArray[np.int32]) -> None:
    """Paint boxes (count, 4; half-open pixels) as paper, in place: in the bits, and with a rim in the grey page."""
    if not gray.flags.c_contiguous or not gray.flags.writeable or not bits.packed.flags.writeable:
        raise ValueError("not a page made by level")
    height, width = gray.shape
    limit = np.array([width, height, width, height], np.int32)
    inside = np.ascontiguousarray(np.clip(boxes, 0, limit), np.int32)
    _c.lz_erase(
        *(_to(gray), _to(bits.packed), bits.packed.strides[0], width, height), *(_to(inside), len(inside), RIM_PX)
    )


def neighbours(boxes: NDArray[np.int32], gap_px: int) -> NDArray[np.int32]:
    """For each of the letters (count, 4), sorted by x0: the next one to its right, -1 where there is none.

    That is the one that begins first, at most `gap_px` further on, and stands at half the height of the letter.
    """
    letters = np.zeros((len(boxes), 5), np.int32)
    letters[:, :4] = boxes
    right = np.empty(len(boxes), np.int32)
    _c.lz_neighbours(_to(letters), len(letters), gap_px, _to(right))
    return right


def _picture(page: Gray | Bits) -> tuple[_Picture, NDArray[np.uint8]]:
    """The page as C sees it, and the array that must live as long."""
    height, width = page.shape
    pixels, levels = (page.packed, 1) if isinstance(page, Bits) else (page, 8)
    if pixels.dtype != np.uint8 or pixels.ndim != 2:
        raise ValueError(f"no page: {pixels.dtype} {pixels.shape}")
    if pixels.shape[1] > 1 and pixels.strides[1] != 1:
        pixels = np.ascontiguousarray(pixels)
    return _Picture(_to(pixels), pixels.strides[0], width, height, levels), pixels


def _streak(streak: Streak, width: int) -> _Streak:
    if not 0 <= streak.x0 < streak.x1 <= width or streak.gains.dtype != np.uint16:
        raise ValueError(f"streak at {streak.x0}..{streak.x1} of {width}")
    return _Streak(streak.x0, streak.x1, _to(streak.gains))


def _to(array: NDArray[np.generic]) -> int:
    return int(array.ctypes.data)


def _check(status: int) -> None:
    if status:
        raise MemoryError
