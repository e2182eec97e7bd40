"""Born-digital pages: what the file says counts only where it can be seen."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Dictionary, Name
from reportlab.pdfgen.canvas import Canvas

import ocr
from ocr import file_text
from ocr.page import Box, FieldReading, Input, Page, Reading
from ocr.spec import AnchorSpec, FieldSpec, FormSpec
from tests.ocr.made_forms import HEIGHT_MM, HIDDEN, NO_VIEW, PT, BoxMm, Field, with_fields, written_on

PHRASES = {
    "Antrag auf ein Musterzeichen": (20, 20),
    "Angaben zur antragstellenden Person": (20, 30),
    "Hinweise zur Bearbeitung": (20, 270),
    "Bitte in Druckschrift ausfüllen": (110, 20),
}
ROWS = 14


def zone(at: int) -> BoxMm:
    """The place of field `at`: two columns of rows."""
    x, y = 20 + 90 * (at // ROWS), 45 + 15 * (at % ROWS)
    return (x, y, x + 70, y + 8)


def square(at: int) -> BoxMm:
    x0, y0, _, _ = zone(at)
    return (x0 + 3, y0 + 2, x0 + 7, y0 + 6)


def around(box: BoxMm) -> BoxMm:
    return (box[0] - 2.4, box[1] - 2.4, box[2] + 2.4, box[3] + 2.4)


def blank(squares: Iterable[int] = ()) -> bytes:
    """The printed form: phrases, a line under each field, and check squares."""
    sheet = Canvas("", pagesize=(210 * PT, HEIGHT_MM * PT), invariant=1)
    sheet.setFont("Helvetica", 11)
    for text, (x, y) in PHRASES.items():
        sheet.drawString(x * PT, (HEIGHT_MM - y - 3) * PT, text)
    for at in range(2 * ROWS):
        x0, _, x1, y1 = zone(at)
        sheet.line(x0 * PT, (HEIGHT_MM - y1 - 1) * PT, x1 * PT, (HEIGHT_MM - y1 - 1) * PT)
    for at in squares:
        x0, y0, x1, y1 = square(at)
        sheet.rect(x0 * PT, (HEIGHT_MM - y1) * PT, (x1 - x0) * PT, (y1 - y0) * PT)
    return bytes(sheet.getpdfdata())


def form(*fields: FieldSpec) -> dict[str, FormSpec]:
    anchors = [AnchorSpec(text=text, box_mm=(x, y, x + len(text) * 1.9, y + 4)) for text, (x, y) in PHRASES.items()]
    marks = {"1": tuple(PHRASES)}
    return {"zeichen": FormSpec(name="zeichen", title="Z", marks=marks, anchor=tuple(anchors), field=fields)}


def read(path: Path, *fields: FieldSpec) -> Reading:
    return ocr.read(path, form(*fields), form="zeichen")


def by_name(reading: Reading) -> dict[str, FieldReading]:
    return {field.name: field for field in reading.fields}


def outcome(field: FieldReading) -> tuple[str | None, bool, list[str]]:
    return field.value, field.sure, [note.code for note in field.problems]


def centre(box: BoxMm) -> BoxMm:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return (x, y, x, y)


LONG = "Am Ende der langen Wiesenstrasse hinter dem alten Rathaus am Teich"
ON_SCREEN: dict[str, tuple[Field, tuple[str | None, bool, list[str]]]] = {
    "as it looks": (Field(zone(0), "Birkenweg 17"), ("Birkenweg 17", True, [])),
    "without appearance": (Field(zone(1), "Lindenplatz 8", None), ("Lindenplatz 8", True, [])),
    "old appearance": (Field(zone(2), "Neue Gasse 5", "Alter Hof 31"), ("Alter Hof 31", False, ["L014"])),
    "one digit is another": (Field(zone(3), "Buchenweg 58", "Buchenweg 55"), ("Buchenweg 55", False, ["L014"])),
    "white on white": (Field(zone(4), "Ahornring 9", grey=1.0), ("Ahornring 9", False, ["L014"])),
    "hidden": (Field(zone(5), "Ahornring 9", flags=HIDDEN), ("Ahornring 9", False, ["L014"])),
    "not for viewing": (Field(zone(6), "Ahornring 9", flags=NO_VIEW), ("Ahornring 9", False, ["L014"])),
    "without extent": (Field(centre(zone(7)), "Ahornring 9"), ("Ahornring 9", False, ["L014"])),
    "only to be seen": (Field(zone(8), "", "Eschenallee 4"), ("Eschenallee 4", False, ["L014"])),
    "left empty": (Field(zone(9), ""), (None, True, [])),
    "longer than its box": (Field(zone(10), LONG), (None, False, ["L014"])),
    "chosen from a list": (
        Field(zone(11), "2", "Waldorf", kind="combo", options=(("1", "Hagen"), ("2", "Waldorf"))),
        ("Waldorf", True, []),
    ),
    "code of another choice": (
        Field(zone(12), "1", "Waldorf", kind="combo", options=(("1", "Hagen"), ("2", "Waldorf"))),
        ("Waldorf", False, ["L014"]),
    ),
    "signs of no width": (Field(zone(13), "Kiefern\u00adweg\u200b 3", "Kiefernweg 3"), ("Kiefernweg 3", True, [])),
    "letters of another script": (
        Field(zone(14), "Birkenw\u0435g 17", "Birkenweg 17"),
        ("Birkenweg 17", False, ["L014"]),
    ),
}
NAMES = {name: f"f{at}" for at, name in enumerate(ON_SCREEN)}


@pytest.fixture(scope="module")
def on_screen(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    path = with_fields(blank(), tmp_path_factory.mktemp("a") / "a.pdf", [field for field, _ in ON_SCREEN.values()])
    return read(path, *(FieldSpec(name=f"f{at}", title="x", box_mm=zone(at)) for at in range(len(ON_SCREEN))))


@pytest.mark.parametrize("name", ON_SCREEN)
def test_a_form_field_passes_only_where_its_value_is_what_one_sees(on_screen: Reading, name: str) -> None:
    expected = ON_SCREEN[name][1]
    value, sure, codes = outcome(by_name(on_screen)[NAMES[name]])
    assert (sure, codes) == expected[1:]
    if name != "longer than its box":  # what an engine makes of half a letter does not matter
        assert value == expected[0]


def test_both_the_file_and_the_engine_are_shown_as_readings(on_screen: Reading) -> None:
    field = by_name(on_screen)[NAMES["one digit is another"]]
    assert field.engines["acroform"].text == "Buchenweg 58"
    assert field.engines["tesseract"].text == "Buchenweg 55"
    assert set(by_name(on_screen)[NAMES["as it looks"]].engines) == {"acroform", "tesseract"}


def test_a_file_that_asks_to_be_drawn_anew_is_read_as_it_is_drawn(tmp_path: Path) -> None:
    path = with_fields(blank(), tmp_path / "a.pdf", [Field(zone(0), "Neue Gasse 5", "Alter Hof 31")], redraw=True)
    reading = read(path, FieldSpec(name="street", title="x", box_mm=zone(0)))
    assert outcome(reading.fields[0]) == ("Neue Gasse 5", True, [])


def text_at(at: int, text: str, *, operators: str = "", size_pt: float = 11, right_mm: float = 3) -> bytes:
    x0, _, _, y1 = zone(at)
    place = f"1 0 0 1 {(x0 + right_mm) * PT:.2f} {(HEIGHT_MM - y1 + 2) * PT:.2f} Tm"
    return f"q {operators} BT /Helv {size_pt} Tf {place} ({text}) Tj ET Q ".encode("cp1252")


def cover(at: int) -> bytes:
    x0, y0, x1, y1 = zone(at)
    width, height = (x1 - x0) * PT, (y1 - y0) * PT
    return f"q 1 1 1 rg {x0 * PT:.2f} {(HEIGHT_MM - y1) * PT:.2f} {width:.2f} {height:.2f} re f Q ".encode()


def clip(at: int) -> str:
    """Only the upper third of the letters is left."""
    x0, _, x1, y1 = zone(at)
    return f"{x0 * PT:.2f} {(HEIGHT_MM - y1 + 4.2) * PT:.2f} {(x1 - x0) * PT:.2f} 20 re W n"


LYING_CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfrange <20> <7E> <0020> endbfrange 1 beginbfchar <35> <0038> endbfchar endcmap end end"""


