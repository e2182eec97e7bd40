"""How the form is written on: typed and hand-like styles with fonts from the fontpkg packages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import fontpkg
import reportlab
from numpy.random import Generator
from PIL import ImageFont
from reportlab.pdfbase.ttfonts import TTFontFile

from demo.people import choose


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing. Lengths in millimetres, angles in degrees, ink 0 (black) to 255."""

    name: str
    family: str
    size_pt: tuple[float, float]
    hand: bool = False
    by_glyph: bool = False
    wander_mm: float = 0.0
    tilt_deg: float = 0.0
    swell: float = 0.0
    ink: tuple[int, int] = (0, 40)
    weights: tuple[int, ...] = ()


TYPED: tuple[Style, ...] = (
    Style("typed", "Arimo", (10.5, 12.0)),
    Style("typewriter", "IBM Plex Mono", (10.5, 11.5), by_glyph=True, wander_mm=0.07, tilt_deg=0.4, ink=(10, 70)),
    Style("printer", "Vera", (9.5, 11.0), ink=(0, 60)),
)
HAND: tuple[Style, ...] = (
    Style("caveat", "Caveat", (17, 19.5), hand=True, by_glyph=True, wander_mm=0.16, tilt_deg=2.2, swell=0.05,
          ink=(25, 105), weights=(400, 500, 600)),
    Style("kalam", "Kalam", (13, 15), hand=True, by_glyph=True, wander_mm=0.2, tilt_deg=2.5, swell=0.05, ink=(25, 105)),
    Style("indie_flower", "Indie Flower", (13, 15), hand=True, by_glyph=True, wander_mm=0.2, tilt_deg=2.5, swell=0.06,
          ink=(20, 100)),
    Style("shadows", "Shadows Into Light", (14.5, 17), hand=True, by_glyph=True, wander_mm=0.18, tilt_deg=2.2,
          swell=0.05, ink=(20, 90)),
)  # fmt: skip


@lru_cache(maxsize=16)
def font_path(family: str) -> Path:
    if family == "Vera":
        return Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
    return Path(fontpkg.path(family))


@lru_cache(maxsize=64)
def font(family: str, size_px: int, weight: int = 0) -> ImageFont.FreeTypeFont:
    made = ImageFont.truetype(str(font_path(family)), size_px)
    if weight:
        made.set_variation_by_axes([weight])
    return made


@lru_cache(maxsize=16)
def letters(family: str) -> frozenset[str]:
    """The characters that a font can draw."""
    return frozenset(chr(code) for code in TTFontFile(str(font_path(family))).charToGlyph)


def pick(rng: Generator, styles: tuple[Style, ...], text: str) -> Style:
    """A style at random whose font has every character of `text`; the first style knows them all."""
    needed = set(text) - {" "}
    able = tuple(style for style in styles if needed <= letters(style.family))
    return choose(rng, able) if able else styles[0]
