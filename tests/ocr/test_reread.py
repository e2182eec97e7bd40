"""A zone that a person points at is read again, with its own words and as its own kind."""

from __future__ import annotations

import fontpkg
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.page import Box, Gray
from ocr.reread import line_at, reread, word_lines
from ocr.spec import FieldSpec

DPI = 300.0
LANGUAGES = ("deu",)
TEXT = FieldSpec(name="ort", title="Ort")


@pytest.fixture(scope="module")
def page() -> Gray:
    """Two lines: at y = 200 a town, at y = 500 a date of birth."""
    font = ImageFont.truetype(str(fontpkg.path("Arimo")), 60)
    image = Image.new("L", (1600, 900), 252)
    pen = ImageDraw.Draw(image)
    pen.text((200, 200), "Stadt Musterlingen", font=font, fill=20)
    pen.text((200, 500), "27.10.1959", font=font, fill=20)
    return np.asarray(image, dtype=np.uint8)


def test_a_point_finds_its_line_and_beside_it_nothing(page: Gray) -> None:
    box = line_at(page, DPI, 320, 235)
    assert box is not None and box.x0 < 210 and box.x1 > 700 and box.y1 < 320
    assert line_at(page, DPI, 1400, 800) is None
    assert line_at(page, DPI, 99_999, 99_999) is None


def test_a_box_is_read_as_the_kind_of_its_field_and_never_sure(page: Gray) -> None:
    found = reread(page, DPI, Box(180, 490, 560, 580), FieldSpec(name="tag", title="Tag", kind="date"), 1, LANGUAGES)
    assert (found.value, found.sure, found.state) == ("1959-10-27", False, "read")
    assert set(found.engines) == {"tesseract", "paddle"}


def test_a_box_that_hugs_its_letters_loses_no_stroke(page: Gray) -> None:
    words = {word.text: word.box for line in word_lines(page, DPI, LANGUAGES) for word in line}
    assert reread(page, DPI, words["Musterlingen"], TEXT, 1, LANGUAGES).value == "Musterlingen"


def test_what_is_no_value_of_the_kind_says_what_was_read(page: Gray) -> None:
    spec = FieldSpec(name="tag", title="Tag", kind="date")
    found = reread(page, DPI, Box(180, 190, 900, 290), spec, 1, LANGUAGES)
    assert found.value is None and found.state == "illegible"


def test_bare_paper_is_empty(page: Gray) -> None:
    assert reread(page, DPI, Box(1000, 700, 1300, 800), TEXT, 1, LANGUAGES).state == "empty"


def test_what_is_no_text_or_no_part_of_the_page_is_refused(page: Gray) -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        reread(page, DPI, Box(180, 490, 560, 580), FieldSpec(name="x", title="X", kind="checkbox"), 1, LANGUAGES)
    with pytest.raises(ValueError, match="nothing to read"):
        reread(page, DPI, Box(5000, 5000, 5100, 5100), TEXT, 1, LANGUAGES)


def test_words_come_line_by_line(page: Gray) -> None:
    assert [[word.text for word in line] for line in word_lines(page, DPI, LANGUAGES)] == [
        ["Stadt", "Musterlingen"],
        ["27.10.1959"],
    ]
