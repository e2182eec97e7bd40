"""Colour to grey, and the colour of the form made as light as the paper."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

Colour = Literal["red", "green", "blue"]
CHANNELS: dict[Colour, int] = {"red": 0, "green": 1, "blue": 2}

NEUTRAL = 12
"""So far ahead of the others a channel is in pencil, black print and tinted paper too: grey levels of scans."""
DARK = 0.55
"""Darker than this share of the paper, even in its own colour, is a pen and no printed form. Form reds, greens and
blues have 0.7 to 1, ball pens of that hue 0.3 to 0.6. Source: drawn pages and pens of the samples."""
STEEP = 4
"""How fast the limit rises above `DARK`: at 0.66 of the paper print may become as light as the paper."""
PAPER_PERCENTILE = 75
STRIP_PIXELS = 120_000
"""Worked on at once: small enough for the cache, large enough for the calls not to matter (measured 40 to 160)."""

COLOURED = 0.09
"""A pixel has a colour when its channels, as shares of the paper, differ by so much. Paper and JPEG: below 0.06."""
AHEAD = 0.25
"""The strongest channel must be ahead of the second by this share of its lead over the weakest: yellow, magenta and
pure cyan are nobody's."""
LEAST_LIGHT = 0.62
"""Print that is darker than this share of the paper in its own channel cannot be dropped, or it is pens."""
COLOURED_SHARE = 0.004
"""A page with less colour than this has a stamp or a signature, not a coloured form."""
ONE_COLOUR = 0.7
"""So much of all coloured rules and fields must be the form's; charts and maps have many colours."""
LEAST_CELLS = 12
"""In so many of 4x6 cells of the page there must be colour: else it is a logo, a picture or a stamp."""
RULED_SHARE = 0.2
"""So much of a form's colour lies in rules and fields as long as 1/15 of the page; pen strokes are shorter."""
WORK_PX = 1000


