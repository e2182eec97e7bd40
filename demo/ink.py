"""Ink on paper: glyphs with the small irregularities of a machine or a hand, check marks, signatures.

An ink layer is a `Gray` page, white where there is no ink; it is laid over the printed page by minimum.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from demo.fonts import Style, font
from demo.sheet import BoxMm
from ocr.page import Gray

MM_PER_INCH = 25.4
SHIFT_BITS = 4  # sub-pixel positions of OpenCV's lines
Points = NDArray[np.float64]
"""Shape (n, 2): x, y in pixels."""


@dataclass(slots=True)
class Layer:
    """The ink on one page."""

    gray: Gray
    dpi: float
    rng: Generator

    def px(self, length_mm: float) -> float:
        return length_mm * self.dpi / MM_PER_INCH

    def stamp(self, patch: Gray, x: float, y: float) -> None:
        """Lay a small picture (0 = ink) with its upper left corner at (x, y) over the page."""
        x0, y0 = round(x), round(y)
        left, top = max(0, x0), max(0, y0)
        right = min(self.gray.shape[1], x0 + patch.shape[1])
        bottom = min(self.gray.shape[0], y0 + patch.shape[0])
        if right > left and bottom > top:
            part = self.gray[top:bottom, left:right]
            np.minimum(part, patch[top - y0 : bottom - y0, left - x0 : right - x0], out=part)

    def stroke(self, points: Points, width_mm: float, ink: int, pressure: float = 0.25) -> None:
        """A pen stroke through `points`, its width and darkness varying a little along the way."""
        fixed = np.round(points * (1 << SHIFT_BITS)).astype(np.int32)
        width = max(1.0, self.px(width_mm))
        wave = self.rng.normal(0, 1, len(fixed))
        wave = np.convolve(wave, np.ones(7) / 7, "same") * pressure
        x0, y0 = np.floor(points.min(axis=0) - 2 * width).astype(int)
        x1, y1 = np.ceil(points.max(axis=0) + 2 * width).astype(int)
        patch = np.full((y1 - y0 + 1, x1 - x0 + 1), 255, np.uint8)
        fixed -= np.array([x0, y0], np.int32) << SHIFT_BITS
        for n in range(len(fixed) - 1):
            thick = max(1, round(width * (1 + float(wave[n]))))
            shade = int(np.clip(ink + 25 * float(wave[n]), 0, 160))
            cv2.line(patch, fixed[n].tolist(), fixed[n + 1].tolist(), shade, thick, cv2.LINE_AA, SHIFT_BITS)
        self.stamp(patch, x0, y0)


@dataclass(frozen=True, slots=True)
class Pen:
    """A style with the size and darkness that one writer keeps through the whole form."""

    style: Style
    size_pt: float
    ink: int
    weight: int = 0

    def font(self, dpi: float, shrink: float = 1.0) -> ImageFont.FreeTypeFont:
        return font(self.style.family, max(8, round(self.size_pt * shrink * dpi / 72)), self.weight)


def take_pen(rng: Generator, style: Style) -> Pen:
    weight = int(rng.choice(style.weights)) if style.weights else 0
    return Pen(style, float(rng.uniform(*style.size_pt)), int(rng.integers(style.ink[0], style.ink[1] + 1)), weight)


def write(layer: Layer, pen: Pen, text: str, zone_mm: BoxMm) -> None:
    """One line of text into an entry zone, made smaller where it would not fit."""
    x0, _, x1, y1 = zone_mm
    room = layer.px(x1 - x0 - 2.4)
    made = pen.font(layer.dpi)
    shrink = min(1.0, room / max(1.0, made.getlength(text) * (1.04 if pen.style.hand else 1.0)))
    made = pen.font(layer.dpi, shrink)
    loose = 1.0 if pen.style.by_glyph else 0.3
    x = layer.px(x0 + 1.2) + layer.px(float(layer.rng.uniform(0, loose)))
    baseline = layer.px(y1 - 2.3) + layer.px(float(layer.rng.uniform(-0.4, 0.4) * loose))
    if not pen.style.by_glyph:
        _glyph(layer, pen, made, text, x, baseline)
        return
    slope = float(layer.rng.normal(0, 0.004)) if pen.style.hand else 0.0
    for n, letter in enumerate(text):
        if letter != " ":
            dy = layer.px(float(layer.rng.normal(0, pen.style.wander_mm)))
            _glyph(layer, pen, made, letter, x, baseline + dy + slope * n * made.size)
        pair = text[n : n + 2]
        step = made.getlength(pair) - made.getlength(pair[1:]) if len(pair) == 2 else 0.0
        x += step * (1 + float(layer.rng.normal(0.01, 0.02)) * pen.style.hand)


def write_cells(layer: Layer, pen: Pen, text: str, comb_mm: BoxMm, cells: int) -> None:
    """One character to each cell of a comb."""
    x0, _, x1, y1 = comb_mm
    made = pen.font(layer.dpi)
    loose = 0.35 if pen.style.by_glyph else 0.12
    for n, letter in enumerate(text[:cells]):
        centre = layer.px(x0 + (x1 - x0) * (n + 0.5) / cells)
        x = centre - made.getlength(letter) / 2 + layer.px(float(layer.rng.normal(0, loose)))
        baseline = layer.px(y1 - 2.0) + layer.px(float(layer.rng.normal(0, loose)) * 0.7)
        _glyph(layer, pen, made, letter, x, baseline)


def _glyph(layer: Layer, pen: Pen, made: ImageFont.FreeTypeFont, text: str, x: float, baseline: float) -> None:
    """Draw `text` with its baseline origin at (x, baseline), turned and swollen by the pen's habits."""
    left, top, right, bottom = made.getbbox(text, anchor="ls")
    edge = 4
    wide, high = int(right - left) + 2 * edge + 1, int(bottom - top) + 2 * edge + 1
    picture = Image.new("L", (wide, high), 255)
    ink = int(np.clip(pen.ink + layer.rng.normal(0, 6) * pen.style.by_glyph, 0, 170))
    dx = x - int(x)
    ImageDraw.Draw(picture).text((edge - left + dx, edge - top), text, fill=ink, font=made, anchor="ls")
    patch = np.asarray(picture)
    if pen.style.by_glyph:
        angle = float(layer.rng.normal(0, pen.style.tilt_deg))
        scale = 1 + float(layer.rng.normal(0, pen.style.swell))
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, scale)
        patch = cv2.warpAffine(patch, turn, (wide, high), flags=cv2.INTER_LINEAR, borderValue=255.0)
    layer.stamp(patch, int(x) + left - edge, round(baseline) + top - edge)


