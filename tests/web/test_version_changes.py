"""How a version differs from the one in service, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases import clock
from cases.models import Version
from cases.transitions.versions import approve, new_draft, submit
from ocr.spec import FormSpec, parse_form
from web import roles, version_changes
from web.version_changes import Change, changes

pytestmark = pytest.mark.django_db


def text() -> str:
    return (Path(settings.FORMS) / "antrag.toml").read_text(encoding="utf-8")


def changed() -> str:
    other = text().replace('title = "Postleitzahl"\nkind = "plz"', 'title = "PLZ"\nkind = "digits"\nrequired = true')
    other = other.replace('name = "ort"\n', 'name = "wohnort"\n').replace("[20, 150, 25, 155]", "[21, 150, 25, 155]")
    assert other != text()
    return other.replace('title = "Anmeldung zur Hundesteuer"', 'title = "Hundesteuer"')


def test_every_difference_is_told_from_what_to_what() -> None:
    found = changes(parse_form(text(), "x"), parse_form(changed(), "x"))
    assert found == [
        Change("", "Titel", "Anmeldung zur Hundesteuer", "Hundesteuer"),
        Change("PLZ", "Bezeichnung", "Postleitzahl", "PLZ"),
        Change("PLZ", "Art", "Postleitzahl", "Nur Ziffern"),
        Change("PLZ", "Pflichtfeld", "Nein", "Ja"),
        Change("Ort", "neu"),
        Change("Anzahl der Hunde im Haushalt", "andere Merkmale auf dem Papier"),
        Change("Ort", "entfällt"),
    ]
    assert changes(parse_form(text(), "x"), parse_form(text(), "x")) == []


HEAD = """name = "x"
title = "X"
pages = 2
printed = ["Nur für das Amt", "Bitte leserlich"]
[marks]
1 = ["Antrag auf", "Stand 2025"]
[[anchor]]
text = "Anschrift"
box_mm = [10, 10, 40, 15]
[[field]]
name = "a"
title = "Erstes"
box_mm = [10, 20, 40, 25]
[[field]]
name = "b"
title = "Zweites"
labels = ["Zweites"]
[[table]]
name = "t"
title = "Kinder"
box_mm = [10, 100, 90, 110]
rows = 2
[[table.column]]
name = "n"
title = "Name"
x_mm = [10, 90]
"""
TOLD = [
    ('title = "X"', 'title = "Y"', Change("", "Titel", "X", "Y")),
    ("pages = 2", "pages = 3", Change("", "Seiten", "2", "3")),
    ("pages = 2", 'pages = 2\nversion = "2026"', Change("", "Stand des Vordrucks", "1", "2026")),
    ("pages = 2", 'pages = 2\nlanguage = ["eng"]', Change("", "Sprache des Vordrucks", "Deutsch", "Englisch")),
    ("pages = 2", "pages = 2\nsize_mm = [148, 210.5]",
     Change("", "Größe des Blattes", "210 × 297 mm", "148 × 210,50 mm")),
    ("pages = 2", "pages = 2\nerror_budget = 0.02",
     Change("", "Falsche Werte, die niemand sieht (alle Felder)", "höchstens 1 unter 1.000 (nicht eigens gewählt)",
            "höchstens 1 unter 50")),
    ("pages = 2", 'pages = 2\nnot_marks = ["Hund"]',
     Change("", "Wörter, die nur auf anderen Formularen stehen", "", "„Hund“")),
    ('"Stand 2025"', '"Stand 2026"',
     Change("", "Woran das Formular erkannt wird (Seite 1)", "„Stand 2025“", "„Stand 2026“")),
    ('"Nur für das Amt", "Bitte leserlich"', '"Bitte leserlich", "Nur für das Amt"',
     Change("", "Gedruckte Wörter, die kein Wert sind", "„Nur für das Amt“, „Bitte leserlich“",
            "„Bitte leserlich“, „Nur für das Amt“")),
    ("[10, 10, 40, 15]", "[12, 10, 40, 15]",
     Change("„Anschrift“", "Fester Punkt auf dem Papier", "Seite 1, links 10, oben 10, breit 30, hoch 5 mm",
            "Seite 1, links 12, oben 10, breit 28, hoch 5 mm")),
    ("[10, 20, 40, 25]", "[10, 20, 40, 26.5]",
     Change("Erstes", "Platz", "Seite 1, links 10, oben 20, breit 30, hoch 5 mm",
            "Seite 1, links 10, oben 20, breit 30, hoch 6,50 mm")),
    ("rows = 2", "rows = 3", Change("Kinder", "Zeilen der Tabelle", "2", "3")),
    ("rows = 2", "rows = 2\nrow_mm = 12", Change("Kinder", "Abstand der Zeilen", "10 mm", "12 mm")),
    ("x_mm = [10, 90]", "x_mm = [10, 80]",
     Change("Kinder", "Spalten der Tabelle", "Name (10–90 mm)", "Name (10–80 mm)")),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "line"), TOLD)
def test_of_the_form_itself_it_says_which_setting_from_what_to_what(before: str, after: str, line: Change) -> None:
    assert before in HEAD
    assert line in changes(parse_form(HEAD, "x"), parse_form(HEAD.replace(before, after), "x"))


def test_no_setting_of_a_form_is_left_out() -> None:
    told = {key for key, _words in version_changes.SETTINGS.values()}
    elsewhere = {"name", "marks", "not_marks", "printed", "anchor", "table", "field"}
    assert FormSpec.model_fields.keys() == told | elsewhere, "a new setting needs its line in version_changes"


def test_another_order_of_the_fields_is_told() -> None:
    first, second = HEAD.index("[[field]]"), HEAD.index('[[field]]\nname = "b"')
    end = HEAD.index("[[table]]")
    other = HEAD[:first] + HEAD[second:end] + HEAD[first:second] + HEAD[end:]
    found = changes(parse_form(HEAD, "x"), parse_form(other, "x"))
    assert found == [Change("", "Reihenfolge der Felder", "„Erstes“, „Zweites“", "„Zweites“, „Erstes“")]


def test_a_table_that_came_or_went_is_told() -> None:
    without = HEAD[: HEAD.index("[[table]]")]
    assert Change("Kinder", "neue Tabelle") in changes(parse_form(without, "x"), parse_form(HEAD, "x"))
    assert Change("Kinder", "Tabelle entfällt") in changes(parse_form(HEAD, "x"), parse_form(without, "x"))


def test_a_draft_that_names_a_field_twice_is_compared_all_the_same() -> None:
    twice = HEAD.replace('name = "b"', 'name = "a"')
    assert changes(parse_form(HEAD, "x"), parse_form(twice, "x"))


def test_the_number_of_the_version_in_service_is_no_change(
    as_role: Callable[[str], Client], people: dict[str, User]
) -> None:
    one = new_draft(Version.Kind.FORM, "antrag", text(), people[roles.OWNER])
    submit(one.pk, people[roles.OWNER], serves_from=clock.now() - timedelta(seconds=1))
    approve(one.pk, people[roles.ADMINISTRATOR])
    same = new_draft(Version.Kind.FORM, "antrag", text(), people[roles.OWNER])
    assert "Kein Unterschied" in as_role(roles.OWNER).get(reverse("version", args=[same.pk])).text


def test_the_page_of_a_draft_shows_them(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    same, other = (new_draft(Version.Kind.FORM, "antrag", one, people[roles.OWNER]) for one in (text(), changed()))
    owner = as_role(roles.OWNER)
    assert "Kein Unterschied" in owner.get(reverse("version", args=[same.pk])).text
    page = owner.get(reverse("version", args=[other.pk])).text
    assert "Nur Ziffern" in page and "entfällt" in page
    assert "Angaben zum Formular</th>" in page and ">Anmeldung zur Hundesteuer</td>" in page
