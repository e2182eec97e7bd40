"""Punch holes: black discs near the edge where the scanner looked through the paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.blobs import find_blobs, ink_below
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
    least, most = (mm / 25.4 * dpi for mm in RADIUS_MM)
    found = []
    for x, y, radius in _discs(dark, least, FROM_EDGE_MM / 25.4 * dpi):
        alone = all(
            _clear_share(dark, x, y, *(radius + mm / 25.4 * dpi for mm in ring)) >= share
            for *ring, share in CLEAR_RINGS_MM
        )
        if radius <= most and alone:
            found.append(Hole(x + 0.5, y + 0.5, radius))
    return tuple(found)


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
        radius = round(hole.radius + 0.5 / 25.4 * dpi)
        cv2.circle(result, (round(hole.x), round(hole.y)), radius, 255, cv2.FILLED)
    return result


def _discs(dark: Gray, least: float, from_edge: float) -> list[tuple[float, float, float]]:
    """Centre and radius of the places within `from_edge` of an edge that are at least `least` deep in the dark."""
    height, width = dark.shape
    zone, more = round(from_edge), round(2 * from_edge)
    if 2 * more >= min(height, width):
        strips = [(0, 0, dark)]
    else:
        strips = [
            (0, 0, dark[:, :more]),
            (width - more, 0, dark[:, -more:]),
            (more - zone, 0, dark[:more, more - zone : width - more + zone]),
            (more - zone, height - more, dark[-more:, more - zone : width - more + zone]),
        ]
    found: dict[tuple[int, int], tuple[float, float, float]] = {}
    for left, top, strip in strips:
        for x, y, radius in _depths(np.ascontiguousarray(strip), least):
            centre_x, centre_y = left + x, top + y
            if min(centre_x, centre_y, width - centre_x, height - centre_y) <= from_edge:
                found[round(centre_x), round(centre_y)] = (centre_x, centre_y, radius)
    return list(found.values())


def _depths(dark: Gray, least: float) -> list[tuple[float, float, float]]:
    """Centre and depth of every part of the dark that is at least `least` deep."""
    probe = max(1, int(least * 1.4))  # a square that fits into the smallest disc
    if not cv2.countNonZero(cv2.erode(dark, np.ones((probe, probe), np.uint8))):
        return []
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    peaks = find_blobs(np.where(depth >= least, np.uint8(255), np.uint8(0)))
    found = []
    for label in range(1, len(peaks.areas)):
        x, y, width, height = peaks.boxes[label].tolist()
        inner = np.where(peaks.labels[y : y + height, x : x + width] == label, depth[y : y + height, x : x + width], 0)
        radius = float(inner.max())
        rows, columns = np.nonzero(inner >= radius - 0.5)
        found.append((x + float(columns.mean()), y + float(rows.mean()), radius))
    return found


def _clear_share(dark: Gray, x: float, y: float, inner: float, outer: float) -> float:
    """The share of paper in a ring around a point; outside of the picture counts as paper."""
    rows, columns = _around(dark, x, y, outer)
    distance = np.hypot(columns[None, :] - x, rows[:, None] - y)
    ring = (distance >= inner) & (distance <= outer)
    inked = np.count_nonzero(ring & (dark[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0))
    whole = np.pi * (outer**2 - inner**2)
    return 1.0 - float(inked) / whole


def _around(dark: Gray, x: float, y: float, reach: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    height, width = dark.shape
    rows = np.arange(max(0, int(y - reach)), min(height, int(y + reach) + 2))
    columns = np.arange(max(0, int(x - reach)), min(width, int(x + reach) + 2))
    return rows, columns
