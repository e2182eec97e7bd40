"""A simulated scanner that is harsher than `demo.scanner`: a printed sheet goes in, a scan with known skew comes out.

The sheet is printed at `OVERSAMPLING` times the resolution of the scan, turned by one linear interpolation there and
then averaged down: the skew is exact to far below a pixel, and strokes get the soft edges that optics give them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bench.sheet import PrintedWord, Sheet
from demo.ink import MM_PER_INCH
from ocr.page import Gray

OVERSAMPLING = 2
HOLE_MM = (12.0, 3.0)
"""Distance of file holes from the edge, and their radius. Source: ISO 838."""
Picture = NDArray[np.uint8]
"""Grey (height, width) or RGB (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Dirt on the glass: columns x <= column < x + width of the scan, from its first row to its last.

    `level` is what an opaque streak shows at most (0..255), None where the dirt is a film; `gain` is what a film
    leaves of the light (above 1: dirt on the white strip that the scanner adjusts itself by).
    """

    x: int
    width: int
    level: int | None = None
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class Defects:
    """What is wrong with one scan. Lengths in mm, grey levels 0..255, shares 0..1.

    `skew_deg` > 0: the lines run down to the right. `turn_deg`: the sheet was fed turned clockwise by so much.
    `lid`: grey level of what lies behind the sheet. `bleed`: share of the back side's ink that shines through.
    `light`, `shadow`: share of the light that is missing at the dark side, in a band along one edge.
    `tint`: share of red, green, blue that the paper gives back. `ink_rgb`: colour of pen and stamp.
    `wear`: (corner radius, dog ear, depth of a torn edge); `torn`: the edge it is on (0 top, clockwise), -1 none.
    """

    dpi: float
    area_mm: tuple[float, float]
    skew_deg: float = 0.0
    turn_deg: int = 0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    paper: int = 245
    ink: int = 10
    lid: int = 250
    wear: tuple[float, float, float] = (0.0, 0.0, 0.0)
    torn: int = -1
    holes: int = 0
    staples: int = 0
    bleed: float = 0.0
    blur_px: float = 0.0
    light: float = 0.0
    light_deg: float = 0.0
    shadow: float = 0.0
    noise: float = 0.0
    specks: int = 0
    streaks: tuple[Streak, ...] = ()
    border_mm: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    tint: tuple[float, float, float] | None = None
    ink_rgb: tuple[float, float, float] = (0.1, 0.15, 0.6)
    jpeg_before: int = 0
    threshold: int | None = None

    def px(self, length_mm: float) -> int:
        return round(length_mm * self.dpi / MM_PER_INCH)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the scan in pixels."""
        return self.px(self.area_mm[0]), self.px(self.area_mm[1])


def scan(sheet: Sheet, defects: Defects, rng: Generator, back: Gray | None = None) -> Picture:
    """The scan of `sheet`, which must be printed at `OVERSAMPLING * defects.dpi`; RGB where there is a `tint`."""
    paper = np.take(_curve(defects), sheet.gray)
    if back is not None and defects.bleed > 0:
        paper = _bleed(paper, back, defects)
    _pierce(paper, defects)
    _wear(paper, defects, rng)
    seen = _feed(paper, defects, defects.lid)
    marks = None if sheet.marks is None else _feed(sheet.marks.gray, defects, 255)
    if defects.blur_px > 0.05:
        seen = _blurred(seen, defects.blur_px)
        marks = None if marks is None else _blurred(marks, defects.blur_px)
    _cover(seen, defects, rng)
    light = _light(defects) + _grain(defects, rng)
    if defects.tint is None:
        picture = _expose(seen, marks, light, defects, 1.0, 0.0)
    else:
        channels = zip(defects.tint, defects.ink_rgb, strict=True)
        picture = np.dstack([_expose(seen, marks, light, defects, tint, ink) for tint, ink in channels])
    picture = _dirty(picture, defects, rng)
    if defects.jpeg_before:
        picture = _recoded(picture, defects.jpeg_before)
    if defects.threshold is not None:
        picture = np.where(picture < defects.threshold, 0, 255).astype(np.uint8)
    return picture


def placement(sheet_px: tuple[int, int], defects: Defects) -> NDArray[np.float64]:
    """2x3 matrix from pixels of the printed sheet (width, height) to those of the oversampled scan.

    The centre of the sheet lies in the centre of the scan, apart from the shift.
    """
    angle = math.radians(defects.turn_deg + defects.skew_deg)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    middle = (np.array(sheet_px, np.float64) - 1) / 2
    target = (np.array(defects.size) * OVERSAMPLING - 1) / 2
    target += np.array(defects.shift_mm) * defects.dpi / MM_PER_INCH * OVERSAMPLING
    return np.hstack([turn, (target - turn @ middle)[:, None]])


def is_seen(word: PrintedWord, sheet: Sheet, defects: Defects) -> bool:
    """Whether a printed word is still whole on the scan."""
    corners = np.array([[word.x0, word.y0], [word.x1, word.y0], [word.x0, word.y1], [word.x1, word.y1]])
    return _on_sheet(corners, sheet, defects) and _in_picture(corners, sheet, defects)


def _on_sheet(corners: NDArray[np.float64], sheet: Sheet, defects: Defects) -> bool:
    """`corners` (4, 2) in mm: not punched out, not torn off."""
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    for _, y in _hole_centres(sheet.height_mm, defects):
        away = max(x0 - HOLE_MM[0], HOLE_MM[0] - x1, 0.0), max(y0 - y, y - y1, 0.0)
        if math.hypot(*away) < HOLE_MM[1] + 0.3:
            return False
    if defects.wear[1] and (sheet.width_mm - x1) + y0 < defects.wear[1]:
        return False
    lost = defects.wear[2] * 1.2 if defects.torn >= 0 else 0.0
    free = (y0, sheet.width_mm - x1, sheet.height_mm - y1, x0)[defects.torn]
    return bool(free >= lost)


def _in_picture(corners: NDArray[np.float64], sheet: Sheet, defects: Defects) -> bool:
    move = placement((sheet.picture.width, sheet.picture.height), defects)
    seen = (corners * sheet.dpi / MM_PER_INCH) @ move[:, :2].T + move[:, 2]
    (x0, y0), (x1, y1) = seen.min(axis=0) / OVERSAMPLING, seen.max(axis=0) / OVERSAMPLING
    left, top, right, bottom = (defects.px(edge) for edge in defects.border_mm)
    width, height = defects.size
    return bool(x0 >= left and y0 >= top and x1 <= width - right and y1 <= height - bottom)


def _hole_centres(height_mm: float, defects: Defects) -> list[tuple[float, float]]:
    """File holes in mm from the upper left corner of the sheet, 80 mm apart. Source: ISO 838."""
    return [(HOLE_MM[0], height_mm / 2 + (n - (defects.holes - 1) / 2) * 80) for n in range(defects.holes)]


def _feed(paper: Gray, defects: Defects, behind: int) -> Gray:
    width, height = defects.size
    move = placement((paper.shape[1], paper.shape[0]), defects)
    large = cv2.warpAffine(
        paper, move, (width * OVERSAMPLING, height * OVERSAMPLING), flags=cv2.INTER_LINEAR, borderValue=float(behind)
    )
    return np.asarray(cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _curve(defects: Defects) -> Gray:
    level = np.arange(256) / 255
    return np.round(defects.ink + level * (defects.paper - defects.ink)).astype(np.uint8)


def _bleed(paper: Gray, back: Gray, defects: Defects) -> Gray:
    """The mirrored, softened back side takes its share of the light."""
    mirrored = cv2.resize(np.ascontiguousarray(back[:, ::-1]), (paper.shape[1], paper.shape[0]))
    soft = _blurred(np.asarray(mirrored, np.uint8), 0.12 * defects.dpi * OVERSAMPLING / MM_PER_INCH)
    left = (255 - (255 - np.arange(256)) * defects.bleed).astype(np.uint8)
    return np.asarray(cv2.multiply(paper, np.take(left, soft), scale=1 / 255), np.uint8)


def _pierce(paper: Gray, defects: Defects) -> None:
    """File holes with a faint rim, and the pairs of dots that staples leave."""
    scale = defects.dpi * OVERSAMPLING / MM_PER_INCH
    for x, y in _hole_centres(paper.shape[0] / scale, defects):
        centre, radius = (round(x * scale), round(y * scale)), HOLE_MM[1]
        cv2.circle(paper, centre, round((radius + 0.15) * scale), max(0, defects.paper - 70), -1, cv2.LINE_AA)
        cv2.circle(paper, centre, round(radius * scale), defects.lid, -1, cv2.LINE_AA)
    for n in range(defects.staples * 2):
        centre = (round((9 + n % 2 * 9) * scale), round((9 + n % 2 * 6 + n // 2 * 3) * scale))
        cv2.circle(paper, centre, max(1, round(0.35 * scale)), 30, -1, cv2.LINE_AA)


def _wear(paper: Gray, defects: Defects, rng: Generator) -> None:
    """Rounded corners, a dog ear, a torn edge: what is missing shows the lid."""
    scale = defects.dpi * OVERSAMPLING / MM_PER_INCH
    width = paper.shape[1]
    radius, ear = round(defects.wear[0] * scale), round(defects.wear[1] * scale)
    if radius:
        y, x = np.mgrid[0:radius, 0:radius]
        gone = (radius - x) ** 2 + (radius - y) ** 2 > radius**2
        for view in (paper, paper[:, ::-1], paper[::-1], paper[::-1, ::-1]):
            view[:radius, :radius][gone] = defects.lid
    if ear:
        cv2.fillPoly(paper, [np.array([[width, 0], [width - ear, 0], [width, ear]], np.int32)], float(defects.lid))
    if defects.torn >= 0:
        _tear(np.rot90(paper, defects.torn), defects.wear[2] * scale, defects.lid, rng)


def _tear(view: Gray, depth_px: float, lid: int, rng: Generator) -> None:
    """Take a ragged strip from the top of `view`."""
    width = view.shape[1]
    coarse = np.interp(np.arange(width), np.linspace(0, width, 40), rng.uniform(0, depth_px, 40))
    fine = np.interp(np.arange(width), np.linspace(0, width, 900), rng.uniform(0, depth_px / 8, 900))
    deep = min(view.shape[0], math.ceil(depth_px * 1.2))
    view[:deep][np.arange(deep)[:, None] < coarse + fine] = lid


def _blurred(gray: Gray, sigma_px: float) -> Gray:
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), sigma_px), np.uint8)


def _cover(seen: Gray, defects: Defects, rng: Generator) -> None:
    """Black borders that the scanner adds on the sides of its picture."""
    left, top, right, bottom = (defects.px(edge) for edge in defects.border_mm)
    height, width = seen.shape
    level = int(rng.integers(0, 40))
    seen[:, :left] = level
    seen[:top] = level
    seen[:, width - right :] = level
    seen[height - bottom :] = level


def _light(defects: Defects) -> NDArray[np.float32]:
    """Share of the light at each pixel: a slope across the page and a soft shadow along its left edge."""
    width, height = defects.size
    angle = math.radians(defects.light_deg)
    y, x = np.mgrid[0:64, 0:48].astype(np.float32)
    ramp = (x / 47 - 0.5) * math.cos(angle) + (y / 63 - 0.5) * math.sin(angle)
    ramp = (ramp - ramp.min()) / np.ptp(ramp)
    field = (1 - defects.light * ramp) * (1 - defects.shadow * np.exp(-((x / 8) ** 2)))
    return np.asarray(cv2.resize(field.astype(np.float32), (width, height)), np.float32)


def _grain(defects: Defects, rng: Generator) -> NDArray[np.float32]:
    """Noise of the sensor as a share of full light."""
    width, height = defects.size
    return rng.standard_normal((height, width), np.float32) * np.float32(defects.noise / 255)


def _expose(
    seen: Gray, marks: Gray | None, light: NDArray[np.float32], defects: Defects, tint: float, ink: float
) -> Gray:
    """One channel: paper, pen and light together."""
    bright = seen * (light * np.float32(tint))
    if marks is not None:
        bright *= np.take((1 - (1 - np.arange(256) / 255) * (1 - ink)).astype(np.float32), marks)
    return np.clip(np.rint(bright), 0, 255).astype(np.uint8)


def _dirty(picture: Picture, defects: Defects, rng: Generator) -> Picture:
    """Specks of dust anywhere, streaks from top to bottom."""
    dirty = np.ascontiguousarray(picture)
    height, width = dirty.shape[:2]
    for _ in range(defects.specks):
        x, y, level = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(20, 130))
        radius = max(0, round(float(rng.exponential(0.05)) * defects.dpi / MM_PER_INCH))
        cv2.circle(dirty, (x, y), radius, (level, level, level), -1)
    for streak in defects.streaks:
        strip = dirty[:, streak.x : streak.x + streak.width]
        if streak.level is None:
            strip[:] = np.clip(np.rint(strip * streak.gain), 0, 255).astype(np.uint8)
        else:
            np.minimum(strip, streak.level, out=strip)
    return dirty


def _recoded(picture: Picture, quality: int) -> Picture:
    """Through a hard JPEG once, as old copiers store pages."""
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)
