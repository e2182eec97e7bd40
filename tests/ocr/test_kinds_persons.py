"""Names, persons with their title, numbers, free text; the registry of kinds."""

import pytest

from ocr.errors import FormProblem
from ocr.kinds import kind, kind_names, name, number, person, text, title


@pytest.mark.parametrize(
    ("block", "who", "what"),
    [
        ("Anna Muster, Director", "Anna Muster", "Director"),
        ("Anna Muster\nExecutive Director\nPublic Affairs", "Anna Muster", "Executive Director\nPublic Affairs"),
        ("Anna Muster, Jr., Partner", "Anna Muster, Jr.", "Partner"),
        ("/s/ Anna Muster", "Anna Muster", None),
        ("Mr. Bruno Beispiel\nAttorney with Power of Attorney", "Bruno Beispiel", "Attorney with Power of Attorney"),
        ("12-15-94 Anna Muster\nDirector", "Anna Muster", "Director"),
        ("993A.N. Muster, President", "A.N. Muster", "President"),
        ("Muster & Co. By:\nAnna Muster, President", "Anna Muster", "President"),
        ("Anna Muster, Director\nMuster Trade Centre\n17 Muster St., Musterton", "Anna Muster", "Director"),
        ("Anna Muster\nVice President\n& Controller", "Anna Muster", "Vice President\n& Controller"),
        ("Anna Muster\nPresident of\nMuster & Co.", "Anna Muster", "President of\nMuster & Co."),
        ("Anna Muster\nM naging Partner", "Anna Muster", "Managing Partner"),
        ("Anna Muster\nEditor, a director of Sales", "Anna Muster", "Editor, a director of Sales"),
        ("Anna Muster\nVice President\nHuman Resources", "Anna Muster", "Vice President\nHuman Resources"),
    ],
)
def test_it_splits_a_person_from_her_title(block, who, what):
    assert person.parse(block).value == who
    read = title.parse(block)
    assert (read.value if read else None) == what


def test_a_repaired_title_says_so():
    read = title.parse("Anna Muster\nEvecutive Director")
    assert read.value == "Executive Director"
    assert [note.code for note in read.notes] == ["L007"]
    assert read.quality < 0.9


def test_a_title_of_which_a_line_was_left_out_is_less_sure():
    assert title.parse("Anna Muster\nDirector").quality == 1.0
    assert title.parse("Anna Muster\nDirector\nMuster Trade Centre").quality < 0.9


def test_words_that_are_no_title_are_doubtful():
    assert title.parse("Anna Muster\nXq rant w").quality <= 0.3


def test_a_name_is_one_line_of_letters():
    assert name.parse("  /s/ Anna  Muster |").value == "Anna Muster"
    assert name.parse("von der Heide").quality == 1.0
    assert name.parse("12 34") is None
    assert name.quality("R2 xx") < name.quality("Anna Muster")


def test_a_number_is_its_digits():
    assert (number.parse("No. 5 939").value, number.parse("5939").quality) == ("5939", 1.0)
    assert number.parse("SO1l").value == "5011"
    assert number.parse("SO1l").quality < 0.5
    assert number.parse("keine") is None


def test_free_text_keeps_its_lines_and_loses_strokes_of_rules():
    assert text.parse("| Muster GmbH _\n Hauptstr.  5").value == "Muster GmbH\nHauptstr. 5"
    assert text.parse("g\nMuster GmbH").value == "Muster GmbH"
    assert text.parse("_ |") is None


def test_the_folder_is_the_registry_of_kinds():
    assert {"text", "name", "date", "number", "checkbox", "iban"} <= set(kind_names())
    with pytest.raises(FormProblem, match=r"F002.*datum.*bekannt sind") as problem:
        kind("datum")
    assert problem.value.audience == "owner"
