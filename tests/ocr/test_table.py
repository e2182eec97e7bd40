"""Rows of a table: as fields of the form, and read from scans of a small invented form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ocr
from cases.rules import check_values
from demo import scanner
from demo.fonts import font
from ocr.page import FieldReading
from ocr.spec import AnchorSpec, ColumnSpec, FieldSpec, FormSpec, TableSpec

DPI = 300
PX = DPI / 25.4
PHRASES = {
    "Antrag auf Geschwisterermäßigung": (20, 20),
    "Angaben zu den Kindern im Haushalt": (20, 60),
    "Bitte in Druckschrift ausfüllen": (120, 40),
    "Hinweise zur Bearbeitung Ihres Antrags": (20, 200),
    "Vordruck 12-345 der Musterstadt": (20, 280),
    "Bitte an das Jugendamt zurücksenden": (120, 280),
}
TOP, PITCH, ROWS, SIDE = 80.0, 10.0, 4, 4.0
EDGES = (20.0, 95.0, 140.0, 190.0)
COLUMNS = (
    ColumnSpec(name="name", title="Name", kind="name", x_mm=(20.3, 94.7), required=True),
    ColumnSpec(name="birth_date", title="Geburtsdatum", kind="date", x_mm=(95.3, 139.7), required=True),
    ColumnSpec(
        name="care",
        title="Betreuung",
        kind="choice",
        x_mm=(140.3, 189.7),
        options={"kita": (150, TOP + 3, 154, TOP + 7), "hort": (170, TOP + 3, 174, TOP + 7)},
    ),
)
TABLE = TableSpec(name="children", title="Kind", box_mm=(20, TOP + 0.5, 190, TOP + PITCH - 0.5), rows=ROWS,
                  row_mm=PITCH, column=COLUMNS)  # fmt: skip
Row = tuple[str, str, str]
FULL: Row = ("Jörg Muster", "03.04.2019", "kita")


def spec() -> FormSpec:
    places = {t: (x, y + 0.8, x + font("Arimo", 45).getlength(t) / PX, y + 3.8) for t, (x, y) in PHRASES.items()}
    return FormSpec(
        name="geschwister",
        title="Geschwister",
        marks={"1": tuple(PHRASES)[:3]},
        anchor=tuple(AnchorSpec(text=text, box_mm=box) for text, box in places.items()),
        field=(FieldSpec(name="remark", title="Bemerkung", box_mm=(20, 220, 180, 230)),),
        table=(TABLE,),
    )


def read(path: Path, *rows: Row, off_mm: tuple[float, float] = (0.0, 0.0), seed: int = 3) -> dict[str, FieldReading]:
    """The fields of a scan with these rows; values are written `off_mm` beside their place."""
    page = Image.new("L", (round(210 * PX), round(297 * PX)), 255)
    pen = ImageDraw.Draw(page)
    for text, (x, y) in PHRASES.items():
        pen.text((x * PX, y * PX), text, font=font("Arimo", 45), fill=0)
    for y in range(ROWS + 1):
        pen.line([(EDGES[0] * PX, (TOP + y * PITCH) * PX), (EDGES[-1] * PX, (TOP + y * PITCH) * PX)], fill=0, width=4)
    for x in EDGES:
        pen.line([(x * PX, TOP * PX), (x * PX, (TOP + ROWS * PITCH) * PX)], fill=0, width=4)
    for at in range(ROWS):
        name, born, care = rows[at] if at < len(rows) else ("", "", "")
        low = TOP + at * PITCH
        x, y = off_mm[0], low + 2.6 + off_mm[1]
        pen.text(((24 + x) * PX, y * PX), name, font=font("Arimo", 50), fill=0)
        pen.text(((99 + x) * PX, y * PX), born, font=font("Arimo", 50), fill=0)
        for option, left in (("kita", 150), ("hort", 170)):
            corners = [left * PX, (low + 3) * PX, (left + SIDE) * PX, (low + 3 + SIDE) * PX]
            pen.rectangle(corners, outline=0, width=3)
            if option in care.split():
                pen.line(corners, fill=0, width=6)
                pen.line([corners[0], corners[3], corners[2], corners[1]], fill=0, width=6)
    rng = np.random.default_rng(seed)
    scanned = scanner.scan(np.asarray(page), scanner.draw_defects(rng, DPI, "grey", hard=0.5), rng)
    Image.fromarray(scanned).save(path, dpi=(DPI, DPI))
    return {field.name: field for field in ocr.read(path, {"geschwister": spec()}).fields}


def values(read: dict[str, FieldReading], row: int) -> list[str | None]:
    return [read[f"children_{row}_{column.name}"].value for column in COLUMNS]


def asking(read: dict[str, FieldReading]) -> dict[str, list[str]]:
    return {name: [note.code for note in field.problems] for name, field in read.items() if not field.sure}


def test_a_table_becomes_ordinary_fields() -> None:
    form = spec()
    names = [f.name for f in form.field]
    assert names[:4] == ["remark", "children_1_name", "children_1_birth_date", "children_1_care"]
    assert len(names) == 1 + ROWS * len(COLUMNS)
    third = form.fields_by_name["children_3_care"]
    assert (third.title, third.kind, third.required) == ("Kind 3: Betreuung", "choice", False)
    assert third.box_mm == (140.3, TOP + 20.5, 189.7, TOP + 29.5)
    assert third.options["hort"] == (170, TOP + 23, 174, TOP + 27)
    assert FormSpec.model_validate(form.model_dump()) == form


def test_full_rows_are_read_and_empty_ones_are_not_asked_for(tmp_path: Path) -> None:
    found = read(tmp_path / "a.png", FULL, ("Anna Beispiel", "11.12.2021", "hort"))
    assert values(found, 1) == ["Jörg Muster", "2019-04-03", "kita"]
    assert values(found, 2) == ["Anna Beispiel", "2021-12-11", "hort"]
    assert values(found, 3) == values(found, 4) == [None, None, None]
    assert {found[f"children_{row}_name"].state for row in (3, 4)} == {"empty"}
    assert asking(found) == {}


def test_a_required_cell_that_is_empty_in_a_row_with_writing_asks(tmp_path: Path) -> None:
    found = read(tmp_path / "a.png", FULL, ("Anna Beispiel", "", ""), ("", "", "hort"))
    assert asking(found) == {
        "children_2_birth_date": ["L018"],
        "children_3_name": ["L018"],
        "children_3_birth_date": ["L018"],
    }
    assert found["children_2_care"].sure


@pytest.mark.parametrize("off_mm", [(0.0, 1.9), (0.0, -1.9), (3.0, 1.2), (-2.5, -1.2)], ids=str)
def test_writing_near_the_lines_stays_in_its_row(tmp_path: Path, off_mm: tuple[float, float]) -> None:
    found = read(tmp_path / "a.png", FULL, ("", "", ""), ("Anna Beispiel", "11.12.2021", "hort"), off_mm=off_mm)
    assert values(found, 1) == ["Jörg Muster", "2019-04-03", "kita"]
    assert values(found, 2) == values(found, 4) == [None, None, None]
    assert values(found, 3) == ["Anna Beispiel", "2021-12-11", "hort"]


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_a_sheet_that_lies_askew_changes_no_row(tmp_path: Path, seed: int) -> None:
    found = read(tmp_path / "a.png", ("", "", ""), FULL, FULL, seed=seed)
    assert values(found, 2) == values(found, 3) == ["Jörg Muster", "2019-04-03", "kita"]
    assert values(found, 1) == values(found, 4) == [None, None, None]


def test_a_person_cannot_leave_out_a_required_cell_of_a_used_row() -> None:
    form = spec()
    row = {"children_2_name": "Anna Beispiel", "children_2_birth_date": None, "children_2_care": None}
    broken = check_values(form, row)
    assert {name: [note.code for note in notes] for name, notes in broken.items()} == {
        "children_2_birth_date": ["R010"]
    }
    assert check_values(form, dict.fromkeys(row)) == {}
