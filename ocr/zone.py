"""Cleaning a zone for the engines: rules, bits at the edge and dust go, the crop is tight, 48 px high."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.rulings import without_rulings

LINE_HEIGHT_PX = 48
MARGIN_PX = 8
MM_PER_INCH = 25.4
PAPER = 255
DOT_MM, BESIDE_MM = 1.0, 1.2
"""No dot of an umlaut is larger, nor are the two further apart."""
SPACE_MM, PITCH = 0.35, 0.6
"""Between the characters of a comb that are set side by side; how far apart (of their height) they are at least, for a
row of ones is no picture of writing. Source: 30 typed and 24 hand-like forms of `demo.samples`, seeds 5411 and 5412:
a twentieth narrower than with 0.5 mm, as many read right by both engines.
"""
INKED = 200
"""Grey below which a row of a comb holds ink."""
LIGHT_CORE = 0.5
"""A piece of which less than this is dark was written with a light pen."""


def ink_of(gray: Gray) -> NDArray[np.uint8]:
    """1 where there is ink: darker than halfway between the zone's paper and its darkest ink (at most 180).

    The darkest ink is often the printed rule and a pen is lighter: pieces that have no dark core count as ink from a
    level nearer to the paper. Dark pieces do not, so letters do not grow into each other.
    """
    if gray.size == 0:
        return np.zeros(gray.shape, np.uint8)
    paper, dark = float(np.percentile(gray, 90)), float(np.percentile(gray, 0.5))
    if paper - dark <= 40:
        return (gray < 60).astype(np.uint8)
    strict = gray < min(180.0, (paper + dark) / 2)
    loose = (gray < min(180.0, paper - 0.38 * (paper - dark))).astype(np.uint8)
    count, labels = cv2.connectedComponents(loose, connectivity=8)
    size = np.bincount(labels.ravel(), minlength=count)
    core = np.bincount(labels.ravel(), weights=strict.ravel(), minlength=count)
    light = (core < LIGHT_CORE * size)[labels]
    return np.asarray(strict | (light & (loose > 0)), dtype=np.uint8)


def clean_zone(gray: Gray, dpi: float) -> Gray | None:
    """A tight crop of what is written in the zone, dark on white, or None where nothing is written.

    Grey is kept only near ink that counts; rules, bits of neighbours at the edge and dust become paper.
    """
    ink = without_rulings(ink_of(gray), dpi)
    kept = _what_counts(ink, dpi)
    if kept is None:
        return None
    rows, columns = np.flatnonzero(kept.any(axis=1)), np.flatnonzero(kept.any(axis=0))
    near = cv2.dilate(kept, np.ones((5, 5), np.uint8))
    whitened = np.where(near > 0, gray, PAPER).astype(np.uint8)
    tight = whitened[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(tight, 3, constant_values=PAPER)


def line_image(tight: Gray) -> Gray:
    """A line brought to 48 px height with a white margin, as both engines like it."""
    height, width = tight.shape
    target = LINE_HEIGHT_PX
    scale = target / height
    scale = min(scale, 2.5)  # a lone hyphen or point is not blown up to a bar
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    scaled = cv2.resize(tight, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    missing = max(0, target - scaled.shape[0])
    top = missing // 2 + MARGIN_PX // 2
    low = missing - missing // 2 + MARGIN_PX // 2
    return np.pad(np.asarray(scaled, dtype=np.uint8), ((top, low), (MARGIN_PX, MARGIN_PX)), constant_values=PAPER)


def _what_counts(ink: NDArray[np.uint8], dpi: float) -> NDArray[np.uint8] | None:
    """Connected pieces that are writing. None where none is."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return None
    px = dpi / MM_PER_INCH
    x, y, w, h, area = (stats[1:, i].astype(np.float64) for i in range(5))
    height, width = ink.shape
    keep = ~_edge_bits(x, y, w, h, area, width, height, px) | _pairs_of_dots(x, y, w, h, px)
    keep &= ~((w > 6 * px) & (h < 0.5 * px)) & ~((h > 0.85 * height) & (w < 0.5 * px))
    tall = keep & (h >= 1.1 * px)
    if not tall.any():
        return None
    keep &= _near_writing(x, y, w, h, area, tall)
    if not keep.any():
        return None
    lut = np.zeros(count, np.uint8)
    lut[1:][keep] = 1
    return np.asarray(lut[labels], dtype=np.uint8)


def _edge_bits(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    h: NDArray[np.float64],
    area: NDArray[np.float64],
    width: int,
    height: int,
    px: float,
) -> NDArray[np.bool_]:
    """Bits of rules and of neighbouring lines that reach in over the edge."""
    level_edge = (y <= 1) | (y + h >= height - 1)
    upright_edge = (x <= 1) | (x + w >= width - 1)
    thin = 0.7 * px
    return (level_edge & (h < thin)) | (upright_edge & (w < thin) & (area < 0.5 * px * px + 0.3 * px * h))


