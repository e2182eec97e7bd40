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
        Change("", "Angaben zum Formular"),
        Change("PLZ", "Bezeichnung", "Postleitzahl", "PLZ"),
        Change("PLZ", "Art", "Postleitzahl", "Nur Ziffern"),
        Change("PLZ", "Pflichtfeld", "Nein", "Ja"),
        Change("Ort", "neu"),
        Change("Anzahl der Hunde im Haushalt", "Platz oder andere Merkmale auf dem Papier"),
        Change("Ort", "entfällt"),
    ]
    assert changes(parse_form(text(), "x"), parse_form(text(), "x")) == []


def test_the_page_of_a_draft_shows_them(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    same, other = (new_draft(Version.Kind.FORM, "antrag", one, people[roles.OWNER]) for one in (text(), changed()))
    owner = as_role(roles.OWNER)
    assert "Kein Unterschied" in owner.get(reverse("version", args=[same.pk])).text
    page = owner.get(reverse("version", args=[other.pk])).text
    assert "Nur Ziffern" in page and "entfällt" in page
