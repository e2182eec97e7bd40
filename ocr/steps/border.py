"""Black border: what the scanner saw beside the paper."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Gray

WORK_DPI = 40.0


def find_border(gray: Gray, dpi: float) -> Gray:
    """Where the black border is: uint8 (height, width) at about 40 dpi, 255 = border, else 0.

    Border is what is dark and hangs together with the edge of the picture.
    """
    factor = min(1.0, WORK_DPI / dpi)
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    small = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
    dark = np.where(small < 100, np.uint8(255), np.uint8(0))
    dark = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    framed = cv2.copyMakeBorder(dark, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    cv2.floodFill(framed, None, (0, 0), 128)
    found = np.where(framed[1:-1, 1:-1] == 128, np.uint8(255), np.uint8(0))
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def remove_border(gray: Gray, dpi: float) -> Gray:
    """The page with its black border painted white."""
    found = find_border(gray, dpi)
    if not found.any():
        return gray
    full = cv2.resize(found, (gray.shape[1], gray.shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(np.where(full > 0, np.uint8(255), gray), dtype=np.uint8)
