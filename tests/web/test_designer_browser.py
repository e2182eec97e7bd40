"""The designer in a real Chromium: with the pointer, with the keyboard alone, and two owners at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from cases.models import Version
from cases.transitions import designing
from cases.versions import form_of, proposed_now
from ocr.spec import FieldSpec, FormSpec
from tests.web import browser
from tests.web.blanks import blank
from web import roles
from workers import proposing

pytestmark = pytest.mark.django_db(transaction=True)
Draft = Callable[[], FormSpec]


@pytest.fixture
def version(people: dict[str, User], tmp_path: Path) -> Version:
    begun = designing.begin_form(blank(tmp_path / "blank.pdf"), "Hundehaltung.pdf", people[roles.OWNER])
    proposing.propose(begun.proposal.pk)
    return begun


def address(version: Version, field: str = "") -> str:
    return f"/formulare/{version.name}/entwurf/{version.pk}/" + (f"?feld={field}" if field else "")


@pytest.fixture
def at(desk: browser.Desk, version: Version) -> browser.Desk:
    desk.log_in("prozessverantwortung")
    desk.open(address(version, "familienname"))
    desk.until(".zone--active")
    return desk


def spec_of(version: Version) -> FormSpec:
    return form_of(Version.objects.get(pk=version.pk))


def until(version: Version, holds: Callable[[FormSpec], object]) -> FormSpec:
    """The description once it is as expected: every change is kept without a button."""
    found: list[FormSpec] = []

    def look(_: object) -> bool:
        found[:] = [spec_of(version)]
        return bool(holds(found[0]))

    WebDriverWait(None, 15, poll_frequency=0.05).until(look)  # type: ignore[type-var]
    return found[0]


def field(version: Version, name: str) -> FieldSpec:
    return spec_of(version).fields_by_name[name]


def retype(at: browser.Desk, selector: str, text: str) -> None:
    """Write over what stands in an input, and leave it."""
    at.find(selector).send_keys(Keys.CONTROL, "a")
    at.keys(text, Keys.TAB)


def drag(at: browser.Desk, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Press, move and release on the sheet, in millimetres of the form."""
    script = (
        "const svg = document.querySelector('#ebene-1 svg'); const m = svg.getScreenCTM();"
        "return arguments[0].map(([x, y]) => { const p = new DOMPoint(x, y).matrixTransform(m); return [p.x, p.y]; });"
    )
    (x0, y0), (x1, y1) = at.driver.execute_script(script, [start, end])
    mouse = ActionChains(at.driver, duration=50).w3c_actions
    mouse.pointer_action.move_to_location(round(x0), round(y0))
    mouse.pointer_action.pointer_down()
    mouse.pointer_action.move_to_location(round((x0 + x1) / 2), round((y0 + y1) / 2))
    mouse.pointer_action.move_to_location(round(x1), round(y1))
    mouse.pointer_action.release()
    mouse.perform()


def test_a_field_is_moved_resized_and_drawn_with_the_pointer(at: browser.Desk, version: Version) -> None:
    box = field(version, "familienname").box_mm
    assert box is not None
    drag(at, (60, 80), (70, 82))
    moved = until(version, lambda spec: spec.fields_by_name["familienname"].box_mm != box)
    x0, y0, x1, y1 = moved.fields_by_name["familienname"].box_mm or box
    assert (x0, y0, x1 - x0) == pytest.approx((box[0] + 10, box[1] + 2, box[2] - box[0]), abs=0.4)

    drag(at, (x1, y1), (x1 - 20, y1 + 5))
    sized = until(version, lambda spec: spec.fields_by_name["familienname"].box_mm != (x0, y0, x1, y1))
    assert sized.fields_by_name["familienname"].box_mm == pytest.approx((x0, y0, x1 - 20, y1 + 5), abs=0.4)

    drag(at, (110, 183), (180, 190))
    drawn = until(version, lambda spec: len(spec.field) == len(sized.field) + 1)
    (new,) = drawn.fields_by_name.keys() - sized.fields_by_name.keys()
    assert drawn.fields_by_name[new].box_mm == pytest.approx((110, 183, 180, 190), abs=0.4)
    at.until("[data-active=neues_feld]")
    WebDriverWait(at.driver, 5).until(lambda _: at.active() == "wert-title")
    at.keys("Kontoinhaber", Keys.TAB)
    until(version, lambda spec: "kontoinhaber" in spec.fields_by_name)


