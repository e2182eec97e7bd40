"""Turning pages by quarters: grey, and eight pixels a byte."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.kernel.plan import Streak
from ocr.kernel.twin import mend_streaks
from ocr.page import Bits, Gray
from ocr.steps.turning import SLAB_ROWS, stand_on_head, turn, turn_bits, turn_scan

SHAPES = [(1, 1), (1, 65), (65, 1), (8, 8), (9, 17), (64, 128), (131, 203), (2 * SLAB_ROWS + 1, 70)]


def noise(shape: tuple[int, int]) -> Gray:
    return np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("shape", SHAPES)
def test_grey_pages_turn_clockwise(shape: tuple[int, int], turned: int) -> None:
    page = noise(shape)
    assert np.array_equal(turn(page, turned), np.rot90(page, -turned // 90))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("shape", SHAPES)
def test_bits_turn_as_grey_does(shape: tuple[int, int], turned: int) -> None:
    page = noise(shape)
    result, wanted = turn_bits(Bits.of(page), turned), Bits.of(turn(page, turned))
    assert result.shape == wanted.shape
    assert np.array_equal(result.packed, wanted.packed)  # bits beyond the width too: they are 0


def test_bits_may_be_a_part_of_a_wider_array() -> None:
    page = noise((40, 100))
    room = np.full((40, 24), 255, np.uint8)
    room[:, :13] = Bits.of(page).packed
    for turned in (90, 180, 270):
        assert np.array_equal(
            turn_bits(Bits(room[:, :13], 100), turned).packed, Bits.of(np.rot90(page, -turned // 90)).packed
        )


@pytest.mark.parametrize("shape", [(64, 128), (131, 203)])
def test_a_page_is_stood_on_its_head_in_place(shape: tuple[int, int]) -> None:
    page = noise(shape)
    gray, bits = page.copy(), Bits.of(page)
    packed = bits.packed.copy()
    turned = stand_on_head(gray, bits)
    assert np.array_equal(gray, page[::-1, ::-1])
    assert np.array_equal(turned.packed, Bits.of(page[::-1, ::-1]).packed)
    assert np.array_equal(bits.packed, packed)


@pytest.mark.parametrize("turned", [90, 180, 270])
@pytest.mark.parametrize("x0s", [(0, 40), (9, 14), (30, 97)])
def test_streaks_are_mended_before_a_scan_is_turned(x0s: tuple[int, int], turned: int) -> None:
    page = np.where(noise((90, 101)) < 128, 0, 255).astype(np.uint8)
    opaque = tuple(Streak(x0, np.zeros(4, np.uint16)) for x0 in x0s)
    pale = tuple(Streak(x0, np.full(4, 300, np.uint16)) for x0 in x0s)
    before = page.copy()
    for streaks in (opaque, pale):
        wanted = turn(mend_streaks(page, streaks), turned)
        result, bits = turn_scan(page, streaks, turned), turn_scan(Bits.of(page), streaks, turned)
        assert isinstance(bits, Bits) and not isinstance(result, Bits)
        assert np.array_equal(result, wanted)
        assert np.array_equal(bits.packed, Bits.of(wanted).packed)
    assert np.array_equal(page, before)