def _curve(layer: Layer, corners: list[tuple[float, float]], shake_mm: float = 0.12) -> Points:
    """A hand-drawn line through `corners` (mm), in pixels."""
    rough = np.array(corners, np.float64)
    legs = np.linspace(0, len(corners) - 1, 24)
    whole = np.minimum(legs.astype(int), len(corners) - 2)
    part = (legs - whole)[:, None]
    points = rough[whole] * (1 - part) + rough[whole + 1] * part
    shake = np.cumsum(layer.rng.normal(0, shake_mm / 3, points.shape), axis=0)
    drawn: Points = (points + shake - shake.mean(axis=0)) * (layer.dpi / MM_PER_INCH)
    return drawn


def cross(layer: Layer, box: BoxMm, ink: int) -> None:
    x0, y0, x1, y1 = box
    j = layer.rng.uniform(-0.7, 0.5, 8)
    layer.stroke(_curve(layer, [(x0 - j[0], y0 - j[1]), (x1 + j[2], y1 + j[3])]), 0.45, ink)
    layer.stroke(_curve(layer, [(x1 + j[4], y0 - j[5]), (x0 - j[6], y1 + j[7])]), 0.45, ink)


def tick(layer: Layer, box: BoxMm, ink: int) -> None:
    x0, y0, x1, y1 = box
    j = layer.rng.uniform(-0.4, 0.6, 4)
    corners = [(x0 + 0.5 + j[0] / 2, y0 + 1.8 + j[1] / 2), (x0 + 1.7, y1 - 0.3 + j[2] / 2), (x1 + 0.8 + j[3], y0 - 0.8)]
    layer.stroke(_curve(layer, corners, 0.08), 0.45, ink)


def fill(layer: Layer, box: BoxMm, ink: int) -> None:
    """Shade the square with a zigzag, as on a ballot in a hurry."""
    x0, y0, x1, y1 = box
    rows = 9
    corners = [
        (
            (x0 + 0.4 if n % 2 else x1 - 0.4) + float(layer.rng.normal(0, 0.15)),
            y0 + 0.2 + (y1 - y0 - 0.4) * (n + 0.5) / rows,
        )
        for n in range(rows)
    ]
    rough = np.array(corners, np.float64) * (layer.dpi / MM_PER_INCH)
    layer.stroke(rough, 0.5, ink, pressure=0.1)


def typed_x(layer: Layer, box: BoxMm, pen: Pen) -> None:
    made = pen.font(layer.dpi)
    x = layer.px((box[0] + box[2]) / 2 + float(layer.rng.normal(0, 0.2))) - made.getlength("X") / 2
    baseline = (
        layer.px((box[1] + box[3]) / 2 + float(layer.rng.normal(0, 0.2))) + made.getbbox("X", anchor="ls")[1] / -2
    )
    _glyph(layer, pen, made, "X", x, baseline)


def strike(layer: Layer, box: BoxMm, ink: int) -> None:
    """Take a mark back: several strokes right through the square and beyond it."""
    x0, y0, x1, y1 = box
    for _ in range(4):
        a, b = layer.rng.uniform(0.2, 0.8, 2)
        start, end = (x0 - 1.6, y0 + (y1 - y0) * a), (x1 + 1.6, y0 + (y1 - y0) * b)
        layer.stroke(_curve(layer, [start, end]), 0.5, ink)


def signature(layer: Layer, box: BoxMm, ink: int) -> None:
    """A scribble that begins with a tall loop, runs on in shrinking waves and ends in a flourish."""
    x0, _, x1, y1 = box
    rng = layer.rng
    length = float(rng.uniform(38, min(75, x1 - x0 - 8)))
    start = x0 + float(rng.uniform(3, x1 - x0 - length - 2))
    t = np.linspace(0, 1, 260)
    tall = float(rng.uniform(5, 8)) * np.exp(-3.2 * t) + float(rng.uniform(1.4, 2.4))
    beat = np.cumsum(1 + 0.5 * np.sin(2 * np.pi * (t * rng.uniform(1, 3) + rng.random())))
    phase = 2 * np.pi * float(rng.integers(7, 12)) * beat / beat[-1] + float(rng.uniform(0, 6))
    x = start + length * t + 1.5 * np.sin(phase + float(rng.uniform(0.6, 1.4))) * np.exp(-1.2 * t)
    y = y1 - 2.2 - tall * (0.5 + 0.5 * np.sin(phase)) - length * t * float(rng.uniform(-0.02, 0.07))
    points = np.stack([x, y], axis=1)
    points[-14:, 0] += np.linspace(0, float(rng.uniform(3, 9)), 14)
    np.clip(points[:, 0], x0 + 0.5, x1 + 1, out=points[:, 0])
    layer.stroke(points * (layer.dpi / MM_PER_INCH), float(rng.uniform(0.35, 0.55)), ink, pressure=0.5)
