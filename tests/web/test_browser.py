"""The screens in a real Chromium: by keyboard alone, and without a finding of axe-core."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.keys import Keys

from cases.models import Case, State
from tests.web import browser
from tests.web.factories import PASSWORD, make_case, person
from web import roles

pytestmark = pytest.mark.django_db(transaction=True)


POINTERS = """
for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel'])
  addEventListener(kind, () => sessionStorage.setItem('pointer', kind), true);
"""


def test_from_login_to_the_next_case_without_a_pointer(desk: browser.Desk) -> None:
    first, second = make_case(due_at=timezone.now()), make_case()
    script = desk.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": POINTERS})
    desk.log_out()
    desk.open("/anmelden/")
    desk.keys("sachbearbeitung", Keys.TAB, PASSWORD, Keys.ENTER)
    desk.until("form.top__user")
    desk.tab_to("Nächster Vorgang")
    desk.keys(Keys.ENTER)
    desk.until(".item--active")
    assert first.reference in desk.driver.title and desk.active() == "feld-geburtsdatum"
    desk.keys("21.10.1959", Keys.ENTER)
    assert desk.active() == "feld-telefon"
    desk.keys("0331 448690", Keys.ENTER)
    assert desk.active() == "feld-iban", "its value breaks a rule and is meant to"
    desk.chord(Keys.ALT, Keys.ENTER)
    assert desk.active() == "grund-iban"
    desk.keys("so auf dem Papier")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")
    desk.keys(Keys.ENTER)
    desk.until(".item--active")
    assert second.reference in desk.driver.title
    assert desk.driver.execute_script("return sessionStorage.getItem('pointer')") is None
    desk.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    first.refresh_from_db()
    assert first.state == State.READY
    kept = {row.name: row for row in first.fields.all()}
    assert (kept["geburtsdatum"].value, kept["telefon"].value) == ("1959-10-21", "0331 448690")
    assert "so auf dem Papier" in kept["iban"].problems[-1]["message"]


def test_a_case_is_reviewed_with_the_keyboard_alone(desk: browser.Desk) -> None:
    case = make_case()
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".item--active")
    assert desk.active() == "feld-geburtsdatum", "the first uncertain field has the focus"
    desk.keys(Keys.ENTER)
    assert desk.active() == "feld-telefon"
    desk.keys("0331 448690", Keys.ENTER)
    assert desk.active() == "feld-iban"
    desk.keys("DE02 1203 0000 0000 2020 57", Keys.ENTER, Keys.ENTER)
    assert "kern-btn--primary" in desk.driver.switch_to.active_element.get_attribute("class")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until("#fehler")
    assert desk.active() == "fehler", "the summary of what is wrong has the focus"
    desk.keys(Keys.TAB, Keys.ENTER)
    assert desk.active() == "feld-iban"
    desk.chord(Keys.ALT, "2")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")
    case.refresh_from_db()
    assert case.state == State.READY
    assert case.fields.get(name="iban").value == "DE02120300000000202051"
    assert case.fields.get(name="telefon").value == "0331 448690"


def test_after_a_case_enter_opens_the_next_one(desk: browser.Desk) -> None:
    first, second = make_case(due_at=timezone.now()), make_case()
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[first.pk]))
    desk.until(".item--active")
    desk.keys(Keys.F8)
    desk.until("#klaerfall")
    desk.keys(Keys.SPACE)
    desk.find("#id_remark").send_keys("Gehört zu einem anderen Amt")
    desk.find("[value=reject]").send_keys(Keys.ENTER)
    desk.until(".note--success")
    desk.keys(Keys.ENTER)
    desk.until(".item--active")
    assert second.reference in desk.driver.title


def test_the_image_is_enlarged_by_keys_and_follows_the_field(desk: browser.Desk) -> None:
    case = make_case()
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".zone--active[data-field='geburtsdatum']")
    width = "return document.querySelector('.sheet').clientWidth"
    before = desk.driver.execute_script(width)
    desk.find("#blatt").send_keys("+")
    assert desk.driver.execute_script(width) > before
    desk.find("#blatt").send_keys("-")
    assert desk.driver.execute_script(width) == before
    desk.find("#feld-iban").send_keys(Keys.F2)
    assert desk.driver.execute_script(width) > before * 1.5
    assert desk.driver.execute_script(
        "const z = document.querySelector('.zone--active rect').getBoundingClientRect(),"
        " a = document.getElementById('blatt').getBoundingClientRect();"
        "return z.top > a.top && z.bottom < a.bottom"
    )


def test_working_on_a_case_keeps_its_lock(desk: browser.Desk) -> None:
    case = make_case()
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".item--active")
    soon = timezone.now() + timedelta(seconds=5)
    Case.objects.filter(pk=case.pk).update(locked_until=soon)
    desk.driver.execute_script(
        "window.sperre = document.getElementById('sperre'); sperre.id = 'alt';sperre.dispatchEvent(new Event('renew'))"
    )
    desk.until("#sperre")
    case.refresh_from_db()
    assert case.locked_until and case.locked_until > soon


def test_typing_plus_and_minus_stays_typing(desk: browser.Desk) -> None:
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[make_case().pk]))
    desk.until(".item--active")
    field = desk.find("#feld-telefon")
    field.send_keys("+49 331-4")
    assert field.get_attribute("value") == "+49 331-4"


def test_two_clerks_open_the_same_case_and_one_gets_it(desk: browser.Desk) -> None:
    case = make_case()
    person("zweite", roles.CLERK)
    for name in ("sachbearbeitung", "zweite"):
        desk.log_in(name)
        desk.open(reverse("case", args=[case.pk]))
    assert "geöffnet von sachbearbeitung bis" in desk.find("#sperre").text
    assert desk.driver.find_elements("css selector", "#pruefung") == []


def test_the_second_review_is_for_another_person_and_refused_to_the_first(
    desk: browser.Desk, people: dict[str, User]
) -> None:
    people[roles.CLERK].groups.add(Group.objects.get(name=roles.SECOND))
    path = settings.PROCESSES / "hundesteuer.toml"
    path.write_text(path.read_text(encoding="utf-8") + "second_review = true\n", encoding="utf-8")
    case = make_case()
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".item--active")
    desk.keys(Keys.ENTER, "0331 448690", Keys.ENTER, "DE02 1203 0000 0000 2020 51")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    assert "ging zur Zweitprüfung" in desk.until(".note--success").text
    desk.open(reverse("case", args=[case.pk]))
    assert "nimmt eine andere Person vor" in desk.find(".work").text
    assert desk.driver.find_elements("css selector", "#pruefung") == []
    desk.log_in("zweitprüfung")
    desk.open(reverse("case", args=[case.pk]))
    desk.until(".item--active")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")
    case.refresh_from_db()
    assert case.state == State.READY
    assert (case.reviewer, case.second_reviewer) == (people[roles.CLERK], people[roles.SECOND])
