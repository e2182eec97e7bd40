"""Patch T sheets are told from everything else, whatever way up."""

from __future__ import annotations

from itertools import permutations

import cv2
import numpy as np
import pytest

from ocr.load import open_pages
from ocr.page import Gray
from ocr.steps.separator import is_separator
from tests.ocr.made_files import form_page, shared_data

WIDE, NARROW = 0.2, 0.08
PATCH_T = (NARROW, WIDE, NARROW, WIDE)
OTHERS = sorted(set(permutations(PATCH_T)) - {PATCH_T})


def sheet(dpi: int, inches: tuple[float, ...] = PATCH_T, edges: int = 4, scale: float = 1.0) -> Gray:
    """A4 with bars of these widths, read from the edge inwards, along so many edges, and a line of text."""
    page = np.full((round(11.69 * dpi), round(8.27 * dpi)), 255, np.uint8)
    cv2.putText(page, "PATCH", (dpi * 3, dpi * 4), cv2.FONT_HERSHEY_SIMPLEX, dpi / 50, 0, dpi // 25)
    for _ in range(edges):
        depth = 0.6 * dpi
        for inch in inches:
            page[round(depth) : round(depth + inch * scale * dpi), round(1.7 * dpi) : -round(1.7 * dpi)] = 0
            depth += (inch + NARROW) * scale * dpi
        page = np.rot90(page)
    return np.ascontiguousarray(np.rot90(page, -edges))


def code_39(dpi: int, narrow_px: int) -> Gray:
    """A page with a bar code of one line: bars and gaps, every third wide."""
    page = np.full((round(11.69 * dpi), round(8.27 * dpi)), 255, np.uint8)
    x, chance = dpi // 2, np.random.default_rng(narrow_px)
    while x < page.shape[1] - dpi:
        bar, gap = (narrow_px * (2.5 if chance.random() < 0.4 else 1) for _ in range(2))
        page[dpi : 2 * dpi, x : x + round(bar)] = 0
        x += round(bar + gap)
    return page


def scanned(page: Gray, skew_deg: float, seed: int) -> Gray:
    """Turned, soft, tinted, with noise and dust."""
    chance = np.random.default_rng(seed)
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), skew_deg, 1)
    turned = cv2.warpAffine(page, matrix, (width, height), borderValue=(255,))
    soft = cv2.GaussianBlur(turned, (5, 5), 1).astype(np.float32) * 0.65 + 60
    noise = chance.standard_normal(page.shape, np.float32) * 8
    result = np.clip(soft + noise, 0, 255).astype(np.uint8)
    result[chance.integers(0, height, 400), chance.integers(0, width, 400)] = 0
    return np.asarray(result, np.uint8)


@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
@pytest.mark.parametrize(("edges", "skew_deg"), [(4, 5.0), (1, -5.0)])
def test_sheets_are_found_whatever_way_up(dpi: int, edges: int, skew_deg: float) -> None:
    page = scanned(sheet(dpi, edges=edges), skew_deg, dpi)
    page.setflags(write=False)
    assert [turns for turns in range(4) if is_separator(np.rot90(page, turns), dpi)] == [0, 1, 2, 3]


@pytest.mark.parametrize("scale", [0.72, 0.94, 1.06, 1.3])
def test_sheets_printed_too_small_or_too_large_are_found(scale: float) -> None:
    assert is_separator(scanned(sheet(200, scale=scale, edges=1), 2.0, 0), 200)


@pytest.mark.parametrize("inches", OTHERS)
def test_other_patches_do_not_count(inches: tuple[float, ...]) -> None:
    page = scanned(sheet(150, inches), 1.0, 0)
    assert not any(is_separator(np.rot90(page, turns), 150) for turns in range(4))


@pytest.mark.parametrize("narrow_px", [4, 8, 12, 16, 20])
def test_bar_codes_do_not_count(narrow_px: int) -> None:
    page = code_39(200, narrow_px)
    assert not any(is_separator(np.rot90(page, turns), 200) for turns in range(4))


def test_faint_and_swollen_bars_are_found_and_other_bars_are_not() -> None:
    page = sheet(200, edges=1)
    for size in (3, 7):
        kernel = np.ones((size, size), np.uint8)
        assert is_separator(np.asarray(cv2.erode(page, kernel), np.uint8), 200)
        assert is_separator(np.asarray(cv2.dilate(page, kernel), np.uint8), 200)
    assert is_separator((page // 2 + 110).clip(0, 215).astype(np.uint8), 200)
    assert not is_separator(sheet(200, (*PATCH_T, NARROW)), 200)
    assert not is_separator(sheet(200, PATCH_T[:3]), 200)
    assert not is_separator(sheet(200, scale=0.45), 200)


def test_pages_without_bars_do_not_count() -> None:
    assert not any(is_separator(form_page(seed=seed), 150) for seed in range(6))
    chance = np.random.default_rng(0)
    for shape in ((1, 1), (3, 500), (500, 3), (900, 700)):
        assert not is_separator(np.zeros(shape, np.uint8), 150)
        assert not is_separator(np.full(shape, 255, np.uint8), 150)
        assert not is_separator(chance.integers(0, 256, shape).astype(np.uint8), 150)


def test_real_sheets_are_found_and_pages_with_other_bar_codes_are_not() -> None:
    folder = shared_data() / "separators"
    truth = {"patch-code-t": [1], "patch-code-t-middle": [2], "patch-code-t-middle-reverse": [2], "split-by-asn-1": []}
    for name, numbers in truth.items():
        with open_pages(folder / f"{name}.pdf") as pages:
            found = [page.number for page in pages if is_separator(page.gray, page.dpi)]
        assert found == numbers, name


@pytest.mark.parametrize("skew_deg", [-5.0, 3.0])
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_real_sheet_is_found_as_scanned(skew_deg: float, dpi: int) -> None:
    with open_pages(shared_data() / "separators" / "patch-code-t.pdf") as pages:
        page = next(iter(pages))
        size = round(page.width * dpi / page.dpi), round(page.height * dpi / page.dpi)
        gray = scanned(np.asarray(cv2.resize(page.gray, size), np.uint8), skew_deg, dpi)
    assert all(is_separator(np.rot90(gray, turns), dpi) for turns in range(4))


def test_real_forms_do_not_count() -> None:
    for path in sorted((shared_data() / "vrdu" / "tiff").iterdir())[::13]:
        with open_pages(path) as pages:
            assert not any(is_separator(page.gray, page.dpi) for page in pages), path.name
