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
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from tests.web import blanks
from tests.web.browser import ROOT, Desk
from tests.web.hands import Hands, Keyboard, Pointer
from tests.web.whole_office import PATIENCE_S, Office, running
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
    hands.see("#kopf-title")


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
    draft, begun = desk.driver.current_url, time.monotonic()
    tried(Pointer(desk), blank, tmp_path)
    start += time.monotonic() - begun  # has a line of its own
    desk.driver.get(draft)
    into_service(desk, hands)
    taught = time.monotonic() - start
    enter_one(office, desk, blanks.PEOPLE[0], tmp_path, blank)
    note(told("pointer", hands.actions, taught, time.monotonic() - start))
    assert descriptions() == before, "no file was touched"


def tried(hands: Pointer, blank: Path, folder: Path) -> None:
    """Five filled scans are read by a worker; what a person says stands on them is held against what was read."""
    people = [*blanks.PEOPLE, blanks.WRITTEN]
    people[2] = {**people[2], "Rasse": ""}
    begun, driver = time.monotonic(), hands.desk.driver
    scans = [blanks.filled(one, folder / f"Scan {n}.pdf", n, pdf=blank) for n, one in enumerate(people, 1)]
    hands.press(".bar__next a.kern-link")
    hands.choose_file("#scans", *scans)
    hands.press(".bench-drop [type=submit]")
    WebDriverWait(driver, PATIENCE_S).until(lambda _: "Alle Scans" in text_of(hands.desk, "[data-summary]"))
    assert "ließ" not in hands.desk.find("#stand").text and len(rows_of(hands.desk, "#scans-titel")) == len(scans)
    # Said otherwise than the paper: one value is wrong then, one invented, one wrong or missed (its box is empty).
    people[0] = {**people[0], "Rasse": "Katze"}
    people[1] = {**people[1], "E-Mail": ""}
    people[2] = {**people[2], "Rasse": "Spitz"}
    hands.press("#scans-titel ~ table a")
    for n, one in enumerate(people, 1):
        WebDriverWait(driver, 20).until(lambda _, n=n: text_of(hands.desk, "h1") == f"Scan {n}.pdf")
        for item in driver.find_elements("css selector", ".bench-scan .item"):
            answer(hands.desk, item, as_typed(one, item.find_element("css selector", ".item__title").text))
        hands.press(".bench-scan [type=submit]")
    hands.see("#felder-titel")
    counted = rows_of(hands.desk, "#felder-titel")
    right, wrong, missed, invented = counted["Rasse"]
    assert wrong >= 1 and wrong + missed >= 2 and right + wrong + missed + invented == len(people)
    assert counted["E-Mail"][3] >= 1
    assert sum(right for right, *_ in counted.values()) > 0.8 * sum(map(sum, counted.values()))
    assert hands.see("#sicherheit-titel ~ .charts .point")
    note(f"trial of {len(scans)} scans: {time.monotonic() - begun:.0f} s")


def text_of(desk: Desk, selector: str) -> str:
    """In one breath: the page may put something else there at any time."""
    return str(desk.driver.execute_script("return document.querySelector(arguments[0])?.innerText ?? ''", selector))


def rows_of(desk: Desk, heading: str) -> dict[str, list[int]]:
    """The rows of the table below a heading: what they are called, and the numbers in them."""
    rows = desk.driver.find_elements("css selector", f"{heading} ~ table tbody tr")
    cells = [
        (row.find_element("css selector", "th").text, row.find_elements("css selector", ".number")) for row in rows
    ]
    return {name: [int(cell.text) for cell in numbers] for name, numbers in cells}


def draw(hands: Pointer, title: str, box: tuple[float, float, float, float]) -> None:
    """A rectangle on the sheet and its title; the kind follows from it."""
    hands.drag(1, box[:2], box[2:])
    hands.see("[data-active^=neues_feld]")
    hands.has_focus("wert-title")
    hands.desk.keys(title, Keys.TAB)
    hands.actions += 1
    hands.calm()


def test_from_a_scanned_blank_without_form_fields(desk: Desk, office: Office, tmp_path: Path) -> None:
    """Nothing but paper: what the machine sees in it is put right with the pointer."""
    before, start = descriptions(), time.monotonic()
    blank = blanks.blank(tmp_path / "Hundehaltung.pdf", fields=False)
    desk.log_in("jana")
    hands = Pointer(desk)
    upload(hands, blanks.scanned_blank(tmp_path / "Scan vom Drucker.pdf", blank))
    hands.choose("#kopf-error_budget", "höchstens 1 unter 100")
    hands.press("[data-view=out]")
    for title in ("Telefon", "3 oder mehr", "[] 3 oder mehr"):
        delete(hands, title)
    take_combs_apart(hands)
    join_squares(hands)
    hands.press("[data-field='']")
    hands.press("[data-do=alle-uebernehmen]")
    hands.calm()
    into_service(desk, hands)
    taught = time.monotonic() - start
    enter_one(office, desk, blanks.PEOPLE[3], tmp_path, blank)
    note(told("scanned", hands.actions, taught, time.monotonic() - start))
    assert descriptions() == before, "no file was touched"


