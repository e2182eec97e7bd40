"""A whole reading of pages that the test draws itself, by labels and by boxes."""

import json
import os
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ocr
from config.cli import main
from demo.fonts import font
from ocr.confidence import calibrate, samples_of
from ocr.errors import FormProblem
from ocr.page import FieldReading, Reading
from ocr.spec import FormSpec

DPI = 200
PX = DPI / 25.4
PHRASES = {
    "Antrag auf ein Musterzeichen": (20, 20),
    "Angaben zur antragstellenden Person": (20, 50),
    "Datum des heutigen Antrags": (20, 90),
    "Hinweise zur Bearbeitung": (20, 200),
    "Bitte in Druckschrift ausfüllen": (110, 20),
}
HEAD = """
name = "zeichen"
title = "Antrag auf ein Musterzeichen"
language = ["deu"]
[marks]
1 = ["Antrag auf ein Musterzeichen", "Angaben zur antragstellenden Person"]
"""
BY_BOX = (
    HEAD
    + """
[[field]]
name = "person"
title = "Name"
kind = "name"
box_mm = [20, 60, 110, 70]
required = true
[[field]]
name = "since"
title = "Datum"
kind = "date"
box_mm = [20, 100, 80, 110]
[[field]]
name = "remark"
title = "Bemerkung"
box_mm = [20, 220, 180, 230]
"""
)
BY_LABEL = (
    HEAD
    + """
[[field]]
name = "person"
title = "Name"
kind = "name"
labels = ["Angaben zur antragstellenden Person"]
place = "below"
reach_mm = [100, 20]
required = true
[[field]]
name = "since"
title = "Datum"
kind = "date"
labels = ["Datum des heutigen Antrags"]
place = "below"
reach_mm = [100, 20]
[[field]]
name = "remark"
title = "Bemerkung"
labels = ["Hinweise zur Bearbeitung"]
place = "below"
reach_mm = [160, 25]
"""
)


def width_mm(text):
    return font("Arimo", 30).getlength(text) / PX


def spec(toml):
    data = tomllib.loads(toml)
    if "box_mm" in toml:
        data["anchor"] = [
            {"text": text, "box_mm": [x, y + 0.8, x + width_mm(text), y + 3.8]} for text, (x, y) in PHRASES.items()
        ]
    return {"zeichen": FormSpec.model_validate(data)}


def draw(path, *, person="Jörg Muster", since="23.11.2026", shift_mm=(0.0, 0.0), turn_deg=0.0):
    image = Image.new("L", (1654, 2339), 255)
    pen = ImageDraw.Draw(image)
    dx, dy = shift_mm

    def put(text, x_mm, y_mm, size=30):
        pen.text(((x_mm + dx) * PX, (y_mm + dy) * PX), text, font=font("Arimo", size), fill=0)

    for text, (x, y) in PHRASES.items():
        put(text, x, y)
    for y in (59, 71, 99, 111):
        pen.line([((19 + dx) * PX, (y + dy) * PX), ((120 + dx) * PX, (y + dy) * PX)], fill=0, width=3)
    put(person, 24, 62, 34)
    put(since, 24, 102, 34)
    image.rotate(turn_deg, fillcolor=255, resample=Image.Resampling.BICUBIC).save(path, dpi=(DPI, DPI))
    return path


def values(reading):
    return {field.name: field.value for field in reading.fields}


@pytest.mark.parametrize("way", [BY_BOX, BY_LABEL], ids=["box", "label"])
@pytest.mark.parametrize("shift_mm", [(0.0, 0.0), (6.0, -5.0)])
def test_it_reads_a_typed_page(tmp_path, way, shift_mm):
    reading = ocr.read(draw(tmp_path / "a.png", shift_mm=shift_mm, turn_deg=0.8), spec(way))
    assert reading.form == "zeichen"
    assert values(reading) == {"person": "Jörg Muster", "since": "2026-11-23", "remark": None}
    by_name = {field.name: field for field in reading.fields}
    assert by_name["person"].sure
    assert set(by_name["person"].engines) == {"tesseract", "paddle"}
    assert by_name["since"].raw.replace(" ", "") == "23.11.2026"
    assert by_name["remark"].state == "empty"
    assert reading.decision == "ready"


