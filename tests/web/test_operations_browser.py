"""The operations page lives without a reload, and stands still when somebody asks it to."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from cases.models import State
from tests.web.browser import Desk
from tests.web.factories import make_case
from web.views import operations

pytestmark = pytest.mark.django_db(transaction=True)


def waiting(desk: Desk) -> str:
    """How many cases wait to be read, as the page says."""
    return desk.find("#stand tbody td").text


def until_true(desk: Desk, script: str) -> None:
    WebDriverWait(desk.driver, 30).until(lambda driver: driver.execute_script(f"return {script}"))


def test_it_comes_again_by_itself_until_it_is_paused(
    desk: Desk, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "EVERY_S", 1)
    desk.log_in("it-betrieb")
    desk.open("/betrieb/")
    desk.driver.execute_script("window.same = true; window.held = 0")
    make_case(State.RECEIVED, form="", pages=0)
    until_true(desk, "document.querySelector('#stand tbody td').textContent === '1'")
    desk.tab_to("Anzeige anhalten")
    desk.keys(Keys.SPACE)
    desk.driver.execute_script(
        "document.addEventListener('htmx:beforeRequest', (event) => { window.held += event.defaultPrevented; })"
    )
    make_case(State.RECEIVED, form="", pages=0)
    until_true(desk, "window.held >= 2")
    assert waiting(desk) == "1" and "Anzeige anhalten" in desk.driver.switch_to.active_element.text
    desk.keys(Keys.SPACE)
    until_true(desk, "document.querySelector('#stand tbody td').textContent === '2'")
    assert desk.driver.execute_script("return window.same"), "the page was never loaded again"
    Session.objects.all().delete()
    desk.until("#id_username")
