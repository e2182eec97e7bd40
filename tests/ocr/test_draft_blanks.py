"""A blank form without form fields: what is printed to be filled in becomes fields of the draft."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.random import default_rng
from reportlab.pdfgen import canvas

import ocr
from demo.fill import render
from demo.scanner import draw_defects, scan
from ocr.draft import draft
from ocr.draft_names import kind_of_comb
from ocr.spec import FormSpec

MM, HIGH = 72 / 25.4, 297.0


class Paper:
    """Millimetres from the upper left corner."""

    def __init__(self, path: Path) -> None:
        self.canvas = canvas.Canvas(str(path), pagesize=(210 * MM, HIGH * MM))

    def text(self, x: float, y: float, text: str, size: float = 10) -> None:
        self.canvas.setFont("Helvetica", size)
        self.canvas.drawString(x * MM, (HIGH - y) * MM, text)

    def box(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.rect(x0 * MM, (HIGH - y1) * MM, (x1 - x0) * MM, (y1 - y0) * MM)

    def line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.line(x0 * MM, (HIGH - y0) * MM, x1 * MM, (HIGH - y1) * MM)

    def squares(self, y: float, *labels: tuple[float, str]) -> None:
        for x, label in labels:
            self.box(x, y - 3.5, x + 3.5, y)
            self.text(x + 5.5, y - 0.4, label)


def blank(path: Path, value: str = "") -> Path:
    """Labels on the left, over, in the cell, and under a line; a comb, ticks, squares, dots and underscores."""
    paper = Paper(path)
    paper.canvas.setLineWidth(0.6)
    paper.text(20, 22, "Antrag auf ein Musterzeichen der Stadt", 16)
    paper.line(20, 25, 190, 25)
    paper.text(20, 40, "Familienname *")
    paper.box(60, 34, 120, 42)
    paper.text(62, 40.5, value)
    paper.text(20, 50, "Straße und Hausnummer", 8)
    paper.box(20, 51, 120, 59)
    paper.box(20, 64, 100, 75)
    paper.text(21, 67, "E-Mail (freiwillig)", 7)
    paper.box(100, 64, 190, 75)
    paper.text(101, 67, "Telefon", 7)
    paper.text(20, 85, "Postleitzahl")
    for cell in range(5):
        paper.box(60 + cell * 6, 79, 66 + cell * 6, 87)
    paper.box(110, 76, 190, 88)
    paper.text(111, 79, "Geburtsdatum (TT MM JJJJ)", 7)
    for tick in range(1, 8):
        paper.line(110 + tick * 10, 85, 110 + tick * 10, 88)
    paper.text(20, 100, "Halten Sie einen Hund?")
    paper.squares(100, (80, "ja"), (100, "nein"))
    paper.squares(110, (20, "Ich nehme am Lastschriftverfahren teil"))
    paper.text(20, 125, "Beruf " + "_" * 40)
    paper.text(20, 138, "Staatsangehörigkeit " + "." * 70)
    paper.text(20, 148, "Bemerkungen")
    for row in range(3):
        paper.line(20, 157 + row * 8, 190, 157 + row * 8)
    paper.text(20, 190, "Alle Angaben sind freiwillig und werden nicht weitergegeben.", 8)
    paper.line(20, 215, 80, 215)
    paper.text(20, 219, "Ort, Datum", 7)
    paper.line(100, 215, 180, 215)
    paper.text(100, 219, "Unterschrift", 7)
    paper.box(20, 230, 190, 260)
    paper.text(22, 235, "Vermerke des Amtes", 8)
    paper.text(22, 245, "Aktenzeichen")
    paper.line(60, 245, 120, 245)
    paper.line(20, 283, 190, 283)
    paper.text(20, 287, "Vordruck 12-345 der Musterstadt", 8)
    paper.canvas.save()
    return path


EXPECTED = {
    "Familienname": ("name", 0, 1),
    "Straße und Hausnummer": ("street", 0, 1),
    "E-Mail (freiwillig)": ("email", 0, 1),
    "Telefon": ("phone", 0, 1),
    "Postleitzahl": ("plz", 5, 1),
    "Geburtsdatum (TT MM JJJJ)": ("date", 8, 1),
    "Halten Sie einen Hund?": ("choice", 0, 1),
    "Ich nehme am Lastschriftverfahren teil": ("checkbox", 0, 1),
    "Beruf": ("text", 0, 1),
    "Staatsangehörigkeit": ("text", 0, 1),
    "Bemerkungen": ("text", 0, 3),
    "Ort, Datum": ("date", 0, 1),
    "Unterschrift": ("signature", 0, 1),
}


@pytest.mark.parametrize(
    ("title", "cells", "kind"),
    [
        ("Gehalten seit", 8, "date"),
        ("Gültig bis (TT MM JJ)", 6, "date"),
        ("Chipnummer", 15, "digits"),
        ("Nummer des Transponders (Chip, 15 Ziffern)", 15, "digits"),
        ("IBAN", 22, "iban"),
        ("Rasse", 12, "text"),
        ("Seitenzahl", 8, "text"),
    ],
)
def test_a_comb_says_more_than_its_title(title: str, cells: int, kind: str) -> None:
    assert kind_of_comb(title, cells) == kind


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> FormSpec:
    return draft(blank(tmp_path_factory.mktemp("blank") / "blank.pdf"), "zeichen")


def told(spec: FormSpec) -> dict[str, tuple[str, int, int]]:
    return {f.title: (f.kind, f.cells, f.lines) for f in spec.field}


def test_every_printed_question_becomes_a_field_with_its_kind(drafted: FormSpec) -> None:
    assert told(drafted) == EXPECTED


def test_a_star_makes_a_field_required_and_answers_are_called_as_printed(drafted: FormSpec) -> None:
    fields = {f.title: f for f in drafted.field}
    assert [f.title for f in drafted.field if f.required] == ["Familienname"]
    assert set(fields["Halten Sie einen Hund?"].options) == {"ja", "nein"}
    assert fields["Halten Sie einen Hund?"].options["ja"] == pytest.approx((80, 96.5, 83.5, 100), abs=0.6)


def test_a_box_is_where_one_writes(drafted: FormSpec) -> None:
    fields = {f.title: f.box_mm for f in drafted.field}
    assert fields["Familienname"] == pytest.approx((60.5, 34, 119.5, 42), abs=0.8)
    assert fields["Postleitzahl"] == pytest.approx((60, 79, 90, 87), abs=0.8)
    top = fields["Telefon"]
    assert top is not None and 67 < top[1] < 68.5 and top[3] == pytest.approx(75, abs=0.5)
    line = fields["Unterschrift"]  # as high as a signature
    assert line is not None and line[3] == pytest.approx(215, abs=0.5) and 201 < line[1] < 203


def test_a_scan_of_it_gives_the_same_questions(drafted: FormSpec, tmp_path: Path) -> None:
    rng = default_rng(11)
    page = render(blank(tmp_path / "blank.pdf").read_bytes(), 300)[0]
    path = tmp_path / "scan.png"
    cv2.imwrite(str(path), scan(np.ascontiguousarray(page), draw_defects(rng, 300, "grey", hard=0.5), rng))
    found = told(draft(path, "zeichen"))
    assert len(set(found) & set(EXPECTED)) >= len(EXPECTED) - 2
    assert len(found) <= len(EXPECTED) + 2


def test_what_is_filled_in_is_read_by_the_unedited_draft(drafted: FormSpec, tmp_path: Path) -> None:
    filled = blank(tmp_path / "filled.pdf", "Größmann")
    reading = ocr.read(filled, {"zeichen": drafted})
    assert reading.form == "zeichen"
    assert next(f.value for f in reading.fields if f.name == "familienname") == "Größmann"
