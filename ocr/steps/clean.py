"""Cleaning one page: what is wrong with it is estimated on reduced images, then mended in one pass over its pixels."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr import kernel
from ocr.kernel.plan import CELL_PX, Blobs, Plan, Streak, Survey, level_matrix
from ocr.kernel.twin import mend_streaks
from ocr.page import Bits, Gray, Page, Quality, RawPage
from ocr.scanner import GENERIC, Scanner
from ocr.steps import blank, border, punch_holes, quality
from ocr.steps.background import UNIT, estimate_background, gains_of, paper_level
from ocr.steps.binarise import MIDDLE, estimate_levels
from ocr.steps.blobs import ink_above
from ocr.steps.despeckle import blob_step, find_dust
from ocr.steps.orientation import LEAST_PAIRS, find_upright, turn, turn_matrix
from ocr.steps.perspective import find_sheet, rectify
from ocr.steps.reduce import is_bilevel
from ocr.steps.separator import is_separator
from ocr.steps.skew import LEAST_BILEVEL_DEG, Skew, find_skew
from ocr.steps.split import split_page
from ocr.steps.streaks import find_streaks

cv2.setNumThreads(1)

SMALLEST_PX = 64
"""Smaller pictures hold no page; they are handed on as they are."""


def clean_pages(raw_pages: Iterable[RawPage], scanner: Scanner = GENERIC) -> Iterator[Page]:
    """All pages of a document, one by one: photos rectified, sheets of two pages cut, every page cleaned.

    Pages are numbered anew; `sheet` keeps the number of the raw page, whose pixels `matrix` leads to.
    """
    number = 0
    for raw in raw_pages:
        for part, to_raw, ms in _parts(raw, scanner):
            number += 1
            page = clean_page(part, scanner)
            matrix = to_raw @ np.vstack([page.matrix, [0.0, 0.0, 1.0]])
            affine = np.allclose(matrix[2], [0.0, 0.0, 1.0])
            yield replace(
                page,
                number=number,
                sheet=raw.number,
                matrix=matrix[:2] if affine else matrix,
                separator=scanner.separators and is_separator(part.gray, part.dpi),
                ms={**ms, **page.ms},
            )


def _parts(raw: RawPage, scanner: Scanner) -> Iterator[tuple[RawPage, NDArray[np.float64], dict[str, float]]]:
    """The pages on a sheet, each with the matrix from its pixels to those of the sheet."""
    clock = _Clock()
    to_raw = np.eye(3)
    if scanner.perspective and raw.words is None:
        with clock("perspective"):
            corners = find_sheet(raw.gray)
            if corners is not None:
                flat = rectify(raw.gray, corners)
                raw, to_raw = replace(raw, pixels=flat.gray, dpi=flat.dpi), flat.matrix
    if not scanner.split or raw.words is not None:
        yield raw, to_raw, clock.ms
        return
    with clock("split"):
        parts = split_page(raw)
    for part in parts:
        yield part.raw, to_raw @ np.array([[1.0, 0.0, part.x0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), clock.ms


def clean_page(raw: RawPage, scanner: Scanner = GENERIC) -> Page:
    """One raw page made upright, level, white and free of what the scanner added.

    The input is never changed. A born-digital page (with `words`) is clean already and only handed on.
    `matrix` of the result maps its pixels to pixels of the raw page; `skew_deg` is the skew that was
    turned back, `rotated_deg` by how many degrees clockwise the page was turned to stand upright (0, 90,
    180, 270; 0 also where that was not sure); `ms` holds the time of each step that ran.
    """
    if raw.words is not None or min(raw.width, raw.height) < SMALLEST_PX:
        return _untouched(raw)
    clock = _Clock()
    done = _clean(raw.pixels, raw.dpi, scanner, clock)
    if not scanner.orientation:
        return _page(raw, done, np.eye(3), 0, clock)
    with clock("orientation"):
        turn_deg = _find_turn(done, raw.dpi)
    if turn_deg == 0:
        return _page(raw, done, np.eye(3), 0, clock)
    with clock("turn"):
        turned = _turned(raw.pixels, done.sheet.streaks, turn_deg)
    again = _clean(turned, raw.dpi, replace(scanner, streaks=False), clock)
    again = replace(again, sheet=replace(again.sheet, streaks=done.sheet.streaks))
    return _page(raw, again, turn_matrix(turn_deg, raw.width, raw.height), turn_deg, clock)


def _find_turn(done: _Done, dpi: float) -> int:
    """By how many degrees clockwise the page must be turned. Where that is not sure, a closer look is taken."""
    width, blobs = done.bits.width, done.blobs
    found = find_upright(blobs.boxes, -(-width // blobs.step), dpi / blobs.step)
    if not found.sure and blobs.step > 1 and len(blobs.areas) >= LEAST_PAIRS:
        finer = blobs.step // 2
        found = find_upright(kernel.find_blobs(done.bits, finer).boxes, -(-width // finer), dpi / finer)
    return found.turn_deg


@dataclass(slots=True)
class _Clock:
    """Milliseconds for each step; a step that runs twice counts twice."""

    ms: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.ms[step] = round(self.ms.get(step, 0.0) + (time.perf_counter() - start) * 1000, 3)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What was found out about a page on its reduced images. `off`: 255 where a cell of 8x8 pixels is no page."""

    quarter: Gray
    eighth: Gray
    off: Gray
    paper: int
    bilevel: bool
    streaks: tuple[Streak, ...]
    holes: tuple[punch_holes.Hole, ...]


