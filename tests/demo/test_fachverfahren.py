"""The stand-in for a line-of-business system behaves like one, also where that is inconvenient."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo.fachverfahren import faults, pages
from demo.fachverfahren.checks import complaints
from demo.fachverfahren.form import FIELDS
from demo.fachverfahren.records import record_number
from demo.fachverfahren.site import Request, Site

ROOT = Path(__file__).parents[2]
DOG = {
    "fremdref": "2026-000012",
    "hal_name": "Müller",
    "hal_vorname": "Änne",
    "hal_str": "Lange Straße 3",
    "hal_plz": "50667",
    "hal_ort": "Köln",
    "hd_name": "Waldi",
    "hd_seit": "01.10.2026",
    "hd_anzahl": "1",
}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "login.json").write_text(json.dumps({"user": "kunze", "password": "Dackel"}))
    return Site(tmp_path)


def get(site: Site, path: str, user: str = "kunze", **values: str):
    return site.answer(Request("GET", path, values, user))


def post(site: Site, path: str, user: str = "kunze", **values: str):
    return site.answer(Request("POST", path, values, user))


def test_without_a_login_only_the_login_is_shown(site: Site) -> None:
    for path in ("/", "/suche", "/liste.csv", "/satz/5.0123.000001.4"):
        assert 'id="seite_anmeldung"' in get(site, path, user="").body
    assert 'id="seite_anmeldung"' in post(site, "/erfassung/speichern", user="", **DOG).body
    assert site.records.all() == []


def test_a_login_gives_a_session_and_is_counted(site: Site) -> None:
    refused = post(site, "/anmelden", user="", benutzer="kunze", kennwort="dackel")
    assert refused.status == 403
    assert site.records.logins() == 0
    accepted = post(site, "/anmelden", user="", benutzer="kunze", kennwort="Dackel")
    assert accepted.status == 303
    assert "HttpOnly" in dict(accepted.headers)["Set-Cookie"]
    assert site.records.logins() == 1


def test_saving_twice_makes_two_records_with_the_same_reference(site: Site) -> None:
    for _ in range(2):
        assert 'id="seite_gespeichert"' in post(site, "/erfassung/speichern", **DOG).body
    assert [record.number for record in site.records.search("2026-000012")] == [record_number(1), record_number(2)]


def test_values_travel_over_both_pages_and_a_summary_before_they_are_saved(site: Site) -> None:
    first = post(site, "/erfassung/hund", **{name: DOG[name] for name in DOG if not name.startswith("hd_")})
    assert 'id="seite_hund"' in first.body
    assert 'type="hidden" name="hal_name" value="Müller"' in first.body
    second = post(site, "/erfassung/pruefen", **DOG)
    assert 'id="seite_pruefen"' in second.body
    assert site.records.all() == []


def test_it_complains_in_its_own_words_and_keeps_what_was_typed(site: Site) -> None:
    answer = post(site, "/erfassung/hund", **DOG | {"hal_plz": "05000", "hal_gebdat": "1970-02-01"})
    assert 'id="seite_halter"' in answer.body
    assert "<li>PLZ: PLZ unbekannt</li>" in answer.body
    assert "Datum nicht im Format TT.MM.JJJJ" in answer.body
    assert 'value="Müller"' in answer.body


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hal_plz", "1234", "PLZ unbekannt"),
        ("hal_plz", "٥٠٦٦٧", "PLZ unbekannt"),
        ("bank_iban", "DE88370400440532013000", "IBAN ungültig (Prüfziffer)"),
        ("bank_iban", "DE8937040044053201300", "IBAN ungültig (Länge)"),
        ("bank_iban", "123", "IBAN ungültig (Aufbau)"),
        ("bank_sepa", "J", "SEPA-Mandat ohne IBAN nicht möglich"),
        ("hal_gebdat", "30.02.1970", "Datum nicht im Format TT.MM.JJJJ"),
        ("hal_gebdat", "01.01.2970", "Datum liegt in der Zukunft"),
        ("hd_chip", "12345", "Chip-Nr. muss 15 Ziffern haben"),
        ("hd_anzahl", "9", "Schlüssel nicht zulässig"),
        ("hd_name", " ", "Pflichtangabe fehlt"),
        ("hal_name", "x" * 61, "max. 60 Stellen"),
        ("hal_email", "kein Komma@", "E-Mail nicht zulässig"),
    ],
)
def test_it_refuses_what_it_does_not_know(field: str, value: str, words: str) -> None:
    assert words in [said for _, said in complaints(FIELDS, DOG | {field: value})]


def test_it_accepts_a_plain_application() -> None:
    assert complaints(FIELDS, DOG | {"bank_iban": "DE89 3704 0044 0532 0130 00", "bank_sepa": "J"}) == []


def test_a_record_can_be_found_by_reference_and_name_and_shown(site: Site) -> None:
    number = site.records.add(DOG | {"hal_name": "100%_Müller"}, "kunze")
    site.records.add(DOG | {"fremdref": "2026-000013"}, "kunze")
    assert [record.number for record in site.records.search("2026-000012")] == [number]
    assert [record.number for record in site.records.search(name="100%_")] == [number]
    assert site.records.search("2026") == []
    assert f'id="kz_1" href="/satz/{number}"' in get(site, "/suche", s_fremdref="2026-000012").body
    assert '<td class="w" id="w_hal_name">100%_Müller</td>' in get(site, f"/satz/{number}").body
    assert get(site, "/satz/5.0123.000001.9").status == 404


def test_the_number_carries_a_check_digit() -> None:
    assert re.fullmatch(r"5\.0123\.000017\.\d", record_number(17))
    assert record_number(17)[-1] != record_number(18)[-1]


def test_markup_and_formulas_stay_text(site: Site) -> None:
    number = site.records.add(DOG | {"hd_name": "<img onerror=x>", "hal_ort": '=HYPERLINK("x")'}, "kunze")
    for path in (f"/satz/{number}", "/liste"):
        assert "<img onerror=x>" not in get(site, path).body
    assert "\"'=HYPERLINK(" in get(site, "/liste.csv").body
    assert '"Waldi"' not in pages.csv(site.records.all())


def test_it_can_be_closed_for_maintenance(site: Site, tmp_path: Path) -> None:
    (tmp_path / "wartung").touch()
    answer = get(site, "/suche")
    assert answer.status == 503
    assert 'id="seite_wartung"' in answer.body


@pytest.mark.parametrize("arguments", [["--host", "0.0.0.0"], []], ids=["other hosts", "no login file"])
def test_it_starts_only_for_this_machine_and_with_a_login(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "demo.fachverfahren", "--port", "1", "--data", str(tmp_path), *arguments]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, timeout=30).returncode == 2


def test_faults_are_off_until_they_are_switched_on_and_count_down(site: Site, tmp_path: Path) -> None:
    faults.switch(tmp_path, error_after_save=1, search_lag_s=60)
    assert post(site, "/erfassung/speichern", **DOG).status == 500
    assert post(site, "/erfassung/speichern", **DOG).status == 200
    assert len(site.records.all()) == 2
    assert '<b id="anzahl">0</b>' in get(site, "/suche", s_fremdref=DOG["fremdref"]).body
    faults.switch(tmp_path, search_off=True, duplicate_dialog=True)
    assert 'id="seite_suche_aus"' in get(site, "/suche", s_fremdref=DOG["fremdref"]).body
    assert 'id="seite_rueckfrage"' in post(site, "/erfassung/speichern", **DOG).body
    assert 'id="seite_gespeichert"' in post(site, "/erfassung/trotzdem", **DOG).body
    faults.switch(tmp_path)
    assert '<b id="anzahl">3</b>' in get(site, "/suche", s_fremdref=DOG["fremdref"]).body


def test_a_fault_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="answer_lots"):
        faults.switch(tmp_path, answer_lots=1)
