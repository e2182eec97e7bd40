"""Changes of a form description, as the designer makes them: what they change, what they leave, what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr import spec_edit
from ocr.spec import FieldSpec, FormSpec, PlaceSpec, load_form
from ocr.spec_edit import NotPossible

USUAL = {"iban": ("iban",), "date": ("past_date",)}
FORMS = Path(__file__).parents[2] / "config" / "forms"
LABELLED = FieldSpec(
    name="vorname", title="Vorname", labels=("Vorname",), pattern="x", also=(PlaceSpec(labels=("Rufname",)),)
)
FORM = FormSpec(
    name="antrag",
    title="Antrag",
    pages=2,
    error_budget=0.02,
    field=(FieldSpec(name="familienname", title="Familienname", box_mm=(20, 50, 90, 58)), LABELLED),
)


def test_a_change_leaves_all_else_as_it_was() -> None:
    changed = spec_edit.change(FORM, "vorname", required=True)
    assert changed.fields_by_name["vorname"] == LABELLED.model_copy(update={"required": True})
    assert changed.fields_by_name["familienname"] is FORM.fields_by_name["familienname"]
    assert spec_edit.change(changed, "vorname", required=False) == FORM


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_field_renamed_and_back_leaves_a_shipped_form_as_it_was(path: Path) -> None:
    form = load_form(path)
    for field in spec_edit.alone(form):
        there = spec_edit.change(form, field.name, name="anders", title="Anders")
        assert spec_edit.change(there, "anders", name=field.name, title=field.title) == form


def test_the_budget_of_the_form_goes_to_the_fields_that_have_none_of_their_own() -> None:
    own = spec_edit.change(FORM, "vorname", error_budget=0.1)
    form = spec_edit.with_budget(spec_edit.change(own, "familienname", error_budget=0.02), 0.005)
    assert {field.name: field.error_budget for field in form.field} == {"familienname": 0.005, "vorname": 0.1}
    assert form.error_budget == spec_edit.usual_budget(form) == 0.005


def test_the_name_follows_the_title_it_was_made_of_and_no_other() -> None:
    form, name = spec_edit.retitle(FORM, "familienname", "Geburtsname der Mutter")
    assert name == "geburtsname_der_mutter" and name in form.fields_by_name
    assert spec_edit.retitle(FORM, "familienname", "Vorname")[1] == "vorname_2"
    own = spec_edit.change(FORM, "familienname", name="surname")
    assert spec_edit.retitle(own, "surname", "Nachname")[1] == "surname"
    assert spec_edit.retitle(FORM, "familienname", "Nachname", keep_name=True)[1] == "familienname"


def test_a_new_field_stands_behind_the_active_one() -> None:
    form, name = spec_edit.add(FORM, "Neues Feld", 2, (10.04, 20, 50, 28), after="familienname")
    assert [field.name for field in form.field] == ["familienname", name, "vorname"]
    assert form.fields_by_name[name].box_mm == (10.0, 20, 50, 28) and form.fields_by_name[name].page == 2
    assert spec_edit.remove(form, name) == FORM
    assert [field.name for field in spec_edit.shift(form, "vorname", -1).field] == ["familienname", "vorname", name]


@pytest.mark.parametrize(
    "box", [(-1, 5, 30, 10), (5, 5, 211, 10), (5, 5, 5.5, 30), (30, 30, 10, 10), (float("nan"), 5, 30, 10)]
)
def test_no_place_beside_the_paper(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(NotPossible) as refused:
        spec_edit.place(FORM, "familienname", 1, box)
    assert refused.value.key == "box_mm"


def test_what_no_description_may_hold_is_told_by_its_property() -> None:
    for key, changes in {"name": {"name": "Ä b"}, "fim": {"fim": {"id": "X1"}}, "page": {"page": 3}}.items():
        with pytest.raises(NotPossible) as refused:
            spec_edit.change(FORM, "familienname", **changes)
        assert refused.value.key == key
    with pytest.raises(NotPossible, match="schon ein anderes"):
        spec_edit.change(FORM, "familienname", name="vorname")
    with pytest.raises(NotPossible, match="gibt es nicht mehr"):
        spec_edit.remove(FORM, "weg")


def test_a_choice_begins_with_two_squares_that_move_with_it() -> None:
    form = spec_edit.with_kind(FORM, "familienname", "choice", USUAL)
    field = form.fields_by_name["familienname"]
    assert list(field.options) == ["ja", "nein"]
    assert field.box_mm is not None and field.box_mm[0] <= field.options["ja"][0] - 2
    x0, y0, x1, y1 = field.box_mm
    moved = spec_edit.place(form, "familienname", 1, (x0 + 3, y0 + 1, x1 + 3, y1 + 1)).fields_by_name["familienname"]
    assert moved.options["nein"][0] == pytest.approx(field.options["nein"][0] + 3)
    wider = spec_edit.place(form, "familienname", 1, (x0, y0, x1 + 9, y1)).fields_by_name["familienname"]
    assert wider.options == field.options


def test_squares_are_added_named_and_removed() -> None:
    form = spec_edit.with_kind(FORM, "familienname", "choice", USUAL)
    form, third = spec_edit.next_square(form, "familienname")
    boxes = list(form.fields_by_name["familienname"].options.values())
    assert boxes[2][0] - boxes[1][0] == pytest.approx(boxes[1][0] - boxes[0][0])
    form = spec_edit.rename_square(form, "familienname", third, "vielleicht")
    form = spec_edit.square(form, "familienname", "vielleicht", (150, 70, 154, 74))
    field = form.fields_by_name["familienname"]
    assert list(field.options) == ["ja", "nein", "vielleicht"]
    assert field.box_mm is not None and field.box_mm[2] == pytest.approx(156.4)
    with pytest.raises(NotPossible):
        spec_edit.rename_square(form, "familienname", "ja", "nein")
    assert list(spec_edit.remove_square(form, "familienname", "ja").fields_by_name["familienname"].options) == [
        "nein",
        "vielleicht",
    ]


def test_a_kind_brings_its_rules_and_leaves_those_of_a_person() -> None:
    form = spec_edit.with_kind(FORM, "familienname", "iban", USUAL)
    assert form.fields_by_name["familienname"].rules == ("iban",)
    form = spec_edit.with_kind(form, "familienname", "date", USUAL)
    assert form.fields_by_name["familienname"].rules == ("past_date",)
    form = spec_edit.change(form, "familienname", rules=("date",))
    assert spec_edit.with_kind(form, "familienname", "iban", USUAL).fields_by_name["familienname"].rules == ("date",)