def with_lying_font(path: Path) -> Path:
    """All fives of the page are eights for whoever takes the text."""
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.pages[0].obj.Resources.Font.Helv.ToUnicode = document.make_stream(LYING_CMAP)
        document.save(path)
    return path


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FieldReading]:
    content = [
        text_at(0, "Gr\u00fcner Weg 17"),
        text_at(1, "Buchenweg 55"),
        text_at(2, "Ahornring 9") + cover(2),
        text_at(3, "Ahornring 9", operators="1 1 1 rg"),
        text_at(4, "Ahornring 9", size_pt=1.5),
        text_at(5, "Ahornring 9", operators=clip(5)),
        text_at(6, "Am Tor 3") + cover(6) + text_at(6, "Am Damm 4"),
        text_at(7, "24.12.2025"),
        text_at(8, "unbekannt"),
    ]
    path = written_on(blank(), tmp_path_factory.mktemp("a") / "a.pdf", {1: b"".join(content)})
    kinds = ["text"] * 7 + ["date"] * 2 + ["text"]
    fields = [FieldSpec(name=f"f{at}", title="x", kind=kind, box_mm=zone(at)) for at, kind in enumerate(kinds)]
    return by_name(read(with_lying_font(path), *fields))


def test_text_that_is_printed_as_it_is_stored_passes(typed: dict[str, FieldReading]) -> None:
    assert outcome(typed["f0"]) == ("Grüner Weg 17", True, [])
    assert set(typed["f0"].engines) == {"text", "tesseract"}
    assert outcome(typed["f7"]) == ("2025-12-24", False, ["L014"])  # its five is stored as an eight
    assert outcome(typed["f9"]) == (None, True, [])


