"""Where a line of writing ends: at the side of its cell, before a stamp, without specks; which line is the label's."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Box, Gray, Page
from ocr.places import Zone
from ocr.rows import Row, _cut, _inside, _off_line, _without_specks, _without_upright
from ocr.rulings import Rulings
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec

DPI = 200.0
PX = DPI / 25.4


def blank(width: int = 800, height: int = 200) -> Gray:
    return np.full((height, width), 255, np.uint8)


def zone(core: Box, label: Box, place: str = "inside") -> Zone:
    page = Page(1, blank(), DPI, 0.0, 0, False, np.eye(2, 3))
    spec = PlaceSpec.model_validate({"labels": ("Name",), "place": place})
    return Zone(Sheet(page, (), (), Rulings((), ())), Box(0, 0, 800, 200), core, label, (), 1.0, spec)


def test_a_neighbour_is_cut_off_although_a_broken_rule_runs_under_both() -> None:
    gray = blank()
    cv2.putText(gray, "1993", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 3)
    cv2.putText(gray, "A. Muster", (140, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 3)
    for x in range(20, 300, 40):
        gray[64:66, x : x + 38] = 0
    assert 85 <= _cut(Box(20, 30, 300, 70), 115, gray, DPI, keep_right=True).x0 <= 140


def test_what_is_left_of_the_side_of_a_cell_is_no_text() -> None:
    gray = blank()
    cv2.rectangle(gray, (60, 40), (95, 60), 0, 3)
    gray[30:80, 110:113] = 0
    where = zone(Box(103, 0, 700, 200), Box(110, 5, 200, 25))
    assert _inside(Box(60, 30, 113, 80), where, gray) is None
    assert _inside(Box(120, 30, 300, 80), where, gray) == Box(120, 30, 300, 80)


def test_in_a_cell_nothing_over_its_label_belongs_to_the_value() -> None:
    where = zone(Box(0, 0, 700, 200), Box(10, 30, 100, 50))
    assert _inside(Box(300, 0, 600, 20), where, blank()) is None
    assert _inside(Box(300, 30, 600, 60), where, blank()) is not None


def test_a_stamp_that_stands_upright_far_beside_a_line_is_no_part_of_it() -> None:
    name, town, stamp = Box(0, 10, 300, 40), Box(330, 10, 400, 40), Box(700, 0, 720, 50)
    assert _without_upright([name, town, stamp], PX) == [name, town]
    digit = Box(420, 10, 435, 40)
    assert _without_upright([name, town, digit], PX) == [name, town, digit]


def test_specks_beside_a_legible_line_are_no_line() -> None:
    text, hand = Row(blank(), Box(0, 40, 300, 70), "Muster"), Row(blank(), Box(0, 80, 300, 120))
    specks = Row(blank(), Box(0, 0, 300, 15))
    assert _without_specks([specks, text, hand]) == [text, hand]
    assert _without_specks([specks, hand]) == [specks, hand]


def test_the_line_of_a_label_is_the_one_that_runs_through_it() -> None:
    label, whole, piece = Box(100, 50, 160, 80), Box(20, 20, 600, 120), Box(650, 52, 670, 78)
    assert min([piece, whole], key=lambda row: _off_line(row, label)) == whole


def test_the_side_of_a_cell_before_its_label_is_no_digit() -> None:
    where = zone(Box(0, 0, 700, 200), Box(60, 10, 160, 30))
    assert _inside(Box(20, 40, 40, 90), where, blank()) is None
    assert _inside(Box(20, 40, 200, 70), where, blank()) is not None
