"""What the shapes of characters say that engines do not: a 1 that looks like a 7, and a hand that is no print.

The German 1 has an upstroke and is read as 7 by both engines: the shape of the digit tells them apart.

A 7 begins at the top of its left side, with its level stroke; the upstroke of a 1 begins lower. Measured on the
hand-like and typed fonts of `demo.samples`: 7 begins within the upper 0.12 of its height, such a 1 at 0.18 to 0.67.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

UPSTROKE = (0.15, 0.75)
"""Where the left side of a 1 with an upstroke begins, as a share of its height."""
LEFT = 0.35
LEAST_PX = 12
LEAST_LETTERS = 4
"""Of fewer letters nobody can say whether they are alike."""
AS_HIGH, AMONG = 0.04, 0.25
"""Letters are as high as others when they differ by no more than this share of the largest ones; in print each letter
has so large a share of the line beside it (all capitals and digits are as high as each other, most small letters too).
"""


def with_ones(text: str, line: Gray) -> str:
    """`text` with a 1 for each 7 whose picture in the line has an upstroke instead of a level stroke.

    Only where the line falls into as many pieces as the text has characters; else nobody knows which is which.
    """
    if "7" not in text:
        return text
    places = [n for n, letter in enumerate(text) if not letter.isspace()]
    pieces = list(_pieces(line))
    if len(pieces) != len(places):
        return text
    letters = list(text)
    for place, piece in zip(places, pieces, strict=True):
        if letters[place] == "7" and _has_upstroke(piece):
            letters[place] = "1"
    return "".join(letters)


def evenness(lines: Sequence[Gray]) -> float | None:
    """Share of the letters that are as high as others of their line: print and typewriters 0.8 to 0.95, handwriting
    0.3 to 0.65 (documents of `demo.samples`). None = too few letters.

    `lines`: as engines get them, dark on white.
    """
    alike = [one for line in lines for one in _as_high_as_others(line)]
    return round(sum(alike) / len(alike), 4) if len(alike) >= LEAST_LETTERS else None


def _as_high_as_others(line: Gray) -> list[bool]:
    """For each letter of a line; hyphens, points and dots are left out."""
    heights = np.array([piece.shape[0] for piece in _pieces(line)], np.float64)
    if len(heights) < LEAST_LETTERS:
        return []
    tall = float(np.percentile(heights, 90))
    heights = heights[heights > 0.5 * tall]
    near = np.abs(heights[:, None] - heights[None, :]) <= max(1.0, AS_HIGH * tall)
    return [bool(count - 1 >= max(1.0, AMONG * len(heights))) for count in near.sum(axis=1)]


def _pieces(line: Gray) -> Iterator[NDArray[np.bool_]]:
    """The characters that stand apart, from left to right: ink between empty columns."""
    ink = line < (int(line.min()) + 255) / 2
    columns = np.flatnonzero(np.diff(np.concatenate(([False], ink.any(axis=0), [False])).astype(np.int8)))
    for start, end in columns.reshape(-1, 2):
        piece = _largest(ink[:, start:end])
        if piece.sum() > LEAST_PX:
            yield piece


def _largest(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part, cut tight."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    x, y, w, h, _area = (int(v) for v in stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))])
    return np.asarray(ink[y : y + h, x : x + w], np.bool_)


def _has_upstroke(piece: NDArray[np.bool_]) -> bool:
    height, width = piece.shape
    begins = np.flatnonzero(piece[:, : max(1, round(LEFT * width))].any(axis=1))
    return len(begins) > 0 and UPSTROKE[0] < float(begins[0]) / height < UPSTROKE[1]