def to_gray(rgb: NDArray[np.uint8], dropout: Colour | None = None) -> Gray:
    """A colour page, uint8 (height, width, 3) in the order red, green, blue, as grey.

    Without `dropout`: luma (ITU-R BT.601). With it: what a scanner with a lamp of that colour sees, and the form's
    print in about that colour lifted to the paper, also where it is off hue or blurred by JPEG. Black, pencil and pens
    of other colours keep the darkness that they have in that channel, also where they cross the print.

    A pen of the dropout's own hue: where it is darker than 0.55 of the paper even in its own channel, it is no form
    but a pen, and becomes darker (as the other channels see it). Between 0.55 and 0.66 it fades, lighter it is gone:
    nothing in the pixel tells it from print. So blue pens are only safe with red and green forms. Print as dark as
    a pen stays, too.
    """
    if dropout is None:
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    height, width = rgb.shape[:2]
    if not height * width:
        return np.empty((height, width), np.uint8)
    channel = CHANNELS[dropout]
    paper = _paper(rgb[:, :, channel])
    rows = max(1, min(height, STRIP_PIXELS // width))
    result = np.empty((height, width), np.uint8)
    whole = height // rows * rows
    _lift(rgb[:whole], channel, paper, rows, result[:whole])
    if whole < height:
        _lift(rgb[whole:], channel, paper, height - whole, result[whole:])
    return result


def _lift(rgb: NDArray[np.uint8], channel: int, paper: int, rows: int, result: Gray) -> None:
    """Fill `result`, `rows` at a time, with buffers that are used again: new memory would cost more than the work.

    min(own + 2 * (own - others - NEUTRAL), STEEP * (own - start), paper), but at least the darker one of own (the
    pixel in its channel) and others (the lighter one of the other two). All operations saturate.
    """
    start = round(paper * DARK * (STEEP - 1) / STEEP)  # STEEP * (own - start) is own where that is DARK
    shape = (rows, rgb.shape[1])
    neutrals, starts, papers = (np.full(shape, value, np.uint8) for value in (NEUTRAL, start, paper))
    planes = [np.empty(shape, np.uint8) for _ in range(3)]
    own, (others, third) = planes[channel], planes[:channel] + planes[channel + 1 :]
    lifted, limit = np.empty(shape, np.uint8), np.empty(shape, np.uint8)
    for top in range(0, len(rgb), rows):
        cv2.split(rgb[top : top + rows], planes)
        cv2.max(others, third, others)
        cv2.add(others, neutrals, lifted)
        cv2.subtract(own, lifted, lifted)
        cv2.add(lifted, lifted, lifted)
        cv2.add(lifted, own, lifted)
        cv2.subtract(own, starts, limit)
        cv2.add(limit, limit, limit)
        cv2.add(limit, limit, limit)
        cv2.min(lifted, limit, lifted)
        cv2.min(lifted, papers, lifted)
        cv2.min(others, own, others)
        cv2.max(lifted, others, result[top : top + rows])


def _paper(channel: NDArray[np.uint8]) -> int:
    """How light the paper is in a channel: most of a page is paper."""
    sample = channel[:: max(1, channel.shape[0] // 100), :: max(1, channel.shape[1] // 100)]
    return max(60, int(np.percentile(sample, PAPER_PERCENTILE))) if sample.size else 255


def find_form_colour(rgb: NDArray[np.uint8]) -> Colour | None:
    """The one colour that a form is printed in; None: it has none. `rgb`: uint8 (height, width, 3), red first.

    It is all over the page, in rules or fields, and light enough for `to_gray` to drop it. What is written on the form
    may have any colour. Tinted paper does not count, nor do pens, stamps, logos and photographs; nor a form in two
    colours.
    """
    factor = max(1, min(rgb.shape[:2]) // WORK_PX)
    whole = rgb[: rgb.shape[0] // factor * factor, : rgb.shape[1] // factor * factor]
    if not whole.size:
        return None
    size = (whole.shape[1] // factor, whole.shape[0] // factor)
    planes = cv2.split(np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA)))
    shares = [_shares(np.asarray(plane, np.uint8)) for plane in planes]
    hues = [_of_hue(channel, shares) for channel in range(3)]
    others = (np.maximum.reduce(shares) - np.minimum.reduce(shares) > COLOURED) & ~np.logical_or.reduce(hues)
    ruled = [_count_ruled(mask) for mask in (*hues, others)]
    best = int(np.argmax(ruled))
    if best == len(hues) or ruled[best] < max(ONE_COLOUR * sum(ruled), RULED_SHARE * np.count_nonzero(hues[best])):
        return None
    light = _is_spread(hues[best]) and float(np.median(shares[best][hues[best]])) >= LEAST_LIGHT
    return next(name for name, channel in CHANNELS.items() if channel == best) if light else None


def _shares(plane: Gray) -> NDArray[np.float32]:
    """A channel as shares of its paper, 0..1."""
    levels = np.minimum(np.arange(256, dtype=np.float32) / _paper(plane), 1)
    return np.asarray(cv2.LUT(plane, levels), np.float32)


def _of_hue(channel: int, shares: list[NDArray[np.float32]]) -> NDArray[np.bool_]:
    """Where a page has a colour that is lightest in this channel."""
    own, (one, other) = shares[channel], shares[:channel] + shares[channel + 1 :]
    chroma = own - np.minimum(one, other)
    return np.asarray((chroma > COLOURED) & (own - np.maximum(one, other) > AHEAD * chroma), np.bool_)


def _is_spread(coloured: NDArray[np.bool_]) -> bool:
    """Whether there is much colour, and all over the page."""
    if np.count_nonzero(coloured) < COLOURED_SHARE * coloured.size:
        return False
    cells = np.asarray(cv2.resize(coloured.astype(np.float32), (4, 6), interpolation=cv2.INTER_AREA))
    return int(np.count_nonzero(cells > COLOURED_SHARE / 4)) >= LEAST_CELLS


def _count_ruled(coloured: NDArray[np.bool_]) -> int:
    """How much of a colour lies in long straight runs, bridging what crosses them (skewed: in pieces)."""
    mask = coloured.astype(np.uint8)
    long = max(8, min(mask.shape) // 15)
    ruled = np.zeros_like(mask)
    for shape, thick in (((1, long), (3, 1)), ((long, 1), (1, 3))):
        bridged = cv2.dilate(mask, np.ones(thick, np.uint8))
        ruled |= np.asarray(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), np.uint8)
    return int(np.count_nonzero(ruled & mask))
