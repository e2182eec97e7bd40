"""Every screen in a real Chromium: without a barrier, with its picture (`make screens` keeps them in docs/screens)."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from cases import clock, store, transitions, trials
from cases.hours import OFFICE
from cases.models import (
    Case,
    Entry,
    Event,
    Field,
    PageMeasure,
    PlannedRun,
    Progress,
    Pseudonym,
    Run,
    Schedule,
    State,
    Trial,
    Version,
)
from cases.operations.broker import Broker
from cases.transitions import Wish, designing
from cases.transitions.reconciliation import Finding
from cases.transitions.trials import add_trial, ask_trials, claim_trial, correct_trial, record_trial
from cases.transitions.versions import approve, change_draft, new_draft, refuse, submit, withdraw
from cases.versions import form_of
from ocr.page import Reading
from tests.site import field as made_up
from tests.web import browser, figures
from tests.web.applications import make_application
from tests.web.blanks import WRITTEN, blank, filled
from tests.web.factories import make_case
from tests.web.screens import INDEX, Screens
from web import proof, roles
from web.models import Preference
from workers import proposing

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = {
    roles.CLERK: ("Ida", "Brandt"), roles.SECOND: ("Murat", "Yildiz"), roles.OWNER: ("Jana", "Köhler"),
    roles.IT: ("Tom", "Lindner"), roles.AUDITOR: ("Ruth", "Vogel"), roles.ADMINISTRATOR: ("Paul", "Weiß"),
}  # fmt: skip


@pytest.fixture(params=["de", "en"])
def screens(
    desk: browser.Desk, people: dict[str, User], tmp_path: Path, settings: Any, request: pytest.FixtureRequest
) -> Screens:
    """The office of the sample forms, in both languages; pictures go where SCREENS says, else nobody keeps them."""
    Preference.objects.bulk_create(Preference(user=user, language=request.param) for user in people.values())
    settings.FORMS, settings.PROCESSES = browser.ROOT / "config" / "forms", browser.ROOT / "config" / "processes"
    settings.INBOX = Path("/srv/laufzettel/eingang")
    for role, (first, last) in PEOPLE.items():
        User.objects.filter(pk=people[role].pk).update(first_name=first, last_name=last)
        people[role].refresh_from_db()
    return Screens(desk, Path(os.environ.get("SCREENS") or tmp_path / "screens"), request.param)


def of(case: Case, **query: str) -> str:
    return reverse("case", args=[case.pk], query=query)


def open_review(screens: Screens, case: Case) -> browser.Desk:
    screens.desk.open(of(case))
    screens.desk.until(".item--active")
    return screens.desk


def uncertain(number: int = 1, **changes: Any) -> Case:
    return make_application(number, State.REVIEW, "date_of_birth", "phone", "first_dog", "iban", **changes)


def test_every_picture_has_its_line_in_the_index() -> None:
    index = INDEX.read_text(encoding="utf-8")
    assert sorted(re.findall(r"\((\S+\.png)\)", index)) == sorted(path.name for path in INDEX.parent.glob("*.png"))


def test_the_review_and_its_dialogs(screens: Screens) -> None:
    screens.desk.log_in("sachbearbeitung")
    desk = open_review(screens, uncertain())
    screens.see("pruefung", "1280", "200", "schmal")
    desk.keys(Keys.F2)
    screens.see("pruefung-ausschnitt")
    desk.keys(Keys.F2)
    desk.find("[data-finish]").send_keys("?")
    screens.see("pruefung-tasten")
    desk.keys(Keys.ESCAPE)
    desk.keys(Keys.F9)
    screens.see("pruefung-wiedervorlage")
    desk.keys(Keys.ESCAPE)
    desk.find("#feld-date_of_birth").send_keys("")
    desk.chord(Keys.ALT, "5")
    desk.until(".word")
    screens.see("pruefung-woerter")
    desk.keys(Keys.ESCAPE)
    desk.chord(Keys.ALT, "0")
    screens.see("pruefung-alle-felder")
    desk.find("#feld-plz").send_keys("0")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until("#fehler")
    screens.see("pruefung-fehler", "schmal")
    desk.find("#feld-iban").send_keys("")
    desk.chord(Keys.ALT, Keys.ENTER)
    screens.see("pruefung-begruendung")
    assert screens.found == []


def test_a_case_that_cannot_go_on(screens: Screens) -> None:
    screens.desk.log_in("sachbearbeitung")
    screens.open("klaerfall", of(uncertain(), klaerfall="1"), "schmal")
    screens.desk.find('[value="ask"]').send_keys(Keys.ENTER)
    screens.desk.until(".note--error")
    screens.see("klaerfall-fehler")
    assert screens.found == []


def test_the_end_of_a_session(screens: Screens) -> None:
    settings.SESSION_COOKIE_AGE, before = 200, settings.SESSION_COOKIE_AGE
    try:
        screens.desk.log_in("sachbearbeitung")
        desk = open_review(screens, uncertain())
        desk.until("#sitzung:not([hidden]) time")
        screens.see("sitzung-endet")
        Session.objects.all().delete()
        desk.find("#feld-phone").send_keys("0331 4486", Keys.TAB)
        desk.until("#sitzung:not([hidden]) [data-over]:not([hidden])")
        screens.see("sitzung-zu-ende")
    finally:
        settings.SESSION_COOKIE_AGE = before
    assert screens.found == []


def test_a_case_at_each_of_its_stations(screens: Screens, people: dict[str, User]) -> None:
    now = timezone.now()
    screens.desk.log_in("sachbearbeitung")
    screens.open("alles-sicher", of(make_application(2, hand=True)))
    foreign = uncertain(3, locked_by=people[roles.SECOND], locked_until=now + timedelta(minutes=9))
    screens.open("gesperrt", of(foreign))
    screens.open("unbekanntes-formular", of(unknown_form()))
    unreadable = [{"code": "S001", "message": "Die Datei ist kein lesbarer Scan."}]
    screens.open("ohne-bild", of(make_case(process="hundesteuer", form="", pages=0, problems=unreadable)))
    for name, case in stations().items():
        screens.open(f"vorgang-{name}", of(case))
    assert screens.found == []


def unknown_form() -> Case:
    problem = {"code": "L010", "message": "Das Formular wurde nicht erkannt. Bitte das Formular auswählen."}
    case = make_application(4, problems=[problem], guesses=["hundesteuer"])
    case.fields.all().delete()
    Case.objects.filter(pk=case.pk).update(form="")
    return case


def stations() -> dict[str, Case]:
    day = timezone.localdate() + timedelta(days=9)
    broken = [{"code": "Z001", "message": "Das Fachverfahren antwortet nicht."}]
    return {
        "eingegangen": make_case(State.RECEIVED, form="", pages=0),
        "zurueckgestellt": make_application(5, State.ON_HOLD, hold_until=day, reason="Angaben nicht lesbar – Seite 2"),
        "freigegeben": make_application(6, State.READY),
        "in-uebertragung": make_application(7, State.ENTERING),
        "unklar": make_application(8, State.UNCLEAR, needs_person=True),
        "unklar-verschieden": different(),
        "ausgesteuert": make_application(10, State.FAILED, problems=broken),
        "uebertragen": entered(),
        "zurueckgewiesen": make_application(12, State.REJECTED, reason="Bereits angemeldet"),
        "geloescht": make_case(State.ERASED, form="hundesteuer", pages=0),
    }


def different() -> Case:
    """The target holds a record with another date of birth."""
    case = make_application(9, State.UNCLEAR, needs_person=True)
    values = dict(case.fields.values_list("name", "value"))
    case.entries.update(
        outcome=Entry.Outcome.DIFFERENT,
        record_number="HS-1027",
        receipt={"outcome": "different", "read_back": {**values, "date_of_birth": "1959-10-21"}},
    )
    return case


def entered() -> Case:
    """With the picture that the robot took of the record, here a page of the form."""
    case = make_application(11, State.ENTERED)
    run = Run.objects.create(target="demo", started_at=timezone.now(), lease_until=timezone.now())
    folder = store.run_folder(run.pk)
    folder.mkdir(parents=True)
    (folder / "beleg.png").write_bytes(store.page_path(case.pk, 1).read_bytes())
    case.entries.update(run=run, receipt={"outcome": "entered", "screenshot": "beleg.png"})
    return case


def test_the_proof_sheet_for_the_file(screens: Screens) -> None:
    sheet = pypdfium2.PdfDocument(proof.sheet(make_application(11, State.ENTERED)))
    screens.keep("nachweisblatt", sheet[0].render(scale=1.6).to_pil().convert("RGB"))
    assert screens.found == []


def test_the_basket_and_the_lists(screens: Screens, people: dict[str, User]) -> None:
    screens.desk.log_in("sachbearbeitung")
    fill_basket(people)
    screens.open("arbeitskorb", "/", "schmal")
    screens.open("arbeitskorb-seite-2", "/?seite=2")
    screens.open("arbeitskorb-zurueckgestellt", "/?zustand=on_hold")
    screens.open("arbeitskorb-suche", "/?q=Me")
    screens.open("arbeitskorb-nichts-gefunden", "/?zustand=on_hold&q=gibtesnicht")
    screens.open("vorgaenge", reverse("cases"))
    screens.open("hilfe", reverse("help"), "schmal")
    screens.open("tasten", reverse("keys"))
    screens.open("kein-zugang", reverse("trail"))
    screens.open("nicht-gefunden", "/gibt-es-nicht")
    desk = screens.desk
    desk.open(of(make_application(1)))
    desk.find("[data-finish]").send_keys("")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until(".note--success")
    screens.see("freigegeben")
    assert screens.found == []


def fill_basket(people: dict[str, User]) -> None:
    now, day = timezone.now(), timezone.localdate() + timedelta(days=3)
    make_application(20, State.REVIEW, "iban", due_at=now - timedelta(days=1))
    make_application(21, State.REVIEW, "phone", locked_by=people[roles.SECOND], locked_until=now + timedelta(minutes=9))
    make_application(22, State.ON_HOLD, hold_until=day)
    make_application(23, State.ON_HOLD, hold_until=day + timedelta(days=5))
    for number, state in enumerate((State.UNCLEAR, State.FAILED, State.READY, State.ENTERED), 24):
        make_application(number, state)
    names = ("meyer anna", "mehlhorn kurt", "sommer ina", "petrow iwan")
    for number in range(24):
        due = now + timedelta(days=1 + number % 12)
        case = make_case(pages=0, form="hundesteuer", due_at=due, search_name=names[number % 4])
        for position in range(1 + number % 3):
            Field.objects.create(case=case, position=position, name=f"feld-{position}", confidence=0.5, sure=False)


def test_the_serial_review(screens: Screens) -> None:
    desk = screens.desk
    for number in range(30, 39):
        make_application(number, State.REVIEW, "first_dog")
    make_application(39, State.REVIEW, "date_of_birth")
    make_application(40, State.REVIEW, "date_of_birth")
    desk.log_in("sachbearbeitung")
    screens.open("gruppen", reverse("serial"))
    screens.open("gruppenpruefung", reverse("serial_field", args=["hundesteuer", "first_dog"]), "schmal")
    desk.keys(Keys.ARROW_RIGHT, Keys.SPACE)
    screens.see("gruppenpruefung-zweifel")
    desk.keys(Keys.ENTER)
    desk.until(".note--success")
    screens.see("gruppenpruefung-fertig")
    Case.objects.update(state=State.READY)
    screens.open("gruppen-leer", reverse("serial"))
    assert screens.found == []


def test_the_second_review(screens: Screens, people: dict[str, User]) -> None:
    case = make_application(1, State.SECOND_REVIEW, "iban", "phone", reviewer=people[roles.CLERK])
    case.fields.filter(name="phone").update(value="0331 448690", confirmed_by=people[roles.CLERK], state="read")
    screens.desk.log_in("zweitprüfung")
    screens.open("zweitpruefung", of(case))
    screens.desk.log_in("sachbearbeitung")
    screens.open("zweitpruefung-abgelehnt", of(case))
    assert screens.found == []


def test_double_keying(screens: Screens, people: dict[str, User], tmp_path: Path) -> None:
    form = (settings.FORMS / "hundesteuer.toml").read_text(encoding="utf-8")
    settings.FORMS = tmp_path / "forms"
    (settings.FORMS / "hundesteuer.toml").write_text(
        form.replace('kind = "iban"', 'kind = "iban"\ndouble_keying = true'), encoding="utf-8"
    )
    case = make_application(1, State.REVIEW, "iban", "date_of_birth")
    screens.desk.log_in("sachbearbeitung")
    desk = open_review(screens, case)
    desk.find("#feld-iban").send_keys("")
    screens.see("doppelerfassung")
    right = "DE33 5900 0000 1202 3571 80"
    transitions.confirm(case.pk, people[roles.CLERK], {"iban": right.replace(" ", "")})
    desk.log_in("zweitprüfung")
    open_review(screens, case)
    desk.find("#feld-iban").send_keys("DE89 3704 0044 0532 0130 00")
    desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until("#fehler")
    screens.see("doppelerfassung-verschieden")
    assert screens.found == []


def test_the_screens_of_it(screens: Screens) -> None:
    write_target("hundesteuer", "Fachverfahren Hundesteuer")
    write_target("kita", "Kita-Verwaltung")
    write_target("wohngeld", "Wohngeld", 'opening = ["Mo 03:00-03:01"]\nshadow = true')
    compared = transitions.ask_reconciliation("hundesteuer", "sweep")
    found = [Finding("missing", "2026-000012", "K-1"), Finding("different", "2026-000013", "K-2", ("iban", "plz"))]
    transitions.finish_reconciliation(compared.pk, found, checked=140, listed=139)
    transitions.finish_reconciliation(transitions.ask_reconciliation("kita", "sweep").pk, [], checked=9, listed=None)
    transitions.stop_targets(["kita"], "person:ida", "Rückfrage der Fachabteilung")
    cases = stations()
    shadow = {"target": "wohngeld", "mode": Entry.Mode.SHADOW, "finished_at": timezone.now()}
    cases["unklar-verschieden"].entries.update(**shadow)
    screens.desk.log_in("it-betrieb")
    screens.open("zielsysteme", reverse("targets"), "schmal")
    screens.open("it-vorgaenge", "/")
    screens.open("it-ausgesteuert", of(cases["ausgesteuert"]))
    assert screens.found == []


def test_the_operations_page(screens: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    screens.desk.log_in("it-betrieb")
    screens.open("betrieb-neu", reverse("operations"))
    well = Broker(True, {"read": 8}, "Valkey 8.1.4", True, True, "noeviction", 2_400_000)
    monkeypatch.setattr("cases.operations.broker.look", lambda _: well)
    busy_house()
    screens.open("betrieb", reverse("operations"), "schmal")
    desk = screens.desk
    desk.find("[data-pause]").send_keys(Keys.ENTER)
    desk.until('[aria-pressed="true"]')
    desk.find(".numbers summary").send_keys(Keys.ENTER)
    screens.see("betrieb-zahlen")
    assert screens.found == []


def busy_house() -> None:
    """A house in which most things run: one worker stands still, one scanner has dirty glass, one target is stopped."""
    write_target("hundesteuer", "Fachverfahren Hundesteuer", 'opening = ["Mo-Fr 06:00-20:00", "Sa 08:00-12:00"]')
    write_target("kita", "Kita-Verwaltung")
    transitions.stop_targets(["kita"], "person:ida", "Rückfrage der Fachabteilung")
    now = timezone.now()
    for node, sign_s in (("beat@office-1", 3), ("read@office-1", 4), ("read@office-2", 95), ("enter@office-1", 8)):
        began, sign = now - timedelta(hours=30), now - timedelta(seconds=sign_s)
        Progress.objects.create(node=node, pid=1, every_s=10, began_at=began, finished_at=sign, done=4711)
    for pid, (node, task, since_s) in enumerate(
        [("read@office-1", "read_case", 3), ("read@office-1", "", 9), ("read@office-2", "read_case", 97)], 10
    ):
        at = now - timedelta(seconds=since_s)
        Progress.objects.create(node=node, pid=pid, task=task, began_at=at, finished_at=at, done=7)
    for number in range(150):
        at = now - timedelta(minutes=number * number // 16)
        for scanner, streaks in (("buergerbuero", []), ("poststelle", [102.0] if number < 14 else [])):
            PageMeasure.objects.create(
                at=at, process="hundesteuer", scanner=scanner, number=1 + number % 2, blank=number % 9 == 0,
                skew_deg=0.4, focus_px=1.6, streaks_mm=streaks,
            )  # fmt: skip
    broken = [{"code": "Z001", "message": "Das Zielsystem antwortet nicht."}]
    for hours in (1, 1, 2, 5):
        make_case(State.FAILED, pages=0, problems=broken, changed_at=now - timedelta(hours=hours))
    make_case(State.FAILED, pages=0, problems=[{"code": "V016", "message": "Das Lesen ist abgebrochen."}])
    for number in range(60, 0, -1):
        state = State.RECEIVED if number < 9 else State.READY if number % 4 == 0 else State.ENTERED
        case = make_case(state, pages=0, received_at=now - timedelta(minutes=number * number // 2))
        for step, event in enumerate(case.events.all()):
            Event.objects.filter(pk=event.pk).update(at=case.received_at + timedelta(seconds=step))
    Entry.objects.update(target="hundesteuer")
    Run.objects.create(
        target="hundesteuer", worker={"host": "office-1"}, started_at=now - timedelta(minutes=12),
        lease_until=now + timedelta(minutes=1),
    )  # fmt: skip


def test_the_schedules_of_a_process_owner(screens: Screens, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Thursday at noon. The keyboard alone makes a schedule."""
    first = {"de": "01.12.2026 06:00", "en": "1 December 2026, 06:00"}
    noon = datetime(2026, 11, 26, 12, 0, tzinfo=OFFICE)
    monkeypatch.setattr(clock, "now", lambda: noon)
    write_target("demo", "Fachverfahren Hundesteuer", 'opening = ["Mo-Fr 06:00-20:00"]')
    desk = screens.desk
    desk.log_in("prozessverantwortung")
    screens.open("zeitplaene-leer", reverse("schedules"))
    desk.tab_to("Neuer Zeitplan")
    desk.keys(Keys.ENTER)
    desk.until("#id_words")
    Select(desk.find("#id_what")).select_by_value("report:hundesteuer")
    desk.find("#id_words").send_keys("jeden Vollmond um 6")
    desk.until("#vorschau .error")
    desk.keys(Keys.ENTER)
    desk.until("#id_words_error")
    screens.see("zeitplan-fehler")
    desk.find("#id_words").clear()
    desk.find("#id_words").send_keys("jeden ersten Werktag im Monat um 6 Uhr", Keys.TAB, "Ba")
    assert not desk.driver.find_elements("css selector", "#id_words_error, [aria-invalid=true]")
    desk.find("#id_blackout").send_keys("24.12.2026 12:00 bis 4.1.2027 8:00")
    WebDriverWait(desk.driver, 15).until(lambda _: first[desk.language] in desk.find("#vorschau").text)
    WebDriverWait(desk.driver, 15).until(lambda _: "Baden-Württemberg" in desk.find("#vorschau").text)
    desk.keys(Keys.TAB, Keys.TAB)
    screens.see("zeitplan-neu", "schmal")
    desk.keys(Keys.ENTER)
    desk.until(".note--success")
    assert Schedule.objects.get().holidays == "BW"
    fill_schedules(noon)
    screens.open("zeitplaene", reverse("schedules"), "schmal")
    for name, work in (("zeitplan", "report"), ("zeitplan-zeitraum", "entry")):
        one = Schedule.objects.get(work=work)
        screens.open(name, reverse("schedule", args=[one.pk]), *(["schmal"] if work == "report" else []))
    assert screens.found == []


