"""Several squares of which one is to be marked: drawn at random, scanned badly; and read from a whole page."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ocr
from demo.fonts import font
from ocr.kinds import Mark, choice
from ocr.page import FieldReading, Gray
from ocr.spec import AnchorSpec, FieldSpec, FormSpec
from tests.ocr import drawn_marks
from tests.ocr.drawn_marks import PX as DRAWN_PX
from tests.ocr.drawn_marks import Box, Sheet

SIDE = 4.0
OPTIONS = {"a": (13.0, 13.0, 17.0, 17.0), "b": (27.0, 13.0, 31.0, 17.0), "c": (41.0, 13.0, 45.0, 17.0)}
CHOICE = FieldSpec(name="art", title="Art", kind="choice", box_mm=(10, 10, 48, 20), options=dict(OPTIONS))
MARKS = ("cross", "slash", "tick", "filled", "scribble", "typed_x")
SEEDS = range(700_000, 700_060)


def drawn(seed: int, marked: int, struck: int = 0) -> tuple[Mark, frozenset[str]]:
    """What is seen where `marked` squares are marked and `struck` others are struck out, and which are marked."""
    rng = np.random.default_rng(seed)
    sheet = Sheet(np.full((round(10 * DRAWN_PX), round(38 * DRAWN_PX)), 255, np.uint8), rng)
    shift = rng.uniform(-1.0, 1.0, 2)
    names = [str(name) for name in rng.permutation(list(OPTIONS))]
    for at, name in enumerate(names):
        x, y = OPTIONS[name][0] - 10 + shift[0], OPTIONS[name][1] - 10 + shift[1]
        box = Box(float(x), float(y), SIDE, float(rng.uniform(0.3, 0.6)), float(rng.uniform(20, 100)))
        sheet.square(box.x, box.y, SIDE, 0.3, 40)
        if at < marked:
            drawn_marks.MARKS[str(rng.choice(MARKS))][0](sheet, box)
        elif at < marked + struck:
            drawn_marks.struck(sheet, box)
    zone, dpi, _ = drawn_marks.scanned(sheet, pencil=False)
    return choice.look(zone, dpi, CHOICE), frozenset(names[:marked])


def answers(marked: int, struck: int = 0) -> Counter[str]:
    found: Counter[str] = Counter()
    for seed in SEEDS:
        seen, right = drawn(seed, marked, struck)
        answer = seen.value or seen.state
        true = answer in right if marked == 1 else answer == ("empty" if not marked and not struck else "illegible")
        found["right" if true else "wrong"] += 1
        found["sure"] += seen.confidence >= 0.9
        found["surely wrong"] += seen.confidence >= 0.9 and not true
    return found


def test_one_mark_is_the_answer() -> None:
    found = answers(1)
    assert found["surely wrong"] == 0
    assert found["right"] >= 48 and found["sure"] >= 36


def test_no_mark_is_empty() -> None:
    found = answers(0)
    assert found["surely wrong"] == 0
    assert found["right"] >= 48 and found["sure"] >= 42


@pytest.mark.parametrize("marked", [2, 3])
def test_several_marks_ask(marked: int) -> None:
    found = answers(marked)
    assert (found["sure"], found["right"] >= 48) == (0, True)


def test_a_mark_that_was_taken_back_asks_alone_and_beside_the_corrected_one() -> None:
    """Hardly ever a struck mark is taken for a mark: then there are two, which asks as well."""
    alone, corrected = answers(0, struck=1), answers(1, struck=1)
    assert (alone["surely wrong"], corrected["surely wrong"]) == (0, 0)
    assert corrected["right"] >= 40
    assert alone["right"] >= 36


DPI = 200
PX = DPI / 25.4
PHRASES = {
    "Antrag auf ein Musterzeichen der Stadt": (20, 20),
    "Angaben zur antragstellenden Person": (20, 40),
    "Bitte in Druckschrift ausfüllen": (120, 40),
    "Hinweise zur Bearbeitung Ihres Antrags": (20, 200),
    "Vordruck 12-345 der Musterstadt": (20, 280),
    "Bitte an das Bürgeramt zurücksenden": (120, 280),
}


def spec(required: bool = False) -> FormSpec:
    width = {text: font("Arimo", 30).getlength(text) / PX for text in PHRASES}
    places = {text: (x, y + 0.8, x + width[text], y + 3.8) for text, (x, y) in PHRASES.items()}
    x = 20.0
    squares = {name: (x + 20 * at, 100.0, x + 20 * at + SIDE, 104.0) for at, name in enumerate("abc")}
    return FormSpec(
        name="zeichen",
        title="Zeichen",
        marks={"1": tuple(PHRASES)[:3]},
        anchor=tuple(AnchorSpec(text=text, box_mm=box) for text, box in places.items()),
        field=(
            FieldSpec(name="box", title="Kästchen", kind="checkbox", box_mm=(17.6, 77.6, 26.4, 86.4)),
            FieldSpec(
                name="art",
                title="Art",
                kind="choice",
                box_mm=(17.6, 97.6, 66.4, 106.4),
                options=dict(squares),
                required=required,
            ),
            FieldSpec(name="code", title="Strichcode", kind="barcode", box_mm=(120, 220, 190, 250)),
        ),
    )


def read(
    path: Path, marked: str = "", *, squares: bool = True, code: bool = False, required: bool = False
) -> dict[str, FieldReading]:
    page = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(page)
    for text, (x, y) in PHRASES.items():
        pen.text((x * PX, y * PX), text, font=font("Arimo", 30), fill=0)
    for name, (x, y) in {"box": (20, 80), "a": (20, 100), "b": (40, 100), "c": (60, 100)}.items():
        corners = [x * PX, y * PX, (x + SIDE) * PX, (y + SIDE) * PX]
        if squares:
            pen.rectangle(corners, outline=0, width=2)
        if name in marked.split():
            pen.line(corners, fill=0, width=4)
            pen.line([corners[0], corners[3], corners[2], corners[1]], fill=0, width=4)
    if code:
        pen.rectangle([125 * PX, 225 * PX, 180 * PX, 240 * PX], fill=0)
    page.save(path, dpi=(DPI, DPI))
    return {field.name: field for field in ocr.read(path, {"zeichen": spec(required)}).fields}


def told(field: FieldReading) -> tuple[str | None, str, bool]:
    return field.value, field.state, field.sure


def codes(field: FieldReading) -> list[str]:
    return [note.code for note in field.problems]


def test_a_choice_of_a_page_is_read_empty_illegible_or_absent(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert told(read(path, "b")["art"]) == ("b", "read", True)
    assert told(read(path)["art"]) == (None, "empty", True)
    several = read(path, "a c")["art"]
    assert (told(several), codes(several)) == ((None, "illegible", False), ["K021"])
    lost = read(path, squares=False)["art"]
    assert (told(lost), codes(lost)) == ((None, "absent", False), ["K022"])
    assert lost.box is not None


def test_a_required_choice_that_is_empty_says_so_and_one_that_is_not_there_says_that(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert codes(read(path, required=True)["art"]) == ["L006"]
    assert codes(read(path, squares=False, required=True)["art"]) == ["K022"]


def test_a_square_that_is_not_there_is_no_square_without_a_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert told(read(path, "box")["box"]) == ("ja", "read", True)
    assert told(read(path)["box"]) == ("nein", "read", True)
    assert told(read(path, squares=False)["box"]) == (None, "absent", False)


def test_a_bar_code_that_cannot_be_read_is_not_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    assert told(read(path)["code"]) == (None, "empty", True)
    assert told(read(path, code=True)["code"]) == (None, "illegible", False)


def test_a_square_that_the_scan_lost_makes_no_empty_answer() -> None:
    zone: Gray = np.full((118, 449), 255, np.uint8)
    for name in ("a", "b"):
        x0, y0, x1, y1 = (round((side - 10) * 300 / 25.4) for side in OPTIONS[name])
        zone[y0:y1, [x0, x0 + 1, x1 - 1, x1]] = 0
        zone[[y0, y0 + 1, y1 - 1, y1], x0:x1] = 0
    seen = choice.look(zone, 300, CHOICE)
    assert (seen.value, seen.state, seen.confidence < 0.9) == (None, "illegible", True)


@pytest.mark.parametrize("marked", ["a", "c"])
def test_squares_with_an_outline_of_a_hair_are_found(marked: str) -> None:
    """As official forms have them: 2.6 mm wide, drawn with a tenth of a millimetre, grey in a scan of 300 dpi."""
    small = {name: (x0, y0, x0 + 2.6, y0 + 2.6) for name, (x0, y0, _, _) in OPTIONS.items()}
    zone: Gray = np.full((118, 449), 250, np.uint8)
    for name, box in small.items():
        x0, y0, x1, y1 = (round((side - 10) * 300 / 25.4) for side in box)
        zone[y0 : y1 + 1, [x0, x1]] = 150
        zone[y0 + 4 : y1 - 4, x1 + 20 : x1 + 70 : 3] = 20  # "Ja" and "Nein" beside them are black
        zone[[y0, y1], x0 : x1 + 1] = 150
        if name == marked:
            for at in range(4, x1 - x0 - 3):
                zone[y0 + at - 1 : y0 + at + 2, [x0 + at, x1 - at]] = 30
    seen = choice.look(zone, 300, CHOICE.model_copy(update={"options": small}))
    assert (seen.value, seen.confidence >= 0.9) == (marked, True)


def test_a_mark_where_no_outline_is_left_is_a_proposal_that_asks() -> None:
    zone: Gray = np.full((118, 449), 255, np.uint8)
    for at in range(40):
        zone[38 + at : 42 + at, [38 + at, 80 - at]] = 30
    seen = choice.look(zone, 300, CHOICE)
    assert (seen.value, seen.confidence < 0.9, [note.code for note in seen.notes]) == ("a", True, ["K022"])
