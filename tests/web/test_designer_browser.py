"""The designer in a real Chromium: with the pointer, with the keyboard alone, without a barrier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from cases.models import Version
from cases.transitions import designing
from tests.web import browser
from tests.web.blanks import blank
from tests.web.test_screens_browser import screens  # noqa: F401
from tests.web.screens import Screens
from web import roles
from workers import proposing

pytestmark = pytest.mark.django_db(transaction=True)


def drafted(people: dict[str, User], folder: Path) -> Version:
    version = designing.begin_form(blank(folder / "blank.pdf"), "Hundehaltung.pdf", people[roles.OWNER])
    proposing.propose(version.proposal.pk)
    version.refresh_from_db()
    return version


def test_look(screens: Screens, people: dict[str, User], tmp_path: Path) -> None:
    desk = screens.desk
    desk.log_in("prozessverantwortung")
    desk.open("/formulare/neu/")
    screens.shoot("neu")
    version = drafted(people, tmp_path)
    desk.open(f"/formulare/{version.name}/entwurf/{version.pk}/")
    desk.until(".zone")
    screens.shoot("kopf")
    desk.open(f"/formulare/{version.name}/entwurf/{version.pk}/?feld=familienname")
    desk.until(".zone--active")
    screens.shoot("feld")
    screens.see("feld", "1280", "200", "schmal")
    print(screens.found)
