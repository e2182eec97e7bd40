"""Check squares as people and scanners leave them, drawn at random from a seed; and what is to be read in them.

Everything is drawn at 600 dpi in millimetres and then scanned: scaled down, blurred, with noise, thresholded, faxed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ocr.page import Gray

DRAWN_DPI = 600
PX = DRAWN_DPI / 25.4
RIM_MM = 2.4
Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One zone with its resolution. `right`: answers that may be sure; anything else must ask."""

    zone: Gray
    dpi: float
    mark: str
    right: frozenset[str]
    scan: str


@dataclass(slots=True)
class Sheet:
    """Paper of 600 dpi; all lengths in mm."""

    gray: Gray
    rng: Generator

    def line(self, points: Points, width: float, ink: float) -> None:
        patch = np.full_like(self.gray, 255)
        fixed = np.round(points * PX * 16).astype(np.int32)
        cv2.polylines(patch, [fixed], False, int(ink), max(1, round(width * PX)), cv2.LINE_AA, 4)
        np.minimum(self.gray, patch, out=self.gray)

    def pen(self, corners: list[tuple[float, float]], width: float, ink: float) -> None:
        """A shaky stroke through `corners`."""
        rough = np.array(corners, np.float64)
        legs = np.linspace(0, len(rough) - 1, 12 * len(rough))
        at = np.minimum(legs.astype(int), len(rough) - 2)
        part = (legs - at)[:, None]
        shake = np.cumsum(self.rng.normal(0, 0.02, (len(legs), 2)), axis=0)
        self.line(rough[at] * (1 - part) + rough[at + 1] * part + shake - shake.mean(axis=0), width, ink)

    def square(self, x: float, y: float, side: float, width: float, ink: float) -> None:
        corners = np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
        self.line(corners, width, ink)

    def text(self, words: str, x: float, y: float, height: float, ink: float) -> None:
        patch = np.full_like(self.gray, 255)
        at, scale = (round(x * PX), round(y * PX)), height * PX / 22
        cv2.putText(patch, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, int(ink), max(2, round(0.3 * PX)), cv2.LINE_AA)
        np.minimum(self.gray, patch, out=self.gray)


@dataclass(frozen=True, slots=True)
class Box:
    """A printed square and the pen beside it."""

    x: float
    y: float
    side: float
    pen_mm: float
    ink: float


Mark = Callable[[Sheet, Box], None]


def nothing(sheet: Sheet, box: Box) -> None:
    return None


def cross(sheet: Sheet, box: Box) -> None:
    """Two strokes; they may end inside or run out by up to 1.2 mm."""
    j = sheet.rng.uniform(-0.22 * box.side, 1.2, 8)
    x0, y0, x1, y1 = box.x, box.y, box.x + box.side, box.y + box.side
    sheet.pen([(x0 - j[0], y0 - j[1]), (x1 + j[2], y1 + j[3])], box.pen_mm, box.ink)
    sheet.pen([(x1 + j[4], y0 - j[5]), (x0 - j[6], y1 + j[7])], box.pen_mm, box.ink)


def slash(sheet: Sheet, box: Box) -> None:
    j = sheet.rng.uniform(-0.15 * box.side, 1.0, 4)
    x0, y0, x1, y1 = box.x, box.y, box.x + box.side, box.y + box.side
    sheet.pen([(x0 - j[0], y1 + j[1]), (x1 + j[2], y0 - j[3])], box.pen_mm, box.ink)


def tick(sheet: Sheet, box: Box) -> None:
    r, s = sheet.rng.uniform(0, 1, 6), box.side
    sheet.pen(
        [
            (box.x + (0.1 + 0.15 * r[0]) * s, box.y + (0.4 + 0.2 * r[1]) * s),
            (box.x + (0.35 + 0.15 * r[2]) * s, box.y + (0.75 + 0.2 * r[3]) * s),
            (box.x + s + 1.5 * r[4], box.y + 0.2 * s - 1.8 * r[5]),
        ],
        box.pen_mm,
        box.ink,
    )


def filled(sheet: Sheet, box: Box) -> None:
    rows = int(sheet.rng.integers(6, 12))
    over = sheet.rng.uniform(-0.15, 0.4)
    x = (box.x - over, box.x + box.side + over)
    y = np.linspace(box.y + 0.1 * box.side, box.y + 0.9 * box.side, rows)
    sheet.pen([(x[n % 2], float(y[n])) for n in range(rows)], box.pen_mm, box.ink)


