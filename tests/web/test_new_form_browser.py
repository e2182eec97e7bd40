"""A form nobody has seen before comes into service in the browser, and its next scan stands in the target: with the
pointer, with the keyboard alone, and from a scanned blank. No file is edited by hand."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.web import blanks
from tests.web.browser import ROOT, Desk
from tests.web.hands import Hands, Pointer
from tests.web.whole_office import Office, running
from web import roles

PEOPLE = {"jana": roles.OWNER, "tom": roles.OWNER, "ida": roles.CLERK}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with running(tmp_path_factory.mktemp("office"), PEOPLE) as started:
        yield started


@pytest.fixture
def desk(driver: webdriver.Chrome, office: Office) -> Desk:
    at = Desk(driver, office.url)
    at.as_new()
    return at


def descriptions() -> dict[str, str]:
    """Every file under config/, by its hash."""
    files = (path for path in (ROOT / "config").rglob("*.toml"))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def upload(hands: Hands, blank: Path) -> None:
    hands.desk.open("/formulare/neu/")
    hands.choose_file("#id_file", blank)
    hands.press("button[type=submit]:not(.link)")
    hands.see("#durchsehen")


def field(hands: Pointer, title: str) -> None:
    """Make a field of the list the active one."""
    rows = hands.desk.driver.find_elements("css selector", "#liste .row")
    row = next(row for row in rows if row.find_element("css selector", ".row__title").text.startswith(title))
    hands.press(f"[data-field='{row.get_attribute('data-field')}']")
    hands.see(f"[data-active='{row.get_attribute('data-field')}']")


def test_with_the_pointer(desk: Desk, office: Office, tmp_path: Path) -> None:
    before, start = descriptions(), time.monotonic()
    blank = blanks.blank(tmp_path / "Hundehaltung.pdf")
    desk.log_in("jana")
    hands = Pointer(desk)
    upload(hands, blank)
    hands.choose("#kopf-error_budget", "höchstens 1 unter 100")
    field(hands, "Telefon")
    hands.press("[data-do=weg]")
    field(hands, "Gehalten seit")
    hands.choose("#wert-kind", "Datum")
    field(hands, "Chipnummer")
    hands.choose("#wert-kind", "Nur Ziffern")
    field(hands, "Familienname")
    hands.press("#wert-required")
    hands.press("[data-field='']")
    hands.press("[data-do=alle-uebernehmen]")
    hands.calm()
    hands.press("#weiter")
    hands.choose("#ziel", "Fachverfahren Hundesteuer")
    hands.press("[name=verfahren]")
    hands.choose("#nach-es_ist_der_einzige_hund_im_haushalt", "Ersthund")
    hands.calm()
    print(hands.actions, time.monotonic() - start)
    assert descriptions() == before
