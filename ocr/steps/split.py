"""Split: a sheet with two pages side by side (A3 of two A4, A4 of two A5) is cut at its fold."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Bits, Gray, RawPage
from ocr.steps.background import close_px
from ocr.steps.blobs import find_blobs
from ocr.steps.border import find_border
from ocr.steps.reduce import reduced

WORK_DPI = 50.0
PROPORTIONS = (1.2, 1.75)
"""Width over height of two pages side by side: legal 1.21, A sizes 1.41, letter 1.55, and what a scanner adds."""
LEAST_MM = 90.0
"""Smaller sheets are single slips."""
OFF_CENTRE = 0.04
"""The fold lies so near to the middle of the picture, as a share of its width."""
SLOPES_DEG = tuple(index * 0.25 for index in range(-8, 9))
INK_SHARE = 0.85
"""Ink is darker than this share of the paper around it: the shadow of a fold is wider than 6 mm and is paper."""
DUST_MM = 1.5
HOLE_MM, HOLE_FILLED = (4.0, 8.5), 0.65
"""Punch holes beside the fold are no print. Source: ISO 838 (6 mm)."""
EDGE_MM = 4.0
"""Nothing counts so near to the upper and lower edge: borders, torn edges."""
BANDS = 32
"""Lines that lean are followed from band to band: within one, a slope of 2 degrees is less than 0.4 mm."""
FOLD_MM, BESIDE_MM = 1.0, 4.0
"""A crease is compared with what lies 1 to 4 mm beside it."""
CREASE_MM, PIECE_RATIO = 2.0, 2.5
"""Ink so near to a crease is its shadow. In black and white a crease is a broken line: pieces no wider than that, and
higher than wide by this factor."""
FOLD_STEP = 2.0
"""Grey levels by which a crease must differ. Noise of 3 levels at 300 dpi is 0.5 on the reduced image."""
MOST_STEPS = 10
FOLD_BANDS = 0.75
"""So many bands must agree; one counts for no more than ten steps."""
NARROWEST_MM = {True: 6.0, False: 12.0}
"""Least width of the gutter with a crease and without."""
OF_MARGINS = 0.6
"""Two pages have an inner margin each: together about as wide as the two outer ones. The gap between two columns of one
page is narrower than this share of its margins."""
OF_GUTTER = 0.7
"""A sheet with another clear gap of this share of the gutter is a table without rules."""
STRIP_MM = 25.0
LINES_ACROSS = 1.5
"""Steps from row to row over steps from column to column. The real pages of the samples have 3 to 36 upright, so 0.03
to 0.33 where they lie on their side: such a page is one, whatever gap is in its middle."""
LEAST_SIDE = 0.25
"""Print on less than this share of a page's width is a mark, no page."""
FILLED = 0.5
"""One page may be empty; what is on the other must then reach over this share of its width and height."""


@dataclass(frozen=True, slots=True)
class Part:
    """One page of a sheet. Add `x0` to its x to get pixels of the sheet."""

    raw: RawPage
    x0: int


