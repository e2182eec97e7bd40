"""The fast path does in one pass what the steps do one after the other, within the tolerance stated here."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from demo.scanner import Defects, scan
from ocr.page import Gray, Page, RawPage
from ocr.scanner import GENERIC
from ocr.steps.background import normalise_background
from ocr.steps.binarise import binarise
from ocr.steps.border import remove_border
from ocr.steps.clean import clean_page
from ocr.steps.despeckle import despeckle
from ocr.steps.punch_holes import remove_punch_holes
from ocr.steps.streaks import repair_streaks
from tests.ocr.made_files import form_page

DPI = 300.0
PAGE = form_page(2480, 3508)
MEAN_LEVELS, MOST_LEVELS, BITS_SHARE = 3.0, 40, 0.003
"""Grey: mean and 99.9th percentile of the difference on the page; black and white: share of pixels that differ."""


def a_scan(skew_deg: float, seed: int) -> Gray:
    defects = Defects(
        dpi=DPI,
        skew_deg=skew_deg,
        blur_px=0.8,
        noise=3.0,
        paper=238,
        ink=25,
        light=20.0,
        light_deg=40.0,
        edge_mm=(4.0, 0.0, 0.0, 3.0),
        holes=2,
        streaks=((150.0, 0.25, 150), (60.0, 0.2, 190)),
        specks=30,
    )
    return scan(PAGE, defects, np.random.default_rng(seed))


def one_after_the_other(page: Gray, cleaned: Page) -> tuple[Gray, Gray]:
    """Grey and black-and-white page made by the single steps, then brought to where the fast path has them."""
    mended = remove_punch_holes(remove_border(repair_streaks(page, DPI), DPI), DPI)
    size = (cleaned.width, cleaned.height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    level = np.asarray(cv2.warpAffine(mended, cleaned.matrix, size, flags=flags, borderValue=255.0), np.uint8)
    return normalise_background(level, DPI), despeckle(binarise(level, DPI), DPI)


@pytest.mark.parametrize(("skew_deg", "seed"), [(0.0, 1), (0.7, 2), (-2.4, 3)])
def test_the_fast_path_gives_what_the_steps_give(skew_deg: float, seed: int) -> None:
    page = a_scan(skew_deg, seed)
    cleaned = clean_page(RawPage(1, page, DPI), replace(GENERIC, mask=False))
    gray, ink = one_after_the_other(page, cleaned)
    inner = np.s_[150:-150, 150:-150]
    difference = cv2.absdiff(gray[inner], cleaned.gray[inner])
    assert float(difference.mean()) < MEAN_LEVELS
    assert np.percentile(difference, 99.9) < MOST_LEVELS
    assert cleaned.bits is not None
    assert np.count_nonzero(ink[inner] != cleaned.bits.to_gray()[inner]) < BITS_SHARE * ink[inner].size


def test_masked_grey_is_the_grey_beside_ink_and_white_elsewhere() -> None:
    page = a_scan(1.1, 5)
    masked, plain = (clean_page(RawPage(1, page, DPI), replace(GENERIC, mask=mask)) for mask in (True, False))
    assert masked.bits is not None and plain.bits is not None
    assert np.array_equal(masked.bits.packed, plain.bits.packed)
    near = cv2.dilate(255 - masked.bits.to_gray(), np.ones((5, 5), np.uint8)) > 0
    assert np.array_equal(masked.gray[near], plain.gray[near])
    assert int(masked.gray[~near].min()) == 255


def an_empty_sheet(seed: int, *strokes: tuple[tuple[int, int], tuple[int, int]]) -> Gray:
    page = np.full((3508, 2480), 255, np.uint8)
    for start, end in strokes:
        cv2.line(page, start, end, 110, 3)
    defects = Defects(
        dpi=DPI, skew_deg=0.8, blur_px=0.8, noise=3.0, paper=236, light=15.0, edge_mm=(4.0, 0.0, 0.0, 3.0), holes=2
    )
    return scan(page, defects, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_soft_edges_of_border_and_holes_are_no_content(seed: int) -> None:
    assert clean_page(RawPage(1, an_empty_sheet(seed), DPI)).blank


def test_a_pencil_stroke_on_such_a_sheet_is_content() -> None:
    assert not clean_page(RawPage(1, an_empty_sheet(4, ((700, 2900), (860, 2860))), DPI)).blank
