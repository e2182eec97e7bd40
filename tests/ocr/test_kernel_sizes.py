"""Pages from 50x50 to 20000x20000 pixels: right at the far end too, where 32 bits no longer count all pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ocr.kernel.plan import Plan
from ocr.page import Bits, Gray
from tests.ocr.kernel_pages import compiled, noise, plan_for, sparse_bits, twin, unequal_share, white
from tests.ocr.test_kernel_agrees import assert_same_blobs, assert_same_level, assert_same_survey

SIDE_PX = 20_000
NEEDED_BYTES = 3 * 1024**3
SHAPES = [(50, 50), (64, 64), (51, 67), (63, 65), (65, 127), (50, SIDE_PX), (SIDE_PX, 50), (53, 19_999), (19_999, 53)]


@pytest.mark.parametrize("shape", SHAPES)
def test_pages_of_all_sizes_come_out_the_same(shape: tuple[int, int]) -> None:
    page = noise(*shape)
    bits = sparse_bits(*shape, 0.1)
    for one in (page, bits):
        assert_same_survey(one)
        assert_same_level(one, plan_for(one, 0.003, busy=True), rough=True)
    for step in (1, 2, 4):
        assert_same_blobs(bits, step)


@pytest.mark.parametrize("shape", [(50, SIDE_PX), (SIDE_PX, 50)])
@pytest.mark.parametrize("slope", [0.17, -0.17])
def test_a_long_page_may_lie_as_askew_as_any(shape: tuple[int, int], slope: float) -> None:
    page = noise(*shape)
    assert compiled.shear(page, slope).shape == shape
    for plan in (plan_for(page, slope, busy=True), plan_for(page, slope, mask=False)):
        gray, bits = compiled.level(page, plan)
        assert gray.shape == bits.shape == shape


def free_bytes() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else []
    found = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
    return found[0] if found else 0


@pytest.fixture(scope="module")
def largest() -> Bits:
    """20000x20000 pixels, empty but for marks in the corners and one in the middle."""
    if free_bytes() < NEEDED_BYTES:
        pytest.skip("a page of 400 million pixels needs 3 GB")
    page = Bits(np.zeros((SIDE_PX, SIDE_PX // 8), np.uint8), SIDE_PX)
    for y, x in MARKS:
        page.packed[y : y + 16, x // 8 : x // 8 + 2] = 255
    return page


MARKS = [(0, 0), (0, SIDE_PX - 16), (SIDE_PX - 16, 0), (SIDE_PX - 16, SIDE_PX - 16), (10_000, 12_000)]
WANTED = sorted((x, y, x + 16, y + 16) for y, x in MARKS)


def found(bits: Bits, step: int) -> list[tuple[int, ...]]:
    blobs = compiled.find_blobs(bits, step)
    assert int(blobs.areas.sum()) * step * step == int(blobs.cells.sum()) * step * step == len(MARKS) * 256
    return sorted(tuple(row) for row in (blobs.boxes * step).tolist())


def test_the_largest_page_is_surveyed_to_its_last_pixel(largest: Bits) -> None:
    survey = compiled.survey(largest)
    dark = np.argwhere(survey.quarter[::4, ::4] == 0) * 16
    assert sorted(map(tuple, dark.tolist())) == sorted(MARKS)
    assert int(survey.darkest[-1, -1]) == int(survey.darkest[0, -1]) == int(survey.darkest[-1, 0]) == 0
    assert int(survey.lightest.min()) == 255
    assert np.count_nonzero(survey.strips < 255 * 128) == 3 * 8
    assert int(np.count_nonzero(survey.darkest == 0)) == len(MARKS) * 4


@pytest.mark.parametrize("step", [1, 2, 4])
def test_the_largest_page_has_the_blobs_that_were_drawn(largest: Bits, step: int) -> None:
    assert found(largest, step) == WANTED


def test_a_blob_that_fills_the_largest_page_has_its_area() -> None:
    page = Bits(np.broadcast_to(np.uint8(255), (SIDE_PX, SIDE_PX // 8)), SIDE_PX)
    blobs = compiled.find_blobs(page, 1)
    assert blobs.boxes.tolist() == [[0, 0, SIDE_PX, SIDE_PX]]
    assert blobs.areas.tolist() == [SIDE_PX * SIDE_PX]


def test_the_largest_page_is_levelled_and_erased_to_its_last_pixel(largest: Bits) -> None:
    cells = np.full((SIDE_PX // 8, SIDE_PX // 8), 128, np.uint8)
    busy = np.zeros_like(cells)
    for y, x in MARKS:
        busy[max(0, y // 8 - 2) : y // 8 + 4, max(0, x // 8 - 2) : x // 8 + 4] = 255
    gray, bits = compiled.level(largest, Plan(0.0, cells, np.full_like(cells, 64), busy))
    assert np.array_equal(bits.packed, largest.packed)
    assert [int(gray[y + 15, x + 15]) for y, x in MARKS] == [0] * len(MARKS)
    assert int(np.count_nonzero(gray[-16:] == 0)) == 2 * 256
    compiled.erase(gray, bits, np.array(WANTED, np.int32))
    assert not bits.packed.any()
    assert int(gray[-1, -1]) == int(gray[SIDE_PX - 16, 0]) == 255
    assert int(gray[-2000:].min()) == 255


def test_rows_more_than_two_billion_bytes_apart_are_read_right() -> None:
    """Rows that lie 80 MB apart: memory is taken only for what is touched of it."""
    if free_bytes() < NEEDED_BYTES:
        pytest.skip("too little memory here")
    page: Gray = np.zeros((33, 80_000_000), np.uint8)[:, :64]
    page[:] = noise(33, 64)
    assert np.array_equal(compiled.survey(page).quarter, twin.survey(page.copy()).quarter)
    assert np.array_equal(compiled.survey(page[::-1]).quarter, twin.survey(page[::-1].copy()).quarter)
    assert np.array_equal(compiled.shear(page, 0.01), compiled.shear(page.copy(), 0.01))
    for step in (1, 2, 4):
        assert_same_blobs(Bits(page, 8 * 64), step)


def test_small_blobs_on_a_wide_page_keep_their_columns() -> None:
    page = white(8, SIDE_PX)
    page[3, ::50] = 0
    bits = Bits.of(page)
    assert compiled.find_blobs(bits, 1).boxes[:, 0].tolist() == list(range(0, SIDE_PX, 50))
    assert unequal_share(bits, bits) == 0
