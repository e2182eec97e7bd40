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


def find_punch_holes(gray: Gray, dpi: float) -> tuple[Hole, ...]:
    """Solid discs of punch-hole size near an edge, also where print runs into them."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    work_dpi = dpi / factor
    dark = ink_below(small, DARK_BELOW)
    depth = cv2.distanceTransform(cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 5)
    depth = depth[1:-1, 1:-1]
    least, most = (mm / 25.4 * work_dpi for mm in RADIUS_MM)
    peaks = find_blobs(np.where(depth >= least, np.uint8(255), np.uint8(0)))
    found = []
    for label in range(1, len(peaks.areas)):
        x, y, width, height = peaks.boxes[label].tolist()
        inner = np.where(peaks.labels[y : y + height, x : x + width] == label, depth[y : y + height, x : x + width], 0)
        radius = float(inner.max())
        rows, columns = np.nonzero(inner >= radius - 0.5)
        centre_x, centre_y = x + float(columns.mean()), y + float(rows.mean())
        alone = all(
            _clear_share(dark, centre_x, centre_y, *(radius + mm / 25.4 * work_dpi for mm in ring)) >= least
            for *ring, least in CLEAR_RINGS_MM
        )
        if radius <= most and alone and _near_edge(small, centre_x, centre_y, work_dpi):
            found.append(Hole((centre_x + 0.5) * factor, (centre_y + 0.5) * factor, radius * factor))
    return tuple(found)


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


def _near_edge(small: Gray, x: float, y: float, work_dpi: float) -> bool:
    height, width = small.shape
    return bool(min(x, y, width - x, height - y) <= FROM_EDGE_MM / 25.4 * work_dpi)


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