def titles(hands: Hands) -> list[str]:
    return [row.text for row in hands.desk.driver.find_elements("css selector", ".rows .row__title")]


def delete(hands: Pointer, title: str) -> None:
    """A field that nobody needs, if it was proposed at all."""
    if title in titles(hands):
        field(hands, title)
        hands.press("[data-do=weg]")
        hands.calm()


def take_combs_apart(hands: Pointer) -> None:
    """Two combs on one line, however they were proposed, become a date and a number."""
    tall = blanks.TALL
    for label, x, y, width, cells in blanks.COMBS:
        if label == "Geburtsdatum":
            continue
        if label in titles(hands):
            field(hands, label)
            hands.write("#platz-x", str(x))
            hands.write("#platz-b", str(width))
        else:
            draw(hands, label, (x, y + 1.9, x + width, y + 1.9 + tall))
        hands.write("#wert-cells", str(cells))
        hands.choose("#wert-kind", "Nur Ziffern" if label == "Chipnummer" else "Datum")
        hands.calm()


def join_squares(hands: Pointer) -> None:
    """Squares that exclude each other become one choice; the answers are named and put where they are printed."""
    label, _, y, answers = blanks.CHOICE
    if label in titles(hands):
        field(hands, label)
    else:
        draw(hands, label, (answers[0][1] - 2.4, y - 5.4, answers[-1][1] + 6.4, y + 3.4))
    if not hands.desk.driver.find_elements("css selector", "#antwort-2"):
        hands.choose("#wert-kind", "Auswahl")
    hands.see("#antwort-2")
    if not hands.desk.driver.find_elements("css selector", "#antwort-3"):
        hands.press("[data-do=kaestchen-neu]")
    hands.see("#antwort-3")
    for n, (words, left) in enumerate(answers, 1):
        hands.write(f"#antwort-{n}", words)
        hands.write(f"#k{n}-x", str(left))
    hands.calm()


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
    hands.see("#kopf-title")
    hands.press("[data-do=alle-uebernehmen]")
    hands.calm()
    into_service(desk, hands)
    taught = time.monotonic() - start
    enter_one(office, desk, blanks.PEOPLE[1], tmp_path, blank)
    note(told("keyboard", hands.actions, taught, time.monotonic() - start))
    assert descriptions() == before, "no file was touched"


def into_service(desk: Desk, hands: Hands) -> None:
    """A new process for the form; both are submitted, and approved by the second person, who finds them in the list."""
    hands.press("#weiter")
    hands.choose("#ziel", "Fachverfahren Hundesteuer")
    hands.press("[name=verfahren]")
    hands.choose("#nach-es_ist_der_einzige_hund_im_haushalt", "Ersthund")
    hands.calm()
    hands.press("#zur-freigabe")
    hands.press("#einreichen")
    hands.see(".note--success")
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
        confirm(desk, str(case_id), person)
    office.wait(entered, process)
    assert office.records() == [record_of(person)]


def confirm(desk: Desk, case_id: str, person: dict[str, str]) -> None:
    """A clerk looks at what the machine was not sure of, and types what stands there where it was read otherwise."""
    desk.log_in("ida")
    desk.open(f"/vorgang/{uuid.UUID(case_id)}/")
    desk.until(".item--active")
    for item in desk.driver.find_elements("css selector", ".item--asks"):
        answer(desk, item, as_typed(person, item.find_element("css selector", ".item__title").text))
    desk.chord(Keys.CONTROL, Keys.ENTER)
    WebDriverWait(desk.driver, 20).until(lambda driver: driver.find_elements("css selector", ".note--success, #fehler"))
    assert not desk.driver.find_elements("css selector", "#fehler"), desk.find("#fehler").text


def answer(desk: Desk, item: WebElement, written: str) -> None:
    if item.get_attribute("role") == "radiogroup":
        item.find_element("css selector", "input[value=ja]").click()
    elif choices := item.find_elements("css selector", "select"):
        Select(choices[0]).select_by_value("1")
    else:
        box = item.find_element("css selector", "input[type=text][id^=feld-]")
        if box.get_attribute("value") != written:
            box.send_keys(Keys.CONTROL, "a")
            desk.keys(written or Keys.DELETE)


def as_typed(person: dict[str, str], title: str) -> str:
    """What stands on the paper, as a clerk types it."""
    text = person.get(title, "")
    return f"{text[:2]}.{text[2:4]}.{text[4:]}" if title in ("Geburtsdatum", "Gehalten seit") else text


def record_of(person: dict[str, str]) -> tuple[object, ...]:
    """What the target holds of somebody, in its own spelling."""
    born, kept = as_typed(person, "Geburtsdatum"), as_typed(person, "Gehalten seit")
    name, town, dog = person["Familienname"], person["Wohnort"], person["Name des Hundes"]
    return name, person["Vorname"], born, town, dog, person["Chipnummer"], kept, "1", "J", "J"


def told(how: str, actions: int, taught_s: float, all_s: float) -> str:
    return f"{how}: {actions} actions, {taught_s:.0f} s until approved, {all_s:.0f} s until entered"


def note(line: str) -> None:
    """The figures of docs/measured.md, where somebody wants them (MEASURED names a file)."""
    if path := os.environ.get("MEASURED"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
