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
from ocr.kernel.plan import Blobs, level_matrix
from ocr.page import Bits, Gray, Page, Quality, RawPage
from ocr.scanner import GENERIC, Scanner
from ocr.steps import blank, quality
from ocr.steps.despeckle import blob_step, find_dust
from ocr.steps.findings import Findings, Scan, count_faint_marks, find_out, is_level_upside_down, look_at, plan_pass
from ocr.steps.orientation import decide_upright, lies_on_side
from ocr.steps.perspective import find_sheet, rectify
from ocr.steps.separator import is_separator
from ocr.steps.split import split_page
from ocr.steps.turning import stand_on_head, turn_matrix

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
    scan = look_at(raw.pixels, raw.dpi, scanner, clock)
    if not scanner.orientation:
        return _page(raw, scan, _clean(scan, 0, scanner, clock), clock)
    with clock("orientation"):
        guess_deg = 90 if lies_on_side(scan.survey.quarter, raw.dpi / 4) else 0
    done = _clean(scan, guess_deg, scanner, clock)
    with clock("orientation"):
        found = decide_upright(done.bits, done.blobs, raw.dpi)
        turn_deg = (guess_deg + found.turn_deg) % 360 if found.sure else 0
    if turn_deg != guess_deg:
        on_its_head = turn_deg == guess_deg + 180 and _is_level(done, scanner, clock)
        done = _upside_down(done, clock) if on_its_head else _clean(scan, turn_deg, scanner, clock)
    return _page(raw, scan, done, clock)


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
class _Done:
    """A page after the one pass over its pixels. `turn_deg`: by how much it was turned clockwise; `matrix`: 3x3, from
    its pixels to those of the raw page; `scan`: turned or not, it has its ink in the same places."""

    scan: Scan
    found: Findings
    gray: Gray
    bits: Bits
    blobs: Blobs
    turn_deg: int
    matrix: NDArray[np.float64]


def _clean(scan: Scan, turn_deg: int, scanner: Scanner, clock: _Clock) -> _Done:
    """The scan turned, then cleaned in that direction."""
    dpi, matrix = scan.dpi, turn_matrix(turn_deg, scan.pixels.shape[1], scan.pixels.shape[0])
    if turn_deg:
        with clock("turn"):
            scan = scan.turned(turn_deg)
    found = find_out(scan, scanner, clock)
    with clock("background"):
        plan = plan_pass(scan, found, scanner)
    with clock("level"):
        gray, bits = kernel.level(scan.pixels, plan)
    with clock("blobs"):
        blobs = kernel.find_blobs(bits, blob_step(dpi))
    if scanner.despeckle:
        with clock("despeckle"):
            dust = find_dust(blobs, dpi)
            if len(dust):
                kernel.erase(gray, bits, blobs.boxes[dust] * blobs.step)
                blobs = blobs.without(dust)
    matrix = matrix @ level_matrix(plan.slope, bits.width, bits.height)
    return _Done(scan, found, gray, bits, blobs, turn_deg, matrix)


def _is_level(done: _Done, scanner: Scanner, clock: _Clock) -> bool:
    with clock("skew"):
        return is_level_upside_down(done.scan, done.found, scanner)


def _upside_down(done: _Done, clock: _Clock) -> _Done:
    """The cleaned page turned by 180 degrees. Its findings stay true; of its blobs only sizes are asked for."""
    height, width = done.gray.shape
    with clock("turn"):
        bits = stand_on_head(done.gray, done.bits)
    matrix = done.matrix @ turn_matrix(180, width, height)
    return replace(done, bits=bits, turn_deg=done.turn_deg + 180, matrix=matrix)


def _page(raw: RawPage, scan: Scan, done: _Done, clock: _Clock) -> Page:
    with clock("blank"):
        empty = not blank.has_much_ink(done.blobs, raw.dpi) and not count_faint_marks(done.scan, done.found)
    with clock("quality"):
        measured = _quality(scan, done)
    return Page(
        number=raw.number,
        gray=done.gray,
        dpi=raw.dpi,
        skew_deg=done.found.skew.angle_deg if done.found.slope else 0.0,
        rotated_deg=done.turn_deg,
        blank=empty,
        matrix=done.matrix[:2],
        ms=clock.ms,
        bits=done.bits,
        quality=measured,
        sheet=raw.number,
    )


def _quality(scan: Scan, done: _Done) -> Quality:
    """`scan`: as it came, `done` may be turned."""
    found, paper = done.found, done.found.paper
    rows = quality.sample_rows(done.scan.pixels)
    focus: float | None = None
    contrast: float | None = None
    noise = 0.0
    if rows is not None and not scan.bilevel:
        noise = quality.measure_noise(rows, paper)
        ink = quality.measure_ink(rows, paper)
        if ink is not None:
            focus = quality.measure_focus(rows, paper, ink)
            contrast = (paper - ink) / paper
    return Quality(
        focus_px=focus,
        contrast=contrast,
        paper=paper,
        noise=noise,
        streaks_mm=tuple((streak.x0 + streak.x1) / 2 * 25.4 / scan.dpi for streak in scan.streaks),
        holes=len(found.holes),
        border_share=cv2.countNonZero(found.off) / found.off.size,
        ink_share=float(done.blobs.cells.sum()) * done.blobs.step**2 / done.gray.size,
    )


def _untouched(raw: RawPage) -> Page:
    gray = raw.gray
    clock = _Clock()
    with clock("blank"):
        empty = blank.is_blank(gray, raw.dpi)
    return Page(raw.number, gray, raw.dpi, 0.0, 0, empty, np.eye(2, 3), raw.words, clock.ms, sheet=raw.number)