def fill_schedules(now: datetime) -> None:
    """One of each kind of work, with what ran."""
    wishes = (
        Wish("intake", "hundesteuer", "werktags 6 bis 20 Uhr, alle 10 Minuten", "BW"),
        Wish("entry", "demo", "täglich 18 bis 22 Uhr"),
        Wish("reconciliation", "demo", "montags bis freitags um 7:30"),
        Wish("retention", "registrations", "täglich 22 Uhr"),
    )
    intake, _entry, compare, erase = [transitions.add_schedule(wish, "person:jana") for wish in wishes]
    transitions.pause_schedule(erase.pk, "person:jana")
    report = Schedule.objects.get(work="report")
    ran = (
        (intake, now - timedelta(minutes=10), "done", {"count": 3}),
        (compare, now - timedelta(hours=4, minutes=30), "broken", {"code": "V028"}),
        *((report, now - timedelta(days=30 * month), "skipped", {}) for month in (2, 3, 4)),
        (report, now - timedelta(days=150), "broken", {"code": "V072"}),
        (report, now - timedelta(days=180), "done", {"count": 24}),
        (report, now - timedelta(days=30), "done", {"count": 24, "by_hand": True}),
    )
    for one, due, outcome, more in ran:
        PlannedRun.objects.create(
            schedule=one, due_at=due, started_at=due, finished_at=due + timedelta(seconds=8), outcome=outcome, **more
        )
    transitions.run_now(intake.pk, "person:jana")


