"""The screens in a real Chromium: by keyboard alone, and without a finding of axe-core."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.keys import Keys

from cases import transitions
from cases.models import Case, Entry, State
from cases.transitions.reconciliation import Finding
from tests.web import browser
from tests.web.browser import findings, visit
from tests.web.factories import make_case
from web import roles

pytestmark = pytest.mark.django_db(transaction=True)


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


def unclear() -> Case:
    return make_case(State.UNCLEAR, needs_person=True)


def different() -> Case:
    """The target holds a record with another date of birth."""
    case = unclear()
    case.entries.update(
        outcome=Entry.Outcome.DIFFERENT,
        record_number="K-1027",
        receipt={"outcome": "different", "read_back": {"name": "Größmann", "geburtsdatum": "1959-10-21"}},
    )
    return case


def failed() -> Case:
    return make_case(State.FAILED, problems=[{"code": "Z001", "message": "Das Fachverfahren antwortet nicht."}])


SCREENS: dict[str, Callable[[], Case]] = {
    "pruefung": make_case,
    "alles-sicher": lambda: sure_case(),
    "unbekanntes-formular": lambda: make_case(form="", guesses=["antrag"]),
    "ohne-seiten": lambda: make_case(
        form="", pages=0, problems=[{"code": "S001", "message": "Die Datei ist kein lesbarer Scan."}]
    ),
    "unklar": unclear,
    "unklar-verschieden": different,
    "ausgesteuert": failed,
    "zurueckgestellt": lambda: make_case(
        State.ON_HOLD, hold_until=timezone.localdate() + timedelta(days=3), reason="Nachweis fehlt"
    ),
    **{
        state.value: lambda state=state: make_case(state)  # type: ignore[misc]
        for state in (State.RECEIVED, State.READY, State.ENTERING, State.ENTERED, State.REJECTED, State.ERASED)
    },
}


def sure_case() -> Case:
    case = make_case()
    case.fields.update(sure=True, problems=[], engines={})
    return case


def test_no_screen_of_a_clerk_has_a_barrier(desk: browser.Desk) -> None:
    cases = {name: make() for name, make in SCREENS.items()}
    addresses = {
        "arbeitskorb": "/",
        "arbeitskorb-leer": "/?zustand=on_hold&q=gibtesnicht",
        "vorgaenge": reverse("cases"),
        "hilfe": reverse("help"),
        "kein-zugang": reverse("trail"),
        "nicht-gefunden": "/gibt-es-nicht",
        **{name: reverse("case", args=[case.pk]) for name, case in cases.items()},
    }
    desk.log_in("sachbearbeitung")
    assert visit(desk, addresses) == []


def test_no_screen_of_other_roles_has_a_barrier(desk: browser.Desk, people: dict[str, User]) -> None:
    for name, hours in (("hundesteuer", ""), ("kita", ""), ("wohngeld", 'opening = ["Mo 03:00-03:01"]')):
        write_target(name, hours)
    asked = transitions.ask_reconciliation("hundesteuer", "sweep")
    found = [Finding("missing", "2026-000012", "K-1"), Finding("different", "2026-000013", "K-2", ("iban", "plz"))]
    transitions.finish_reconciliation(asked.pk, found, checked=140, listed=139)
    transitions.finish_reconciliation(transitions.ask_reconciliation("kita", "sweep").pk, [], checked=9, listed=None)
    transitions.stop_targets(["kita"], "person:ida", "Rückfrage der Fachabteilung")
    second = make_case(State.SECOND_REVIEW, reviewer=people[roles.CLERK])
    stuck = reverse("case", args=[failed().pk])
    found = []
    for name, addresses in {
        "zweitprüfung": {"zweitpruefung": reverse("case", args=[second.pk])},
        "it-betrieb": {"it-vorgaenge": "/", "it-ausgesteuert": stuck, "zielsysteme": reverse("targets")},
        "revision": {"protokoll": "/", "revision-vorgang": stuck},
    }.items():
        desk.log_in(name)
        found += visit(desk, addresses)
    desk.driver.delete_all_cookies()
    found += visit(desk, {"anmeldung": "/anmelden/"})
    desk.find("#id_username").send_keys("niemand", Keys.TAB, "falsch", Keys.ENTER)
    desk.until(".note--error")
    found += findings(desk, "anmeldung-falsch")
    assert found == []


def test_errors_open_panels_and_a_foreign_lock_have_no_barrier(desk: browser.Desk, people: dict[str, User]) -> None:
    foreign = make_case(locked_by=people[roles.SECOND], locked_until=timezone.now() + timedelta(minutes=9))
    desk.log_in("sachbearbeitung")
    found = visit(desk, {"gesperrt": reverse("case", args=[foreign.pk])})
    desk.open(reverse("case", args=[make_case().pk]))
    desk.until(".item--active")
    desk.driver.execute_script("document.getElementById('sicher').open = true")
    found += findings(desk, "alle-felder")
    desk.find("#feld-iban").send_keys(Keys.F9)
    found += findings(desk, "zurueckstellen-offen")
    desk.keys(Keys.ESCAPE)
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until("#fehler")
    found += findings(desk, "fehler")
    assert found == []


def test_the_second_person_sees_the_lock_and_no_form(desk: browser.Desk, people: dict[str, User]) -> None:
    case = make_case(locked_by=people[roles.SECOND], locked_until=timezone.now() + timedelta(minutes=9))
    desk.log_in("sachbearbeitung")
    desk.open(reverse("case", args=[case.pk]))
    assert "geöffnet von zweitprüfung bis" in desk.find("#sperre").text
    assert desk.driver.find_elements("css selector", "#pruefung") == []


def write_target(name: str, more: str = "") -> None:
    (settings.TARGETS / f"{name}.toml").write_text(
        f'name = "{name}"\ntitle = "{name.capitalize()}"\nrobot = "demo"\nqueue = "enter.{name}"\n{more}\n',
        encoding="utf-8",
    )
