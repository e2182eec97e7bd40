"""The review screen in a real Chromium: nothing typed is lost, every key, undo, reading again, clarification."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from cases.models import Case, Draft, State
from tests.web import browser
from tests.web.factories import make_case
from tests.web.test_desk import REASONS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(desk: browser.Desk) -> browser.Desk:
    """Every test here is a clerk's."""
    desk.log_in("sachbearbeitung")
    return desk


def open_case(desk: browser.Desk, case: Case) -> Case:
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".item--active")
    return case


def wait(desk: browser.Desk, what: Any, message: str = "") -> None:
    WebDriverWait(desk.driver, 15).until(lambda _: what(), message)


def value(desk: browser.Desk, name: str) -> str:
    return str(desk.find(f"#feld-{name}").get_attribute("value"))


def test_a_reload_in_the_middle_of_typing_loses_nothing(desk: browser.Desk) -> None:
    case = open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("0331 4486")
    desk.driver.refresh()
    desk.until(".item--active")
    wait(desk, lambda: Draft.objects.filter(case=case, name="telefon").exists())
    desk.driver.refresh()
    desk.until(".item--active")
    assert value(desk, "telefon") == "0331 4486"
    assert "Ihre Eingaben von vorhin" in desk.find("#gespeichert").text


def test_the_other_language_keeps_what_was_typed(desk: browser.Desk) -> None:
    case = open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("0331 4486")
    desk.find('.top__languages [value="en"]').click()
    desk.until('html[lang="en"] .item--active')
    assert value(desk, "telefon") == "0331 4486"
    assert "Your earlier entries are back." in desk.find("#gespeichert").text
    desk.keys(Keys.F8)
    desk.until("#klaerfall")
    desk.find("#id_remark").send_keys("fehlt auf Seite 2")
    desk.find('.top__languages [value="de"]').send_keys(Keys.ENTER)
    desk.until('html[lang="de"] #klaerfall')
    assert desk.find("#id_remark").get_attribute("value") == "fehlt auf Seite 2"
    assert case.reference in desk.find("h1").text


