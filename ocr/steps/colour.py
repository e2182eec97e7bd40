"""Colour to grey, and the colour of the form made invisible."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

Colour = Literal["red", "green", "blue"]
CHANNELS: dict[Colour, int] = {"red": 0, "green": 1, "blue": 2}
SPREAD = 24
"""By how much the strongest channel of a pixel must exceed the weakest to have a colour. Paper and JPEG: below 20."""
AHEAD = 12
"""By how much the form's colour must be ahead of the other two on the whole to be that of a printed form."""
COLOURED_SHARE = 0.004
"""A page with less colour than this has a stamp or a signature, not a coloured form."""
WHOLE_PAGE_CELLS = 12


def to_gray(rgb: NDArray[np.uint8], dropout: Colour | None = None) -> Gray:
    """A colour page, uint8 (height, width, 3) in the order red, green, blue, as grey.

    Without `dropout`: luma (ITU-R BT.601). With it: the lightness in that colour alone, as a scanner with a lamp of
    that colour sees it. Print in the colour becomes nearly as light as the paper; black, blue (for red) and pencil keep
    their darkness, also where they cross it. A pen of the form's own colour becomes light too: it is lost where the pen
    is as pure and light as the print. So a profile with a dropout colour is only for scanners that see nothing else.
    """
    if dropout is None:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    return np.ascontiguousarray(cv2.extractChannel(rgb, CHANNELS[dropout]), np.uint8)


def find_form_colour(rgb: NDArray[np.uint8]) -> Colour | None:
    """The one colour that a form is printed in: on much of the page, and hardly any other colour. None: it has none."""
    height, width = rgb.shape[:2]
    factor = max(1, min(height, width) // 800)
    small = rgb[: height // factor * factor : factor, : width // factor * factor : factor].astype(np.int16)
    coloured = small.max(axis=2) - small.min(axis=2) > SPREAD
    if np.count_nonzero(coloured) < COLOURED_SHARE * coloured.size or not _is_spread(coloured):
        return None
    strongest = np.bincount(small[coloured].argmax(axis=1), minlength=3)
    best = int(strongest.argmax())
    levels = small[coloured].mean(axis=0)
    others = [level for index, level in enumerate(levels) if index != best]
    if strongest[best] < 0.85 * strongest.sum() or levels[best] - max(others) < AHEAD:
        return None
    return next(name for name, index in CHANNELS.items() if index == best)


def _is_spread(coloured: NDArray[np.bool_]) -> bool:
    """Whether the colour is all over the page, not in one logo or stamp."""
    cells = cv2.resize(coloured.astype(np.float32), (4, 6), interpolation=cv2.INTER_AREA)
    return int(np.count_nonzero(np.asarray(cells) > COLOURED_SHARE / 4)) >= WHOLE_PAGE_CELLS