@dataclass(frozen=True, slots=True)
class _Done:
    """A page in its raw direction after the one pass over its pixels."""

    pixels: Gray | Bits
    sheet: _Sheet
    skew: Skew
    slope: float
    gray: Gray
    bits: Bits
    blobs: Blobs


def _clean(pixels: Gray | Bits, dpi: float, scanner: Scanner, clock: _Clock) -> _Done:
    with clock("survey"):
        survey = kernel.survey(pixels)
        bilevel = isinstance(pixels, Bits) or is_bilevel(pixels)
    sheet = _look(survey, dpi, scanner, bilevel, clock)
    skew = Skew(0.0, 1.0)
    if scanner.skew:
        with clock("skew"):
            skew = find_skew(survey.strips, ~sheet.off, dpi, scanner.max_skew_deg)
    least_deg = LEAST_BILEVEL_DEG if bilevel else 0.0
    slope = skew.slope if skew.worth_turning and abs(skew.angle_deg) >= least_deg else 0.0
    with clock("background"):
        levels, gains = _maps(sheet, dpi, scanner)
        busy = _busy(survey.darkest, levels)
        floor = int((levels | sheet.off).min()) if sheet.off.any() else 1
        if slope:
            levels, gains, busy = (kernel.shear(m, slope, fill) for m, fill in ((levels, 0), (gains, UNIT), (busy, 0)))
    with clock("level"):
        gray, bits = kernel.level(pixels, Plan(slope, levels, gains, busy, sheet.streaks, scanner.mask, floor))
    with clock("blobs"):
        blobs = kernel.find_blobs(bits, blob_step(dpi))
    if scanner.despeckle:
        with clock("despeckle"):
            dust = find_dust(blobs, dpi)
            if len(dust):
                kernel.erase(gray, bits, blobs.boxes[dust] * blobs.step)
                blobs = blobs.without(dust)
    return _Done(pixels, sheet, skew, slope, gray, bits, blobs)


def _look(survey: Survey, dpi: float, scanner: Scanner, bilevel: bool, clock: _Clock) -> _Sheet:
    """Streaks, border and holes of a page."""
    streaks: tuple[Streak, ...] = ()
    quarter = survey.quarter
    if scanner.streaks:
        with clock("streaks"):
            streaks = find_streaks(survey.lightest, dpi)
            if streaks:
                quarter = _without_streaks(quarter, streaks)
    with clock("border"):
        eighth = _halved(quarter)
        paper = paper_level(eighth)
        off = _find_border(survey, eighth, dpi, paper) if scanner.border else np.zeros_like(eighth)
    holes: tuple[punch_holes.Hole, ...] = ()
    if scanner.punch_holes:
        with clock("punch_holes"):
            holes = punch_holes.find_holes(_whitened(quarter, off), dpi / 4, paper)
            for hole in holes:
                radius = round(hole.radius / 2 + 0.5 / 25.4 * dpi / CELL_PX + 0.5)
                cv2.circle(off, (int(hole.x / 2), int(hole.y / 2)), radius, 255, cv2.FILLED)
    return _Sheet(quarter, eighth, off, paper, bilevel, streaks, holes)


def _halved(small: Gray) -> Gray:
    """Means of 2x2 pixels; a last row or column without a partner is left out."""
    height, width = small.shape[0] // 2, small.shape[1] // 2
    whole = small[: height * 2, : width * 2]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _find_border(survey: Survey, eighth: Gray, dpi: float, paper: int) -> Gray:
    """255 where a cell of 8x8 pixels is border, or partly so."""
    lines = border.find_edge_lines(survey.darkest, dpi / CELL_PX)
    if dpi / CELL_PX >= border.LEAST_DPI:
        return border.find_border(eighth, dpi / CELL_PX, paper) | lines
    found = border.find_border(survey.quarter, dpi / 4, paper)
    return ink_above(_halved(found), 0) | lines if found.any() else lines


def _whitened(quarter: Gray, off: Gray) -> Gray:
    """The reduced page with its border white."""
    if not off.any():
        return quarter
    return np.asarray(cv2.bitwise_or(quarter, _to_quarter(off, quarter)), np.uint8)


