"""Streaks: dirt on the glass of a feeder draws a straight line through the whole scan."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import Streak
from ocr.kernel.twin import mend_streaks
from ocr.page import Gray

WIDEST_MM = 1.1
"""Wider dark columns are a border, a picture or a fold."""
REACH_MM = 1.5
"""Columns are compared with what is light within so far to their sides."""
DARKER = 0.965
"""A column is suspect in a band when its lightest pixel is darker than this share of its surroundings."""
LEAST_LIGHT = 90
"""Bands as dark as this all around (a border, a picture) say nothing."""
BANDS_SHARE = 0.94
"""So many of the bands must agree. A rule of a form ends at its margins: with 10 mm of margin above and below, it
is seen in 93 % of the bands of A4 at most."""
LEAST_BANDS = 6
_DARKER = np.asarray(cv2.convertScaleAbs(np.arange(256, dtype=np.uint8), alpha=DARKER), np.uint8).ravel()
LOWEST_GAIN_RATIO = 0.3
"""Darker streaks hide what is under them: it is continued from both sides instead of lightened."""
RIM_PX = 2


def find_streaks(lightest: Gray, dpi: float) -> tuple[Streak, ...]:
    """Columns that are darker than their surroundings from the first to the last band of the page.

    `lightest`: uint8 (bands, width), the lightest pixel of each column in bands of rows, of the page as scanned
    (streaks are exactly vertical only there). Text above a streak does not matter: somewhere in a band there is
    paper in each column.
    """
    bands, width = lightest.shape
    if bands < LEAST_BANDS or width < 64:
        return ()
    reach = max(3, round(2 * REACH_MM / 25.4 * dpi) | 1)
    columns = _may_be_streaks(lightest[[0, 1, -2, -1]], reach)
    if not columns.size:
        return ()
    around = _surroundings(lightest, reach)
    columns = columns[_dark_from_end_to_end(lightest[:, columns], around[:, columns])]
    if not columns.size:
        return ()
    groups = np.split(columns, np.flatnonzero(np.diff(columns) > RIM_PX) + 1)
    widest = max(1, round(WIDEST_MM / 25.4 * dpi))
    return tuple(
        _streak(lightest, around, int(group[0]), int(group[-1]) + 1)
        for group in groups
        if group[-1] - group[0] < widest and group[0] > reach // 2 and group[-1] < width - reach // 2 - 1
    )


def _surroundings(lightest: Gray, reach: int) -> Gray:
    """How light each band is around each of its columns."""
    return np.asarray(cv2.morphologyEx(lightest, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8)), np.uint8)


def _may_be_streaks(ends: Gray, reach: int) -> NDArray[np.intp]:
    """The columns that are not shown to be clean by the bands at both ends: uint8 (4, width), two of each.

    A second band counts only where the outermost says nothing: it may be all border.
    """
    around = _surroundings(ends, reach)
    silent = around <= LEAST_LIGHT
    clean = (ends >= cv2.LUT(around, _DARKER)) & ~silent
    return np.flatnonzero(~(clean[0] | clean[3] | (silent[0] & clean[1]) | (silent[3] & clean[2])))


def _dark_from_end_to_end(lightest: Gray, around: Gray) -> NDArray[np.bool_]:
    """Whether each column is suspect in nearly all usable bands, and in the first and the last of them."""
    usable = around > LEAST_LIGHT
    suspect = (lightest < _DARKER[around]) & usable
    counted, seen = np.count_nonzero(suspect, axis=0), np.count_nonzero(usable, axis=0)
    first, last = usable.argmax(axis=0), len(usable) - 1 - usable[::-1].argmax(axis=0)
    each = np.arange(suspect.shape[1])
    often = (counted >= BANDS_SHARE * seen) & (seen >= LEAST_BANDS)
    return np.asarray(often & suspect[first, each] & suspect[last, each], np.bool_)


def _streak(lightest: Gray, around: Gray, x0: int, x1: int) -> Streak:
    x0, x1 = max(0, x0 - RIM_PX), min(lightest.shape[1], x1 + RIM_PX)
    good = (around[:, x0:x1] > LEAST_LIGHT).all(axis=1)
    ratios = np.sort(lightest[good, x0:x1] / np.maximum(around[good, x0:x1], 1.0), axis=0)
    ratio = ratios[len(ratios) // 2] if len(ratios) else np.ones(x1 - x0)
    gains = np.where(ratio < LOWEST_GAIN_RATIO, 0, np.clip(256 / np.maximum(ratio, 0.1), 256, 1023))
    if (gains == 0).any():
        gains[:] = 0  # what lies beside is only good where the whole streak is left out
    return Streak(x0, gains.astype(np.uint16))


def repair_streaks(gray: Gray, dpi: float) -> Gray:
    """The page without the streaks of dirty glass; the page itself where there are none."""
    return mend_streaks(gray, find_streaks(kernel.survey(gray).lightest, dpi))
