"""A clean sheet to print on: text, rules and marks in millimetres, with every printed word on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import reportlab
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

from demo.fonts import font_path
from demo.ink import MM_PER_INCH, Layer
from ocr.page import Gray

URW = Path("/usr/share/fonts/opentype/urw-base35")
"""Serif faces of Debian's fonts-urw-base35; a machine without them prints everything sans serif."""
VERA = Path(reportlab.__file__).parent / "fonts"


@dataclass(frozen=True, slots=True)
class Face:
    """One type face: its file and that of its bold cut; a variable font is its own bold cut."""

    name: str
    regular: Path
    bold: Path
    variable: bool = False

    def at(self, size_px: float, bold: bool = False) -> ImageFont.FreeTypeFont:
        return _font(
            self.bold if bold else self.regular, max(4, round(size_px)), (700 if bold else 400) * self.variable
        )


@lru_cache(maxsize=128)
def _font(path: Path, size_px: int, weight: int) -> ImageFont.FreeTypeFont:
    made = ImageFont.truetype(str(path), size_px)
    if weight:
        made.set_variation_by_axes([weight])
    return made


def faces() -> tuple[Face, ...]:
    """The faces that this machine has: always two sans serif ones, three serif ones where URW's fonts are."""
    sans = (
        Face("Arimo", font_path("Arimo"), font_path("Arimo"), variable=True),
        Face("Vera", VERA / "Vera.ttf", VERA / "VeraBd.ttf"),
    )
    serif = tuple(
        Face(name, URW / f"{name}-{regular}.otf", URW / f"{name}-Bold.otf")
        for name, regular in (("NimbusRoman", "Regular"), ("C059", "Roman"), ("P052", "Roman"))
    )
    return sans + tuple(face for face in serif if face.regular.exists() and face.bold.exists())


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word and the room that it takes on the sheet, in mm from the upper left corner."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Sheet:
    """One side of a sheet while it is printed. All lengths in mm, origin top left; ink 0 = black.

    `marks` holds what a pen or stamp adds in a colour of its own, None until there is something.
    """

    width_mm: float
    height_mm: float
    dpi: float
    rng: Generator
    face: Face
    words: list[PrintedWord] = field(default_factory=list)
    marks: Layer | None = None
    picture: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.picture = Image.new("L", (round(self.px(self.width_mm)), round(self.px(self.height_mm))), 255)
        self.draw = ImageDraw.Draw(self.picture)

    def px(self, length_mm: float) -> float:
        return length_mm * self.dpi / MM_PER_INCH

    @property
    def gray(self) -> Gray:
        """The printed page without marks."""
        return np.asarray(self.picture)

    def pen(self) -> Layer:
        """The layer of marks, made at its first use."""
        if self.marks is None:
            self.marks = Layer(np.full(self.gray.shape, 255, np.uint8), self.dpi, self.rng)
        return self.marks

    def font(self, size_pt: float, bold: bool = False) -> ImageFont.FreeTypeFont:
        return self.face.at(size_pt * self.dpi / 72, bold)

    def width_of(self, text: str, size_pt: float, bold: bool = False) -> float:
        """Width of a line in mm."""
        return self.font(size_pt, bold).getlength(text) * MM_PER_INCH / self.dpi

    def text(self, x: float, baseline: float, text: str, size_pt: float, *, bold: bool = False, ink: int = 0) -> None:
        """One line of text, its words on record."""
        self.draw.text((self.px(x), self.px(baseline)), text, fill=ink, font=self.font(size_pt, bold), anchor="ls")
        self.record(x, baseline, text, size_pt, lambda part: self.width_of(part, size_pt, bold))

    def record(self, x: float, baseline: float, text: str, size_pt: float, measure: Callable[[str], float]) -> None:
        """Put the words of a printed line on record; `measure` gives the width of a part of it in mm."""
        height, at = size_pt * MM_PER_INCH / 72, 0
        for word in text.split():
            at = text.index(word, at)
            x0 = x + measure(text[:at])
            self.words.append(
                PrintedWord(word, x0, baseline - 0.8 * height, x0 + measure(word), baseline + 0.2 * height)
            )
            at += len(word)

    def right(self, x: float, baseline: float, text: str, size_pt: float) -> None:
        """One line of text that ends at x."""
        self.text(x - self.width_of(text, size_pt), baseline, text, size_pt)

    def rule(self, x0: float, y0: float, x1: float, y1: float, width_mm: float, ink: int = 0) -> None:
        """A level or plumb rule; (x0, y0) to (x1, y1) is its middle line."""
        half = width_mm / 2
        box = (self.px(x0 - half), self.px(y0 - half), self.px(x1 + half), self.px(y1 + half))
        self.draw.rectangle([round(value) for value in box], fill=ink)

    def frame(self, x0: float, y0: float, x1: float, y1: float, width_mm: float, ink: int = 0) -> None:
        for ends in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
            self.rule(*ends, width_mm, ink)

    def block(self, x0: float, y0: float, x1: float, y1: float, ink: int) -> None:
        """A filled rectangle."""
        self.draw.rectangle([round(self.px(value)) for value in (x0, y0, x1, y1)], fill=ink)

    def lines(
        self,
        x: float,
        baseline: float,
        width: float,
        bottom: float,
        text: str,
        size_pt: float,
        *,
        justify: bool = False,
    ) -> float:
        """Break `text` into lines of `width` mm until `bottom`; returns the base line of the line after the last."""
        step = size_pt * 1.22 * MM_PER_INCH / 72
        rows = break_lines(text.split(), width, lambda line: self.width_of(line, size_pt))
        for n, row in enumerate(rows):
            if baseline > bottom:
                break
            if justify and n < len(rows) - 1 and len(row) > 2:
                self._justified(x, baseline, width, row, size_pt)
            else:
                self.text(x, baseline, " ".join(row), size_pt)
            baseline += step
        return baseline

    def _justified(self, x: float, baseline: float, width: float, row: Sequence[str], size_pt: float) -> None:
        widths = [self.width_of(word, size_pt) for word in row]
        gap = (width - sum(widths)) / (len(row) - 1)
        for word, wide in zip(row, widths, strict=True):
            self.text(x, baseline, word, size_pt)
            x += wide + gap


def break_lines(words: Sequence[str], width: float, measure: Callable[[str], float]) -> list[list[str]]:
    """Words into rows that are not wider than `width`; a word that is wider alone stands alone."""
    rows: list[list[str]] = [[]]
    for word in words:
        if rows[-1] and measure(" ".join([*rows[-1], word])) > width:
            rows.append([])
        rows[-1].append(word)
    return rows
