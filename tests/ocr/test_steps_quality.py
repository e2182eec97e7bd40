"""What a page says about its scanner."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr.page import Bits, Gray, Quality, RawPage
from ocr.steps.clean import clean_page
from tests.ocr.made_files import form_page

DPI = 200.0
PAGE = form_page(1654, 2339)


def quality(page: Gray | Bits) -> Quality:
    measured = clean_page(RawPage(1, page, DPI)).quality
    assert measured is not None
    return measured


def scanned(blur_px: float = 0.6, paper: int = 230, ink: int = 40, noise: float = 2.0) -> Gray:
    soft = cv2.GaussianBlur(PAGE, (0, 0), blur_px).astype(np.float32) / 255 * (paper - ink) + ink
    return np.clip(soft + np.random.default_rng(1).normal(0, noise, PAGE.shape), 0, 255).astype(np.uint8)


def test_a_scan_out_of_focus_has_wider_edges() -> None:
    widths = [quality(scanned(blur_px)).focus_px for blur_px in (0.6, 1.2, 2.0)]
    assert all(width is not None for width in widths)
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[0]


def test_noise_paper_and_contrast_are_what_was_put_in() -> None:
    for noise in (1.0, 3.0, 6.0):
        assert quality(scanned(noise=noise)).noise == pytest.approx(noise, abs=0.4)
    assert quality(scanned(paper=210)).paper == pytest.approx(210, abs=4)
    assert quality(scanned(ink=30)).contrast == pytest.approx(200 / 230, abs=0.15)  # soft edges count too
    assert quality(scanned(ink=130)).contrast == pytest.approx(100 / 230, abs=0.15)


def test_ink_border_and_holes_are_counted() -> None:
    page = scanned()
    page[:, :60] = 12
    for y in (800, 1430):
        cv2.circle(page, (160, y), 24, 15, -1)
    found = quality(page)
    assert found.holes == 2
    assert found.border_share == pytest.approx(60 / 1654, abs=0.02)
    plain = quality(scanned())
    assert plain.ink_share == pytest.approx(np.count_nonzero(PAGE == 0) / PAGE.size, rel=0.5)
    assert (plain.holes, plain.border_share) == (0, 0.0)


def test_black_and_white_has_no_focus_and_no_noise() -> None:
    found = quality(Bits.of(PAGE))
    assert (found.focus_px, found.contrast, found.noise, found.paper) == (None, None, 0.0, 255)


def test_an_empty_page_has_no_focus_but_noise() -> None:
    page = np.clip(np.random.default_rng(2).normal(240, 3, (2339, 1654)), 0, 255).astype(np.uint8)
    found = quality(page)
    assert (found.focus_px, found.contrast) == (None, None)
    assert found.noise == pytest.approx(3.0, abs=0.4)