def _without_streaks(quarter: Gray, streaks: tuple[Streak, ...]) -> Gray:
    """The reduced page as if the streaks were not there, near enough to estimate on."""
    result = quarter.copy()
    for streak in streaks:
        first, last = streak.x0 // 4, min(quarter.shape[1], -(-streak.x1 // 4))
        if (streak.gains == 0).any():
            beside = (max(0, first - 1), min(quarter.shape[1] - 1, last))
            result[:, first:last] = np.maximum(quarter[:, beside[0]], quarter[:, beside[1]])[:, None]
            continue
        shares = np.ones(4 * (last - first))  # of the light of each column that came through
        shares[streak.x0 - 4 * first : streak.x1 - 4 * first] = 256 / streak.gains[: 4 * last - streak.x0]
        factors = 4 / shares.reshape(-1, 4).sum(axis=1)
        result[:, first:last] = np.minimum(quarter[:, first:last] * factors + 0.5, 255)
    return result


def _maps(sheet: _Sheet, dpi: float, scanner: Scanner) -> tuple[Gray, Gray]:
    """Threshold and gain for each cell of 8x8 pixels of the raw page."""
    if sheet.bilevel:
        levels, gains = np.full_like(sheet.eighth, MIDDLE), np.full_like(sheet.eighth, UNIT)
    else:
        inside = (sheet.eighth & ~sheet.off) | (sheet.off & np.uint8(sheet.paper))
        background = estimate_background(inside, dpi / CELL_PX, sheet.paper)
        levels = estimate_levels(inside, background, dpi / CELL_PX)
        gains = gains_of(background) if scanner.background else np.full_like(background, UNIT)
    return levels & ~sheet.off, gains


def _busy(darkest: Gray, levels: Gray) -> Gray:
    """255 where ink may be: in cells with a pixel below the threshold, and two cells around them."""
    highest = cv2.dilate(levels, np.ones((3, 3), np.uint8))
    return np.asarray(cv2.dilate(np.asarray(cv2.compare(darkest, highest, cv2.CMP_LT)), np.ones((5, 5), np.uint8)))


def _turned(pixels: Gray | Bits, streaks: tuple[Streak, ...], clockwise_deg: int) -> Gray | Bits:
    """The raw page turned. Streaks run down only as it was scanned, so they are mended first."""
    if isinstance(pixels, Bits):
        return Bits.of(turn(mend_streaks(pixels.to_gray(), streaks), clockwise_deg))
    return turn(mend_streaks(pixels, streaks), clockwise_deg)


def _page(raw: RawPage, done: _Done, matrix: NDArray[np.float64], turn_deg: int, clock: _Clock) -> Page:
    height, width = done.gray.shape
    with clock("blank"):
        empty = not blank.has_much_ink(done.blobs, raw.dpi) and not _faint_marks(done.sheet, raw.dpi)
    with clock("quality"):
        measured = _quality(done, raw.dpi)
    return Page(
        number=raw.number,
        gray=done.gray,
        dpi=raw.dpi,
        skew_deg=done.skew.angle_deg if done.slope else 0.0,
        rotated_deg=turn_deg,
        blank=empty,
        matrix=(matrix @ level_matrix(done.slope, width, height))[:2],
        ms=clock.ms,
        bits=done.bits,
        quality=measured,
        sheet=raw.number,
    )


def _faint_marks(sheet: _Sheet, dpi: float) -> int:
    """Marks on the page before threshold and mask: a pencil signature is lighter than what counts as ink."""
    background = estimate_background(sheet.eighth | sheet.off, dpi / CELL_PX, sheet.paper)
    lightest = _to_quarter(blank.ink_level(background) & ~sheet.off, sheet.quarter)
    return blank.count_marks(np.asarray(cv2.compare(sheet.quarter, lightest, cv2.CMP_LT), np.uint8), dpi / 4)


def _to_quarter(cells: Gray, quarter: Gray) -> Gray:
    size = (quarter.shape[1], quarter.shape[0])
    return np.asarray(cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _quality(done: _Done, dpi: float) -> Quality:
    sheet = done.sheet
    rows = quality.sample_rows(done.pixels)
    focus: float | None = None
    contrast: float | None = None
    noise = 0.0
    if rows is not None and not sheet.bilevel:
        noise = quality.measure_noise(rows, sheet.paper)
        ink = quality.measure_ink(rows, sheet.paper)
        if ink is not None:
            focus = quality.measure_focus(rows, sheet.paper, ink)
            contrast = (sheet.paper - ink) / sheet.paper
    return Quality(
        focus_px=focus,
        contrast=contrast,
        paper=sheet.paper,
        noise=noise,
        streaks_mm=tuple((streak.x0 + streak.x1) / 2 * 25.4 / dpi for streak in sheet.streaks),
        holes=len(sheet.holes),
        border_share=cv2.countNonZero(sheet.off) / sheet.off.size,
        ink_share=float(done.blobs.cells.sum()) * done.blobs.step**2 / done.gray.size,
    )


def _untouched(raw: RawPage) -> Page:
    gray = raw.gray
    clock = _Clock()
    with clock("blank"):
        empty = blank.is_blank(gray, raw.dpi)
    return Page(raw.number, gray, raw.dpi, 0.0, 0, empty, np.eye(2, 3), raw.words, clock.ms, sheet=raw.number)
