"""All types that cross the stages of reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
"""Grey page or zone: shape (height, width), dtype uint8, 0 = black, 255 = white."""

Decision = Literal["ready", "review"]


@dataclass(frozen=True, slots=True)
class Box:
    """Half-open rectangle in pixels, origin top left: x0 <= x < x1, y0 <= y < y1.

    Raises:
        ValueError: when the rectangle is empty or turned around.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    def __post_init__(self) -> None:
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise ValueError(f"empty box {self.x0, self.y0, self.x1, self.y1}")

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    def crop(self, image: Gray) -> Gray:
        """The part of `image` inside this box, clipped to the image (a view, may be empty)."""
        return image[max(0, self.y0) : max(0, self.y1), max(0, self.x0) : max(0, self.x1)]

    def as_list(self) -> list[int]:
        return [self.x0, self.y0, self.x1, self.y1]


@dataclass(frozen=True, slots=True)
class Bits:
    """A black-and-white page, eight pixels a byte.

    `packed`: uint8 (height, ceil(width / 8)), the most significant bit is the leftmost pixel, 1 = black (as in
    TIFF with WhiteIsZero, and as `np.packbits` makes it); bits beyond `width` are 0.

    Raises:
        ValueError: when `packed` is no array of that kind.
    """

    packed: NDArray[np.uint8]
    width: int

    def __post_init__(self) -> None:
        if self.packed.ndim != 2 or self.packed.dtype != np.uint8 or self.packed.shape[1] != (self.width + 7) // 8:
            raise ValueError(f"no packed page of width {self.width}: {self.packed.shape} {self.packed.dtype}")

    @property
    def height(self) -> int:
        return int(self.packed.shape[0])

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.height, self.width

    @classmethod
    def of(cls, gray: Gray, below: int = 128) -> Bits:
        """A page in black and white: ink is what is darker than `below`."""
        return cls(np.packbits(gray < below, axis=1), int(gray.shape[1]))

    def to_gray(self) -> Gray:
        """The same page with one byte a pixel: 0 = black, 255 = white."""
        ink = np.unpackbits(self.packed, axis=1, count=self.width)
        return np.asarray((ink ^ 1) * 255, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its place on the page (cleaned page pixels) and the engine's confidence 0..1."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Question:
    """What a form field of a file asks for, in its own words: for the draft of a form's description.

    `name`: its full name; `title`: what viewers say of it, "" = nothing. `answer`: what a button stands for.
    `cells`: of a comb, else 0. `several_lines`, `required`, `signature`: as the file has it.
    """

    name: str
    title: str = ""
    answer: str = ""
    cells: int = 0
    several_lines: bool = False
    required: bool = False
    signature: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """A field that is filled in on a screen (AcroForm): what the file says about it, in pixels of the page.

    `text`: what was typed or chosen, "" = nothing. `on`: whether a check box or radio button is on, None for all
    others. `shown`: False where the file itself hides it. Whether it can be seen, only the pixels say.
    `question`: what it asks for; None where it was not asked.
    """

    box: Box
    text: str
    on: bool | None = None
    shown: bool = True
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """One page as the file holds it, before any cleaning.

    `number` counts from 1. `pixels` are bits where the scanner delivered black and white only. `words` is the
    text layer, only where the page is born digital, else None. `inputs`: fields to be filled in on a screen.
    """

    number: int
    pixels: Gray | Bits
    dpi: float
    words: tuple[Word, ...] | None = None
    inputs: tuple[Input, ...] = ()

    @property
    def gray(self) -> Gray:
        """The page with one byte a pixel; made anew at each call where the page is black and white."""
        return self.pixels.to_gray() if isinstance(self.pixels, Bits) else self.pixels

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class Quality:
    """What a page says about its scanner. None: nothing to measure on this page.

    `focus_px`: width of the edge of a stroke in pixels (sharp: 1 to 2; above 4 engines begin to fail).
    `contrast`: 0..1, how much darker ink is than paper. `paper`: lightness of the paper 0..255.
    `noise`: standard deviation of bare paper in grey levels. `streaks_mm`: where streaks of dirty glass run,
    from the left edge of the raw page. `holes`: punch and staple holes. `border_share` and `ink_share`: shares
    of the picture that are black border, and of the page that is ink.
    """

    focus_px: float | None
    contrast: float | None
    paper: int
    noise: float
    streaks_mm: tuple[float, ...]
    holes: int
    border_share: float
    ink_share: float


@dataclass(frozen=True, slots=True)
class Page:
    """One cleaned, upright page.

    `matrix` (float64) maps cleaned pixels to pixels of the raw page: 2x3; 3x3 (projective) where a photo was
    rectified. `bits` is the black-and-white page that goes with `gray`. `sheet` is the number of the raw page:
    another than `number` once a sheet before it was split in two. `separator`: a sheet that parts documents.
    `inputs`: fields that were filled in on a screen (pixels of `gray`).
    """

    number: int
    gray: Gray
    dpi: float
    skew_deg: float
    rotated_deg: int
    blank: bool
    matrix: NDArray[np.float64]
    words: tuple[Word, ...] | None = None
    ms: Mapping[str, float] = field(default_factory=dict)
    bits: Bits | None = None
    quality: Quality | None = None
    sheet: int = 0
    separator: bool = False
    inputs: tuple[Input, ...] = ()

    @property
    def width(self) -> int:
        return int(self.gray.shape[1])

    @property
    def height(self) -> int:
        return int(self.gray.shape[0])


@dataclass(frozen=True, slots=True)
class EngineReading:
    """What one engine read in one zone: its text and its own confidence 0..1.

    `second_look`: it read otherwise at first, and looked again because the other engine disagreed.
    """

    text: str
    confidence: float
    second_look: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A problem attached to a field, page or case: code of `docs/problems`, German sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One field. `value` is normalised (dates ISO, IBAN without blanks), `raw` as read; both None if empty.

    `confidence` is 0..1. `sure` says that the field may pass without a person.
    `box` is in pixels of the cleaned page `page` (counted from 1), None where the field was not found.
    `state`: read = has a value; empty = nothing on the paper; illegible = ink that could not be read;
    absent = the place of the field was not found.
    `even`: 0..1, how even its letters are (`ocr.shapes.evenness`: print or a hand?); None = not known.
    `group` and `evidence`: what its confidence was told from (`ocr.confidence`); "" where only a person can say.
    """

    name: str
    value: str | None
    raw: str | None
    confidence: float
    sure: bool
    page: int | None = None
    box: Box | None = None
    engines: Mapping[str, EngineReading] = field(default_factory=dict)
    problems: tuple[Note, ...] = ()
    state: Literal["read", "empty", "illegible", "absent"] = "read"
    even: float | None = None
    group: str = ""
    evidence: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The result for one file. `form` is None when no form fits; then `guesses` names the nearest ones."""

    file: str
    form: str | None
    decision: Decision
    pages: tuple[Page, ...]
    fields: tuple[FieldReading, ...]
    problems: tuple[Note, ...] = ()
    guesses: tuple[str, ...] = ()
    ms: Mapping[str, float] = field(default_factory=dict)
