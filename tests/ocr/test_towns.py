"""The register of places makes fields ask, and never changes one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr.page import FieldReading
from ocr.spec import FieldSpec, FormSpec
from ocr.towns import CODE, codes_of, load_towns, pairs, same_town, with_towns

TOWNS = {
    "61348": ("Bad Homburg vor der Höhe",),
    "06108": ("Halle (Saale)",),
    "15230": ("Frankfurt (Oder)",),
    "13597": ("Berlin",),
    "78462": ("Konstanz",),
    "21481": ("Lauenburg/Elbe", "Buchhorst", "Schnakenbek"),
}


def form(*fields: tuple[str, str, str]) -> FormSpec:
    listed = [{"name": name, "title": title, "kind": kind, "box_mm": (0, 0, 9, 9)} for name, title, kind in fields]
    return FormSpec(name="a", title="A", field=tuple(FieldSpec.model_validate(one) for one in listed))


SPEC = form(("plz", "Postleitzahl", "plz"), ("town", "Ort", "text"), ("birth", "Geburtsort", "text"))


def asked(spec: FormSpec, towns: dict[str, tuple[str, ...]] = TOWNS, **values: str | None) -> set[str]:
    fields = tuple(
        FieldReading(name=f.name, value=values.get(f.name), raw="", confidence=1.0, sure=True, page=1, box=None)
        for f in spec.field
    )
    found = with_towns(spec, fields, towns)
    assert [f.value for f in found] == [f.value for f in fields]
    assert all(f.sure is not any(note.code == CODE for note in f.problems) for f in found)
    return {f.name for f in found if not f.sure}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bad Homburg v. d. Höhe", "Bad Homburg vor der Höhe", True),
        ("Bad Homburg", "Bad Homburg vor der Höhe", True),
        ("Bad Nauheim", "Bad Homburg vor der Höhe", False),
        ("Bad", "Bad Homburg vor der Höhe", False),
        ("Halle/Saale", "Halle (Saale)", True),
        ("HALLE", "Halle (Saale)", True),
        ("Berlin-Spandau", "Berlin", True),
        ("Koeln", "Köln", True),
        ("Köln", "Bonn", False),
        ("B", "Berlin", False),
        ("", "Berlin", False),
        ("Neustadt an der Aisch", "Neustadt a.d.Aisch", True),
        ("Alt Schwerin", "Alt Krenzlin", False),
    ],
)
def test_names_of_one_town_are_told_from_those_of_another(one: str, other: str, same: bool) -> None:
    assert same_town(one, other) is same and same_town(other, one) is same


def test_a_misread_digit_makes_the_postal_code_ask() -> None:
    assert asked(SPEC, plz="78462", town="Konstanz") == set()
    assert asked(SPEC, plz="78469", town="Konstanz") == {"plz"}


def test_the_code_of_another_town_makes_both_ask() -> None:
    assert asked(SPEC, plz="61348", town="Konstanz") == {"plz", "town"}


def test_one_wrong_letter_makes_only_the_town_ask() -> None:
    assert asked(SPEC, plz="78462", town="Konsianz") == {"town"}


def test_each_of_several_towns_of_a_code_is_right() -> None:
    assert asked(SPEC, plz="21481", town="Schnakenbek") == set()
    assert asked(SPEC, plz="21481", town="Lauenburg") == set()


def test_code_and_town_in_one_field_are_compared() -> None:
    spec = form(("place", "PLZ und Wohnort", "plz_town"))
    assert asked(spec, place="78462 Konstanz") == set()
    assert asked(spec, place="78462 Halle") == {"place"}
    assert asked(spec, place="00462 Konstanz") == {"place"}


def test_without_a_register_and_for_empty_fields_nothing_asks() -> None:
    assert asked(SPEC, {}, plz="99999", town="Köln") == set()
    assert asked(SPEC, plz=None, town="Köln") == set()
    assert asked(SPEC, plz="78462", town=None) == set()


def test_the_town_beside_the_code_is_meant_and_not_the_place_of_birth() -> None:
    before = form(("ort", "Ort", "text"), ("plz", "PLZ", "plz"), ("geburtsort", "Geburtsort", "text"))
    assert [(code.name, town.name) for code, town in pairs(before)] == [("plz", "ort")]
    alone = form(("plz", "PLZ", "plz"), ("sport", "Sportart", "text"))
    assert list(pairs(alone)) == []


def test_the_office_s_own_list_comes_first(tmp_path: Path) -> None:
    own, other = tmp_path / "orte.csv", tmp_path / "other.csv"
    other.write_text("plz;ort\n12345;Altdorf\n", encoding="utf-8")
    assert load_towns(own, other) == {"12345": ("Altdorf",)}
    own.write_text("plz;ort\n99999;Neuort\n99999;Neudorf\n", encoding="utf-8")
    assert load_towns(own, other) == {"99999": ("Neuort", "Neudorf")}
    assert load_towns(tmp_path / "none.csv") == {}


@pytest.mark.parametrize("town", ["Lauenburg", "Halle", "BERLIN-Spandau", "Bad Homburg v. d. Höhe", "Bad", "-", ""])
def test_the_codes_of_a_town_are_those_of_every_place_that_may_be_it(town: str) -> None:
    towns = TOWNS | {"06120": ("Halle (Saale)",), "33790": ("Halle (Westf.)", "Werther")}
    asked_one_by_one = [code for code, known in towns.items() if any(same_town(town, each) for each in known)]
    assert codes_of(town, towns) == asked_one_by_one