def write_target(name: str, title: str, more: str = "") -> None:
    (settings.TARGETS / f"{name}.toml").write_text(
        f'name = "{name}"\ntitle = "{title}"\nrobot = "demo"\nqueue = "enter.{name}"\n{more}\n', encoding="utf-8"
    )


def test_a_form_is_taught(screens: Screens, people: dict[str, User], tmp_path: Path) -> None:
    settings.TARGETS = browser.ROOT / "config" / "targets"
    owner, desk = people[roles.OWNER], screens.desk
    desk.log_in("prozessverantwortung")
    screens.open("formular-neu", reverse("new_form"))
    desk.find(".panel [type=submit]").click()
    desk.until(".error")
    screens.see("formular-neu-fehler")
    version = designing.begin_form(blank(tmp_path / "blank.pdf"), "Hundehaltung.pdf", owner)
    at = reverse("design", args=[version.name, version.pk])
    screens.open("formular-angesehen", at)
    proposing.propose(version.proposal.pk)
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4")
    broken = designing.begin_form(tmp_path / "x.pdf", "x.pdf", owner)
    proposing.propose(broken.proposal.pk)
    screens.open("formular-unlesbar", reverse("design", args=[broken.name, broken.pk]))
    screens.open("entwurf", at, "schmal")
    screens.open("entwurf-feld", f"{at}?feld=chipnummer", "1280", "200", "schmal")
    screens.open("entwurf-auswahl", f"{at}?feld=hunde_im_haushalt")
    desk.find("#platz-b").send_keys(Keys.CONTROL, "a")
    desk.keys("500", Keys.TAB)
    desk.until(".millimetres--field [data-error]:not([hidden])")
    screens.see("entwurf-fehler")
    desk.find("[data-open-keys]").click()
    screens.see("entwurf-tasten")
    desk.keys(Keys.ESCAPE)
    version.refresh_from_db()
    changed = version.text.replace('title = "Rasse"', 'title = "Hunderasse"')
    designing.change_step(version.pk, changed, owner, what="Bezeichnung geändert", seen=version.changed_at)
    desk.find("#wert-title").send_keys(" (Anzahl)", Keys.TAB)
    desk.until("#meldung:not([hidden])")
    screens.see("entwurf-zweite-person")
    screens.open("verfahren-wahl", f"{at}verfahren/")
    desk.find("#ziel").send_keys("Fachverfahren Hunde")
    desk.find("[name=verfahren]").click()
    desk.until(".mapping")
    screens.see("verfahren-entwurf", "schmal")
    for summary in desk.driver.find_elements("css selector", ".process summary"):
        summary.click()
    desk.find("#blind").send_keys(Keys.CONTROL, "a")
    desk.keys("viel", Keys.TAB)
    desk.until("[data-error=blind]:not([hidden])")
    screens.see("verfahren-stichprobe-und-gruende", "schmal")
    assert screens.found == []


