"""Skew: by how many degrees the lines of a page are turned, and turning it back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray

STRIP_PX = 31
"""Width of a strip at working resolution; lines are straight within one strip. Source: shared prototype."""

WORK_DPI = 100.0


@dataclass(frozen=True, slots=True)
class Skew:
    """`angle_deg` > 0: the lines run down to the right. `sharpness` is best score over mean score."""

    angle_deg: float
    sharpness: float


def estimate_skew(gray: Gray, dpi: float, max_deg: float = 5.0) -> Skew:
    """Find the angle at which the row profile of the page is sharpest.

    The page is cut into vertical strips; each candidate slope shifts the strips' edge profiles against
    each other, and the sum of squares of their total is largest where lines fall on lines. No pixel is
    rotated for that.
    """
    profiles = _strip_profiles(_reduced(gray, dpi))
    if profiles.shape[0] < 3:
        return Skew(0.0, 1.0)
    limit = math.tan(math.radians(max_deg))
    step = limit / 24
    scores = {i * step: _score(profiles, i * step) for i in range(-24, 25)}
    best = max(scores, key=lambda slope: scores[slope])
    sharpness = scores[best] / (sum(scores.values()) / len(scores) + 1e-9)
    for _ in range(4):
        step /= 3
        best = max((best + i * step for i in (-2, -1, 0, 1, 2)), key=lambda slope: _score(profiles, slope))
    best += _parabola_top(*(_score(profiles, best + i * step) for i in (-1, 0, 1))) * step
    return Skew(math.degrees(math.atan(best)), sharpness)


def rotation(angle_deg: float, width: int, height: int) -> NDArray[np.float64]:
    """The 2x3 matrix from deskewed pixels to pixels of the skewed page, turning about the centre."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    x, y = (width - 1) / 2, (height - 1) / 2
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])


def turn_back(gray: Gray, angle_deg: float) -> Gray:
    """The page with its lines level again, same size, white where nothing was."""
    height, width = gray.shape
    return np.asarray(
        cv2.warpAffine(
            gray,
            rotation(angle_deg, width, height),
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=255,
        ),
        dtype=np.uint8,
    )


def _reduced(gray: Gray, dpi: float) -> Gray:
    factor = min(1.0, WORK_DPI / dpi)
    size = (max(1, round(gray.shape[1] * factor)), max(1, round(gray.shape[0] * factor)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _strip_profiles(small: Gray) -> NDArray[np.float32]:
    """Dark-to-light steps of every row, summed within strips: shape (strips, rows + padding)."""
    steps = np.clip(small[2:].astype(np.float32) - small[:-2] - 24.0, 0.0, 120.0)
    count = small.shape[1] // STRIP_PX
    if count == 0 or small.shape[0] < 8:
        return np.zeros((0, 0), dtype=np.float32)
    sums = steps[:, : count * STRIP_PX].reshape(steps.shape[0], count, STRIP_PX).sum(axis=2).T
    pad = small.shape[1] // 4
    return np.pad(sums, ((0, 0), (pad, pad))).astype(np.float32)


def _score(profiles: NDArray[np.float32], slope: float) -> float:
    count, length = profiles.shape
    pad = math.ceil(abs(slope) * count * STRIP_PX / 2) + 2
    total = np.zeros(length - 2 * pad, dtype=np.float32)
    for index in range(count):
        shift = slope * ((index + 0.5) - count / 2) * STRIP_PX
        whole = math.floor(shift)
        part = np.float32(shift - whole)
        start = pad + whole
        total += profiles[index, start : start + total.size] * (1 - part)
        total += profiles[index, start + 1 : start + 1 + total.size] * part
    return float(total @ total)


def _parabola_top(left: float, middle: float, right: float) -> float:
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else max(-1.0, min(1.0, 0.5 * (left - right) / bend))