def test_a_field_is_described_in_its_panel(at: browser.Desk, version: Version) -> None:
    retype(at, "#wert-title", "Geburtsname")
    at.find("#wert-required").send_keys(Keys.SPACE)  # at once: what waits speaks of the field by its new name
    until(version, lambda spec: "geburtsname" in spec.fields_by_name)
    at.until("[data-active=geburtsname]")
    Select(at.find("#wert-error_budget")).select_by_visible_text("höchstens 1 unter 10.000")
    until(version, lambda spec: spec.fields_by_name["geburtsname"].error_budget == 0.0001)
    assert field(version, "geburtsname").required
    Select(at.find("#wert-kind")).select_by_value("choice")
    until(version, lambda spec: spec.fields_by_name["geburtsname"].kind == "choice")
    at.until("#antwort-2")
    retype(at, "#antwort-2", "weiß nicht")
    spec = until(version, lambda spec: "weiß nicht" in spec.fields_by_name["geburtsname"].options)
    assert list(spec.fields_by_name["geburtsname"].options) == ["ja", "weiß nicht"]


def test_what_makes_no_sense_is_told_and_not_kept(at: browser.Desk, version: Version) -> None:
    before = spec_of(version)
    retype(at, "#platz-b", "500")
    error = at.until(".millimetres--field [data-error]:not([hidden])")
    assert "ragt über die Seite" in error.text and at.find("#platz-b").get_attribute("aria-invalid") == "true"
    assert spec_of(version) == before


def test_the_list_is_worked_through_with_the_keyboard_alone(at: browser.Desk, version: Version) -> None:
    names = [one.name for one in spec_of(version).field]
    for _ in range(60):
        if at.driver.execute_script("return document.activeElement.dataset.field") == "familienname":
            break
        at.keys(Keys.TAB)
    at.keys(Keys.SPACE)
    at.until(f"[data-active={names[1]}]")
    at.keys(Keys.ARROW_DOWN)
    at.until(f"[data-active={names[2]}]")
    at.keys(Keys.DELETE)
    until(version, lambda spec: names[2] not in spec.fields_by_name)
    at.until(f"[data-active={names[3]}]")
    at.chord(Keys.CONTROL, "z")
    until(version, lambda spec: [one.name for one in spec.field] == names)
    open_now = proposed_now(version, spec_of(version))
    assert names[0] not in open_now and names[1] in open_now


def test_a_place_is_changed_with_the_arrow_keys_alone(at: browser.Desk, version: Version) -> None:
    x0, y0, x1, y1 = field(version, "familienname").box_mm or (0, 0, 0, 0)
    at.keys(Keys.F2)
    WebDriverWait(at.driver, 5).until(lambda _: at.active() == "platz")
    at.keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    at.chord(Keys.ALT, Keys.ARROW_RIGHT)
    at.chord(Keys.SHIFT, Keys.ARROW_LEFT)
    wanted = (x0 + 2.1, y0 + 1, x1 + 1.1, y1 + 1)
    until(version, lambda spec: spec.fields_by_name["familienname"].box_mm == pytest.approx(wanted, abs=0.01))
    WebDriverWait(at.driver, 5).until(lambda _: at.active() == "platz")
    assert float(at.find("#platz-x").get_attribute("value") or 0) == pytest.approx(x0 + 2.1)
    at.chord(Keys.CONTROL, "z")
    until(version, lambda spec: spec.fields_by_name["familienname"].box_mm == (x0, y0, x1, y1))


def test_nothing_is_lost_when_the_page_is_loaded_again(at: browser.Desk, version: Version) -> None:
    at.find("#wert-title").send_keys(" (geboren)", Keys.TAB)
    spec = until(version, lambda spec: any("geboren" in one.title for one in spec.field))
    at.open(address(version))
    assert "Familienname (geboren)" in at.until("#liste").text
    assert at.find("#zurueck").is_enabled()
    at.find("#zurueck").click()
    until(version, lambda now: now.field[0].title == "Familienname")
    at.until("#vor:enabled").click()
    until(version, lambda now: now == spec)


def test_two_owners_at_once_do_not_overwrite_each_other(
    at: browser.Desk, version: Version, people: dict[str, User]
) -> None:
    current = Version.objects.get(pk=version.pk)
    text = current.text.replace('title = "Vorname"', 'title = "Rufname"')
    designing.change_step(version.pk, text, people[roles.CLERK], what="x", seen=current.changed_at)
    at.find("#wert-title").send_keys(" alt", Keys.TAB)
    assert at.until("#meldung:not([hidden])").text
    assert at.find("#wert-title").get_attribute("value") == "Familienname alt", "what was typed stays in sight"
    assert Version.objects.get(pk=version.pk).text == text
    at.driver.find_element(By.CSS_SELECTOR, "#meldung a").click()
    WebDriverWait(at.driver, 10).until(lambda _: "Rufname" in at.find("#liste").text)
