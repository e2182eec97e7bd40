"""A form nobody has seen before comes into service in the browser, and its next scan stands in the target: with the
pointer, with the keyboard alone, and from a scanned blank. No file is edited by hand."""

from __future__ import annotations

import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from tests.web import blanks
from tests.web.browser import ROOT, Desk
from tests.web.hands import Hands, Keyboard, Pointer
from tests.web.whole_office import Office, running
from web import roles

PEOPLE = {"jana": roles.OWNER, "tom": roles.OWNER, "ida": roles.CLERK}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """One for each test: nobody there knows the form."""
    with running(tmp_path / "office", PEOPLE) as started:
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
    submitted(hands)
    approved(desk, hands)
    taught = time.monotonic() - start
    enter_one(office, desk, blanks.PEOPLE[0], tmp_path, blank)
    note("pointer", hands.actions, taught, time.monotonic() - start)
    assert descriptions() == before, "no file was touched"


def row_of(desk: Desk) -> str:
    """The title of the active row of the list."""
    return desk.find("#liste [aria-current] .row__title").text


def go_to_row(hands: Keyboard, title: str) -> None:
    """With the arrow keys through the list until a field is the active one."""
    for _ in range(40):
        if row_of(hands.desk).startswith(title):
            return
        before = hands.desk.find("[data-active]").get_attribute("data-active")
        hands.key(Keys.ARROW_DOWN)
        hands.until_not(f"[data-active='{before}']")
    raise AssertionError(f"no row {title}")


def test_with_the_keyboard_alone(desk: Desk, office: Office, tmp_path: Path) -> None:
    before, start = descriptions(), time.monotonic()
    blank = blanks.blank(tmp_path / "Hundehaltung.pdf")
    desk.log_in("jana")
    hands = Keyboard(desk)
    upload(hands, blank)
    hands.choose("#kopf-error_budget", "höchstens 1 unter 100")
    hands.go("#liste [aria-current]")
    go_to_row(hands, "Telefon")
    hands.key(Keys.DELETE)
    hands.until_not("[data-active=telefon]")
    for title, kind in (("Gehalten seit", "Datum"), ("Chipnummer", "Nur Ziffern")):
        go_to_row(hands, title)
        hands.key(Keys.ENTER)
        hands.choose("#wert-kind", kind)
        hands.calm()
        hands.key(Keys.F2, Keys.F2)
    hands.key(Keys.HOME)
    hands.see("#durchsehen")
    hands.press("[data-do=alle-uebernehmen]")
    hands.calm()
    hands.press("#weiter")
    hands.choose("#ziel", "Fachverfahren Hundesteuer")
    hands.press("[name=verfahren]")
    hands.choose("#nach-es_ist_der_einzige_hund_im_haushalt", "Ersthund")
    hands.calm()
    submitted(hands)
    approved(desk, hands)
    taught = time.monotonic() - start
    enter_one(office, desk, blanks.PEOPLE[1], tmp_path, blank)
    note("keyboard", hands.actions, taught, time.monotonic() - start)
    assert descriptions() == before, "no file was touched"


def submitted(hands: Hands) -> None:
    hands.press("#zur-freigabe")
    hands.press("#einreichen")
    hands.see(".note--success")


def approved(desk: Desk, hands: Hands) -> None:
    """By the second person, who finds it in the list."""
    desk.log_in("tom")
    desk.open("/formulare/")
    hands.press("tbody th a")
    hands.press("#freigeben")
    hands.see(".note--success")


def enter_one(office: Office, desk: Desk, person: dict[str, str], folder: Path, blank: Path) -> None:
    """The next scan goes into the inbox; a clerk confirms what asks; the record stands in the target."""
    scan = blanks.filled(person, folder / "scan.pdf", 1, pdf=blank)
    (process,) = office.wait("SELECT name FROM cases_version WHERE kind = 'process' AND state = 'approved'")
    inbox = office.inbox(str(process))
    end_s = time.monotonic() + 60
    while not inbox.is_dir():
        assert time.monotonic() < end_s, "the inbox of the new process is made by itself"
        time.sleep(0.2)
    scan.rename(inbox / scan.name)
    read = "SELECT id, state FROM cases_case WHERE process = ? AND state NOT IN ('received', 'entered')"
    entered = "SELECT reference FROM cases_case WHERE process = ? AND state = 'entered'"
    either = f"{read} UNION {entered.replace('reference', 'id, state')}"
    case_id, state = office.wait(either, process, process)
    if state == "review":
        confirm(desk, str(case_id))
    office.wait(entered, process)
    assert office.records() == [record_of(person)]


def confirm(desk: Desk, case_id: str) -> None:
    """What the machine was not sure of is looked at; everything was read right."""
    desk.log_in("ida")
    desk.open(f"/vorgang/{uuid.UUID(case_id)}/")
    desk.until(".item--active")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")


def record_of(person: dict[str, str]) -> tuple[object, ...]:
    """What the target holds of somebody, in its own spelling."""
    born, kept = (f"{d[:2]}.{d[2:4]}.{d[4:]}" for d in (person["Geburtsdatum"], person["Gehalten seit"]))
    name, town, dog = person["Familienname"], person["Wohnort"], person["Name des Hundes"]
    return name, person["Vorname"], born, town, dog, person["Chipnummer"], kept, "1", "J", "J"


def note(how: str, actions: int, taught_s: float, all_s: float) -> None:
    """The figures of docs/measured.md, where somebody wants them (MEASURED names a file)."""
    if path := os.environ.get("MEASURED"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{how}: {actions} actions, {taught_s:.0f} s until approved, {all_s:.0f} s until entered\n")