def test_a_version_is_tried(screens: Screens, people: dict[str, User], tmp_path: Path) -> None:
    owner, desk = people[roles.OWNER], screens.desk
    version = designing.begin_form(blank(tmp_path / "blank.pdf"), "Hundehaltung.pdf", owner)
    proposing.propose(version.proposal.pk)
    version.refresh_from_db()
    other = new_draft(Version.Kind.FORM, version.name, version.text, owner)
    desk.log_in("prozessverantwortung")
    at = reverse("bench", args=[version.name])
    screens.open("erprobung-leer", at)
    scan = filled(WRITTEN, tmp_path / "scan.png", 1, pdf=tmp_path / "blank.pdf").read_bytes()
    for number in range(6):
        (tmp_path / "scan.png").write_bytes(scan + bytes(number))
        trial = add_trial(other, tmp_path / "scan.png", f"Scan {number + 1}.png", owner)
        if number < 5:
            tried(trial, number)
    screens.open("erprobung-liest", at)
    desk.find("[data-pause]").click()
    tried(trial, 5)
    ask_trials(version, owner)
    for trial in Trial.objects.all():
        tried(trial, 3)
        names = form_of(version).fields_by_name
        correct_trial(trial.pk, {name: read_on(0).get(name) for name in names}, owner)
    screens.open("erprobung", at, "1280", "200", "schmal")
    desk.find(".data summary").click()
    desk.driver.execute_script("document.querySelector('#budget-titel').scrollIntoView()")
    screens.see("erprobung-budget")
    for summary in desk.driver.find_elements("css selector", "#sicherheit-titel ~ * summary"):
        summary.click()
    screens.see("erprobung-zuverlaessigkeit")
    desk.find("[data-pause]").click()
    desk.find("[data-budget]").send_keys(Keys.CONTROL, "a")
    desk.keys("5")
    WebDriverWait(desk.driver, 20).until(lambda _: re.search(r"5[.,]0", desk.find("#antwort").text))
    screens.open("erprobung-vergleich", f"{at}?fassung=2&neben=1", "schmal")
    one = reverse("trial", args=[version.name, trial.pk])
    screens.open("erprobung-scan", one, "200", "schmal")
    desk.find("#feld-geburtsdatum").send_keys("x", Keys.ENTER)
    desk.until(".error")
    screens.see("erprobung-scan-fehler")
    submit(version.pk, owner, serves_from=clock.now() - timedelta(seconds=1))
    approve(version.pk, people[roles.ADMINISTRATOR])
    changed = version.text.replace('title = "Rasse"', 'title = "Chip"\nrequired = true').replace('"wohnort"', '"ort"')
    change_draft(other.pk, changed, owner)
    screens.open("fassung-unterschiede", reverse("version", args=[other.pk]), "schmal")
    version_pages(screens, people, version, other)
    assert screens.found == []


