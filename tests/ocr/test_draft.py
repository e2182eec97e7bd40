"""A blank form that the test draws becomes a draft of its description, and what is filled into it is read by that."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfgen import canvas

import ocr
from config.cli import main
from ocr.draft import draft
from ocr.draft_names import kind_of, shortened, slug
from ocr.page import Box
from ocr.spec import AnchorSpec, ColumnSpec, FieldSpec, FormSpec, PlaceSpec, TableSpec, load_form
from ocr.spec_text import as_toml

MM, HIGH = 72 / 25.4, 297.0
PHRASES = {
    "Antrag auf ein Musterzeichen der Stadt": (20, 20, 18),
    "Angaben zur antragstellenden Person": (20, 40, 11),
    "Hinweise zur Bearbeitung Ihres Antrags": (20, 200, 11),
    "Bitte in Druckschrift ausfüllen": (120, 200, 11),
    "Vordruck 12-345 der Musterstadt": (20, 285, 9),
    "Bitte an das Bürgeramt zurücksenden": (120, 285, 9),
}


def form(path: Path, value: str = "", chosen: str = "") -> Path:
    """One page with three text fields, two squares that exclude each other and one that stands alone."""
    page = canvas.Canvas(str(path), pagesize=(210 * MM, HIGH * MM))
    for text, (x, y, size) in PHRASES.items():
        page.setFont("Helvetica", size)
        page.drawString(x * MM, (HIGH - y) * MM, text)
    page.setFont("Helvetica", 9)
    page.drawString(30 * MM, (HIGH - 113) * MM, "Ich nehme am Lastschriftverfahren teil")
    ask = page.acroForm
    kinds = {"fieldFlags": "", "borderWidth": 1, "height": 8 * MM, "fontSize": 11}
    for name, tip, y in (("person.name", "Familienname", 60), ("Text7", "Geburtsdatum", 75), ("remark", "", 90)):
        text = value if name == "person.name" else ""
        ask.textfield(text, name=name, tooltip=tip, x=20 * MM, y=(HIGH - y) * MM, width=80 * MM, **kinds)
    for answer, x in (("ja", 130), ("nein", 150)):
        ask.radio(name="dog", tooltip="Hund", value=answer, selected=chosen == answer, x=x * MM, y=(HIGH - 75) * MM,
                  size=4 * MM, shape="square", buttonStyle="cross", fieldFlags="noToggleToOff radio")  # fmt: skip
    ask.checkbox(name="c1", x=20 * MM, y=(HIGH - 114) * MM, size=4 * MM, shape="square", buttonStyle="cross")
    page.save()
    return path


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> FormSpec:
    return draft(form(tmp_path_factory.mktemp("draft") / "blank.pdf"), "zeichen")


def test_fields_of_a_blank_form_become_fields_of_the_draft(drafted: FormSpec) -> None:
    assert [(f.name, f.title, f.kind) for f in drafted.field] == [
        ("person_name", "Familienname", "name"),
        ("geburtsdatum", "Geburtsdatum", "date"),
        ("remark", "remark", "text"),
        ("hund", "Hund", "choice"),
        ("ich_nehme_am_lastschriftverfahren_teil", "Ich nehme am Lastschriftverfahren teil", "checkbox"),
    ]
    assert set(drafted.fields_by_name["hund"].options) == {"ja", "nein"}


def test_a_box_of_the_draft_is_where_the_field_stands(drafted: FormSpec) -> None:
    box = drafted.fields_by_name["person_name"].box_mm
    assert box is not None
    assert box == pytest.approx((20.5, 52, 99.5, 60), abs=0.3)
    square = drafted.fields_by_name["hund"].options["ja"]
    assert square == pytest.approx((130, 71, 134, 75), abs=0.3)


def test_marks_and_anchors_are_phrases_printed_there(drafted: FormSpec) -> None:
    assert set(drafted.marks["1"]) <= {*PHRASES, "Ich nehme am Lastschriftverfahren teil"}
    assert len(drafted.marks["1"]) == 5
    assert len(drafted.anchor) >= 6
    for anchor in drafted.anchor:
        if anchor.text in PHRASES:
            x, y, _ = PHRASES[anchor.text]
            assert (anchor.box_mm[0], anchor.box_mm[3]) == pytest.approx((x, y), abs=1.5)
    assert drafted.title == "Antrag auf ein Musterzeichen der Stadt"


def test_what_is_filled_in_is_read_by_the_draft(drafted: FormSpec, tmp_path: Path) -> None:
    filled = form(tmp_path / "filled.pdf", "Musterfrau", "nein")
    reading = ocr.read(filled, {"zeichen": drafted})
    assert reading.form == "zeichen"
    read = {field.name: field.value for field in reading.fields}
    assert (read["person_name"], read["hund"], read["geburtsdatum"]) == ("Musterfrau", "nein", None)
    where = next(field.box for field in reading.fields if field.name == "person_name")
    assert isinstance(where, Box)


def test_a_description_written_as_text_is_read_as_the_same(drafted: FormSpec, tmp_path: Path) -> None:
    more = FormSpec(
        name="zeichen",
        title='Ein „Zeichen" \\ mit\tTab',
        marks={"1": ("a b c",), "alt": ("d e f",)},
        not_marks=("x y z",),
        anchor=(AnchorSpec(text="a", page=1, box_mm=(1, 2, 3.25, 4)),),
        error_budget=0.02,
        field=(
            FieldSpec(
                name="n", title="N", labels=("N",), error_budget=0.02, also=(PlaceSpec(labels=("M",), trust=0.7),)
            ),
            FieldSpec(name="c", title="C", kind="choice", box_mm=(1, 2, 3, 4), options={"3+": (1, 2, 3, 4), "b": "B"}),
        ),
    )
    column = ColumnSpec(name="name", title="Name", x_mm=(20, 80), required=True)
    square = ColumnSpec(name="art", title="Art", kind="choice", x_mm=(80, 99), options={"a": (82, 52, 86, 56)})
    rows = TableSpec(name="kinder", title="Kind", box_mm=(20, 50, 100, 58), rows=3, row_mm=8.5, column=(column, square))
    table = FormSpec(name="zeichen", title="Zeichen", error_budget=0.01, field=more.field[1:], table=(rows,))
    for spec in (drafted, more, table):
        path = tmp_path / "zeichen.toml"
        path.write_text(as_toml(spec, ["Entwurf"]), encoding="utf-8")
        assert load_form(path) == spec


def test_the_command_writes_a_file_and_never_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blank = form(tmp_path / "Antrag 7.pdf")
    assert main(["forms", "draft", str(blank), "--out", str(tmp_path)]) == 0
    assert load_form(tmp_path / "antrag_7.toml").name == "antrag_7"
    (tmp_path / "antrag_7.toml").write_text("mine", encoding="utf-8")
    assert main(["forms", "draft", str(blank), "--out", str(tmp_path)]) == 3
    assert (tmp_path / "antrag_7.toml").read_text(encoding="utf-8") == "mine"
    assert "gibt es schon" in capsys.readouterr().err
    assert main(["forms", "draft", str(blank), "--name", "Antrag 7"]) == 2


@pytest.mark.parametrize(
    ("title", "kind"),
    [("Geburtsdatum", "date"), ("IBAN", "iban"), ("Straße", "street"), ("Miete in EUR", "money"), ("Beruf", "text")],
)
def test_a_kind_is_guessed_from_the_title(title: str, kind: str) -> None:
    assert kind_of(title) == kind


def test_names_keep_the_words_that_tell_them_apart() -> None:
    common = {"monatliche": 9, "bruttoeinnahmen": 8, "euro": 9}
    names = {slug(f"Monatliche Bruttoeinnahmen durch {kind} in Euro", common) for kind in ("Elterngeld", "Krankengeld")}
    assert len(names) == 2 and all(len(name) <= 40 and name.isascii() for name in names)
    assert slug("2. Größe der Wohnung") == "groesse_der_wohnung"
    assert slug("123") == "feld"


def test_a_title_is_one_short_line() -> None:
    long = "Haben Sie, Ihre Ehegattin oder Ihr Lebenspartner Einnahmen aus Kapital\x07vermögen oder aus Vermietung?"
    assert len(shortened(long)) <= 80 and shortened(long).endswith("…")
    assert shortened(long, keep_end=True).endswith("Vermietung?")
