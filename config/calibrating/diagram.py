"""The reliability diagram as a picture (PNG): how sure it said it was, and how often it was right."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from config.evaluating.plot import BLUE, BROWN, COLOURS, FINER, INK, LINE, MUTED, PAPER
from config.evaluating.words import decimal
from demo.fonts import font
from ocr.confidence import Told
from ocr.reliability import bins

WIDTH, HEIGHT = 1200, 660
SIDE, TOP, GAP = 450, 110, 130
LEFT = 110


def draw(told: Sequence[Told], error: float) -> bytes:
    """Two fields: all confidences, and those from 0.9 on, where it is decided what passes without a person."""
    image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), PAPER)
    pen = ImageDraw.Draw(image)
    title = f"{len(told)} Felder, mittlerer Abstand {decimal(error, 4)} (Kreuzvalidierung)"
    _text(pen, (LEFT, 34), title, 22, INK, "lm")
    _field(pen, LEFT, 0.0, told)
    _field(pen, LEFT + SIDE + GAP, 0.9, told)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(COLOURS)
    data = io.BytesIO()
    small.save(data, "PNG", optimize=True)
    return data.getvalue()


def _field(pen: ImageDraw.ImageDraw, left: int, low: float, told: Sequence[Told]) -> None:
    wide = 1.0 - low

    def at(said: float, was: float) -> tuple[float, float]:
        x = left + (said - low) / wide * SIDE
        y = TOP + SIDE - (min(1.0, max(low, was)) - low) / wide * SIDE
        return x * FINER, y * FINER

    for step in range(0, 11, 2):
        value = low + wide * step / 10
        (x, _), (_, y) = at(value, low), at(low, value)
        pen.line((x, TOP * FINER, x, (TOP + SIDE) * FINER), LINE, FINER)
        pen.line((left * FINER, y, (left + SIDE) * FINER, y), LINE, FINER)
        _text(pen, (x / FINER, TOP + SIDE + 10), decimal(value, 1 if low == 0.0 else 2), 17, MUTED, "mt")
        _text(pen, (left - 10, y / FINER), decimal(value, 1 if low == 0.0 else 2), 17, MUTED, "rm")
    pen.line((*at(low, low), *at(1.0, 1.0)), BROWN, 2 * FINER)
    _text(pen, (left + SIDE / 2, TOP + SIDE + 52), "gesagte Sicherheit", 19, INK, "mm")
    _text(pen, (left - 60, TOP - 24), "davon richtig", 19, INK, "lm")
    for one in bins(told, low):
        x, y = at(one.said, one.share)
        pen.line((x, at(one.said, one.least)[1], x, at(one.said, one.most)[1]), BLUE, 2 * FINER)
        reach = 7 * FINER
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), BLUE)
        _text(pen, (x / FINER, TOP + SIDE - 12), str(one.count), 15, BLUE, "mb")


def _text(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str, anchor: str) -> None:
    pen.text((at[0] * FINER, at[1] * FINER), text, colour, font("Arimo", size * FINER), anchor)
