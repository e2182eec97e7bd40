"""Punch holes: black discs near the edge where the scanner looked through the paper."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.page import Box, Gray
from ocr.steps.blobs import find_boxes, ink_above, ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 75.0
DARK_BELOW = 110
DARK_SHARE = 0.5
"""A hole is darker than this share of the paper, and darker than 110 at any rate."""
RADIUS_MM = (1.9, 6.5)
"""ISO 838 holes are 6 mm across, US ones 6 to 8 mm; worn ones are larger."""
FROM_EDGE_MM = 24.0
CLEAR_RINGS_MM = ((0.3, 0.6, 0.74), (0.6, 1.1, 0.8))
"""From, to, least share of paper in a ring around the disc. Letters may touch it, but bars fill half of the
rings, and a square of that size (a timing mark) fills a third of the inner one with its corners."""
RIM_MM = 0.5
"""The soft rim of a hole goes with it."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A disc in pixels of the page."""

    x: float
    y: float
    radius: float


def find_holes(small: Gray, dpi: float, paper: int = 255) -> tuple[Hole, ...]:
    """Solid discs of punch-hole size near an edge of a reduced page (50 to 100 dpi), also where print runs into them.

    In pixels of the reduced page, counted from the corner of its first pixel.
    """
    dark = ink_below(small, min(DARK_BELOW, round(paper * DARK_SHARE)))
    if min(dark.shape) < 16:
        return ()
    least, most = (mm / 25.4 * dpi for mm in RADIUS_MM)
    found: dict[tuple[int, int], Hole] = {}  # seen from two sides it is still one
    for x, y, radius in _discs(dark, least, FROM_EDGE_MM / 25.4 * dpi):
        if radius <= most and _is_alone(dark, x, y, radius, dpi):
            found[round(x), round(y)] = Hole(x + 0.5, y + 0.5, radius)
    return tuple(found.values())


def cover_holes(off: Gray, holes: Iterable[Hole], per_cell: float, dpi: float) -> None:
    """Mark as 255, in place, the cells of a map whose centre lies in a hole or its rim.

    `holes` are in pixels of an image that has `per_cell` of them along a cell; `dpi`: of the cells. What lies between a
    marked cell and one that is not goes too: one more cell would take a millimetre of the print beside the hole.
    """
    for hole in holes:
        x, y = hole.x / per_cell - 0.5, hole.y / per_cell - 0.5
        reach = hole.radius / per_cell + RIM_MM / 25.4 * dpi
        left, top = max(0, math.floor(x - reach)), max(0, math.floor(y - reach))
        cells = off[top : math.ceil(y + reach) + 1, left : math.ceil(x + reach) + 1]
        rows, columns = np.ogrid[: cells.shape[0], : cells.shape[1]]
        cells[np.hypot(columns + (left - x), rows + (top - y)) <= reach] = 255


def find_punch_holes(gray: Gray, dpi: float) -> tuple[Hole, ...]:
    """The punch holes of a page, in its own pixels."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    return tuple(Hole(h.x * factor, h.y * factor, h.radius * factor) for h in find_holes(small, dpi / factor))


def remove_punch_holes(gray: Gray, dpi: float) -> Gray:
    """The page with its punch holes painted white; the page itself where there are none."""
    holes = find_punch_holes(gray, dpi)
    if not holes:
        return gray
    result = gray.copy()
    for hole in holes:
        radius = round(hole.radius + RIM_MM / 25.4 * dpi)
        cv2.circle(result, (round(hole.x), round(hole.y)), radius, 255, cv2.FILLED)
    return result


def _discs(dark: Gray, least: float, from_edge: float) -> list[tuple[float, float, float]]:
    """Centre and radius of the places within `from_edge` of an edge that are at least `least` deep in the dark."""
    height, width = dark.shape
    half = dark[: height // 2 * 2, : width // 2 * 2]
    half = np.asarray(cv2.resize(half, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
    probe = max(1, int(least / 2 * 1.4))  # a square that fits into the smallest disc
    deep = np.asarray(cv2.erode(ink_above(half, 191), np.ones((probe, probe), np.uint8)), np.uint8)
    inner = round(from_edge / 2)
    if min(deep.shape) > 2 * inner:
        deep[inner:-inner, inner:-inner] = 0
    if not cv2.countNonZero(deep):
        return []
    found = []
    reach = round(RADIUS_MM[1] / RADIUS_MM[0] * least) + 3
    for x0, y0, x1, y1 in find_boxes(deep).tolist():
        shorter, longer = sorted((x1 - x0, y1 - y0))
        if shorter >= 2 and longer <= min(reach, 3 * shorter):  # no stroke of bold print
            around = Box(2 * x0 - reach, 2 * y0 - reach, 2 * x1 + reach, 2 * y1 + reach)
            found += _depths(dark, around, least)
    return [disc for disc in found if min(disc[0], disc[1], width - disc[0], height - disc[1]) <= from_edge]


def _depths(dark: Gray, around: Box, least: float) -> list[tuple[float, float, float]]:
    """Centre and depth of every part of the dark in a box that is at least `least` deep."""
    part = around.crop(dark)
    left, top = max(0, around.x0), max(0, around.y0)
    framed = cv2.copyMakeBorder(part, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    count, labels = cv2.connectedComponents((depth >= least).view(np.uint8), connectivity=8)
    found = []
    for label in range(1, count):
        inner = depth * (labels == label)
        radius = float(inner.max())
        deepest = cv2.moments((inner >= radius - 0.5).view(np.uint8), binaryImage=True)
        found.append((left + deepest["m10"] / deepest["m00"], top + deepest["m01"] / deepest["m00"], radius))
    return found


def _is_alone(dark: Gray, x: float, y: float, radius: float, dpi: float) -> bool:
    """Whether the rings around a disc are paper for the most part; outside of the picture counts as paper."""
    rings = [(radius + start / 25.4 * dpi, radius + end / 25.4 * dpi, share) for start, end, share in CLEAR_RINGS_MM]
    reach = max(outer for _, outer, _ in rings)
    left, top = max(0, int(x - reach)), max(0, int(y - reach))
    rows, columns = np.nonzero(dark[top : int(y + reach) + 2, left : int(x + reach) + 2])
    inked = np.hypot(columns + (left - x), rows + (top - y))
    return all(
        1.0 - np.count_nonzero((inked >= inner) & (inked <= outer)) / (math.pi * (outer**2 - inner**2)) >= share
        for inner, outer, share in rings
    )
