"""Steps that move pixels: orientation and skew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ocr.load import open_pages
from ocr.steps.orientation import estimate_orientation
from ocr.steps.skew import estimate_skew, skew_matrix, turn_back
from ocr.steps.turning import turn, turn_matrix
from tests.ocr.made_files import form_page, shared_data

PAGE = form_page(1654, 2339)
DPI = 200.0


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_it_finds_which_way_is_up(turned: int) -> None:
    found = estimate_orientation(turn(PAGE, turned), DPI)
    assert (found.turn_deg, found.sure) == ((360 - turned) % 360, True)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_it_finds_which_way_is_up_on_a_skewed_page(turned: int) -> None:
    assert estimate_orientation(turn(turn_back(PAGE, -3.0), turned), DPI).turn_deg == (360 - turned) % 360


@pytest.mark.parametrize("content", ["blank", "signature", "numbers", "noise"])
def test_it_leaves_a_page_as_it_is_when_in_doubt(content: str) -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    if content == "signature":
        steps = np.arange(4000)
        page[(800 + 90 * np.sin(steps / 170)).astype(int), 400 + steps // 8] = 0
    if content == "numbers":
        page[300:2000:60, 200:220] = 0
        page[300:330, 200:1400:40] = 0
    if content == "noise":
        page[np.random.default_rng(1).random(page.shape) < 0.02] = 0
    found = estimate_orientation(page, DPI)
    assert (found.turn_deg, found.sure) == (0, False)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_turn_matrix_leads_back_to_the_same_pixel(turned: int) -> None:
    page = np.arange(6 * 4, dtype=np.uint8).reshape(6, 4)
    result = turn(page, turned)
    matrix = turn_matrix(turned, 4, 6)
    for y in range(result.shape[0]):
        for x in range(result.shape[1]):
            from_x, from_y, _ = matrix @ [x, y, 1]
            assert result[y, x] == page[int(from_y), int(from_x)]


@pytest.mark.parametrize("angle_deg", [-4.3, -1.7, -0.6, -0.21, -0.08, 0.0, 0.13, 0.35, 1.1, 2.9, 4.6])
def test_it_finds_the_skew(angle_deg: float) -> None:
    found = estimate_skew(turn_back(PAGE, -angle_deg), DPI)
    assert found.angle_deg == pytest.approx(angle_deg, abs=0.04)
    assert found.worth_turning == (abs(angle_deg) > 0.05)


def test_deskewed_lines_are_level() -> None:
    page = np.full((1000, 1000), 255, np.uint8)
    page[500:504, 100:900] = 0
    slope = math.tan(math.radians(2.0))
    skewed = turn_back(page, -2.0)
    left, right = (np.argwhere(skewed[:, x] < 128).mean() for x in (200, 800))
    assert right - left == pytest.approx(600 * slope, abs=1)
    level = turn_back(skewed, estimate_skew(skewed, 100.0).angle_deg)
    left, right = (np.argwhere(level[:, x] < 128).mean() for x in (200, 800))
    assert abs(right - left) < 0.6


def test_the_skew_matrix_leads_to_the_raw_pixel() -> None:
    page = np.full((600, 400), 255, np.uint8)
    page[100:105, 300:305] = 0
    skewed = turn_back(page, -3.0)
    x, y, _ = skew_matrix(3.0, 400, 600) @ [302, 102, 1]
    assert skewed[round(y), round(x)] < 60


def test_corners_that_come_in_are_white() -> None:
    assert int(turn_back(np.full((500, 400), 255, np.uint8), 4.0).min()) == 255


@pytest.mark.parametrize("content", ["blank", "noise"])
def test_it_does_not_turn_a_page_without_lines(content: str) -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    if content == "noise":
        page[np.random.default_rng(2).random(page.shape) < 0.01] = 0
    assert not estimate_skew(page, DPI).worth_turning


@pytest.mark.parametrize("shape", [(64, 64), (40, 3000), (3000, 40), (1, 1)])
def test_odd_shapes_are_no_trouble(shape: tuple[int, int]) -> None:
    page = np.full(shape, 255, np.uint8)
    page[::9] = 0
    estimate_skew(page, 300.0)
    assert estimate_orientation(page, 300.0).turn_deg == 0


def test_no_real_form_is_turned_wrongly() -> None:
    """A sample of the real forms, four ways each; all of them: docs/measured.md."""
    for path in sorted((shared_data() / "vrdu" / "tiff").glob("*.tif"))[::11]:
        for raw in open_pages(path):
            for turned in (0, 90, 180, 270):
                found = estimate_orientation(turn(raw.gray, turned), raw.dpi)
                assert found.turn_deg == (360 - turned) % 360, (path.name, raw.number, turned)
