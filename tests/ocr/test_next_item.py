"""Lines of the next item in a zone whose end was not found."""

from __future__ import annotations

import numpy as np
import pytest

from ocr.extract import _up_to_next_item, _without_aside, _without_labels
from ocr.page import Box, EngineReading, Page
from ocr.phrases import Found, letters_of
from ocr.places import Zone
from ocr.rulings import Rulings
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec

PRINTED = [
    letters_of("11. Describe separately and in detail all services which you will render"),
    letters_of("Address"),
]


def kept(text: str) -> EngineReading:
    return _up_to_next_item({"paddle": EngineReading(text, 0.9)}, PRINTED)["paddle"]


def test_a_value_ends_where_the_next_item_begins_and_is_less_certain() -> None:
    reading = kept(
        "Harbour Board\n1}. Describe separately and in detall all services which you wi1l render to the town\nNothing"
    )
    assert reading.text == "Harbour Board"
    assert reading.confidence < 0.9


def test_a_value_that_begins_like_a_short_label_stays_whole() -> None:
    assert kept("Address Office of the Harbour\nPier 4") == EngineReading("Address Office of the Harbour\nPier 4", 0.9)


def test_where_the_next_item_is_all_there_is_nothing_is_cut() -> None:
    assert kept("11. Describe separately and in detail all services which you will render to").confidence == 0.9


def test_a_corner_of_the_cell_read_as_one_sign_is_no_line_of_the_value() -> None:
    read = _without_labels({"paddle": EngineReading("f\nHarbour Board\n1", 0.9)}, PRINTED)
    assert read["paddle"] == EngineReading("Harbour Board", 0.9)


def test_a_value_of_one_sign_stays() -> None:
    assert _without_labels({"paddle": EngineReading("7\nof 9", 0.9)}, PRINTED)["paddle"].text == "7\nof 9"


def test_a_printed_word_that_a_signature_crosses_is_no_value() -> None:
    printed = [letters_of("Signature")]
    read = _without_labels({"paddle": EngineReading("Signatjte\nA. Muster", 0.9)}, printed)
    assert read["paddle"].text == "A. Muster"
    assert _without_labels({"paddle": EngineReading("Signe Muster", 0.9)}, printed)["paddle"].text == "Signe Muster"


@pytest.mark.parametrize(("found", "text"), [(False, "Harbour Board"), (True, "Name Harbour Board")])
def test_the_word_before_a_value_goes_where_it_was_not_found_on_the_page(found: bool, text: str) -> None:
    box = Box(0, 0, 100, 50)
    page = Page(1, np.full((60, 120), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
    printed = (Found("Name", box, 1.0, ()),) if found else ()
    place = PlaceSpec(labels=("Registrant",), aside=("Name",), place="below")
    zone = Zone(Sheet(page, (), (), Rulings((), ()), printed), box, box, box, (), 1.0, place)
    assert _without_aside({"paddle": EngineReading("Name Harbour Board", 0.9)}, zone)["paddle"].text == text
