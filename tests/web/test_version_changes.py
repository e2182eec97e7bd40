"""How a version differs from the one in service, in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from cases.models import Version
from cases.transitions.versions import new_draft
from ocr.spec import parse_form
from web import roles
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


REST = """
[[anchor]]
text = "Angaben zum Hund"
page = 1
box_mm = [30, 141, 61.2, 144.8]

[[table]]
name = "kinder"
title = "Kind"
page = 1
box_mm = [20, 80.5, 190, 89.5]
rows = 1
[[table.column]]
name = "name"
title = "Name"
x_mm = [20.3, 94.7]
"""


def test_settings_of_the_form_itself_are_told_too() -> None:
    before = text().replace("pages = 2\n", 'pages = 2\n[marks]\n1 = ["Angaben zum Hund"]\n') + REST
    other = text().replace("pages = 2\n", 'pages = 3\nlanguage = ["eng"]\n[marks]\n1 = ["Stand 03/2026"]\n') + REST
    other = other.replace("141,", "140,").replace("[20.3, 94.7]", "[20.3, 90]")
    first, second = other.index('[[field]]\nlabels = ["Telefon"]'), other.index('[[field]]\nlabels = ["IBAN"]')
    end = other.index('[[field]]\nlabels = ["Anzahl')
    other = other[:first] + other[second:end] + other[first:second] + other[end:]
    place = "Seite 1, links {}, oben {}, breit {}, hoch {} mm".format
    assert changes(parse_form(before, "x"), parse_form(other, "x")) == [
        Change("", "Sprache des Vordrucks", "Deutsch", "Englisch"),
        Change("", "Seiten", "2", "3"),
        Change("", "Woran das Formular erkannt wird (Seite 1)", "„Angaben zum Hund“", "„Stand 03/2026“"),
        Change(
            "„Angaben zum Hund“",
            "Fester Punkt auf dem Papier",
            place("30", "141", "31,20", "3,80"),
            place("30", "140", "31,20", "4,80"),
        ),
        Change("Kind", "Spalten der Tabelle", "Name (20,30–94,70 mm)", "Name (20,30–90 mm)"),
        Change("", "Reihenfolge der Felder", "„Telefon“, „IBAN“", "„IBAN“, „Telefon“"),
        Change(
            "Kind 1: Name",
            "Platz",
            place("20,30", "80,50", "74,40", "9"),
            place("20,30", "80,50", "69,70", "9"),
        ),
    ]


def test_the_page_of_a_draft_shows_them(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    same, other = (new_draft(Version.Kind.FORM, "antrag", one, people[roles.OWNER]) for one in (text(), changed()))
    owner = as_role(roles.OWNER)
    assert "Kein Unterschied" in owner.get(reverse("version", args=[same.pk])).text
    page = owner.get(reverse("version", args=[other.pk])).text
    assert "Nur Ziffern" in page and "entfällt" in page
