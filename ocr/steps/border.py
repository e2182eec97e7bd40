"""Black border: what the scanner saw beside the paper."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ocr.page import Gray
from ocr.steps.blobs import find_blobs, find_boxes, ink_below
from ocr.steps.reduce import enlarged, reduced

WORK_DPI, LEAST_DPI = 50.0, 36.0
"""Thin borders are lost on coarser images."""
DARK_BELOW = 110
DARK_SHARE = 0.45
"""Border is darker than this share of the paper, and darker than 110 at any rate."""
THICK_MM = 1.5
LARGEST_SHARE = 0.5
"""More than half of the picture is no border but a dark page."""
EDGE_BAND_MM = 4.0
BESIDE_MM, ALONG_MM = 8.0, 25.0
"""A bar this close to an edge and this long is border too."""
LETTER_MM, BROKEN_MM = 3.0, 3.0
"""A piece no larger than a letter is print that the edge cut off; it is border only this close to a larger piece.
Source: received stamps that the lower edge of real forms cuts; pieces of their letters are 0.7 to 2 mm large."""


def find_border(small: Gray, dpi: float, paper: int = 255) -> Gray:
    """Where the black border is on a reduced page (25 to 75 dpi): uint8 of its shape, 255 = border, else 0.

    Border is what is dark, at least 1.5 mm thick and hangs together with the edge of the picture, or runs
    along it (scanners pad short pages with white). Thinner remains are taken only within 4 mm of the edge,
    so that rules and strokes which run into the border are not eaten up. Letters cut off by the edge stay.
    """
    dark = ink_below(small, min(DARK_BELOW, round(paper * DARK_SHARE)))
    if not _touches_edge_zone(dark, round(BESIDE_MM / 25.4 * dpi)):
        return np.zeros_like(small)
    framed = np.asarray(cv2.copyMakeBorder(dark, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=255), dtype=np.uint8)
    thick_px = max(2, round(THICK_MM / 25.4 * dpi))
    square = np.ones((thick_px, thick_px), np.uint8)
    # Anchored at opposite corners: squares of an even size would shift the result.
    eroded = cv2.erode(framed, square, anchor=(0, 0), borderValue=(255,))
    thick = np.asarray(cv2.dilate(eroded, square, anchor=(thick_px - 1, thick_px - 1)), np.uint8)
    thick = thick[2:-2, 2:-2]
    band = max(1, round(EDGE_BAND_MM / 25.4 * dpi))
    thick = np.asarray(cv2.bitwise_or(thick, cv2.bitwise_and(dark, _edge_band(dark, band))), dtype=np.uint8)
    beside, along, letter, broken = (mm / 25.4 * dpi for mm in (BESIDE_MM, ALONG_MM, LETTER_MM, BROKEN_MM))
    found = _without_letters(_hanging_on_edge(thick, beside, along), letter, broken)
    found = np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    if cv2.countNonZero(found) > LARGEST_SHARE * found.size:
        return np.zeros_like(found)
    return found


def find_edge_lines(darkest: Gray, dpi: float) -> Gray:
    """Borders too thin for a reduced page: 255 in the outermost cells where they are dark for at least 25 mm.

    `darkest`: the darkest pixel of each cell of the page; `dpi`: of the cells.
    """
    dark = ink_below(darkest, DARK_BELOW)
    along = max(3, round(ALONG_MM / 25.4 * dpi))
    found = np.zeros_like(dark)
    for seen, marked in zip(_from_four_sides(dark), _from_four_sides(found), strict=True):
        line = np.ascontiguousarray(seen[:1])
        if cv2.countNonZero(line) >= along:
            long = cv2.morphologyEx(line, cv2.MORPH_OPEN, np.ones((1, along), np.uint8))
            marked[:2] |= np.asarray(cv2.dilate(long, np.ones((1, 3), np.uint8)), np.uint8)
    return found


def _from_four_sides(image: Gray) -> tuple[Gray, Gray, Gray, Gray]:
    """Views that begin with its upper, lower, left and right edge."""
    return image, image[::-1], image.T, image.T[::-1]


def remove_border(gray: Gray, dpi: float) -> Gray:
    """The page with its black border painted white; the page itself where there is none."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    found = find_border(small, dpi / factor)
    if not found.any():
        return gray
    return np.asarray(cv2.bitwise_or(gray, enlarged(found, factor, gray.shape)), dtype=np.uint8)


def _touches_edge_zone(dark: Gray, zone: int) -> bool:
    """Whether anything is dark at all beside the edges: mostly nothing is, and that is quickly seen."""
    zone = max(1, zone)
    sides = dark[:zone], dark[-zone:], dark[:, :zone], dark[:, -zone:]
    return any(cv2.countNonZero(np.ascontiguousarray(side)) for side in sides)


def _edge_band(dark: Gray, band: int) -> Gray:
    inside = np.full(dark.shape, 255, np.uint8)
    inside[band:-band, band:-band] = 0
    return inside


def _hanging_on_edge(thick: Gray, near: float, along: float) -> Gray:
    """Of all thick dark blobs, those at the edge: touching it, or close to it and long beside it."""
    framed = np.asarray(cv2.copyMakeBorder(thick, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255), np.uint8)
    cv2.floodFill(framed, None, (0, 0), 128)
    inner = framed[1:-1, 1:-1]
    touching, rest = (np.asarray(cv2.inRange(inner, (value,), (value,)), np.uint8) for value in (128, 255))
    if not _touches_edge_zone(rest, math.ceil(near)):
        return touching
    height, width = thick.shape
    boxes = find_boxes(rest)
    x0, y0, x1, y1 = boxes.T
    upright = (np.minimum(x0, width - x1) < near) & (y1 - y0 >= along)
    level = (np.minimum(y0, height - y1) < near) & (x1 - x0 >= along)
    for left, top, right, bottom in boxes[upright | level].tolist():
        part = np.s_[top:bottom, left:right]
        touching[part] |= _spanning(rest[part])
    return touching


def _spanning(part: Gray) -> Gray:
    """Of the box around a blob, the blob itself: only one can reach all four sides of its own box."""
    height, width = part.shape
    blobs = find_blobs(np.ascontiguousarray(part))
    label = 1 + int((blobs.boxes[1:] == (0, 0, width, height)).all(axis=1).argmax())
    return np.asarray(cv2.inRange(blobs.labels, (label,), (label,)), np.uint8)


def _without_letters(found: Gray, largest: float, near: float) -> Gray:
    """The border without pieces of at most `largest` pixels that lie farther than `near` pixels from a larger one."""
    boxes = find_boxes(found)
    if not boxes.size or int((boxes[:, 2:] - boxes[:, :2]).max(axis=1).min()) > largest:
        return found
    blobs = find_blobs(found)
    small = blobs.boxes[:, 2:].max(axis=1) <= largest
    small[0] = False
    larger = np.where(small[blobs.labels], np.uint8(0), found)
    reach = 2 * math.ceil(near) + 1
    beside = np.bincount(blobs.labels[cv2.dilate(larger, np.ones((reach, reach), np.uint8)) > 0], minlength=len(small))
    return np.where((small & (beside == 0))[blobs.labels], np.uint8(0), found)
