"""Separator: a sheet with Patch T bars that was laid between two documents."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.reduce import reduced

WORK_DPI = 75.0
"""A narrow bar is 6 pixels wide then, at 60 % of its size still more than 3."""
BAR_MM = 25.4 * 0.08
"""Narrow bars and all gaps are 0.08 inch wide, wide bars 0.2. Source: Kodak, Patch Code Information (A-61599), as
printed on the sheet itself."""
SCALES = (0.7, 1.35)
"""Sheets are printed too small or too large: "fit to page", letter on A4, A4 on A5."""
FROM_EDGE = (1.0, 2.5, 1.0, 2.5)
"""The bars of Patch T from the edge of the sheet inwards: narrow, wide, narrow, wide. The reverse is Patch 3.
Source: Kodak i5000 Series User's Guide (A-61670), 6-10."""
PATTERN_UNITS = sum(FROM_EDGE) + 3
"""All four bars and the gaps between them, in narrow bars."""
TOLERANCE = 0.4
"""From an edge of a bar to the same edge of the next, in narrow bars: half a pixel at each end, copies of copies.
Wide and narrow differ by 1.5."""
LEAST_WIDTH = 0.35
"""Bars may swell at the cost of the gaps or the reverse, but not by more than leaves this, in narrow bars."""
QUIET = 1.25
"""White on both sides of the four bars, in narrow bars (or the edge of the picture): a bar code goes on there."""
DARK_SHARE = 0.55
"""Bars are darker than this share of the paper. Kodak (on the sheet) asks for 20 % at most; toner savers give 40."""
PAPER_PERCENTILE = 85
"""A quarter of a sheet with bars on all sides is black."""
STEP_MM = 2.0
"""Looked at along one line in so many millimetres."""
LEAST_MM = 34.0
"""The bars are so long at least, as far as they are seen clearly. Kodak asks for 2 inches (A-61670)."""
LEANS_DEG = tuple(range(-6, 7))


def is_separator(gray: Gray, dpi: float) -> bool:
    """Whether a page is a Patch T sheet: four bars along one edge at least, whatever way up, skew up to 5 degrees.

    `gray`: 37 to 600 dpi. The bars must lie in that half of the picture which is nearest to their edge of the sheet:
    a small sheet in a corner of a large picture may be missed, or Patch 3 be taken for it. Bar codes do not count, also
    where they say "PATCHT": they are too narrow.
    """
    half, twice = reduced(gray, dpi, dpi / 2) if dpi >= 2.7 * WORK_DPI else (gray, 1)  # halves are made much faster
    small, factor = reduced(half, dpi / twice, WORK_DPI)
    small_dpi = dpi / (factor * twice)
    paper = np.percentile(small[::8, ::8], PAPER_PERCENTILE)
    dark = small < DARK_SHARE * paper
    step = max(1, round(STEP_MM / 25.4 * small_dpi))
    along = (dark[::step], dark[:, ::step].T)
    return any(_has_bars(lines, small_dpi, step) for lines in along)


@dataclass(frozen=True, slots=True)
class _Runs:
    """Dark runs of all lines, in order: `start` <= x < `end` in pixels, and the `line` each is on."""

    line: NDArray[np.intp]
    start: NDArray[np.intp]
    end: NDArray[np.intp]

    @classmethod
    def of(cls, lines: NDArray[np.bool_]) -> _Runs:
        framed = np.zeros((lines.shape[0], lines.shape[1] + 2), np.int8)
        framed[:, 1:-1] = lines
        edges = np.diff(framed, axis=1)
        line, start = np.nonzero(edges == 1)
        return cls(line, start, np.nonzero(edges == -1)[1])


def _has_bars(lines: NDArray[np.bool_], dpi: float, step: int) -> bool:
    """Whether bars stand across these lines, `step` pixels apart, so that enough of them show the pattern."""
    least = math.ceil(LEAST_MM / 25.4 * dpi / step)
    if len(lines) < least:
        return False
    width = lines.shape[1]
    runs = _Runs.of(lines)
    for from_left in (True, False):
        at, centre = _matches(runs, width, dpi, from_left)
        if len(at) >= least and _most_in_line(at * step, centre, BAR_MM / 25.4 * dpi) >= least:
            return True
    return False


def _matches(runs: _Runs, width: int, dpi: float, from_left: bool) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Lines and centres of four bars in the half of the page where they are read from that edge."""
    if len(runs.line) < 4:
        return np.empty(0, np.intp), np.empty(0)
    count = len(runs.line) - 3
    starts, ends = (np.stack([side[i : count + i] for i in range(4)]) for side in (runs.start, runs.end))
    unit = (ends[3] - starts[0]) / PATTERN_UNITS
    centre = (starts[0] + ends[3]) / 2
    full = BAR_MM / 25.4 * dpi
    fits = (runs.line[:count] == runs.line[3:]) & (unit >= SCALES[0] * full) & (unit <= SCALES[1] * full)
    fits &= (centre < width / 2) if from_left else (centre > width / 2)
    bars = np.array(FROM_EDGE if from_left else FROM_EDGE[::-1])[:, None]
    for edges, between in ((starts, bars[:-1] + 1), (ends, bars[1:] + 1)):
        fits &= (np.abs(np.diff(edges, axis=0) - between * unit) <= TOLERANCE * unit).all(axis=0)
    fits &= (ends - starts >= LEAST_WIDTH * unit).all(axis=0)
    fits &= (starts[1:] - ends[:-1] >= LEAST_WIDTH * unit).all(axis=0)
    fits &= _quiet(runs, count, QUIET * unit)
    return runs.line[:count][fits], centre[fits]


def _quiet(runs: _Runs, count: int, least: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether there is white of that width before and after each four runs, or no other run on the line."""
    far = np.iinfo(np.int32).max
    same = runs.line[1:] == runs.line[:-1]
    white = np.concatenate(([far], np.where(same, runs.start[1:] - runs.end[:-1], far), [far]))
    return np.asarray((white[:count] >= least) & (white[4:] >= least))


def _most_in_line(y: NDArray[np.intp], x: NDArray[np.float64], room: float) -> int:
    """How many of these points lie on one line that leans little, `room` pixels wide."""
    most = 0
    for angle in LEANS_DEG:
        places = np.sort(x - math.tan(math.radians(angle)) * y)
        behind = np.searchsorted(places, places + room, side="right")
        most = max(most, int((behind - np.arange(len(places))).max()))
    return most
