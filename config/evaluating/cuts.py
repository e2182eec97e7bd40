"""Pieces of pages for the report: the place of a field with what stands around it, small."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from ocr.page import Box, FieldReading, Gray, Page

MM_PER_INCH = 25.4
MARGIN_MM = (9.0, 5.0)
"""So much beside, and above and below a field: enough to see its label and what runs over."""
CUT_DPI, MOST_WIDTH_PX, PAGE_DPI = 150.0, 900, 80.0
FRAME_GREY, FRAME_GAP_MM = 90, 0.7
QUALITY = 55


@dataclass(frozen=True, slots=True)
class Cut:
    """A picture (WebP). `whole`: the whole page, because the place of the field was not found on it."""

    data: bytes
    width: int
    height: int
    page: int
    whole: bool = False


def cut_of(field: FieldReading | None, pages: Sequence[Page], usual_page: int) -> Cut | None:
    """The place of the field with a margin and a thin frame; the page where it should stand when it has no place."""
    if field is not None and field.box is not None:
        for page in pages:
            if page.number == field.page:
                return _zone(page, field.box)
    shown = next((page for page in pages if page.number == usual_page), pages[0] if pages else None)
    return None if shown is None else _picture(shown, shown.gray, PAGE_DPI, whole=True)


def _zone(page: Page, box: Box) -> Cut:
    across, down = (round(mm * page.dpi / MM_PER_INCH) for mm in MARGIN_MM)
    left, top = max(0, box.x0 - across), max(0, box.y0 - down)
    around = Box(left, top, min(page.width, box.x1 + across), min(page.height, box.y1 + down))
    gray = around.crop(page.gray).copy()
    gap, thick = round(FRAME_GAP_MM * page.dpi / MM_PER_INCH), max(1, round(page.dpi / CUT_DPI))
    corner = (box.x0 - around.x0 - gap, box.y0 - around.y0 - gap)
    other = (box.x1 - around.x0 + gap, box.y1 - around.y0 + gap)
    cv2.rectangle(gray, corner, other, FRAME_GREY, thick)
    return _picture(page, gray, CUT_DPI)


def _picture(page: Page, gray: Gray, dpi: float, *, whole: bool = False) -> Cut:
    scale = min(1.0, dpi / page.dpi, MOST_WIDTH_PX / gray.shape[1])
    if scale < 1.0:
        size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
        gray = np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(gray)).save(data, "WEBP", quality=QUALITY, method=4)
    return Cut(data.getvalue(), int(gray.shape[1]), int(gray.shape[0]), page.number, whole)