def version_pages(screens: Screens, people: dict[str, User], serving: Version, draft: Version) -> None:
    """A draft on its way to approval and back, with errors, and broken; what is in service."""
    desk, at, owner = screens.desk, reverse("version", args=[draft.pk]), people[roles.OWNER]
    submit(draft.pk, people[roles.CLERK], serves_from=clock.now())
    desk.open(at)
    desk.find("#zurueckgeben").click()
    desk.until(".error")
    screens.see("fassung-ohne-grund")
    refuse(draft.pk, owner, "Die IBAN muss Pflichtfeld sein.\nDanke!")
    desk.open(at)
    screens.see("fassung-zurueckgegeben")
    Version.objects.filter(pk=draft.pk).update(
        text=draft.text.replace('kind = "iban"', 'kind = "iban"\nrules = ["ibam"]')
    )
    desk.open(at)
    screens.see("fassung-mit-fehler", "schmal")
    Version.objects.filter(pk=draft.pk).update(text="name = ")
    desk.open(reverse("bench", args=[draft.name], query={"fassung": draft.number}))
    desk.until("#loeschen")
    screens.see("fassung-unlesbar")
    desk.open(reverse("version", args=[serving.pk]))
    screens.see("fassung-in-betrieb")
    withdraw(serving.pk, owner, "Neuer Vordruck")
    desk.open(reverse("version", args=[serving.pk]))
    screens.see("fassung-ausser-betrieb")
    desk.open(reverse("forms"))
    screens.see("formulare", "schmal")


