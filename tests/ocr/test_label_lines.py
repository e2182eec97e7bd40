"""Labels among the words of a page: two in one line, strokes of broken rules beside them, letters that touch them."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Box, Page, Word
from ocr.phrases import find_phrase, lines_of
from ocr.places import Zone
from ocr.rows import without_printed
from ocr.rulings import Rulings
from ocr.sheet import Sheet, with_printed
from ocr.spec import FormSpec, PlaceSpec


def words(text: str, x: int = 100, top: int = 100) -> tuple[Word, ...]:
    placed = []
    for part in text.split():
        placed.append(Word(part, Box(x, top, x + 12 * len(part), top + 20), 0.9))
        x += 12 * len(part) + 8
    return tuple(placed)


def a_page(gray: np.ndarray) -> Page:
    return Page(1, gray, 200.0, 0.0, 0, False, np.eye(2, 3))


def test_a_phrase_is_found_each_time_it_stands_in_a_line():
    line = lines_of(words("(Date of signature)") + words("(Signature)", x=800))
    assert [hit.box.x0 > 700 for hit in find_phrase(line, "(Signature)")] == [False, True]


def test_a_word_that_a_broken_rule_made_taller_stays_in_its_line():
    rule = Word("um", Box(100, 96, 250, 100), 0.3)
    registrant = Word("registrant", Box(260, 96, 380, 120), 0.9)
    found = find_phrase(lines_of((rule, *words("Name of", x=120), registrant)), "Name of registrant")
    assert [[word.text for word in hit.words] for hit in found] == [["Name", "of", "registrant"]]


def test_a_short_printed_phrase_is_no_word_that_is_only_like_it():
    spec = FormSpec(name="f", title="F", printed=("EXECUTION",))
    section = words("American Section")
    page = a_page(np.full((300, 900), 255, np.uint8))
    assert with_printed(Sheet(page, section, lines_of(section), Rulings((), ())), spec).printed == ()


def test_a_letter_that_touches_its_label_stays_when_the_label_goes():
    gray = np.full((80, 200), 255, np.uint8)
    cv2.rectangle(gray, (10, 5), (60, 29), 0, 3)  # a letter of the label
    cv2.rectangle(gray, (30, 29), (48, 50), 0, 3)  # a letter of the value that hangs on it
    place = PlaceSpec(labels=("Label",), place="below")
    whole, label = Box(0, 0, 200, 80), Box(5, 0, 70, 31)
    sheet = Sheet(a_page(gray), (), (), Rulings((), ()))
    left = without_printed(Zone(sheet, whole, whole, label, (label,), 1.0, place))
    assert (left[34:50] < 128).any()
    assert not (left[:28] < 128).any()
