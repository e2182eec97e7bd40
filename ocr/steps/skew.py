"""Skew: by how many degrees the lines of a page are turned, and turning it back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.reduce import reduced

COARSE_DPI = 75.0
STRIP_MM = 5.4
"""Width of a strip (64 px at 300 dpi); lines count as straight within it. Source: prototype, FACTS."""
LEAST_STEP, MOST_STEP = 8.0, 90.0
"""A row must get so much lighter than the one before to count as the lower edge of something."""
LEAST_DEG = 0.05
"""A page this straight is left as it is: 1 px on the width of A4 at 150 dpi, below what engines notice."""
LEAST_SHARPNESS = 1.15
"""Best score over mean score of all angles. Pure noise: 1.0; the real forms of the samples: 1.5 to 4."""


@dataclass(frozen=True, slots=True)
class Skew:
    """`angle_deg` > 0: the lines run down to the right. `sharpness`: how clearly this angle stands out."""

    angle_deg: float
    sharpness: float

    @property
    def worth_turning(self) -> bool:
        return abs(self.angle_deg) >= LEAST_DEG and self.sharpness >= LEAST_SHARPNESS


def estimate_skew(gray: Gray, dpi: float, max_deg: float = 5.0) -> Skew:
    """Find the angle at which the lower edges of the page's lines fall onto each other best.

    The page is cut into vertical strips, each reduced to its profile of lower edges. A slope is tried by
    shifting the profiles against each other; the sum of squares of their total is largest where lines fall
    on lines. No pixel is rotated. Coarse on a reduced image, then fine on rows of full resolution.
    """
    small, factor = reduced(gray, dpi, COARSE_DPI)
    coarse = _Strips.of(small, dpi / factor, max_deg)
    fine = _Strips.of(gray, dpi, max_deg)
    if coarse is None or fine is None:
        return Skew(0.0, 1.0)
    limit = math.tan(math.radians(max_deg))
    step = limit / 30
    scores = {index * step: coarse.score(index * step) for index in range(-30, 31)}
    best = max(scores, key=lambda slope: scores[slope])
    sharpness = scores[best] / (sum(scores.values()) / len(scores) + 1e-9)
    for _ in range(4):
        step /= 2.5
        best = max((best + index * step for index in (-2, -1, 0, 1, 2)), key=fine.score)
    left, middle, right = (fine.score(best + index * step) for index in (-1, 0, 1))
    best += _top_of_parabola(left, middle, right) * step
    return Skew(math.degrees(math.atan(best)), sharpness)


def skew_matrix(angle_deg: float, width: int, height: int) -> NDArray[np.float64]:
    """The 3x3 matrix from level pixels to pixels of the skewed page, turning about the centre."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    x, y = (width - 1) / 2, (height - 1) / 2
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y], [0.0, 0.0, 1.0]])


def turn_back(gray: Gray, angle_deg: float) -> Gray:
    """The page with its lines level again, same size, white where nothing was."""
    height, width = gray.shape
    return np.asarray(
        cv2.warpAffine(
            gray,
            skew_matrix(angle_deg, width, height)[:2],
            (width, height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=255,
        ),
        dtype=np.uint8,
    )


@dataclass(frozen=True, slots=True)
class _Strips:
    """Profiles of lower edges: one row for each strip, padded at both ends; strips are `width_px` apart."""

    profiles: NDArray[np.float32]
    width_px: int
    pad_px: int

    @classmethod
    def of(cls, gray: Gray, dpi: float, max_deg: float) -> _Strips | None:
        height, width = gray.shape
        strip = max(1, round(STRIP_MM / 25.4 * dpi))
        count = width // strip
        if count < 3 or height < 16:
            return None
        whole = gray[:, : count * strip]
        means = cv2.resize(whole, (count, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        reach = max(1, round(dpi / 75))  # across a blurred edge: 4 px at 300 dpi
        edges = np.clip(means[reach:] - means[:-reach] - LEAST_STEP, 0.0, MOST_STEP)
        # Without smoothing, slopes that shift by whole pixels score too high (the others average).
        smooth = cv2.GaussianBlur(edges, (1, 4 * reach + 5), 0.0, sigmaY=0.8 * reach)
        pad = math.ceil(math.tan(math.radians(max_deg)) * width / 2 * 1.1) + 2
        return cls(np.ascontiguousarray(np.pad(smooth.T, ((0, 0), (pad, pad)))), strip, pad)

    def score(self, slope: float) -> float:
        count, length = self.profiles.shape
        size = length - 2 * self.pad_px
        total = np.zeros(size, dtype=np.float32)
        for index in range(count):
            shift = slope * (index + 0.5 - count / 2) * self.width_px
            whole = math.floor(shift)
            part = np.float32(shift - whole)
            start = min(max(0, self.pad_px + whole), length - size - 1)
            total += self.profiles[index, start : start + size] * (1 - part)
            total += self.profiles[index, start + 1 : start + 1 + size] * part
        return float(total @ total)


def _top_of_parabola(left: float, middle: float, right: float) -> float:
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else max(-1.0, min(1.0, 0.5 * (left - right) / bend))