def read_on(number: int) -> dict[str, str | None]:
    """What stands on a scan (0) or was read on it: the more, the worse."""
    right: dict[str, str | None] = {
        "familienname": "Ahrens",
        "vorname": "Jule",
        "geburtsdatum": "1980-03-07",
        "postleitzahl": "44135",
        "wohnort": "Dortmund",
        "rasse": "Dackel",
        "strasse_und_hausnummer": "Lindenweg 7",
        "telefon": "0231 555010",
        "e_mail": "jule@example.org",
        "name_des_hundes": "Bello",
        "iban": "DE02120300000000202051",
        "gehalten_seit": "2026-09-01",
        "chipnummer": "276093400000001",
    }
    wrong: list[tuple[str, str | None]] = [("rasse", "Dackei"), ("wohnort", None), ("vorname", "Juie")]
    return right | dict(wrong[: number // 2])


def tried(trial: Trial, number: int) -> None:
    """Read by whoever waits for it, as made up."""
    while claim := claim_trial(trial.pk, 60):
        form, values = form_of(claim.version), read_on(number)
        found = [made_up(spec.name, values.get(spec.name), sure=number < 4) for spec in form.field]
        record_trial(claim, trials.result_of(Reading("x", form.name, "ready", (), tuple(found)), form))


def test_the_screens_of_an_auditor(screens: Screens, people: dict[str, User]) -> None:
    case = make_application(5, State.READY)
    auditor, administrator = people[roles.AUDITOR], people[roles.ADMINISTRATOR]
    transitions.lock(make_application(1).pk, people[roles.CLERK])
    number = Pseudonym.objects.create(user_name="sachbearbeitung").number
    asked = [transitions.ask_disclosure(number, auditor, "Hinweis auf unbefugten Zugriff") for _ in range(2)]
    transitions.confirm_disclosure(asked[0].pk, administrator)
    screens.desk.log_in("revision")
    screens.open("protokoll", reverse("trail"))
    screens.open("revision-vorgang", of(case))
    screens.open("personen", reverse("disclosures"))
    screens.desk.find("#id_person").send_keys("x", Keys.ENTER)
    screens.desk.until(".error")
    screens.see("personen-fehler")
    assert screens.found == []


def test_the_numbers_of_an_owner(screens: Screens) -> None:
    make_application(7, State.ENTERED)
    screens.desk.log_in("prozessverantwortung")
    screens.open("zahlen-leer", reverse("numbers"))
    figures.work_of_a_month()
    screens.open("zahlen", reverse("numbers"), "200", "schmal")
    screens.open("zahlen-fassung", reverse("numbers", query={"fassung": "hundesteuer|2026-02"}))
    screens.desk.find("details.data summary").click()
    screens.see("zahlen-tabelle", "schmal")
    screens.open("schwellen-leer", reverse("thresholds"))
    screens.desk.find("main form button").click()
    screens.desk.until("table.list")
    screens.see("schwellen", "schmal")
    figures.samples("applicant_last_name", 300, 120, "name")
    screens.desk.open(reverse("cases"))
    screens.desk.until("#stichprobe-alarm")
    screens.see("stichprobe-alarm", "schmal")
    assert "\n".join(screens.found) == ""


def test_the_first_look_of_every_role_and_the_login(screens: Screens) -> None:
    desk = screens.desk
    desk.log_out()
    screens.open("anmeldung", "/anmelden/", "schmal")
    desk.find("#id_username").send_keys("niemand", Keys.TAB, "falsch", Keys.ENTER)
    desk.until(".note--error")
    screens.see("anmeldung-falsch")
    for role in sorted(roles.ROLES):
        desk.log_in(role.lower())
        screens.open(f"erster-blick-{role.lower().replace('ü', 'ue')}", "/")
    assert screens.found == []
