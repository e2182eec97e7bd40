"""Blocks where a signature runs over print: which lines are print, and where one line ends."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.extract import Desk, _without_scribbles, extract
from ocr.page import Box, EngineReading, Page, Word
from ocr.phrases import find_half, find_phrase, lines_of
from ocr.rows import _grouped, _parted, _two_lines
from ocr.rulings import Rulings
from ocr.sheet import Sheet, with_printed
from ocr.spec import FieldSpec, FormSpec

DPI = 200.0
PX = DPI / 25.4
ITEM = "List every person to whom you will render services in support of the harbour board"


def read(tesseract: str, paddle: str, confidence: float = 0.95) -> tuple[EngineReading, EngineReading]:
    return EngineReading(tesseract, confidence), EngineReading(paddle, confidence)


def words(text: str, x: int = 100, top: int = 100, confidence: float = 0.95) -> tuple[Word, ...]:
    placed = []
    for part in text.split():
        placed.append(Word(part, Box(x, top, x + 12 * len(part), top + 20), confidence))
        x += 12 * len(part) + 8
    return tuple(placed)


def test_a_signature_that_was_read_like_the_name_under_it_is_no_line():
    signature, name = read("7 Carla Meer.", "T Carla Meyarh"), read("T. Carla Meyer", "T. Carla Meyer")
    assert _without_scribbles([signature, name]) == [name]


def test_a_badly_read_line_of_print_that_is_like_no_other_stays():
    name, title = read("Carla Meyer", "Carla Meyer"), read("Gereral Manacer", "General Manager")
    assert _without_scribbles([name, title]) == [name, title]


def test_half_of_a_long_phrase_tells_it_and_a_short_one_is_never_halved():
    page = lines_of(words("render services in support of the harbour board"))
    assert find_phrase(page, ITEM) == []
    (hit,) = find_half(page, ITEM)
    assert hit.box.x0 == 0  # as if the first half stood before it
    assert find_half(page, "support of the board") == []


def test_two_lines_found_as_one_piece_are_parted_and_one_line_is_not():
    gray = np.full((120, 500), 255, np.uint8)
    cv2.putText(gray, "HARBOUR BOARD NORTH", (20, 45), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    one = Box(10, 10, 490, 60)
    assert _two_lines(one, gray, PX) == [one]
    cv2.putText(gray, "DIRECTOR OF PIERS", (20, 80), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    upper, lower = _two_lines(Box(10, 15, 490, 90), gray, PX)
    assert 45 <= upper.y1 == lower.y0 <= 60


def test_a_line_of_print_is_taken_out_of_the_signature_that_runs_through_it():
    blank = np.full((200, 600), 255, np.uint8)
    line = words("Carla Meyer, Director", x=60, top=60)
    (found,) = _parted([Box(40, 10, 560, 180)], line, blank, DPI)
    assert found.height < 40


def test_a_signature_beside_print_is_not_its_line():
    assert len(_grouped([Box(40, 60, 300, 90), Box(320, 5, 500, 160)])) == 2


def test_an_optional_field_whose_label_was_not_found_asks_where_the_next_item_is_there():
    field = FieldSpec(
        name="f", title="F", kind="text", labels=("Name of the harbour",), stop_labels=("5. Number of piers",)
    )
    spec = FormSpec(name="form", title="Form", field=(field,))
    page = Page(1, np.full((400, 900), 255, np.uint8), DPI, 0.0, 0, False, np.eye(2, 3))
    seen = [words("5. Number of piers"), words("Something else")]
    sheets = [with_printed(Sheet(page, w, lines_of(w), Rulings((), ())), spec) for w in seen]
    assert [extract(field, Desk(spec, [sheet], {})).sure for sheet in sheets] == [False, True]