def scribble(sheet: Sheet, box: Box) -> None:
    t = np.linspace(0, 2 * np.pi * sheet.rng.uniform(2, 5), 90)
    radius = box.side * sheet.rng.uniform(0.25, 0.45) * (1 - 0.3 * t / t[-1])
    middle = np.array([box.x, box.y]) + box.side / 2 + sheet.rng.uniform(-0.3, 0.3, 2)
    drift = np.stack([np.linspace(-0.2, 0.2, len(t)), np.zeros(len(t))], axis=1) * box.side
    sheet.line(middle + drift + np.stack([radius * np.cos(t), radius * np.sin(1.1 * t)], axis=1), box.pen_mm, box.ink)


def blob(sheet: Sheet, box: Box) -> None:
    """The middle filled in, the border left free."""
    middle = (round((box.x + box.side / 2) * PX), round((box.y + box.side / 2) * PX))
    patch = np.full_like(sheet.gray, 255)
    axes = tuple(int(v) for v in sheet.rng.uniform(0.28, 0.42, 2) * box.side * PX)
    cv2.ellipse(patch, middle, axes, float(sheet.rng.uniform(0, 90)), 0, 360, int(box.ink), -1, cv2.LINE_AA)
    np.minimum(sheet.gray, patch, out=sheet.gray)


def typed_x(sheet: Sheet, box: Box) -> None:
    height = min(2.4, 0.65 * box.side)
    dx, dy = sheet.rng.uniform(-0.3, 0.3, 2)
    sheet.text("X", box.x + box.side / 2 - 0.42 * height + dx, box.y + box.side / 2 + height / 2 + dy, height, 40)


def struck(sheet: Sheet, box: Box) -> None:
    """Marked, and the mark taken back by strokes right through the square and beyond."""
    (cross, tick, slash)[int(sheet.rng.integers(3))](sheet, box)
    for _ in range(int(sheet.rng.integers(2, 5))):
        a, b = sheet.rng.uniform(0.15, 0.85, 2)
        ends = sheet.rng.uniform(1.1, 2.2, 2)
        start, end = (box.x - ends[0], box.y + a * box.side), (box.x + box.side + ends[1], box.y + b * box.side)
        sheet.pen([start, end], box.pen_mm * 1.1, box.ink)


def blackened(sheet: Sheet, box: Box) -> None:
    """Crossed and then painted over."""
    cross(sheet, box)
    dense = Box(box.x - 0.5, box.y - 0.3, box.side + 1.0, box.pen_mm * 1.6, box.ink)
    filled(sheet, dense)
    filled(sheet, dense)


def circled(sheet: Sheet, box: Box) -> None:
    """A ring around the square."""
    t = np.linspace(0, 2 * np.pi * 1.04, 70)
    radius = box.side * sheet.rng.uniform(0.75, 0.95)
    middle = np.array([box.x, box.y]) + box.side / 2 + sheet.rng.uniform(-0.25, 0.25, 2)
    stretch = sheet.rng.uniform(0.9, 1.15)
    sheet.line(middle + np.stack([radius * stretch * np.cos(t), radius * np.sin(t)], axis=1), box.pen_mm, box.ink)


def beside(sheet: Sheet, box: Box) -> None:
    """A stray stroke near the square, not in it."""
    side = int(sheet.rng.integers(4))
    away, a, b = sheet.rng.uniform(0.35, 1.6), *sheet.rng.uniform(-0.3, 1.3, 2)
    lean = sheet.rng.uniform(0, 0.6)
    near, far = -away, -away - lean
    if side % 2:
        near, far = box.side + away, box.side + away + lean
    start, end = (near, a * box.side), (far, b * box.side)
    if side >= 2:
        start, end = start[::-1], end[::-1]
    sheet.pen([(box.x + start[0], box.y + start[1]), (box.x + end[0], box.y + end[1])], box.pen_mm, box.ink)


def reached(sheet: Sheet, box: Box) -> None:
    """The mark of the neighbour square runs over into this one by up to a third."""
    into = sheet.rng.uniform(-0.5, 0.33) * box.side
    right = sheet.rng.random() < 0.5
    tilt = sheet.rng.uniform(0.0, 0.8) * box.side
    base = box.y + sheet.rng.uniform(0.1, 0.9) * box.side
    x = box.x + (box.side - into if right else into)
    out = 5.0 if right else -5.0
    sheet.pen([(x, base), (x + out, base + (tilt if sheet.rng.random() < 0.5 else -tilt))], box.pen_mm, box.ink)


def speck(sheet: Sheet, box: Box) -> None:
    """Dust or the tip of a pen put down: up to 0.6 mm."""
    at = np.array([box.x, box.y]) + sheet.rng.uniform(0.2, 0.8, 2) * box.side
    for _ in range(int(sheet.rng.integers(1, 3))):
        where = at + sheet.rng.normal(0, 0.3, 2)
        cv2.circle(
            sheet.gray, tuple(int(v) for v in where * PX), max(1, int(sheet.rng.uniform(0.08, 0.3) * PX)), 60, -1
        )


