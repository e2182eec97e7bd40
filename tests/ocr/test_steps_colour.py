"""Colour to grey: the form's colour goes, what a person wrote stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ocr.page import Gray
from ocr.steps.colour import CHANNELS, Colour, find_form_colour, to_gray

Picture = NDArray[np.uint8]
PAPER = (240, 240, 236)
COLOURS: tuple[Colour, ...] = ("red", "green", "blue")
PRINT = {
    "red": [(205, 60, 60), (230, 120, 40), (220, 60, 130), (245, 200, 195)],
    "green": [(60, 175, 80), (130, 190, 60), (40, 170, 120), (190, 235, 200)],
    "blue": [(40, 110, 190), (90, 170, 225), (80, 80, 185), (200, 210, 240)],
}
"""Strong, off hue to both sides, pale."""
PENS = {"black": (35, 33, 36), "blue": (45, 60, 140), "pencil": (125, 123, 120)}


def form(colour: tuple[int, int, int], height: int = 1100, width: int = 800) -> tuple[Picture, Gray]:
    """A form of frames, a raster and labels in one colour, and where it is printed (255)."""
    mask = np.zeros((height, width), np.uint8)
    for y in range(80, height - 60, 90):
        cv2.rectangle(mask, (60, y), (width - 60, y + 60), 255, 2)
        cv2.putText(mask, "Name, Vorname", (70, y + 75), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 255, 1, cv2.LINE_AA)
        for x in range(60, width - 60, 40):
            cv2.line(mask, (x, y), (x, y + 60), 255, 2)
    return inked(np.full((height, width, 3), PAPER, np.uint8), mask, colour), mask


def inked(page: Picture, mask: Gray, ink: tuple[int, int, int]) -> Picture:
    """Ink over what is there already, as light passes through both."""
    through = 1 - (mask[:, :, None] / 255) * (1 - np.array(ink) / PAPER)
    return np.clip(page * through, 0, 255).astype(np.uint8)


def strokes(height: int = 1100, width: int = 800) -> Gray:
    """A hand's lines, 3 px wide, across rules and fields."""
    mask = np.zeros((height, width), np.uint8)
    for y in range(110, height - 60, 90):
        points = [(70 + 6 * i, y + int(22 * np.sin(i * 0.9))) for i in range(110)]
        cv2.polylines(mask, [np.array(points, np.int32)], False, 255, 3, cv2.LINE_AA)
    return mask


def scanned(page: Picture, seed: int = 0, quality: int = 75) -> Picture:
    """Soft, noisy, and through a JPEG that keeps a quarter of the colours (4:2:0)."""
    soft = cv2.GaussianBlur(page, (3, 3), 0.6) + np.random.default_rng(seed).normal(0, 2.5, page.shape)
    clipped = np.clip(soft, 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".jpg", clipped[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1], np.uint8)


def level(gray: Gray, mask: Gray) -> float:
    """The mean lightness of the inner part of what is drawn, as a share of the paper."""
    return float(gray[mask > 250].mean() / np.percentile(gray, 75))


def test_without_dropout_it_is_luma() -> None:
    page = scanned(form((205, 60, 60))[0])
    assert np.array_equal(to_gray(page), cv2.cvtColor(page, cv2.COLOR_RGB2GRAY))


@pytest.mark.parametrize("dropout", COLOURS)
def test_the_forms_colour_becomes_as_light_as_the_paper(dropout: Colour) -> None:
    for ink in PRINT[dropout]:
        page, mask = form(ink)
        page = scanned(page)
        gray = to_gray(page, dropout)
        printed = gray[mask > 128] / np.percentile(gray, 75)
        assert np.mean(printed > 0.78) > 0.98, ink  # no threshold of ocr.steps.binarise is above that
        assert level(gray, mask) > 0.9, ink


@pytest.mark.parametrize(("dropout", "pen"), [(d, p) for d in COLOURS for p in PENS if (d, p) != ("blue", "blue")])
def test_ink_keeps_its_darkness_and_its_width_also_on_rules(dropout: Colour, pen: str) -> None:
    mask = strokes()
    bare = np.full((*mask.shape, 3), PAPER, np.uint8)
    alone = scanned(inked(bare, mask, PENS[pen]))[:, :, CHANNELS[dropout]]
    for ink in PRINT[dropout]:
        gray = to_gray(scanned(inked(form(ink)[0], mask, PENS[pen])), dropout)
        dark = (240 + int(np.median(alone[mask > 250]))) // 2
        wanted, got = alone < dark, gray < dark
        assert np.count_nonzero(wanted & got) > 0.96 * np.count_nonzero(wanted), ink
        assert abs(level(gray, mask) - level(alone, mask)) < 0.05, ink


def test_a_black_and_white_page_stays_as_it_is() -> None:
    grey = scanned(inked(np.full((1100, 800, 3), PAPER, np.uint8), strokes(), PENS["black"]))[:, :, 0]
    page = np.dstack([grey] * 3)
    for dropout in COLOURS:
        gray = to_gray(page, dropout)
        paper = np.percentile(grey, 75)
        assert np.array_equal(gray[grey < paper], grey[grey < paper])
        assert int(gray[grey >= paper].min()) >= paper - 1


def test_a_dark_pen_of_the_dropout_hue_stays_dark() -> None:
    mask = strokes()
    for dropout, pen in (("red", (120, 30, 35)), ("green", (25, 105, 50)), ("blue", (30, 40, 120))):
        page = scanned(inked(np.full((1100, 800, 3), PAPER, np.uint8), mask, pen))
        assert level(to_gray(page, dropout), mask) < 0.45


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (63, 64), (0, 10)])
def test_it_takes_any_size_and_never_changes_its_input(shape: tuple[int, int]) -> None:
    page = np.random.default_rng(1).integers(0, 256, (*shape, 3)).astype(np.uint8)
    page.setflags(write=False)
    for dropout in (None, *COLOURS):
        if page.size or dropout:
            assert to_gray(page, dropout).shape == shape
    find_form_colour(page)


# the colour of a form


@pytest.mark.parametrize("colour", COLOURS)
def test_it_names_the_colour_of_a_form(colour: Colour) -> None:
    for ink in PRINT[colour]:
        page, _ = form(ink)
        assert find_form_colour(scanned(page)) == colour, ink
        pen = PENS["black" if colour == "blue" else "blue"]
        assert find_form_colour(scanned(inked(page, strokes(), pen))) == colour, ink


def test_black_forms_pens_logos_and_tinted_paper_have_no_form_colour() -> None:
    black, mask = form((30, 30, 30))
    tinted = np.full((1100, 800, 3), (240, 225, 190), np.uint8)
    logo = black.copy()
    logo[40:160, 560:760] = (200, 40, 40)
    pages = {
        "black": black,
        "blue pen on a black form": inked(black, strokes(), (60, 80, 170)),
        "tinted": (tinted * (1 - 0.8 * (mask[:, :, None] / 255))).astype(np.uint8),
        "logo": logo,
        "yellow": form((240, 220, 60))[0],
    }
    for name, page in pages.items():
        assert find_form_colour(scanned(page)) is None, name


def test_a_page_in_two_colours_has_no_form_colour() -> None:
    red, green = form((205, 60, 60))[0], form((60, 175, 80))[0]
    assert find_form_colour(scanned(np.vstack([red[:550], green[550:]]))) is None
