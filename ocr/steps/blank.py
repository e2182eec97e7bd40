"""Blank pages: nothing on them that a person could have meant."""

from __future__ import annotations

import numpy as np

from ocr.kernel.plan import Blobs
from ocr.page import Gray
from ocr.steps.blobs import find_blobs, ink_below
from ocr.steps.reduce import reduced

WORK_DPI = 100.0
INK_BELOW = 215
"""Light on purpose: a pencil signature or a pale stamp is content."""
LEAST_MM = 1.3
"""Smaller than the smallest printed letter with its neighbours run together; dust is smaller."""
MARGIN_MM = 3.0
MANY = 12
"""So many marks of black and white ink are no accident."""


def find_marks(gray: Gray, dpi: float) -> int:
    """How many things of at least 1.3 mm stand on a page with white paper, apart from its outermost 3 mm."""
    small, factor = reduced(gray, dpi, WORK_DPI)
    pixel_mm = 25.4 * factor / dpi
    margin = min(round(MARGIN_MM / pixel_mm), min(small.shape) // 8)
    inner = small[margin : small.shape[0] - margin, margin : small.shape[1] - margin]
    longer = find_blobs(ink_below(np.ascontiguousarray(inner), INK_BELOW)).boxes[1:, 2:].max(axis=1, initial=0)
    return int(np.count_nonzero(longer >= LEAST_MM / pixel_mm))


def is_blank(gray: Gray, dpi: float) -> bool:
    """Whether nobody would miss the page. When in doubt it is not blank: that costs time, nothing else."""
    return find_marks(gray, dpi) == 0


def has_much_ink(blobs: Blobs, dpi: float) -> bool:
    """Whether the black-and-white page alone shows that this is no blank page: then nobody need look closer."""
    sides = (blobs.boxes[:, 2:] - blobs.boxes[:, :2]).max(axis=1, initial=0)
    return int(np.count_nonzero(sides >= LEAST_MM / 25.4 * dpi / blobs.step)) >= MANY
