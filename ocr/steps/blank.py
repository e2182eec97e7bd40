"""Blank pages: nothing on them that a person could have meant."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.kernel.plan import Blobs
from ocr.page import Gray
from ocr.steps.blobs import find_boxes, ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 75.0
INK_BELOW = 222
"""Light on purpose: a pencil signature or a pale stamp is content, even where a thin stroke fills half a pixel."""
LEAST_MM = 1.3
"""Smaller than the smallest printed letter with its neighbours run together; dust is smaller."""
MARGIN_MM = 3.0
SHADOW_MM = 2.0
MANY = 12
"""So many marks of black and white ink are no accident."""


_LEVELS = (np.arange(256) * INK_BELOW // 255).astype(np.uint8)


def ink_level(background: Gray) -> Gray:
    """Below which lightness something is a mark on paper of that lightness."""
    return np.asarray(cv2.LUT(background, _LEVELS), np.uint8)


def count_marks(ink: Gray, dpi: float) -> int:
    """How many things of at least 1.3 mm are on a reduced page of ink (255), apart from its outermost 3 mm.

    What comes in from there along an edge and ends 2 mm further is the shadow of the edge.
    """
    margin = min(round(MARGIN_MM / 25.4 * dpi), min(ink.shape) // 8)
    inner = ink[margin : ink.shape[0] - margin, margin : ink.shape[1] - margin]
    boxes = find_boxes(inner)
    return _count_large(boxes[~_edge_shadows(boxes, inner.shape, SHADOW_MM / 25.4 * dpi)], dpi)


def _edge_shadows(boxes: NDArray[np.int32], shape: tuple[int, ...], reach_px: float) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = boxes.T
    sides = ((x0, x1), (y0, y1), (shape[1] - x1, shape[1] - x0), (shape[0] - y1, shape[0] - y0))
    return np.asarray(np.logical_or.reduce([(near == 0) & (far <= reach_px) for near, far in sides]), np.bool_)


def is_blank(gray: Gray, dpi: float) -> bool:
    """Whether nobody would miss the page. When in doubt it is not blank: that costs time, nothing else."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    return count_marks(ink_below(small, INK_BELOW), dpi / factor) == 0


def has_much_ink(blobs: Blobs, dpi: float) -> bool:
    """Whether the black-and-white page alone shows that this is no blank page: then nobody need look closer."""
    return _count_large(blobs.boxes, dpi / blobs.step) >= MANY


def _count_large(boxes: NDArray[np.int32], dpi: float) -> int:
    """How many boxes (count, 4; half-open) are at least 1.3 mm long."""
    sides = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0)
    return int(np.count_nonzero(sides >= LEAST_MM / 25.4 * dpi))
