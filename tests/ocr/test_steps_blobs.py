"""Blobs of ink on reduced pages, and what steps conclude from their boxes."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.steps.binarise import HIGHEST, estimate_levels
from ocr.steps.blobs import find_blobs, find_boxes
from ocr.steps.border import find_border, find_edge_lines
from ocr.steps.punch_holes import find_holes


@pytest.mark.parametrize("shape", [(1, 1), (7, 9), (64, 64), (3, 500), (500, 3), (203, 307)])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.4, 1.0])
def test_boxes_are_those_of_the_blobs(shape: tuple[int, int], share: float) -> None:
    ink = np.where(np.random.default_rng(5).random(shape) < share, 255, 0).astype(np.uint8)
    x, y, width, height = find_blobs(ink).boxes[1:].T
    expected = sorted(np.stack([x, y, x + width, y + height], axis=1).tolist())
    assert sorted(find_boxes(ink).tolist()) == expected


def test_a_bar_beside_the_edge_goes_without_what_lies_in_its_box() -> None:
    page = np.full((400, 300), 255, np.uint8)  # at 50 dpi
    page[50:350, 12:17] = 0
    page[345:350, 12:150] = 0
    page[200:210, 60:100] = 0
    found = find_border(page, 50.0)
    assert found[50:350, 12:17].all()
    assert found[345:350, 12:150].all()
    assert not found[190:220, 50:110].any()


@pytest.mark.parametrize("side", [0, 1, 2, 3])
def test_a_thin_line_on_the_edge_is_found_on_every_side(side: int) -> None:
    cells = np.full((110, 80), 255, np.uint8)  # at 37.5 dpi
    np.rot90(cells, side)[0, 10:60] = 0
    found = np.rot90(find_edge_lines(cells, 37.5), side)
    assert np.array_equal(np.argwhere(found), [(y, x) for y in (0, 1) for x in range(9, 61)])


def test_the_threshold_lies_between_half_and_most_of_the_paper() -> None:
    random = np.random.default_rng(3)
    background = random.integers(0, 256, (60, 80), dtype=np.uint8)
    levels = estimate_levels(np.zeros_like(background), background)
    assert np.array_equal(levels, background >> 1)
    levels = estimate_levels(background & 1, background)
    assert (levels <= background.astype(np.int32) * round(256 * HIGHEST) >> 8).all()


@pytest.mark.parametrize("shape", [(64, 64), (16, 3000), (3000, 16), (17, 17)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_pages_of_one_level_are_no_trouble(shape: tuple[int, int], level: int) -> None:
    page = np.full(shape, level, np.uint8)
    assert find_border(page, 50.0).shape == shape
    assert find_edge_lines(page, 37.5).shape == shape
    assert find_holes(page, 75.0) == ()
