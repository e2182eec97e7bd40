"""Is there a signature: "ja" or "nein". Whose it is, nobody can read here."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.kinds import Mark
from ocr.kinds.checkbox import MM_PER_INCH, Ink, find_ink
from ocr.page import Gray
from ocr.spec import FieldSpec

SPECK_MM = 1.2
LEAST_WIDTH_MM, LEAST_HEIGHT_MM, LEAST_INK_MM2 = 9.0, 2.5, 2.0
STROKE_WIDTH_MM, STROKE_HEIGHT_MM = 5.0, 4.5
FULL_INK_MM2 = 5.0


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """Ink that is not the printed line, dust or a line of type: "ja".

    Signatures run on: some stroke is wider than 5 mm or higher than 4.5 mm. Type is many small pieces.
    """
    px = dpi / MM_PER_INCH
    pieces, ink_mm2 = _pieces(_without_lines(find_ink(zone), px), px)
    if not pieces:
        return Mark("nein", 0.99)
    x0, y0 = min(p[0] for p in pieces), min(p[1] for p in pieces)
    width, height = max(p[2] for p in pieces) - x0, max(p[3] for p in pieces) - y0
    if width < LEAST_WIDTH_MM or height < LEAST_HEIGHT_MM or ink_mm2 < LEAST_INK_MM2:
        return Mark("nein", 0.97 if ink_mm2 < 0.5 else 0.6)
    if not any(p[2] - p[0] >= STROKE_WIDTH_MM or p[3] - p[1] >= STROKE_HEIGHT_MM for p in pieces):
        return Mark("ja", 0.5)
    return Mark("ja", 0.99 if ink_mm2 >= FULL_INK_MM2 else 0.8)


def _without_lines(ink: Ink, px_per_mm: float) -> Ink:
    """Take out ruled lines: runs longer than 14 mm across and not thicker than 1 mm.

    Ink that crosses a line stays: only rows' worth of the line itself goes.
    """
    picture = ink.astype(np.uint8)
    long_run = np.ones((1, max(3, round(14 * px_per_mm))), np.uint8)
    lines = cv2.morphologyEx(cv2.dilate(picture, np.ones((3, 1), np.uint8)), cv2.MORPH_OPEN, long_run)
    thick = cv2.morphologyEx(lines, cv2.MORPH_OPEN, np.ones((max(3, round(1.2 * px_per_mm)), 1), np.uint8))
    thin = np.where(thick > 0, 0, lines).astype(np.uint8)
    without: Ink = ink & (cv2.dilate(thin, np.ones((3, 3), np.uint8)) == 0)
    return without


def _pieces(ink: Ink, px_per_mm: float) -> tuple[list[tuple[float, float, float, float]], float]:
    """Boxes (mm) of the connected pieces that are no specks, and their ink in square millimetres."""
    joined = cv2.dilate(ink.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    pieces, area = [], 0
    for n in range(1, count):
        x, y, width, height = (int(v) for v in stats[n, :4])
        if max(width, height) < SPECK_MM * px_per_mm:
            continue
        pieces.append(tuple(v / px_per_mm for v in (x, y, x + width, y + height)))
        area += int(np.count_nonzero(ink & (labels == n)))
    return [(p[0], p[1], p[2], p[3]) for p in pieces], area / px_per_mm**2
