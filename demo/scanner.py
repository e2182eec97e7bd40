"""A simulated document scanner: clean pages in, pages with the marks of paper, glass and feeder out.

Everything random comes from the `Generator` that is handed in, so that a seed makes the same scan again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ocr.page import Gray

MM_PER_INCH = 25.4
Depth = Literal["grey", "bilevel"]


@dataclass(frozen=True, slots=True)
class Defects:
    """What is wrong with one scanned sheet side. Lengths in millimetres, `light` and `noise` in grey levels."""

    dpi: float
    depth: Depth = "grey"
    skew_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    upside_down: bool = False
    blur_px: float = 0.0
    noise: float = 0.0
    paper: int = 250
    ink: int = 0
    light: float = 0.0
    light_deg: float = 0.0
    edge_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    holes: int = 0
    streaks: tuple[tuple[float, float, int], ...] = ()
    specks: int = 0
    show_through: float = 0.0
    threshold: int = 150


def draw_defects(rng: Generator, dpi: float, depth: Depth, *, hard: float = 1.0) -> Defects:
    """The defects of one sheet side. `hard` scales how bad they are (0 = a new scanner, 1 = an office's)."""
    edges = rng.uniform(0, 5, 4) * (rng.random(4) < 0.3 * hard)
    streaks = tuple(
        (float(rng.uniform(5, 205)), float(rng.uniform(0.1, 0.3)), int(rng.integers(120, 200)))
        for _ in range(int(rng.random() < 0.15 * hard) * int(rng.integers(1, 3)))
    )
    return Defects(
        dpi=dpi,
        depth=depth,
        skew_deg=float(np.clip(rng.normal(0, 0.8 * hard), -3, 3)),
        shift_mm=(float(rng.normal(0, 1.5 * hard)), float(rng.normal(0, 1.5 * hard))),
        scale=float(rng.normal(1, 0.003 * hard)),
        blur_px=float(rng.uniform(0.3, 0.5 + 0.5 * hard)) * dpi / 300,
        noise=float(rng.uniform(1, 2 + 5 * hard)),
        paper=int(rng.integers(228, 253)),
        ink=int(rng.integers(0, 45)),
        light=float(rng.uniform(0, 35 * hard)) * (rng.random() < 0.5),
        light_deg=float(rng.uniform(0, 360)),
        edge_mm=(float(edges[0]), float(edges[1]), float(edges[2]), float(edges[3])),
        holes=2 if rng.random() < 0.35 * hard else 0,
        streaks=streaks,
        specks=int(rng.integers(0, 1 + int(60 * hard))),
        show_through=float(rng.uniform(0, 0.06 * hard)),
        threshold=int(rng.integers(125, 170)),
    )


def scan(page: Gray, defects: Defects, rng: Generator, back: Gray | None = None) -> Gray:
    """One side of a sheet as the scanner delivers it: same size as `page`, `dpi` that of `defects`.

    `back` is the other side of the sheet; it shines through where `show_through` is above 0.
    """
    sheet = _show_through(page, back, defects)
    sheet = np.take(_paper_curve(defects), sheet)
    _punch(sheet, defects)
    sheet = _feed(sheet, defects, rng)
    if defects.blur_px > 0.05:
        sheet = np.asarray(cv2.GaussianBlur(sheet, (0, 0), defects.blur_px), np.uint8)
    sheet = _light(sheet, defects, rng)
    _dirt(sheet, defects, rng)
    if defects.upside_down:
        sheet = np.ascontiguousarray(sheet[::-1, ::-1])
    if defects.depth == "bilevel":
        sheet = np.where(sheet < defects.threshold, 0, 255).astype(np.uint8)
    return sheet


def _show_through(page: Gray, back: Gray | None, defects: Defects) -> Gray:
    if back is None or defects.show_through <= 0.005:
        return page
    faint = (255 - (255 - np.arange(256)) * defects.show_through).astype(np.uint8)
    return np.minimum(page, np.take(faint, back[:, ::-1]))


def _paper_curve(defects: Defects) -> Gray:
    level = np.arange(256, dtype=np.float64) / 255
    return np.round(defects.ink + level * (defects.paper - defects.ink)).astype(np.uint8)


def _punch(sheet: Gray, defects: Defects) -> None:
    """File holes, 6 mm across, 80 mm apart, 12 mm from the left edge; the black feeder shows through."""
    px = defects.dpi / MM_PER_INCH
    for n in range(defects.holes):
        y = 148.5 + (n - (defects.holes - 1) / 2) * 80
        cv2.circle(sheet, (round(12 * px), round(y * px)), round(3 * px), 25, -1, cv2.LINE_AA)


def _feed(sheet: Gray, defects: Defects, rng: Generator) -> Gray:
    """Skew, shift and scale of the sheet; what lies outside it is black or the white of the lid."""
    height, width = sheet.shape
    px = defects.dpi / MM_PER_INCH
    move = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), defects.skew_deg, defects.scale), np.float64)
    move[:, 2] += np.array(defects.shift_mm) * px
    outside = 20 if any(defects.edge_mm) else 254
    fed = np.asarray(cv2.warpAffine(sheet, move, (width, height), borderValue=float(outside)), np.uint8)
    left, top, right, bottom = (round(edge * px) for edge in defects.edge_mm)
    for strip, size in (
        (fed[:, :left], left),
        (fed[:top], top),
        (fed[:, width - right :], right),
        (fed[height - bottom :], bottom),
    ):
        if size:
            strip[:] = int(rng.integers(5, 35))
    return fed


