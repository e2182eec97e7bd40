"""Documents of several pages: missing, swapped, upside down, with a letter in between."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ocr
from demo.fonts import font
from ocr.form_pages import find_pages
from ocr.page import Box, Page, Word
from ocr.phrases import lines_of
from ocr.rulings import Rulings
from ocr.scanner import GENERIC
from ocr.sheet import Sheet
from ocr.spec import AnchorSpec, FieldSpec, FormSpec

DPI = 200
PX = DPI / 25.4
FIRST = {
    "Antrag auf ein Musterzeichen": (20, 20),
    "Angaben zur antragstellenden Person": (20, 60),
    "Bitte in Druckschrift ausfüllen": (110, 100),
    "Hinweise zur Bearbeitung": (20, 240),
}
SECOND = {
    "Verwendung des Musterzeichens": (20, 20),
    "Bevollmächtigte Vertretung": (20, 60),
    "Erklärung zum Datenschutz": (110, 100),
    "Auszufüllen von der Behörde": (20, 240),
}
LETTER = {
    f"Sehr geehrte Damen und Herren, beiliegend erhalten Sie Unterlagen, Blatt {n}": (20, 30 + 12 * n) for n in range(5)
}
PAGES = {"first": FIRST, "second": SECOND, "letter": LETTER}


def width_mm(text):
    return font("Arimo", 30).getlength(text) / PX


def anchors(lines, page):
    return [AnchorSpec(text=t, page=page, box_mm=(x, y + 0.8, x + width_mm(t), y + 3.8)) for t, (x, y) in lines.items()]


SPEC = FormSpec(
    name="zeichen",
    title="Musterzeichen",
    pages=2,
    marks={"1": tuple(FIRST)[:3], "2": tuple(SECOND)[:3]},
    anchor=(*anchors(FIRST, 1), *anchors(SECOND, 2)),
    field=(
        FieldSpec(name="person", title="Name", kind="name", page=1, box_mm=(20, 70, 110, 80), required=True),
        FieldSpec(name="agent", title="Vertretung", kind="name", page=2, box_mm=(20, 70, 110, 80), required=True),
    ),
)
VALUES = {"first": "Jörg Muster", "second": "Anna Beispiel", "letter": "Peter Fremd"}


def sheet(kind, number):
    placed = []
    for text, (x, y) in PAGES[kind].items():
        at = x
        for part in text.split():
            wide = width_mm(part)
            placed.append(Word(part, Box(*(round(v * PX) for v in (at, y + 0.8, at + wide, y + 3.8))), 0.95))
            at += wide + width_mm(" ")
    page = Page(number, np.full((2339, 1654), 255, np.uint8), DPI, 0.0, 0, False, np.eye(2, 3))
    return Sheet(page, tuple(placed), lines_of(placed), Rulings((), ()))


def seats(*kinds):
    return find_pages([sheet(kind, n) for n, kind in enumerate(kinds, 1)], SPEC)


@pytest.mark.parametrize(
    ("kinds", "where", "missing", "foreign"),
    [
        (("first", "second"), (1, 2), (), ()),
        (("second", "first"), (2, 1), (), ()),
        (("letter", "first", "letter", "second"), (2, 4), (), (1, 3)),
        (("first", "letter"), (1, 0), (2,), (2,)),
        (("letter", "second"), (0, 2), (1,), (1,)),
    ],
)
def test_each_page_is_found_wherever_it_lies(kinds, where, missing, foreign):
    found = seats(*kinds)
    assert (found.page_of(1), found.page_of(2), found.missing, found.foreign) == (*where, missing, foreign)


def test_a_page_that_is_there_twice_is_not_foreign():
    found = seats("first", "second", "first")
    assert (found.page_of(1), found.foreign, found.found) == (1, (), {1, 2, 3})


def test_a_page_that_cannot_be_read_is_taken_by_its_number_and_asks():
    unreadable = replace(sheet("second", 2), words=(), lines=())
    found = find_pages([sheet("first", 1), unreadable], SPEC)
    assert (found.page_of(2), found.fits[2].anchors, found.foreign) == (2, 0, ())


def test_a_form_page_without_marks_and_anchors_is_never_missing():
    plain = SPEC.model_copy(update={"marks": {"1": SPEC.marks["1"]}, "anchor": SPEC.anchor[:4]})
    found = find_pages([sheet("first", 1), sheet("letter", 2)], plain)
    assert (found.page_of(2), found.missing, found.foreign) == (2, (), ())


def drawn(kind):
    image = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(image)
    for text, (x, y) in PAGES[kind].items():
        pen.text((x * PX, y * PX), text, font=font("Arimo", 30), fill=0)
    pen.text((24 * PX, 72 * PX), VALUES[kind], font=font("Arimo", 34), fill=0)
    return image


def read(path, images, **how):
    images[0].save(path, save_all=True, append_images=images[1:], dpi=(DPI, DPI))
    return ocr.read(path, {"zeichen": SPEC}, **how)


def test_a_missing_page_and_a_foreign_one_are_told(tmp_path):
    reading = read(tmp_path / "a.tif", [drawn("letter"), drawn("first")])
    person, agent = reading.fields
    assert (reading.form, person.value, person.page, person.sure) == ("zeichen", "Jörg Muster", 2, True)
    assert (agent.value, agent.state, agent.sure) == (None, "absent", False)
    assert [(note.code, note.message[:7]) for note in agent.problems] == [("L012", "Seite 2")]
    assert [(note.code, note.message[:7]) for note in reading.problems] == [("L012", "Seite 2"), ("L013", "Seite 1")]
    assert reading.decision == "review"


def test_a_page_left_upside_down_is_turned_where_it_is_missed(tmp_path):
    over = drawn("second").rotate(180)
    reading = read(tmp_path / "a.tif", [over, drawn("first")], scanner=replace(GENERIC, orientation=False))
    assert [field.value for field in reading.fields] == ["Jörg Muster", "Anna Beispiel"]
    assert [page.rotated_deg for page in reading.pages] == [180, 0]
    assert reading.pages[0].matrix @ (0, 0, 1) == pytest.approx((1653, 2338), abs=3)
    assert (reading.problems, reading.decision) == ((), "ready")
