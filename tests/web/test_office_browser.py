"""Basket, serial review, disclosures and first look in a real Chromium: by keyboard alone, without a barrier."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from cases.models import Case, State
from tests.web import browser
from tests.web.factories import make_case
from tests.web.test_serial import GRID, asks_only

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