def _light(sheet: Gray, defects: Defects, rng: Generator) -> Gray:
    """Uneven light and the noise of the sensor."""
    height, width = sheet.shape
    field = np.zeros((32, 24), np.float32)
    if defects.light:
        angle = np.deg2rad(defects.light_deg)
        y, x = np.mgrid[0:32, 0:24]
        ramp = (x / 23 - 0.5) * np.cos(angle) + (y / 31 - 0.5) * np.sin(angle)
        field = ((ramp.min() - ramp) * defects.light).astype(np.float32)
    shade: NDArray[np.float32] = np.asarray(
        cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32
    )
    if defects.noise:
        # One strip of noise, rolled: as irregular as fresh noise for every row, at a tenth of the time.
        rows = 293
        strip = rng.standard_normal((rows, width), np.float32) * np.float32(defects.noise)
        for top in range(0, height, rows):
            part = shade[top : top + rows]
            np.add(part, np.roll(strip, int(rng.integers(width)), axis=1)[: len(part)], out=part)
    shade += sheet
    return np.clip(shade, 0, 255, out=shade).astype(np.uint8)


def _dirt(sheet: Gray, defects: Defects, rng: Generator) -> None:
    """Streaks of dirty glass run down the whole side; specks lie anywhere."""
    height, width = sheet.shape
    px = defects.dpi / MM_PER_INCH
    for x_mm, width_mm, level in defects.streaks:
        x = round(x_mm * px)
        strip = sheet[:, x : x + max(1, round(width_mm * px))]
        np.minimum(strip, level, out=strip)
    for x, y, radius in zip(
        rng.integers(0, width, defects.specks),
        rng.integers(0, height, defects.specks),
        rng.uniform(0.5, 2.2, defects.specks) * defects.dpi / 300,
        strict=True,
    ):
        cv2.circle(sheet, (int(x), int(y)), max(0, round(float(radius)) - 1), int(rng.integers(20, 130)), -1)


def jam(page: Gray, rng: Generator) -> Gray:
    """A sheet that slipped and was exposed wrongly: bands of it are smeared, the rest is nearly black."""
    height = page.shape[0]
    rows = np.arange(height)
    top = 0
    while top < height:
        size = int(rng.integers(60, 420))
        if rng.random() < 0.75:
            rows[top : top + size] = top
        top += size
    smeared = cv2.GaussianBlur(page[rows], (0, 0), 7)
    noise = rng.standard_normal((height, page.shape[1]), np.float32) * np.float32(14)
    dark = smeared.astype(np.float32) * 0.22 + 18 + noise
    return np.clip(dark, 0, 255).astype(np.uint8)