YES, NO, ASK = frozenset({"ja"}), frozenset({"nein"}), frozenset[str]()
MARKS: dict[str, tuple[Mark, frozenset[str], float]] = {
    "nothing": (nothing, NO, 6.0),
    "cross": (cross, YES, 3.0),
    "slash": (slash, YES, 1.0),
    "tick": (tick, YES, 2.0),
    "filled": (filled, YES, 1.0),
    "scribble": (scribble, YES, 1.0),
    "blob": (blob, YES, 1.0),
    "typed_x": (typed_x, YES, 1.0),
    "struck": (struck, ASK, 1.5),
    "blackened": (blackened, ASK, 0.7),
    "circled": (circled, YES, 1.0),
    "beside": (beside, NO, 1.5),
    "reached": (reached, NO, 1.5),
    "speck": (speck, NO, 1.0),
}
"""Mark -> how it is drawn, what may be sure about it, how often it comes."""


def draw(seed: int, marks: tuple[str, ...] = ()) -> Drawn:
    """The zone of one check square: its printed place with a rim, the print shifted by up to 1.5 mm."""
    rng = np.random.default_rng(seed)
    names = marks or tuple(MARKS)
    odds = np.array([MARKS[name][2] for name in names])
    name = str(rng.choice(names, p=odds / odds.sum()))
    side = float(rng.uniform(3.0, 5.5))
    room = side + 2 * RIM_MM
    sheet = Sheet(np.full((round(room * PX),) * 2, 255, np.uint8), rng)
    x, y = (RIM_MM + float(v) for v in rng.uniform(-1.5, 1.5, 2))
    pencil = rng.random() < 0.25
    box = Box(
        x, y, side, float(rng.uniform(0.3, 0.6)), float(rng.uniform(120, 165) if pencil else rng.uniform(20, 100))
    )
    _print(sheet, box)
    MARKS[name][0](sheet, box)
    zone, dpi, scan = scanned(sheet, pencil)
    return Drawn(zone, dpi, f"{name}{' pencil' if pencil else ''}", MARKS[name][1], scan)


def _print(sheet: Sheet, box: Box) -> None:
    rng = sheet.rng
    width, ink = float(rng.uniform(0.15, 0.45)), float(rng.uniform(0, 80))
    sheet.square(box.x, box.y, box.side, width, ink)
    if rng.random() < 0.5:
        sheet.text("Ersthund", box.x + box.side + float(rng.uniform(0.8, 1.6)), box.y + 0.8 * box.side, 2.2, ink)
    if rng.random() < 0.3:
        sheet.square(box.x, box.y + box.side + float(rng.uniform(1.5, 2.5)), box.side, width, ink)
    if rng.random() < 0.2:
        rule = box.y + box.side + float(rng.uniform(0.9, 2.0))
        sheet.line(np.array([(-1.0, rule), (30.0, rule)]), 0.2, ink)


def scanned(sheet: Sheet, pencil: bool) -> tuple[Gray, float, str]:
    """The paper through one of four scanners."""
    rng, gray = sheet.rng, sheet.gray
    turn = cv2.getRotationMatrix2D((gray.shape[1] / 2, gray.shape[0] / 2), float(rng.normal(0, 0.4)), 1.0)
    gray = cv2.warpAffine(gray, turn, gray.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=255.0)
    scan = str(
        rng.choice(["gray", "dark", "bits", "fax"], p=[0.45, 0.15, 0.2, 0.2] if not pencil else [0.7, 0.3, 0, 0])
    )
    dpi = 200 if scan == "fax" else int(rng.choice([150, 200, 300, 400, 600]))
    small = cv2.resize(gray, None, fx=dpi / DRAWN_DPI, fy=dpi / DRAWN_DPI, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.9) * max(1.0, dpi / 300)))
    paper = rng.uniform(205, 225) if scan == "dark" else rng.uniform(235, 255)
    level = small.astype(np.float64) / 255 * paper + rng.normal(0, rng.uniform(1, 7), small.shape)
    if scan in ("gray", "dark"):
        return np.clip(level, 0, 255).astype(np.uint8), dpi, scan
    ink = level < rng.uniform(90, 150)  # a low threshold breaks thin lines
    if scan == "fax":
        ink ^= rng.random(ink.shape) < rng.uniform(0.0, 0.012)
        drops = rng.random(ink.shape[0]) < 0.01  # a lost row repeats the one before it
        for row in np.flatnonzero(drops):
            ink[row] = ink[max(0, row - 1)]
    return np.where(ink, 0, 255).astype(np.uint8), dpi, scan