def test_a_font_that_shows_a_five_and_says_eight_does_not_pass(typed: dict[str, FieldReading]) -> None:
    assert outcome(typed["f1"]) == ("Buchenweg 55", False, ["L014"])
    assert typed["f1"].engines["text"].text == "Buchenweg 88"


@pytest.mark.parametrize("name", ["f2", "f3"], ids=["under a white box", "white on white"])
def test_text_that_cannot_be_seen_is_not_there(typed: dict[str, FieldReading], name: str) -> None:
    assert (typed[name].value, typed[name].state) == (None, "empty")


@pytest.mark.parametrize("name", ["f4", "f5", "f6"], ids=["tiny", "clipped", "another one over it"])
def test_text_that_cannot_be_seen_whole_does_not_pass(typed: dict[str, FieldReading], name: str) -> None:
    assert (typed[name].sure, [note.code for note in typed[name].problems]) == (False, ["L014"])


def test_text_that_is_no_value_of_its_kind_is_illegible(typed: dict[str, FieldReading]) -> None:
    assert (typed["f8"].state, typed["f8"].raw, typed["f8"].sure) == ("illegible", "unbekannt", False)


def test_fields_by_label_take_the_words_beside_it(tmp_path: Path) -> None:
    content = text_at(0, "Wohnort:") + text_at(0, "K\u00f6ln am Rhein", right_mm=25)
    path = written_on(blank(), tmp_path / "a.pdf", {1: content})
    reading = read(path, FieldSpec(name="town", title="x", labels=("Wohnort",), reach_mm=(70, 10)))
    assert outcome(reading.fields[0]) == ("Köln am Rhein", True, [])
    assert reading.fields[0].engines["text"].text == "Köln am Rhein"


def test_form_fields_by_label_are_held_against_the_pixels(tmp_path: Path) -> None:
    x0, y0, x1, y1 = zone(0)
    value = (x0 + 25, y0, x1, y1)
    path = written_on(blank(), tmp_path / "a.pdf", {1: text_at(0, "Wohnort:")})
    spec = FieldSpec(name="town", title="x", labels=("Wohnort",), reach_mm=(70, 10))
    for number, (field, expected) in enumerate(
        [(Field(value, "Hagen"), ("Hagen", True, [])), (Field(value, "Hagen", "Essen"), ("Essen", False, ["L014"]))]
    ):
        reading = read(with_fields(path, tmp_path / f"{number}.pdf", [field]), spec)
        assert outcome(reading.fields[0]) == expected


MARKS: dict[str, tuple[bool | None, bool | str, tuple[str | None, bool, list[str]]]] = {
    "on and marked": (True, True, ("ja", True, [])),
    "off and empty": (False, False, ("nein", True, [])),
    "on and empty": (True, False, ("nein", False, ["L014"])),
    "off and marked": (False, True, ("ja", False, ["L014"])),
    "drawn cross": (None, "2 w {0} {1} m {2} {3} l S {0} {3} m {2} {1} l S", ("ja", True, [])),
    "drawn tick": (None, "2 w {0} {4} m {4} {1} l {2} {3} l S", ("ja", True, [])),
    "4 of ZapfDingbats": (None, "BT /Zapf 13 Tf {0} {1} Td (4) Tj ET", ("ja", True, [])),
    "8 of ZapfDingbats": (None, "BT /Zapf 13 Tf {0} {1} Td (8) Tj ET", ("ja", True, [])),
    "l of ZapfDingbats": (None, "BT /Zapf 11 Tf {0} {1} Td (l) Tj ET", ("ja", True, [])),
    "nothing drawn": (None, "", ("nein", True, [])),
}