def split_page(raw: RawPage) -> tuple[Part, ...]:
    """The one or two pages of a sheet, left one first, with its number and dpi; the pixels are views of the sheet's.

    Black-and-white sheets are cut at a multiple of eight pixels. A born-digital page (with `words`) is never cut.
    """
    x = None if raw.words is not None or not _may_be_two(raw.height, raw.width, raw.dpi) else _fold_of(raw)
    if x is None:
        return (Part(raw, 0),)
    pixels = raw.pixels
    if isinstance(pixels, Bits):
        x = max(8, min(round(x / 8) * 8, (pixels.width - 1) // 8 * 8))
        left: Gray | Bits = Bits(pixels.packed[:, : x // 8], x)
        right: Gray | Bits = Bits(pixels.packed[:, x // 8 :], pixels.width - x)
    else:
        left, right = pixels[:, :x], pixels[:, x:]
    return Part(replace(raw, pixels=left), 0), Part(replace(raw, pixels=right), x)


def find_fold(gray: Gray, dpi: float) -> int | None:
    """Where a sheet of two pages side by side is to be cut, x in pixels; None where it is one page.

    Two pages have a gutter near the middle in which nothing is printed, as wide as inner margins are, or narrower with
    a crease in it. Print across the middle, a gap that is only one of a table's, a gap narrower than the margins:
    one page. One of the pages may be empty, not both (unless there is a crease). Skew up to 2 degrees. When in doubt
    the sheet stays whole: gutters narrower than 0.6 of both outer margins together need a crease that shows.
    Sheets that came turned by 90 degrees (higher than wide) are left alone, and single pages that lie on their side.
    """
    if not _may_be_two(gray.shape[0], gray.shape[1], dpi):
        return None
    half, twice = reduced(gray, dpi, dpi / 2) if dpi >= 4 * WORK_DPI else (gray, 1)  # halves are made much faster
    small, factor = reduced(half, dpi / twice, WORK_DPI)
    factor *= twice
    x = _Sheet.of(small, dpi / factor).cut()
    return None if x is None else x * factor + factor // 2


def _may_be_two(height: int, width: int, dpi: float) -> bool:
    return height / dpi * 25.4 >= LEAST_MM and PROPORTIONS[0] <= width / height <= PROPORTIONS[1]


def _fold_of(raw: RawPage) -> int | None:
    if not isinstance(raw.pixels, Bits):
        return find_fold(raw.pixels, raw.dpi)
    x = find_fold(_quarter(raw.pixels), raw.dpi / 4)
    return None if x is None else x * 4 + 2


def _quarter(bits: Bits) -> Gray:
    """Means of 4x4 pixels without expanding the bits; every other row is enough."""
    pairs = _NIBBLES[bits.packed[: bits.height // 4 * 4 : 2]].view(np.uint8)
    size = (pairs.shape[1], pairs.shape[0] // 2)
    return np.asarray(cv2.resize(pairs, size, interpolation=cv2.INTER_AREA)[:, : bits.width // 4], np.uint8)


def _white_shares() -> NDArray[np.uint16]:
    """For each byte: how white its left and its right four pixels are, two bytes as one number."""
    pairs = [[255 * (4 - half.bit_count()) // 4 for half in (byte >> 4, byte & 15)] for byte in range(256)]
    return np.array(pairs, np.uint8).view(np.uint16).ravel()


_NIBBLES = _white_shares()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A reduced sheet without the rows at its upper and lower edge.

    `ink`: 255 where there is ink. Of bands of `rows` rows each: `paper`, how light each column's paper is, and
    `inked`, 255 where a column has ink.
    """

    paper: Gray
    inked: Gray
    ink: Gray
    rows: int
    dpi: float

    @classmethod
    def of(cls, small: Gray, dpi: float) -> _Sheet:
        size = close_px(dpi)
        paper = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8)))
        ink = np.asarray(cv2.compare(small, cv2.convertScaleAbs(paper, alpha=INK_SHARE), cv2.CMP_LT), np.uint8)
        ink &= ~find_border(small, dpi)
        edge = round(EDGE_MM / 25.4 * dpi)
        ink = _print_only(ink[edge:-edge], dpi)
        rows = ink.shape[0] // BANDS
        paper = _bands(small[edge:-edge], rows).max(axis=1)
        return cls(paper, _bands(ink, rows).max(axis=1), ink, rows, dpi)

    def leaning(self, bands: Gray, slope: float) -> Gray:
        """Bands with lines that lean by `slope` (x for each y) made vertical, turning about the middle of the sheet."""
        if not slope:
            return bands
        shift = slope * self.rows
        matrix = np.array([[1.0, shift, -shift * BANDS / 2], [0.0, 1.0, 0.0]])
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(bands, matrix, bands.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)

    def px(self, mm: float) -> int:
        return max(1, round(mm / 25.4 * self.dpi))

    def cut(self) -> int | None:
        """Where the reduced sheet is to be cut."""
        if not _lines_run_across(self.ink, self.px(STRIP_MM)):
            return None
        crease = _find_crease(self)
        if crease is not None:
            gap = _gap_around(self, *crease)
            if _width(gap) >= self.px(NARROWEST_MM[True]):
                return _clearest(self.ink, gap, crease[0])
        gap, slope = max(((_widest_gap(self, slope), slope) for slope in _slopes()), key=lambda found: _width(found[0]))
        if _width(gap) < self.px(NARROWEST_MM[False]) or not _is_gutter(self, gap, slope):
            return None
        return _clearest(self.ink, gap, _middle(self, gap, slope))


def _lines_run_across(ink: Gray, strip: int) -> bool:
    """Whether print forms lines from left to right, not from top to bottom; also where there is none."""
    return _line_energy(ink, strip) >= LINES_ACROSS * _line_energy(np.ascontiguousarray(ink.T), strip)


def _line_energy(ink: Gray, strip: int) -> float:
    """How much ink changes from row to row, in strips of columns."""
    size = (max(1, ink.shape[1] // strip), ink.shape[0])
    profiles = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA)).astype(np.float32)
    return float(np.square(np.diff(profiles, axis=0)).mean())


def _slopes() -> list[float]:
    return sorted((math.tan(math.radians(angle)) for angle in SLOPES_DEG), key=abs)


def _print_only(ink: Gray, dpi: float) -> Gray:
    """Ink without dust, punch holes, and the pieces of a dark line along the middle that a fold leaves."""
    blobs = find_blobs(ink)
    wide, high = (blobs.boxes[:, side] * 25.4 / dpi for side in (2, 3))
    longer, shorter = np.maximum(wide, high), np.minimum(wide, high)
    filled = blobs.areas / np.maximum(blobs.boxes[:, 2] * blobs.boxes[:, 3], 1)
    hole = (shorter > HOLE_MM[0]) & (longer < HOLE_MM[1]) & (filled > HOLE_FILLED) & (longer < 1.3 * shorter)
    first, last = _zone(ink.shape[1])
    middle = (blobs.boxes[:, 0] >= first) & (blobs.boxes[:, 0] + blobs.boxes[:, 2] <= last)
    piece = middle & (wide <= CREASE_MM) & (high > PIECE_RATIO * wide)
    kept = np.where((longer < DUST_MM) | hole | piece, np.uint8(0), np.uint8(255))
    kept[0] = 0
    return np.asarray(kept[blobs.labels], np.uint8)


def _bands(image: Gray, rows: int) -> Gray:
    """The image as (bands, rows of a band, width); what does not fill the last band is left out."""
    return image[: rows * BANDS].reshape(BANDS, rows, -1)


def _zone(width: int) -> tuple[int, int]:
    """Columns in which a fold may be."""
    reach = max(2, round(OFF_CENTRE * width))
    return width // 2 - reach, width // 2 + reach + 1


def _find_crease(sheet: _Sheet) -> tuple[int, float] | None:
    """Column (in the middle row) and slope of a line that differs from the paper beside it from edge to edge."""
    first, last = _zone(sheet.paper.shape[1])
    around = max(0, first - 3 * sheet.px(BESIDE_MM))
    part = np.ascontiguousarray(sheet.paper[:, around : last + first - around])
    first, last = first - around, last - around
    steps = [(_steps(sheet.leaning(part, slope), sheet), slope) for slope in _slopes()]
    for sign in (1, -1):  # a light line only where there is no dark one: it has two light neighbours
        best: tuple[float, int, float] | None = None
        for step, slope in steps:
            score = np.clip(sign * step[:, first:last], 0, MOST_STEPS * FOLD_STEP).sum(axis=0)
            at = int(score.argmax()) + first
            if _reaches_edges(sign * step[:, at] > FOLD_STEP) and (best is None or score.max() > best[0]):
                best = float(score.max()), at + around, slope
        if best is not None:
            return best[1:]
    return None


def _steps(bands: Gray, sheet: _Sheet) -> NDArray[np.float32]:
    """By how much each column of each band is darker than what lies beside it."""
    paper = bands.astype(np.float32)
    near, far = sheet.px(FOLD_MM), sheet.px(BESIDE_MM)
    whole, inner = (np.asarray(cv2.blur(paper, (2 * reach + 1, 1))) * (2 * reach + 1) for reach in (far, near))
    return np.asarray((whole - inner) / (2 * (far - near)) - paper, np.float32)


def _reaches_edges(votes: NDArray[np.bool_]) -> bool:
    """Whether a line is seen in enough bands and up to the edges of the sheet, as no rule is."""
    ends = votes[:2].any() and votes[-2:].any() and (votes[0] or votes[-1])
    return bool(ends and votes.mean() >= FOLD_BANDS)


def _clear_runs(ink: Gray) -> list[tuple[int, int]]:
    """Half-open runs of columns without any ink."""
    clear = np.concatenate(([False], ~ink.any(axis=0), [False])).astype(np.int8)
    edges = np.diff(clear)
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _width(gap: tuple[int, int]) -> int:
    return gap[1] - gap[0]


def _widest_gap(sheet: _Sheet, slope: float) -> tuple[int, int]:
    """The widest clear run that reaches into the middle zone; empty where there is none."""
    x0, x1 = _zone(sheet.ink.shape[1])
    runs = [run for run in _clear_runs(sheet.leaning(sheet.inked, slope)) if run[0] < x1 and run[1] > x0]
    return max(runs, key=_width, default=(0, 0))


def _gap_around(sheet: _Sheet, x: int, slope: float) -> tuple[int, int]:
    """The clear run to both sides of a crease, which itself may be dark; empty where print comes close."""
    ink = sheet.leaning(sheet.inked, slope).copy()
    reach = sheet.px(CREASE_MM)
    ink[:, max(0, x - reach) : x + reach + 1] = 0
    run = next(run for run in _clear_runs(ink) if run[0] <= x < run[1])
    return run if min(x - run[0], run[1] - x) > reach + 1 else (0, 0)


def _is_gutter(sheet: _Sheet, gap: tuple[int, int], slope: float) -> bool:
    """Whether a clear gap without a crease is the one between two pages."""
    ink = sheet.leaning(sheet.inked, slope)
    sides = _both_sides(ink, gap)
    if len(sides) < 2:
        return any(_fills_one_page(ink, first, last) for first, last in sides)
    first, last = sides[0][0], sides[1][1]
    margins = first + ink.shape[1] - last
    others = [_width(run) for run in _clear_runs(ink) if first < run[0] and run[1] < last and run != gap]
    return _width(gap) >= OF_MARGINS * margins and max(others, default=0) < OF_GUTTER * _width(gap)


def _both_sides(ink: Gray, gap: tuple[int, int]) -> list[tuple[int, int]]:
    """From where to where there is print to the left and to the right of a gap; a lone mark is none."""
    columns = np.flatnonzero(ink.any(axis=0))
    sides = columns[columns < gap[0]], columns[columns >= gap[1]]
    spans = [(int(side[0]), int(side[-1]) + 1) for side in sides if side.size]
    return [span for span in spans if _width(span) >= LEAST_SIDE * ink.shape[1] / 2]


def _fills_one_page(ink: Gray, first: int, last: int) -> bool:
    """Whether print from one column to another lies in one half of the sheet and takes most of it."""
    rows = np.flatnonzero(ink[:, first:last].any(axis=1))
    half = ink.shape[1] / 2
    in_one = last <= half * 1.02 or first >= half * 0.98
    return bool(in_one and last - first >= FILLED * half and rows[-1] - rows[0] >= FILLED * len(ink))


def _middle(sheet: _Sheet, gap: tuple[int, int], slope: float) -> int:
    """The middle of a gutter; that of the sheet where one page is empty."""
    sides = _both_sides(sheet.leaning(sheet.inked, slope), gap)
    return sum(gap) // 2 if len(sides) == 2 else min(max(sheet.ink.shape[1] // 2, gap[0]), gap[1])


def _clearest(ink: Gray, gap: tuple[int, int], wanted: int) -> int:
    """The column of the gap with least ink in it, not sheared, since the cut is vertical; of several the nearest."""
    counts = np.count_nonzero(ink[:, gap[0] : gap[1]], axis=0)
    columns = np.flatnonzero(counts == counts.min()) + gap[0]
    return int(columns[np.abs(columns - wanted).argmin()])