def _pairs_of_dots(
    x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64], h: NDArray[np.float64], px: float
) -> NDArray[np.bool_]:
    """The dots of an umlaut that the upper edge touches: two alike, close together, with no third one beside them."""
    paired = np.zeros(len(x), np.bool_)
    small = np.flatnonzero((y <= 1) & (w < DOT_MM * px) & (h < DOT_MM * px))
    left, right, wide = x[small], (x + w)[small], w[small]
    gap = np.maximum(left[:, None] - right[None, :], left[None, :] - right[:, None])
    beside = (gap < BESIDE_MM * px) & ~np.eye(len(small), dtype=np.bool_)
    alone = beside.sum(axis=1) == 1
    alike = (wide[:, None] < 2 * wide[None, :]) & (wide[None, :] < 2 * wide[:, None])
    paired[small] = (beside & alike & alone[:, None] & alone[None, :]).any(axis=1)
    return paired


def _near_writing(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    w: NDArray[np.float64],
    h: NDArray[np.float64],
    area: NDArray[np.float64],
    tall: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Tall pieces, and small ones that are a dot, a comma, a hyphen or an accent of a tall one."""
    usual = float(np.median(h[tall]))
    base, top = float(np.median((y + h)[tall])), float(y[tall].min())
    bx0, bx1, by0 = x[tall], (x + w)[tall], y[tall]
    keep = tall.copy()
    for i in np.flatnonzero(~tall | (h < 0.45 * usual)):
        gap = np.maximum(np.maximum(bx0 - (x[i] + w[i]), x[i] - bx1), 0)
        near = float(gap.min())
        above = (bx0 <= x[i] + w[i] + 2) & (bx1 >= x[i] - 2) & (by0 >= y[i] + h[i] - 1)
        above &= by0 - (y[i] + h[i]) < 0.5 * usual
        accent = bool(above.any()) and area[i] >= 0.006 * usual**2
        point = abs(y[i] + h[i] - base) < 0.35 * usual and near < 0.8 * usual and area[i] >= 0.010 * usual**2
        hyphen = w[i] > 0.15 * usual and near < 1.3 * usual and area[i] > 0.02 * usual**2
        high = abs(y[i] - top) < 0.35 * usual and near < 0.8 * usual
        apostrophe = high and 0.2 * usual < h[i] < 0.5 * usual and w[i] < 0.3 * usual
        keep[i] = accent or point or hyphen or apostrophe
    return keep


def comb_line(gray: Gray, cells: int, dpi: float) -> Gray | None:
    """The characters of a comb set side by side as one line, without the strokes between the cells."""
    ink = ink_of(gray)
    height, width = gray.shape
    parts = []
    for index in range(cells):
        x0, x1 = round(index * width / cells), round((index + 1) * width / cells)
        parts.append(_one_cell(gray[:, x0:x1], ink[:, x0:x1], dpi))
    written = [p for p in parts if p is not None]
    if not written:
        return None
    inked = np.flatnonzero(np.logical_or.reduce([(part < INKED).any(axis=1) for part in written]))
    top, low = int(inked[0]), int(inked[-1]) + 1
    space, pitch = max(2, round(SPACE_MM * dpi / MM_PER_INCH)), round(PITCH * (low - top))
    blank = np.full((height, (low - top) // 2), PAPER, np.uint8)
    row = [_spaced(blank if part is None else part, space, pitch) for part in parts]
    return np.ascontiguousarray(np.hstack(row)[top:low])


def _spaced(part: Gray, space: int, pitch: int) -> Gray:
    """A character with white at its sides: so much, and as much more as a narrow one needs for the pitch."""
    more = max(space, pitch - part.shape[1])
    return np.pad(part, ((0, 0), (more // 2, more - more // 2)), constant_values=PAPER)


def _one_cell(gray: Gray, ink: NDArray[np.uint8], dpi: float) -> Gray | None:
    """The character of one cell, cut tight at its sides; None for an empty cell."""
    px = dpi / MM_PER_INCH
    count, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    height, width = ink.shape
    lut = np.zeros(count, np.uint8)
    for i in range(1, count):
        x, y, w, h, area = (float(v) for v in stats[i])
        at_side = x <= 1 or x + w >= width - 1
        stroke = w < 0.6 * px and at_side
        rule = h < 0.5 * px and (y <= 1 or y + h >= height - 1 or w > 0.8 * width)
        dust = area < 0.12 * px * px
        off = not 0.12 * width < centres[i][0] < 0.88 * width
        lut[i] = 0 if stroke or rule or dust or off else 1
    kept = lut[labels]
    columns = np.flatnonzero(kept.any(axis=0))
    if len(columns) == 0:
        return None
    near = cv2.dilate(kept, np.ones((5, 5), np.uint8))
    cell = np.where(near > 0, gray, PAPER).astype(np.uint8)
    return cell[:, max(0, columns[0] - 2) : columns[-1] + 3]
