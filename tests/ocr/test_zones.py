"""Cleaning zones: rules and dust go, writing stays; lines apart; combs."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from demo.fonts import font
from ocr.page import Box, Page, Word
from ocr.phrases import lines_of
from ocr.places import find_zone
from ocr.rulings import Rulings
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec
from ocr.zone import clean_zone, comb_line, ink_of, line_image

DPI = 300


def paper(width=900, height=120):
    image = Image.new("L", (width, height), 255)
    return image, ImageDraw.Draw(image)


def gray(image):
    return np.array(image, dtype=np.uint8)


def test_an_empty_zone_with_a_rule_and_dust_is_empty():
    image, pen = paper()
    pen.line([(0, 100), (900, 100)], fill=0, width=4)
    pen.rectangle([400, 30, 403, 33], fill=0)
    assert clean_zone(gray(image), DPI) is None


def test_a_blank_zone_is_empty():
    assert clean_zone(np.full((80, 300), 255, np.uint8), DPI) is None
    assert clean_zone(np.full((80, 300), 120, np.uint8), DPI) is None


def test_writing_on_a_rule_is_cut_tight_without_the_rule():
    image, pen = paper()
    pen.text((200, 40), "Muster", font=font("Arimo", 60), fill=0)
    alone = clean_zone(gray(image), DPI)
    pen.line([(0, 102), (900, 102)], fill=0, width=4)
    with_rule = clean_zone(gray(image), DPI)
    assert abs(with_rule.shape[1] - alone.shape[1]) <= 6
    assert with_rule.shape[1] < 400


def word_under_the_edge(dots):
    """Letters whose tops lie close under the upper edge; `dots` are bits that the edge cuts through."""
    image, pen = paper(400, 90)
    for x in (100, 140, 180):
        pen.rectangle([x, 14, x + 20, 60], outline=0, width=5)
    for x in dots:
        pen.rectangle([x, 0, x + 5, 5], fill=0)
    return gray(image)


def test_the_dots_of_an_umlaut_that_the_edge_cuts_are_kept():
    bare = clean_zone(word_under_the_edge([]), DPI)
    assert clean_zone(word_under_the_edge([104, 116]), DPI).shape[0] > bare.shape[0] + 8


@pytest.mark.parametrize("feet", [[104], [104, 116, 128], [104, 150]])
def test_feet_of_the_print_above_are_no_dots(feet):
    bare = clean_zone(word_under_the_edge([]), DPI)
    assert clean_zone(word_under_the_edge(feet), DPI).shape == bare.shape


def test_it_does_not_change_its_input():
    image, pen = paper()
    pen.text((200, 40), "Muster", font=font("Arimo", 60), fill=0)
    before = gray(image)
    after = before.copy()
    clean_zone(after, DPI)
    ink_of(after)
    assert np.array_equal(before, after)


@pytest.mark.parametrize("height", [12, 40, 200])
def test_a_line_image_has_one_height(height):
    assert line_image(np.full((height, 300), 0, np.uint8)).shape[0] == line_image(np.zeros((48, 90), np.uint8)).shape[0]


def test_a_comb_becomes_one_line_without_its_strokes():
    image, pen = paper(800, 100)
    for cell in range(9):
        pen.line([(cell * 100, 50), (cell * 100, 99)], fill=0, width=3)
    for cell, digit in enumerate("23112026"):
        pen.text((cell * 100 + 30, 20), digit, font=font("Arimo", 70), fill=0)
    line = comb_line(gray(image), 8, DPI)
    alone = Image.new("L", (800, 100), 255)
    assert comb_line(gray(alone), 8, DPI) is None
    inked = (line < 128).any(axis=0)
    starts = np.count_nonzero(inked[1:] & ~inked[:-1])
    assert starts == 8


def test_a_zone_that_would_lie_over_the_top_edge_is_none():
    page = Page(1, np.full((2200, 1700), 255, np.uint8), 200, 0.0, 0, False, np.eye(3)[:2])
    words = tuple(Word(text, Box(x, 3, x + 120, 18), 0.9) for text, x in (("Unterschrift", 300), ("Beamter", 430)))
    sheet = Sheet(page, words, lines_of(words), Rulings((), ()))
    place = PlaceSpec(labels=("Unterschrift Beamter",), place="above", half="right", reach_mm=(200, 40))
    assert find_zone(place, [sheet], 1) is None


@pytest.mark.parametrize("height_mm", [5.0, 6.5, 8.0, 9.5])
@pytest.mark.parametrize("value", ["", "1", "(0231) 44711"])
def test_the_sides_of_a_cell_in_the_zone_are_not_read_as_strokes_of_its_value(height_mm, value):
    px = DPI / 25.4
    image, pen = paper(700, round((height_mm + 1.6) * px))
    value_at = (60, round((height_mm / 2 + 0.8) * px))
    pen.text(value_at, value, font=font("Arimo", 38), fill=0, anchor="lm")
    alone = clean_zone(gray(image), DPI)
    pen.rectangle([8, round(0.8 * px), 690, round((height_mm + 0.8) * px)], outline=0, width=3)
    in_a_cell = clean_zone(gray(image), DPI)
    if value:
        assert abs(in_a_cell.shape[1] - alone.shape[1]) <= 2
    else:
        assert in_a_cell is None


def test_a_one_that_stands_on_the_line_or_alone_is_writing():
    image, pen = paper(700, 100)
    pen.line([(300, 20), (300, 80)], fill=0, width=5)
    pen.line([(0, 82), (700, 82)], fill=0, width=3)
    assert clean_zone(gray(image), DPI).shape[1] < 20


@pytest.mark.parametrize("gap_px", [0, 2, 5])
@pytest.mark.parametrize("strokes", [(300,), (200, 214, 228, 242)])
def test_strokes_as_high_as_the_cell_are_letters_where_letters_stand(gap_px, strokes):
    image, pen = paper(700, 90)
    for y in (10, 70):
        pen.line([(0, y), (700, y)], fill=0, width=3)
    for x in strokes:
        pen.line([(x, 12 + gap_px), (x, 68 - gap_px)], fill=0, width=5)
    found = clean_zone(gray(image), DPI)
    assert found is not None and abs(found.shape[1] - (strokes[-1] - strokes[0] + 11)) <= 2
