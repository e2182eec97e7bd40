"""Steps that repair pixels: what the scanner added goes, what a person wrote stays."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from ocr.page import Gray
from ocr.steps.background import normalise_background
from ocr.steps.binarise import binarise
from ocr.steps.blank import is_blank
from ocr.steps.border import remove_border
from ocr.steps.despeckle import despeckle
from ocr.steps.punch_holes import find_punch_holes, remove_punch_holes
from tests.ocr.made_files import form_page

PAGE = form_page(1654, 2339)
DPI = 200.0
STEPS = [remove_border, remove_punch_holes, normalise_background, despeckle, binarise]


def white(height: int = 2339, width: int = 1654) -> Gray:
    return np.full((height, width), 255, np.uint8)


def grey_scan(page: Gray, seed: int = 0) -> Gray:
    """The page as a grey scanner sees it: paper of 205 to 235, uneven light, noise."""
    light = np.linspace(235, 205, page.shape[1], dtype=np.float32)[None, :]
    noise = np.random.default_rng(seed).normal(0, 3, page.shape)
    soft = cv2.GaussianBlur(page, (3, 3), 0.7).astype(np.float32)
    return np.clip(soft / 255 * (light - 40) + 40 + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_never_changes_its_input(step: Callable[[Gray, float], Gray]) -> None:
    page = grey_scan(PAGE)
    page[:, :40] = 0
    cv2.circle(page, (90, 900), 24, 20, -1)
    before = page.copy()
    page.setflags(write=False)
    result = step(page, DPI)
    assert np.array_equal(page, before)
    assert (result.shape, result.dtype) == (page.shape, np.uint8)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("shape", [(1, 1), (64, 64), (5, 4000), (4000, 5), (203, 307)])
def test_odd_shapes_are_no_trouble(step: Callable[[Gray, float], Gray], shape: tuple[int, int]) -> None:
    page = np.random.default_rng(3).integers(0, 256, shape).astype(np.uint8)
    assert step(page, 300.0).shape == shape


@pytest.mark.parametrize("step", [remove_border, remove_punch_holes, despeckle])
def test_a_clean_form_comes_out_as_it_went_in(step: Callable[[Gray, float], Gray]) -> None:
    assert np.array_equal(step(PAGE, DPI), PAGE)


# border


def test_a_black_border_and_its_wedge_go() -> None:
    page = PAGE.copy()
    page[:, :50] = 0
    page[-30:] = 0
    cv2.fillPoly(page, [np.array([[1653, 0], [1653, 2338], [1600, 0]])], 0)
    cleaned = remove_border(page, DPI)
    assert int(cleaned[:, :30].min()) == 255
    assert int(cleaned[-20:].min()) == 255
    assert int(cleaned[:1900, -10:].min()) == 255
    middle = np.s_[100:-100, 120:-120]
    assert np.array_equal(cleaned[middle], PAGE[middle])


def test_a_stroke_that_runs_into_the_border_stays() -> None:
    page = white()
    page[:, :60] = 0
    cv2.line(page, (40, 1000), (400, 1040), 0, 3)
    cleaned = remove_border(page, DPI)
    assert np.count_nonzero(cleaned[:, 110:400] < 128) == np.count_nonzero(page[:, 110:400] < 128)


def test_a_rule_and_a_heading_bar_near_the_edge_are_no_border() -> None:
    page = white()
    page[120:140, 100:1550] = 0
    page[200:204, 0:1654] = 0
    assert np.count_nonzero(remove_border(page, DPI)[:, 100:-100] < 128) == np.count_nonzero(page[:, 100:-100] < 128)


def test_print_that_the_edge_cuts_off_stays() -> None:
    page = white()
    cv2.putText(page, "Eingang 02/25/2017 6:59:22 PM", (300, 2345), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 7)
    assert np.array_equal(remove_border(page, DPI), page)


def test_a_small_piece_goes_where_the_border_it_broke_off_goes() -> None:
    page = white()
    page[200:1200, :12] = 0
    page[1212:1224, :12] = 0
    assert int(remove_border(page, DPI)[200:1224].min()) == 255


def test_a_dark_page_is_no_border() -> None:
    page = np.full((800, 600), 30, np.uint8)
    assert np.array_equal(remove_border(page, 100.0), page)


# punch holes


def test_punch_holes_go() -> None:
    page = PAGE.copy()
    for y in (800, 1430):
        cv2.circle(page, (94, y), 24, 0, -1)
    cleaned = remove_punch_holes(page, DPI)
    assert len(find_punch_holes(page, DPI)) == 2
    assert int(cleaned[770:1460, 50:140].min()) == 255
    assert np.array_equal(cleaned[:, 150:], PAGE[:, 150:])


def test_a_hole_goes_also_where_print_runs_into_it() -> None:
    page = white()
    cv2.putText(page, "Musterdorf", (100, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 3)
    cv2.circle(page, (370, 100), 26, 0, -1)
    cleaned = remove_punch_holes(page, DPI)
    assert int(cleaned[85:115, 355:385].min()) == 255
    assert np.array_equal(cleaned[:, :320], page[:, :320])


@pytest.mark.parametrize("what", ["square", "letter", "ring", "disc in the middle", "dot", "bar"])
def test_what_looks_a_little_like_a_hole_stays(what: str) -> None:
    page = white()
    if what == "square":
        page[300:348, 60:108] = 0
    if what == "letter":
        cv2.putText(page, "O", (60, 400), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 8)
    if what == "ring":
        cv2.circle(page, (94, 800), 24, 0, 5)
    if what == "disc in the middle":
        cv2.circle(page, (827, 1100), 24, 0, -1)
    if what == "dot":
        cv2.circle(page, (94, 800), 6, 0, -1)
    if what == "bar":
        page[300:340, 60:500] = 0
    assert np.array_equal(remove_punch_holes(page, DPI), page)


# background


def test_grey_paper_becomes_white_and_ink_stays_dark() -> None:
    cleaned = normalise_background(grey_scan(PAGE), DPI)
    paper = cv2.erode(PAGE, np.ones((9, 9), np.uint8)) == 255
    assert float(np.percentile(cleaned[paper], 5)) > 244
    assert float(np.percentile(cleaned[PAGE == 0], 50)) < 110


def test_a_pencil_stroke_is_still_there_on_white_paper() -> None:
    page = np.full((800, 800), 220, np.uint8)
    cv2.line(page, (100, 400), (700, 430), 170, 2)
    cleaned = normalise_background(page, DPI)
    assert int(cleaned[:, 400].min()) < 215
    assert int(cleaned[:300].min()) > 250


def test_a_dark_bar_stays_dark() -> None:
    page = np.full((1000, 1000), 230, np.uint8)
    page[300:500, 100:900] = 40
    assert float(normalise_background(page, DPI)[350:450, 300:700].mean()) < 90


# binarise


def test_binarising_an_uneven_scan_gives_the_page_back() -> None:
    result = binarise(grey_scan(PAGE), DPI)
    assert set(np.unique(result).tolist()) == {0, 255}
    assert np.count_nonzero(result != PAGE) < 0.004 * PAGE.size


def test_binarising_black_and_white_changes_nothing() -> None:
    assert np.array_equal(binarise(PAGE, DPI), PAGE)


# despeckle


def test_lonely_dust_goes() -> None:
    page = white()
    rng = np.random.default_rng(5)
    for x, y in rng.integers(100, 1500, (60, 2)).tolist():
        page[y : y + 2, x : x + 2] = 0
    assert np.count_nonzero(despeckle(page, DPI) < 128) < 0.1 * np.count_nonzero(page < 128)


def test_dots_commas_and_broken_strokes_stay() -> None:
    page = white(400, 900)
    cv2.putText(page, "ij: 1.234,56", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    for x in range(60, 800, 8):  # a dotted line to write on
        page[200:202, x : x + 2] = 0
    for x in range(60, 300, 6):  # a pencil stroke that broke up in the scanner
        page[300 + x % 5 : 302 + x % 5, x : x + 3] = 0
    assert np.array_equal(despeckle(page, DPI), page)


@pytest.mark.parametrize("shift", range(8))
def test_a_full_stop_stays_beside_the_slim_letter_of_a_typewriter(shift: int) -> None:
    page = white(400, 400)
    page[200:220, 100 + shift : 104 + shift] = 0
    page[216:220, 115 + shift : 119 + shift] = 0  # 1.4 mm after the letter
    page[300:304, 115 + shift : 119 + shift] = 0
    cleaned = despeckle(page, DPI)
    assert np.array_equal(cleaned[:280], page[:280])
    assert int(cleaned[280:].min()) == 255


def test_dust_between_the_lines_goes_and_no_letter_with_it() -> None:
    page = PAGE.copy()
    page[1700:1702, 60:62] = 0
    assert np.array_equal(despeckle(page, DPI), PAGE)


# blank


def test_an_empty_page_with_dust_is_blank() -> None:
    page = white()
    rng = np.random.default_rng(7)
    for x, y in rng.integers(100, 1500, (40, 2)).tolist():
        page[y : y + 3, x : x + 3] = 0
    assert is_blank(page, DPI)
    assert is_blank(normalise_background(grey_scan(white()), DPI), DPI)


@pytest.mark.parametrize("ink", [0, 190])
def test_a_page_with_only_a_signature_is_not_blank(ink: int) -> None:
    page = white()
    points = [[x, 2000 + int(40 * np.sin(x / 17) * np.cos(x / 50))] for x in range(900, 1300, 3)]
    cv2.polylines(page, [np.array(points)], False, ink, 3)
    assert not is_blank(page, DPI)


def test_a_shadow_along_an_edge_is_no_content_and_a_stroke_that_leaves_it_is() -> None:
    shadow = white()
    shadow[1200:1700, :40] = 170
    stroke = shadow.copy()
    cv2.line(stroke, (0, 1500), (160, 1460), 120, 3)
    assert is_blank(shadow, DPI)
    assert not is_blank(stroke, DPI)


def test_a_page_with_only_a_stamp_or_a_number_is_not_blank() -> None:
    stamped, numbered = white(), white()
    cv2.circle(stamped, (1200, 400), 90, 150, 4)
    cv2.putText(numbered, "7", (820, 2250), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert not is_blank(stamped, DPI)
    assert not is_blank(numbered, DPI)
