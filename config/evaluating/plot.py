"""The straight-through curve as a picture (PNG), drawn with PIL: no plotting library is needed for two lines."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from config.evaluating.words import decimal, percent
from demo.fonts import font
from ocr.curve import Point

WIDTH, HEIGHT, FINER = 1200, 720, 2
"""Size in pixels; drawn so much finer and brought down, which smooths the lines."""
LEFT, RIGHT, TOP, BOTTOM = 110, 40, 110, 90
INK, MUTED, LINE, PAPER = "#171a2b", "#535869", "#d7d9e0", "#ffffff"
BLUE, BROWN = "#154194", "#9a4a00"
TICKS = (0.5, 0.8, 0.9, 0.95, 0.98)
"""Thresholds that are named on the curve of the fields."""
COLOURS = 48

Spot = tuple[float, float]
"""Share that passes, share of wrong ones among it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing area: shares to pixels."""

    top_share: float

    def at(self, spot: Spot) -> tuple[float, float]:
        x = LEFT + spot[0] * (WIDTH - LEFT - RIGHT)
        y = HEIGHT - BOTTOM - spot[1] / self.top_share * (HEIGHT - TOP - BOTTOM)
        return x * FINER, y * FINER


def draw(points: Sequence[Point], now: Point) -> bytes:
    """The curve of fields and of documents, and where both stand with today's decisions (`now`)."""
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    pen = ImageDraw.Draw(image)
    fields = [(point.fields, point.wrong) for point in points]
    documents = [(point.documents, point.documents_wrong) for point in points]
    frame = Frame(_top([*fields, *documents]))
    _axes(pen, frame)
    _line(pen, frame, fields, BLUE)
    _line(pen, frame, documents, BROWN, dashed=True)  # on top: where both run along the bottom, both are seen
    _named(pen, frame, points)
    _now(pen, frame, (now.documents, now.documents_wrong), BROWN, square=True)
    _now(pen, frame, (now.fields, now.wrong), BLUE)
    _legend(pen, now)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(COLOURS)
    data = io.BytesIO()
    small.save(data, "PNG", optimize=True)
    return data.getvalue()


def _top(spots: Sequence[Spot]) -> float:
    """A round share above everything that is drawn."""
    most = max((spot[1] for spot in spots if spot[0] > 0), default=0.0)
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8):
        if most <= step:
            return step
    return 1.0


def _text(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
    pen.text((at[0] * FINER, at[1] * FINER), text, colour, font("Arimo", size * FINER), anchor)


def _axes(pen: ImageDraw.ImageDraw, frame: Frame) -> None:
    for step in range(0, 11, 2):
        x, y = frame.at((step / 10, 0.0))
        pen.line((x, TOP * FINER, x, y), LINE, FINER)
        _text(pen, (x / FINER, HEIGHT - BOTTOM + 10), percent(step / 10, 0), 18, MUTED, "mt")
    for step in range(6):
        share = frame.top_share * step / 5
        x, y = frame.at((0.0, share))
        pen.line((x, y, (WIDTH - RIGHT) * FINER, y), INK if step == 0 else LINE, FINER)
        _text(pen, (LEFT - 12, y / FINER), percent(share, 1 if frame.top_share < 0.1 else 0), 18, MUTED, "rm")
    _text(pen, (LEFT + (WIDTH - LEFT - RIGHT) / 2, HEIGHT - 24), "läuft ohne Prüfung durch", 20, INK, "mm")
    _text(pen, (24, TOP - 22), "davon falsch", 20, INK, "lm")


def _line(pen: ImageDraw.ImageDraw, frame: Frame, spots: Sequence[Spot], colour: str, *, dashed: bool = False) -> None:
    places = [frame.at(spot) for spot in spots if spot[0] > 0]
    if not dashed:
        if len(places) > 1:
            pen.line(places, colour, 4 * FINER, joint="curve")
        return
    for start, end in _dashes(places, 14.0 * FINER, 8.0 * FINER):
        pen.line((start, end), colour, 4 * FINER)


def _dashes(places: Sequence[tuple[float, float]], dash: float, gap: float) -> list[tuple[Spot, Spot]]:
    """Pieces of the line: `dash` long, `gap` apart, across the corners."""
    pieces, done = [], 0.0
    for (x0, y0), (x1, y1) in pairwise(places):
        length = math.hypot(x1 - x0, y1 - y0)
        at = 0.0
        while at < length:
            within = (done + at) % (dash + gap)
            step = min(length - at, (dash if within < dash else dash + gap) - within + 1e-6)
            if within < dash:
                a, b = at / length, (at + step) / length
                pieces.append(((x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0))))
            at += step
        done += length
    return pieces


def _named(pen: ImageDraw.ImageDraw, frame: Frame, points: Sequence[Point]) -> None:
    """Small strokes across the curve of the fields that say which confidence lies there."""
    last = math.inf
    for threshold in TICKS:
        point = next((point for point in points if point.threshold >= threshold), None)
        if point is None or point.fields <= 0:
            continue
        x, y = (value / FINER for value in frame.at((point.fields, point.wrong)))
        if last - x < 72:
            continue
        last = x
        pen.line((x * FINER, (y - 9) * FINER, x * FINER, (y + 9) * FINER), BLUE, 3 * FINER)
        _text(pen, (x, y - 14), f"ab {decimal(threshold)}", 16, BLUE, "ms")


def _now(pen: ImageDraw.ImageDraw, frame: Frame, spot: Spot, colour: str, *, square: bool = False) -> None:
    x, y = frame.at(spot)
    reach = 9 * FINER
    shape = pen.rectangle if square else pen.ellipse
    shape((x - reach, y - reach, x + reach, y + reach), PAPER, colour, 4 * FINER)


def _legend(pen: ImageDraw.ImageDraw, now: Point) -> None:
    told = (
        (26, BLUE, False, f"Felder: heute {percent(now.fields)} ohne Prüfung, davon falsch {percent(now.wrong, 2)}"),
        (
            58, BROWN, True,
            f"Dokumente: heute {percent(now.documents)} ohne Prüfung, davon mit falschem Feld "
            f"{percent(now.documents_wrong, 2)}",
        ),
    )  # fmt: skip
    for y, colour, dashed, text in told:
        places = [(LEFT * FINER, y * FINER), ((LEFT + 60) * FINER, y * FINER)]
        for start, end in _dashes(places, 14.0 * FINER, 8.0 * FINER) if dashed else [(places[0], places[1])]:
            pen.line((start, end), colour, 4 * FINER)
        _now_sign(pen, LEFT + 30, y, colour, square=dashed)
        _text(pen, (LEFT + 74, y), text, 19, INK, "lm")


def _now_sign(pen: ImageDraw.ImageDraw, x: int, y: int, colour: str, *, square: bool) -> None:
    box = tuple(value * FINER for value in (x - 8, y - 8, x + 8, y + 8))
    shape = pen.rectangle if square else pen.ellipse
    shape(box, PAPER, colour, 4 * FINER)