def test_marks_are_read_from_the_pixels_and_held_against_check_boxes(tmp_path: Path) -> None:
    fields, content = [], b""
    for at, (on, look, _) in enumerate(MARKS.values()):
        x0, y0, x1, y1 = square(at)
        if isinstance(look, str):
            left, right = (x0 + 0.5) * PT, (x1 - 0.5) * PT
            low, high = (HEIGHT_MM - y1 + 0.6) * PT, (HEIGHT_MM - y0 - 0.6) * PT
            content += b"q " + look.format(left, low, right, high, (left + right) / 2).encode() + b" Q "
        else:
            fields.append(Field(square(at), on, look, kind="check"))
    path = written_on(blank(range(len(MARKS))), tmp_path / "a.pdf", {1: content})
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        zapf = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats)
        document.pages[0].obj.Resources.Font.Zapf = zapf
        document.save(path)
    specs = [
        FieldSpec(name=f"f{at}", title="x", kind="checkbox", box_mm=around(square(at))) for at in range(len(MARKS))
    ]
    found = by_name(read(with_fields(path, tmp_path / "b.pdf", fields), *specs))
    told = {name: outcome(found[f"f{at}"]) for at, name in enumerate(MARKS)}
    assert told == {name: expected for name, (_, _, expected) in MARKS.items()}


@pytest.mark.parametrize(
    ("on", "looks", "expected"),
    [
        ((False, True, False), (False, True, False), ("b", True, [])),
        ((True, False, False), (False, True, False), ("b", False, ["L014"])),
        ((True, True, False), (False, True, False), ("b", False, ["L014"])),
        ((False, True, False), (False, False, False), (None, False, ["L014"])),
    ],
)
def test_a_choice_is_held_against_its_radio_buttons(
    tmp_path: Path, on: tuple[bool, ...], looks: tuple[bool, ...], expected: object
) -> None:
    fields = [Field(square(at), on[at], looks[at], kind="radio") for at in range(3)]
    options = {name: square(at) for at, name in enumerate("abc")}
    box = around((square(0)[0], square(0)[1], square(2)[2], square(2)[3]))
    path = with_fields(blank(range(3)), tmp_path / "a.pdf", fields)
    reading = read(path, FieldSpec(name="choice", title="x", kind="choice", box_mm=box, options=options))
    assert outcome(reading.fields[0]) == expected


def test_form_fields_follow_their_page_when_it_is_set_level() -> None:
    angle = np.radians(2.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 30.0], [np.sin(angle), np.cos(angle), -20.0]])
    page = Page(5, np.full((1000, 800), 255, np.uint8), 200.0, 2.0, 0, False, turn, sheet=3)
    on_page = np.array([400.0, 500.0, 1.0])
    x, y = (round(float(value)) for value in turn @ on_page)
    raw = {3: (Input(Box(x - 2, y - 2, x + 2, y + 2), "a"), Input(Box(5000, 5000, 5010, 5010), "b"))}
    placed = file_text.with_inputs(page, raw)
    (one,) = placed.inputs
    assert one.text == "a"
    assert (one.box.x0 + one.box.x1) / 2 == pytest.approx(400, abs=1)
    assert (one.box.y0 + one.box.y1) / 2 == pytest.approx(500, abs=1)
    assert file_text.with_inputs(page, {}).inputs == ()


def test_a_field_that_lies_on_two_zones_by_a_rim_belongs_to_one() -> None:
    page = Page(1, np.full((100, 100), 255, np.uint8), 25.4, 0.0, 0, False, np.eye(2, 3))
    inputs = (Input(Box(10, 10, 50, 20), "oben"), Input(Box(10, 21, 50, 31), "unten"))
    spec = FieldSpec(name="f", title="x")
    page = Page(1, page.gray, 25.4, 0.0, 0, False, np.eye(2, 3), inputs=inputs)
    said = file_text.said_in(page, Box(10, 11, 50, 23), spec)
    assert said is not None
    assert (said.text, said.hidden) == ("oben", True)  # no ink under it
    assert file_text.said_in(page, Box(60, 60, 90, 90), spec) is None