def test_the_back_button_brings_everything_back(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("0331 4486", Keys.TAB)
    wait(desk, Draft.objects.exists)
    desk.open(reverse("help"))
    desk.driver.back()
    desk.until(".item--active")
    assert value(desk, "telefon") == "0331 4486"


def test_after_the_session_has_ended_the_input_stays_and_is_kept_after_a_new_login(desk: browser.Desk) -> None:
    case = open_case(desk, make_case())
    Session.objects.all().delete()
    desk.find("#feld-telefon").send_keys("0331 4486", Keys.TAB)
    wait(desk, lambda: "zu Ende" in desk.find("#sitzung").text)
    assert value(desk, "telefon") == "0331 4486" and not Draft.objects.exists()
    desk.chord(Keys.CONTROL, Keys.ENTER)
    assert value(desk, "telefon") == "0331 4486", "the form does not leave the page"
    first = desk.driver.current_window_handle
    desk.driver.switch_to.new_window("tab")
    desk.open("/anmelden/")
    desk.find("#id_username").send_keys("sachbearbeitung", Keys.TAB, browser.PASSWORD, Keys.ENTER)
    desk.until("form.top__user")
    desk.driver.close()
    desk.driver.switch_to.window(first)
    desk.driver.execute_script("window.dispatchEvent(new Event('focus'))")
    wait(desk, lambda: Draft.objects.filter(case=case, name="telefon").exists())
    wait(desk, lambda: not desk.find("#sitzung").is_displayed())


def test_a_session_about_to_end_warns_and_goes_on_when_asked(desk: browser.Desk) -> None:
    case = make_case()
    settings.SESSION_COOKIE_AGE, before = 200, settings.SESSION_COOKIE_AGE
    try:
        desk.log_in("sachbearbeitung")
        open_case(desk, case)
        wait(desk, lambda: "endet um" in desk.find("#sitzung").text)
        settings.SESSION_COOKIE_AGE = 8 * 3600
        desk.find("#sitzung [data-stay]").send_keys(Keys.ENTER)
        wait(desk, lambda: not desk.find("#sitzung").is_displayed())
    finally:
        settings.SESSION_COOKIE_AGE = before


def test_undo_takes_back_one_change_after_the_other_and_leaves_typing_to_the_browser(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("0331", Keys.ENTER)
    assert desk.active() == "feld-iban"
    read = value(desk, "iban")
    desk.chord(Keys.ALT, "2")
    assert value(desk, "iban") != read
    desk.chord(Keys.CONTROL, "z")
    assert value(desk, "iban") == read
    desk.chord(Keys.CONTROL, "z")
    assert (value(desk, "telefon"), desk.active()) == ("", "feld-telefon")
    desk.keys("12")
    desk.chord(Keys.CONTROL, "z")
    assert value(desk, "telefon") != "12" and value(desk, "iban") == read


def test_a_click_into_a_field_keeps_what_was_typed_and_the_sure_fields_stay_folded(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    assert not desk.find("#feld-ort").is_displayed()
    desk.find("#feld-telefon").send_keys("0331 4486")
    desk.find("#feld-telefon").click()
    assert value(desk, "telefon") == "0331 4486"
    desk.find('[data-field="telefon"] [data-as-read]').click()
    assert value(desk, "telefon") == ""


def test_illegible_is_one_key_and_typing_takes_it_away(desk: browser.Desk) -> None:
    case = open_case(desk, make_case())
    desk.find("#feld-iban").send_keys(Keys.F4)
    tick = desk.find('[name="unleserlich-iban"]')
    assert tick.is_selected() and value(desk, "iban") == ""
    wait(desk, lambda: Draft.objects.filter(case=case, name="iban", answer__mark="illegible").exists())
    desk.find("#feld-iban").send_keys("DE02")
    assert not tick.is_selected()


def test_a_rule_is_overridden_with_the_keyboard(desk: browser.Desk) -> None:
    case = open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("0331 448690")
    desk.find("#feld-iban").send_keys(Keys.END, Keys.BACKSPACE, "9")
    wait(desk, lambda: "Prüfziffer" in desk.find("#befund-iban").text)
    assert "befund-iban" in desk.find("#feld-iban").get_attribute("aria-describedby")
    desk.chord(Keys.ALT, Keys.ENTER)
    assert desk.active() == "grund-iban"
    desk.keys("so auf dem Papier")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")
    case.refresh_from_db()
    assert case.state == State.READY
    assert "so auf dem Papier" in case.fields.get(name="iban").problems[-1]["message"]


def test_the_suggestion_is_taken_by_its_key_and_never_by_itself(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    iban = desk.find("#feld-iban")
    assert iban.get_attribute("value").endswith("57")
    iban.send_keys("")
    desk.driver.execute_script("arguments[0].focus()", iban)
    desk.chord(Keys.ALT, "3")
    assert value(desk, "iban").endswith("51")
    wait(desk, lambda: desk.find("#befund-iban").text == "")


def test_help_opens_outside_inputs_only_and_esc_closes_it(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys("?")
    assert value(desk, "telefon") == "?" and not desk.find("#tasten").is_displayed()
    desk.find("[data-finish]").send_keys("?")
    assert desk.find("#tasten").is_displayed() and "Strg+Enter" in desk.find("#tasten").text
    desk.keys(Keys.ESCAPE)
    assert not desk.find("#tasten").is_displayed() and value(desk, "telefon") == "?"


def test_keys_of_the_person_work_and_the_usual_ones_then_do_not(desk: browser.Desk) -> None:
    desk.open(reverse("keys"))
    key = desk.find("#taste-illegible")
    key.clear()
    key.send_keys(Keys.F7)
    assert key.get_attribute("value") == "F7"
    desk.find("form[action*='speichern'] [type=submit]").send_keys(Keys.ENTER)
    desk.until(".note--success")
    open_case(desk, make_case())
    desk.find("#feld-iban").send_keys(Keys.F4)
    assert not desk.find('[name="unleserlich-iban"]').is_selected()
    desk.find("#feld-iban").send_keys(Keys.F7)
    assert desk.find('[name="unleserlich-iban"]').is_selected()


def test_words_are_read_again_by_click_by_box_and_by_keyboard(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    desk.driver.execute_script("arguments[0].focus()", desk.find("#feld-telefon"))
    point_at(desk, 120, 420)
    assert value(desk, "telefon") == "", "a zone is no word to read: it leads to its field"
    desk.driver.execute_script("arguments[0].focus()", desk.find("#feld-telefon"))
    drag(desk, (100, 640), (420, 690))
    wait(desk, lambda: "448690" in value(desk, "telefon").replace(" ", ""), "box")
    desk.driver.execute_script("document.querySelector('#sicher').open = true")
    desk.driver.execute_script("arguments[0].focus()", desk.find("#feld-ort"))
    point_at(desk, 180, 135)
    wait(desk, lambda: "Musterlingen" in value(desk, "ort") and "Stadt" in value(desk, "ort"), "point")
    desk.find("#feld-strasse").send_keys("")
    desk.driver.execute_script("arguments[0].focus()", desk.find("#feld-strasse"))
    desk.chord(Keys.ALT, "5")
    wait(desk, lambda: desk.driver.find_elements("css selector", ".word"))
    word = next(w for w in desk.driver.find_elements("css selector", ".word") if w.text == "Hundesteuer")
    word.send_keys(Keys.ENTER)
    wait(desk, lambda: value(desk, "strasse") == "Hundesteuer", "word")


def client_point(desk: browser.Desk, x: int, y: int) -> tuple[int, int]:
    """Where a pixel of the first page is on the screen; scrolled into sight."""
    at = desk.driver.execute_script(
        "const svg = document.querySelector('#seite-1 svg'), area = document.getElementById('blatt');"
        "const to = () => new DOMPoint(arguments[0], arguments[1]).matrixTransform(svg.getScreenCTM());"
        "const frame = area.getBoundingClientRect();"
        "area.scrollTop += to().y - frame.top - 120; const p = to(); return [Math.round(p.x), Math.round(p.y)]",
        x, y,
    )  # fmt: skip
    return at[0], at[1]


def point_at(desk: browser.Desk, x: int, y: int) -> None:
    at = client_point(desk, x, y)
    mouse = ActionChains(desk.driver)
    mouse.w3c_actions.pointer_action.move_to_location(*at).click()
    mouse.perform()


def drag(desk: browser.Desk, start: tuple[int, int], end: tuple[int, int]) -> None:
    first = client_point(desk, *start)
    scale = desk.driver.execute_script("return document.querySelector('#seite-1 svg').getScreenCTM().a")
    last = first[0] + round((end[0] - start[0]) * scale), first[1] + round((end[1] - start[1]) * scale)
    mouse = ActionChains(desk.driver)
    mouse.w3c_actions.pointer_action.move_to_location(*first).pointer_down()
    mouse.w3c_actions.pointer_action.move_to_location(*last).pointer_up()
    mouse.perform()


def test_asking_back_by_keyboard_with_the_letter_of_its_reason(desk: browser.Desk) -> None:
    path = settings.PROCESSES / "hundesteuer.toml"
    path.write_text(path.read_text(encoding="utf-8") + REASONS, encoding="utf-8")
    case = open_case(desk, make_case())
    desk.find("#feld-telefon").send_keys(Keys.F8)
    desk.until("#klaerfall")
    desk.keys(Keys.SPACE)
    assert case.reference in str(desk.find("#id_text").get_attribute("value"))
    desk.find("#id_text").send_keys("Eigener Satz")
    desk.driver.execute_script("arguments[0].focus()", desk.find('[name="reason"]'))
    desk.keys(Keys.ARROW_DOWN)
    assert "Eigener Satz" in str(desk.find("#id_text").get_attribute("value")), "a changed text is not replaced"
    desk.find('[name="decision"][value="ask"]').send_keys(Keys.ENTER)
    desk.until(".note--error")
    desk.keys(Keys.TAB)
    desk.find('[name="reason"]').send_keys(Keys.SPACE)
    desk.find('[name="decision"][value="ask"]').send_keys(Keys.ENTER)
    desk.until(".note--success")
    case.refresh_from_db()
    assert case.state == State.ON_HOLD


def test_a_reload_keeps_the_letter_and_the_hold_date_and_a_decision_lets_them_go(desk: browser.Desk) -> None:
    path = settings.PROCESSES / "hundesteuer.toml"
    path.write_text(path.read_text(encoding="utf-8") + REASONS, encoding="utf-8")
    case = open_case(desk, make_case())
    desk.keys(Keys.F9)
    desk.find("#id_until").clear()
    desk.find("#id_until").send_keys("24.12.2099", Keys.TAB, "Nachweis fehlt")
    desk.driver.refresh()
    wait(desk, lambda: Draft.objects.filter(case=case, name="panel-hold-reason").exists())
    open_case(desk, case)
    desk.keys(Keys.F9)
    kept = [desk.find(name).get_attribute("value") for name in ("#id_until", ".drop__panel #id_reason")]
    assert kept == ["24.12.2099", "Nachweis fehlt"]
    desk.keys(Keys.F8)
    desk.until("#klaerfall")
    desk.keys(Keys.SPACE)
    desk.find("#id_text").send_keys("Eigener Satz")
    desk.driver.refresh()
    wait(desk, lambda: Draft.objects.filter(name="panel-clarify-text", answer__text__icontains="Eigener Satz").exists())
    desk.driver.refresh()
    desk.until("#klaerfall")
    assert "Eigener Satz" in str(desk.find("#id_text").get_attribute("value"))
    assert desk.find('[name="reason"][value="illegible"]').is_selected()
    desk.find('[name="decision"][value="ask"]').send_keys(Keys.ENTER)
    desk.until(".note--success")
    assert not Draft.objects.exists()


def test_the_original_and_the_cleaned_page_change_places(desk: browser.Desk) -> None:
    open_case(desk, make_case())
    button = desk.find('[data-view="original"]')
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-pressed") == "true"
    assert "art=original" in desk.find("#seite-1 img").get_attribute("src")
    button.send_keys(Keys.ENTER)
    assert "art=schirm" in desk.find("#seite-1 img").get_attribute("src")
