"""Basket, serial review, disclosures and first look in a real Chromium: by keyboard alone, without a barrier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.keys import Keys

from cases import transitions
from cases.models import Case, Pseudonym, State
from tests.web import browser
from tests.web.browser import findings, visit
from tests.web.factories import make_case, person
from tests.web.test_serial import GRID, asks_only
from web import roles

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_series_is_confirmed_with_the_keyboard_alone(desk: browser.Desk) -> None:
    cases = [asks_only(make_case(), "ersthund") for _ in range(6)]
    desk.log_in("sachbearbeitung")
    desk.open(GRID)
    desk.until(".cell")
    assert desk.active() == "zweifel-1", "the first crop has the focus"
    desk.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.SPACE)
    assert desk.active() == "zweifel-3" and desk.find("#zweifel-3").is_selected()
    desk.keys(Keys.ARROW_LEFT, Keys.ENTER)
    desk.until(".note--success")
    assert "5 Felder bestätigt, 5 Vorgänge damit freigegeben, 1 bleibt im Arbeitskorb." in desk.find(".note").text
    states = sorted(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("state", flat=True))
    assert states == [State.READY] * 5 + [State.REVIEW]


def test_the_screens_of_the_serial_review_have_no_barrier(desk: browser.Desk) -> None:
    for _ in range(7):
        make_case()
    desk.log_in("sachbearbeitung")
    found = visit(desk, {"gruppen": reverse("serial"), "gruppenpruefung": GRID})
    desk.keys(Keys.SPACE)
    found += findings(desk, "gruppenpruefung-zweifel")
    desk.keys(Keys.ENTER)
    desk.until(".note--success")
    found += findings(desk, "gruppenpruefung-fertig")
    Case.objects.update(state=State.READY)
    found += visit(desk, {"gruppen-leer": reverse("serial"), "gruppenpruefung-leer": GRID})
    assert found == []


def test_a_full_basket_has_no_barrier(desk: browser.Desk, people: dict[str, User]) -> None:
    now = timezone.now()
    make_case(due_at=now - timedelta(days=1))
    make_case(locked_by=people[roles.SECOND], locked_until=now + timedelta(minutes=9))
    make_case(State.ON_HOLD, hold_until=timezone.localdate() + timedelta(days=3))
    for state in (State.UNCLEAR, State.FAILED, *[State.REVIEW] * 24):
        make_case(state, pages=0, search_name="groessmann anna")
    desk.log_in("sachbearbeitung")
    addresses = {
        "arbeitskorb-voll": "/",
        "arbeitskorb-seite-2": "/?seite=2",
        "arbeitskorb-zurueckgestellt": "/?zustand=on_hold",
        "arbeitskorb-suche": "/?q=Größmann",
    }
    assert visit(desk, addresses) == []


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_the_first_look_of_every_role_has_no_barrier(role: str, desk: browser.Desk) -> None:
    desk.log_in(role.lower())
    assert visit(desk, {f"erster-blick-{role.lower()}": "/"}) == []


def test_naming_a_person_has_no_barrier(desk: browser.Desk, people: dict[str, User]) -> None:
    make_case()
    auditor, administrator = people[roles.AUDITOR], people[roles.ADMINISTRATOR]
    number = Pseudonym.objects.create(user_name="sachbearbeitung").number
    asked = [transitions.ask_disclosure(number, auditor, "Hinweis auf unbefugten Zugriff") for _ in range(2)]
    transitions.confirm_disclosure(asked[0].pk, administrator)
    transitions.ask_disclosure(number, person("dritte", roles.AUDITOR), "Beschwerde einer Bürgerin")
    desk.log_in("revision")
    found = visit(desk, {"personen": reverse("disclosures"), "protokoll-personen": reverse("trail")})
    desk.open(reverse("disclosures"))
    desk.find("#id_person").send_keys("x", Keys.ENTER)
    desk.until(".error")
    found += findings(desk, "personen-fehler")
    assert found == []
