"""A description that is wrong is told in one German sentence that names the place as people call it."""

from __future__ import annotations

import pytest

from cases.processes import ProcessSpec, parse
from ocr.errors import FormProblem
from ocr.spec import parse_form

FORM = """
name = "antrag"
title = "Antrag"
pages = 1
{head}
[[field]]
name = "plz"
title = "Postleitzahl"
kind = "plz"
labels = ["Postleitzahl"]
{field}
"""


@pytest.mark.parametrize(
    ("head", "field", "sentence"),
    [
        ("pages = ", "", "x: kein gültiges TOML (Zeile 5, Spalte 9)."),
        ('seiten = "1"', "", "x: den Schlüssel „seiten“ gibt es nicht."),
        ('language = "deu"', "", "x: „language“ muss eine Liste in eckigen Klammern sein."),
        ("", "lable = 1", "x: Feld „Postleitzahl“ (plz): den Schlüssel „lable“ gibt es nicht."),
        ("", 'lines = "zwei"', "x: Feld „Postleitzahl“ (plz): „lines“ muss eine ganze Zahl sein."),
        ("", 'required = "ja, immer"', "x: Feld „Postleitzahl“ (plz): „required“ muss true oder false sein."),
        ("", '[[field]]\nname = "ort"', "x: Feld „ort“: „title“ fehlt."),
        ("", '[[field]]\ntitle = "Ort"\nname = "Der Ort"', "x: Feld „Ort“ (Der Ort): „name“ darf nur Kleinbuchstaben"),
    ],
)
def test_a_wrong_form_is_one_german_sentence(head: str, field: str, sentence: str) -> None:
    with pytest.raises(FormProblem) as raised:
        parse_form(FORM.format(head=head, field=field), "x")
    assert raised.value.code == "F001"
    assert raised.value.message.startswith(sentence)
    assert raised.value.message.endswith("Bitte die Datei berichtigen.")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("forms = 3", "p: „forms“ muss eine Liste in eckigen Klammern sein."),
        (
            '[[reasons]]\nkey = "x"\ntitle = "Fehlt"\ntext = "{wer}"',
            "p: Grund „Fehlt“ (x): „text“: {wer} gibt es nicht;",
        ),
        ('second_review = "oft"', "p: „second_review“"),
        ("[[reasons", "p: kein gültiges TOML (Zeile "),
    ],
)
def test_a_wrong_process_too(line: str, sentence: str) -> None:
    with pytest.raises(FormProblem) as raised:
        parse(f'name = "p"\ntitle = "P"\n{line}\n', "p", ProcessSpec)
    assert raised.value.message.startswith(sentence)
    assert "Input" not in raised.value.message and "error" not in raised.value.message