def test_with_a_calibration_a_field_passes_only_where_its_data_prove_the_budget(tmp_path):
    """Many names and dates were right; of empty fields nothing is known."""
    path = draw(tmp_path / "a.png")
    plain = ocr.read(path, spec(BY_BOX))
    known = spec(BY_BOX)["zeichen"]
    right = {"person": True, "since": True}
    samples = [one for n in range(3200) for one in samples_of(f"d{n}", known, plain.fields, right)]
    calibration, _ = calibrate(samples)
    calibration.groups.pop("all")
    reading = ocr.read(path, spec(BY_BOX), calibration=calibration)
    by_name = {field.name: field for field in reading.fields}
    assert by_name["person"].sure
    assert by_name["person"].confidence > 0.999
    assert not by_name["remark"].sure
    assert [note.code for note in by_name["remark"].problems] == ["L016"]
    assert reading.decision == "review"


def test_the_box_of_a_field_lies_on_its_ink(tmp_path):
    reading = ocr.read(draw(tmp_path / "a.png"), spec(BY_LABEL))
    field = next(f for f in reading.fields if f.name == "person")
    ink = field.box.crop(reading.pages[field.page - 1].gray) < 128
    assert np.count_nonzero(ink) > 500
    assert field.box.y0 < 66 * PX < field.box.y1


def test_a_required_field_without_ink_asks(tmp_path):
    reading = ocr.read(draw(tmp_path / "a.png", person=""), spec(BY_BOX))
    field = next(f for f in reading.fields if f.name == "person")
    assert (field.value, field.state, field.sure) == (None, "empty", False)
    assert [note.code for note in field.problems] == ["L006"]
    assert reading.decision == "review"


def test_what_is_no_date_is_illegible(tmp_path):
    reading = ocr.read(draw(tmp_path / "a.png", since="Musterhausen"), spec(BY_BOX))
    field = next(f for f in reading.fields if f.name == "since")
    assert (field.value, field.state, field.sure) == (None, "illegible", False)


def test_an_unknown_form_goes_to_a_person(tmp_path):
    other = FormSpec(name="zeichen", title="x", marks={"1": ("Bescheid über Gewerbesteuer", "Zahlungsplan")})
    reading = ocr.read(draw(tmp_path / "a.png"), {"zeichen": other})
    assert (reading.form, reading.fields, reading.decision) == (None, (), "review")
    assert [note.code for note in reading.problems] == ["L010"]


def test_a_named_form_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(FormProblem, match="F003"):
        ocr.read(tmp_path / "not even opened.png", spec(BY_BOX), form="gibtsnicht")


