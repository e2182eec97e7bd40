"""Streaks of dirty glass go, what is under them stays; the rules of a form are no streaks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr import kernel
from ocr.page import Gray, RawPage
from ocr.steps.clean import clean_page
from ocr.steps.streaks import find_streaks, repair_streaks
from tests.ocr.made_files import form_page
from tests.ocr.test_steps_pixels import grey_scan

DPI = 200.0
PAGE = grey_scan(form_page(1654, 2339))


def streaked(page: Gray, *streaks: tuple[int, int, float]) -> Gray:
    """Columns from `x`, `width` wide, get only this share of the light, over the whole height of the scan."""
    result = page.astype(np.float32)
    for x, width, share in streaks:
        result[:, x : x + width] *= share
    return np.clip(result, 0, 255).astype(np.uint8)


def found(page: Gray) -> list[tuple[int, int]]:
    return [(streak.x0, streak.x1) for streak in find_streaks(kernel.survey(page).lightest, DPI)]


@pytest.mark.parametrize("width", [1, 2, 4, 7])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_streak_is_found_where_it_is(width: int, share: float) -> None:
    [(x0, x1)] = found(streaked(PAGE, (700, width, share)))
    assert x0 <= 700 and 700 + width <= x1
    assert x1 - x0 <= width + 6


def test_two_streaks_side_by_side_are_both_found() -> None:
    spans = found(streaked(PAGE, (500, 2, 0.6), (512, 3, 0.4), (1400, 1, 0.8)))
    for x in (500, 512, 514, 1400):
        assert any(x0 <= x < x1 for x0, x1 in spans), x
    assert not any(x0 <= 900 < x1 for x0, x1 in spans)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.85])
def test_the_paper_under_a_streak_is_as_light_as_beside_it(share: float) -> None:
    mended = repair_streaks(streaked(PAGE, (700, 3, share)), DPI)
    paper = form_page(1654, 2339)[:, 690:720].min(axis=1) == 255
    under, beside = mended[paper, 699:704].astype(float), PAGE[paper, 699:704].astype(float)
    assert abs(under.mean() - beside.mean()) < 6


def test_letters_under_a_grey_streak_can_still_be_read() -> None:
    page = form_page(1654, 2339)
    column = int(np.argmax((page[:, 300:900] == 0).sum(axis=0))) + 300
    before = clean_page(RawPage(1, grey_scan(page), DPI)).gray < 128
    after = clean_page(RawPage(1, streaked(grey_scan(page), (column, 3, 0.6)), DPI)).gray < 128
    window = np.s_[:, column - 2 : column + 5]
    assert np.count_nonzero(after[window] != before[window]) < 0.1 * np.count_nonzero(before[window])


def test_the_rules_of_a_form_survive() -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    cv2.rectangle(page, (90, 90), (1560, 2250), 0, 3)  # a frame with margins of 11 mm
    for x in (400, 700, 1100):
        page[90:2250, x : x + 3] = 0
    scan = grey_scan(page)
    assert found(scan) == []
    assert np.array_equal(repair_streaks(scan, DPI), scan)


def test_a_page_without_streaks_is_left_alone_also_with_a_border() -> None:
    page = PAGE.copy()
    page[:, :60] = 15
    page[:, 1500:] = 20
    assert found(page) == []


def test_a_streak_is_reported_where_the_glass_is_dirty() -> None:
    page = clean_page(RawPage(1, streaked(PAGE, (787, 3, 0.5)), DPI))
    assert page.quality is not None
    [at_mm] = page.quality.streaks_mm
    assert at_mm == pytest.approx(100.1, abs=0.3)


def test_it_does_not_change_its_input() -> None:
    page = streaked(PAGE, (700, 3, 0.5))
    page.setflags(write=False)
    before = page.copy()
    repair_streaks(page, DPI)
    assert np.array_equal(page, before)


@pytest.mark.parametrize("shape", [(1, 1), (64, 64), (5, 4000), (4000, 5), (203, 307), (900, 70)])
def test_odd_shapes_are_no_trouble(shape: tuple[int, int]) -> None:
    page = np.random.default_rng(3).integers(0, 256, shape).astype(np.uint8)
    assert repair_streaks(page, 300.0).shape == shape