def test_read_json_has_the_shape_that_scripts_rely_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("config.commands.read.known_forms", lambda: spec(BY_BOX))
    monkeypatch.setattr("config.commands.read.known_calibration", lambda: None)
    assert main(["read", str(draw(tmp_path / "a.png")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["form"], told["decision"]) == ("a.png", "zeichen", "ready")
    assert set(told["pages"][0]) == {"number", "width", "height", "dpi", "skew_deg", "blank", "rotated_deg", "ms"}
    field = told["fields"][0]
    assert {"name", "value", "raw", "confidence", "page", "box_px", "engines", "problems", "sure"} <= set(field)
    assert len(field["box_px"]) == 4


def test_evaluate_reads_a_folder_and_names_what_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("config.commands.evaluate.known_forms", lambda: spec(BY_BOX))
    draw(tmp_path / "a.png")
    rows = [
        {"filename": "a.png", "fields": {"person": ["Jörg Muster"], "since": ["23.11.2026"], "remark": []}},
        {"filename": "weg.png", "fields": {"person": ["Niemand"]}},
    ]
    listed, out = tmp_path / "truth.jsonl", tmp_path / "out.json"
    listed.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    assert main(["evaluate", str(listed), "--documents", str(tmp_path), "--json", str(out)]) == 0
    told = capsys.readouterr()
    assert "S032: weg.png" in told.err
    assert "Niemand" not in told.err + told.out
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["documents"], found["strict"]["all"]["right"], found["errors"]) == (1, 2, [])


ROW = '{"filename": "a.png", "template": "Anderes", "fields": {"person": ["Jörg Muster"]}}'


@pytest.mark.parametrize(
    ("lines", "more", "told"),
    [
        ("{kein json", [], "Zeile 1"),
        (ROW + "\n\n" + ROW, [], "Zeile 3: a.png steht schon in Zeile 1"),
        ("[" * 100_000, [], "Zeile 1: kein gültiges JSON"),
        ("", [], "nennt kein Dokument"),
        (ROW, ["--form", "hundesteuer"], "kein Dokument von hundesteuer"),
    ],
)
def test_evaluate_refuses_a_list_that_is_none(tmp_path, capsys, lines, more, told):
    listed = tmp_path / "truth.jsonl"
    listed.write_text(lines, encoding="utf-8")
    assert main(["evaluate", str(listed), "--documents", str(tmp_path), *more]) == 3
    said = capsys.readouterr()
    assert said.err.startswith("S031: ")
    assert told in said.err
    assert "Muster" not in said.err + said.out


def test_evaluate_says_before_it_reads_that_its_result_has_no_place(tmp_path, capsys):
    listed = tmp_path / "truth.jsonl"
    listed.write_text(ROW, encoding="utf-8")
    out = tmp_path / "nirgends" / "out.json"
    assert main(["evaluate", str(listed), "--documents", str(tmp_path), "--json", str(out)]) == 3
    assert capsys.readouterr().err.startswith("S013: ")


def test_evaluate_names_fields_that_no_form_has(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("config.commands.evaluate.known_forms", lambda: spec(BY_BOX))
    (tmp_path / "a.png").write_bytes(b"kein Bild")
    listed = tmp_path / "truth.jsonl"
    listed.write_text(ROW.replace("person", "[/persno]"), encoding="utf-8")
    assert main(["evaluate", str(listed), "--documents", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "S033" in told.err
    assert "[/persno]" in told.err
    assert "[/persno]" in told.out


def test_what_stands_on_paper_is_no_markup_of_the_table(tmp_path, monkeypatch, capsys):
    field = FieldReading("person", "[/s/ Jörg Muster]", "", 1.0, True)
    reading = Reading("a[b].png", "zeichen", "ready", (), (field,))
    monkeypatch.setattr("ocr.read", lambda *_, **__: reading)
    assert main(["read", "a[b].png"]) == 0
    told = capsys.readouterr().out
    assert "[/s/ Jörg Muster]" in told
    assert "a[b].png" in told


def test_a_name_that_is_no_text_can_be_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("config.commands.read.known_forms", lambda: spec(BY_BOX))
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.png"))
    draw(tmp_path / "a.png").rename(path)
    assert main(["read", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.encode())["file"] == "a\ufffd.png"


def test_what_lies_beyond_the_edge_of_the_page_is_not_empty(tmp_path):
    path = draw(tmp_path / "a.png")
    with Image.open(path) as image:
        image.crop((0, 0, image.width, round(215 * PX))).save(path, dpi=(DPI, DPI))
    reading = ocr.read(path, spec(BY_BOX))
    remark = next(f for f in reading.fields if f.name == "remark")
    assert (remark.value, remark.state, remark.sure, remark.box) == (None, "absent", False, None)
    assert reading.decision == "review"


def save_stack(path, pages):
    opened = [Image.open(page) for page in pages]
    opened[0].save(path, save_all=True, append_images=opened[1:], dpi=(DPI, DPI))
    return path


def test_a_form_that_is_there_twice_goes_to_a_person(tmp_path):
    known = spec(BY_BOX)["zeichen"]
    known = known.model_copy(update={"marks": {"1": (*known.marks["1"], "Hinweise zur Bearbeitung")}})
    one, other = draw(tmp_path / "a.png"), draw(tmp_path / "b.png", person="Anna Beispiel")
    single = ocr.read(save_stack(tmp_path / "one.tif", [one]), {"zeichen": known})
    double = ocr.read(save_stack(tmp_path / "two.tif", [one, other]), {"zeichen": known})
    assert (single.decision, single.problems) == ("ready", ())
    assert (double.decision, [note.code for note in double.problems]) == ("review", ["L011"])


def test_a_document_larger_than_memory_should_hold_is_read_in_part(tmp_path, monkeypatch):
    page = draw(tmp_path / "a.png")
    stack = save_stack(tmp_path / "three.tif", [page] * 3)
    monkeypatch.setattr("ocr.reading.MOST_PIXELS", round(2.5 * 1654 * 2339))
    reading = ocr.read(stack, spec(BY_BOX))
    assert (len(reading.pages), reading.decision) == (2, "review")
    assert "S004" in [note.code for note in reading.problems]


@pytest.mark.parametrize("size", [(1, 4000), (4000, 1), (1, 1), (63, 63)])
def test_a_picture_too_small_for_a_page_has_no_fields(tmp_path, size):
    Image.new("L", size, 0).save(tmp_path / "a.png")
    reading = ocr.read(tmp_path / "a.png", spec(BY_BOX), form="zeichen")
    assert reading.decision == "review"
    assert not any(field.sure for field in reading.fields)


def test_a_day_that_does_not_exist_is_told_as_that(tmp_path):
    reading = ocr.read(draw(tmp_path / "a.png", since="31.02.2024"), spec(BY_BOX))
    field = next(f for f in reading.fields if f.name == "since")
    assert (field.value, field.state, field.sure) == (None, "illegible", False)
    assert [note.code for note in field.problems] == ["K026"]
    assert field.raw == "31.02.2024"
