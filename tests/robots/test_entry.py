"""The entry protocol against the real demo application, with the real robot and a real Chromium."""

from __future__ import annotations

import http.cookiejar
import os
import signal
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from demo.fachverfahren.form import NAMES
from tests.robots.harness import LOGIN, Application, Robots, case

STORED = {
    "hal_name": "Müller-Lüdenscheidt",
    "hal_vorname": "Änne",
    "hal_gebdat": "01.02.1970",
    "hal_str": "Lange  Straße 3 ",
    "hal_plz": "50667",
    "hal_ort": "Köln",
    "hal_email": "aenne@example.org",
    "bank_iban": "DE89 3704 0044 0532 0130 00",
    "bank_sepa": "J",
    "hd_name": "Waldi",
    "hd_rasse": "Dackel",
    "hd_wurf": "17.05.2024",
    "hd_chip": "276098102345678",
    "hd_seit": "01.10.2026",
    "hd_anzahl": "3",
    "hd_erst": "J",
    "hd_gefahr": "N",
}


def store(application: Application, number: int, **values: str) -> str:
    """A record that stands in the application already, as a person typed it."""
    return application.records.add(STORED | {"fremdref": f"2026-{number:06d}"} | values, "frau.kunze")


def exception(worker: Any, place: int = 0) -> dict[str, str]:
    return worker.of("release")[place]["exception"]


def test_it_enters_three_cases_in_one_login_and_reads_them_back(robots: Robots, application: Application) -> None:
    run = robots.run(case(1), case(2, dog_name="Bello"), case(3, phone="0221 4711", sepa_mandate="nein", iban=None))
    assert run.exit_code == 0, run.output
    receipts = run.worker.of("receipt")
    assert [receipt["outcome"] for receipt in receipts] == ["entered"] * 3
    assert application.records.logins() == 1
    stored = application.records.all()
    assert [record.number for record in stored] == [receipt["record_number"] for receipt in receipts]
    assert stored[1].values["hd_name"] == "Bello"
    wanted = case(2, dog_name="Bello")
    without_place = {"signature", "signed_on"}
    assert receipts[1]["read_back"] == {
        "reference": "2026-000002",
        **{name: value for name, value in wanted["fields"].items() if name not in without_place},
    }
    assert receipts[2]["read_back"]["iban"] is None
    assert (run.folder / receipts[0]["screenshot"]).stat().st_mode & 0o077 == 0
    assert [release["state"] for release in run.worker.of("release")] == ["DONE"] * 3
    assert not (run.folder / "browser").exists()


def test_it_writes_nothing_where_a_record_stands_already_or_only_a_search_is_wanted(
    robots: Robots, application: Application
) -> None:
    equal, other = store(application, 1), store(application, 2, hd_name="Bello")
    twice = [store(application, 3), store(application, 3)]
    run = robots.run(case(1), case(2), case(3), case(1, "resolve"), case(4, "resolve"))
    receipts = run.worker.of("receipt")
    assert [receipt["outcome"] for receipt in receipts] == ["found", "different", "several", "found", "none"]
    assert [receipt["record_number"] for receipt in receipts] == [equal, other, ", ".join(twice), equal, None]
    assert receipts[1]["read_back"]["dog_name"] == "Bello"
    assert run.worker.of("intent") == []
    assert len(application.records.all()) == 4


def test_values_that_the_target_refuses_are_a_business_problem_in_its_own_words(
    robots: Robots, application: Application
) -> None:
    run = robots.run(
        case(1, plz="05000", iban="DE00370400440532013000"),
        case(2, chip_number="12345"),
        case(3, dogs_in_household="17"),
        case(4, kept_since="2026-10"),
        case(5, plz="506677"),
        case(6),
    )
    releases = run.worker.of("release")
    assert [release["state"] for release in releases] == ["FAILED"] * 5 + ["DONE"]
    assert {exception(run.worker, place)["type"] for place in range(5)} == {"BUSINESS"}
    assert [exception(run.worker, place)["code"] for place in range(5)] == ["Z010", "Z010", "Z011", "Z011", "Z011"]
    words = exception(run.worker)["message"]
    assert "PLZ unbekannt" in words
    assert "IBAN ungültig (Prüfziffer)" in words
    assert "Chip-Nr. muss 15 Ziffern haben" in exception(run.worker, 1)["message"]
    assert "kept_since" in exception(run.worker, 3)["message"]
    assert [record.values["fremdref"] for record in application.records.all()] == ["2026-000006"]
    assert application.records.logins() == 1


def test_a_refused_intent_writes_no_record_and_ends_the_robot(robots: Robots, application: Application) -> None:
    process, worker, _ = robots.start(case(1), case(2))
    worker.on_intent = lambda question: {"ok": False, "code": "V012", "message": "Lease verloren"}
    process.communicate(timeout=60)
    assert exception(worker)["type"] == "APPLICATION"
    assert exception(worker)["code"] == "Z007"
    assert len(worker.said) == 2  # intent and release: the second case was not touched
    assert application.records.all() == []


def test_a_worker_that_goes_away_takes_robot_and_browser_with_it(robots: Robots, application: Application) -> None:
    process, worker, _ = robots.start(case(1))
    worker.on_intent = lambda question: None  # the line is cut instead of an answer
    process.communicate(timeout=60)
    assert process.returncode == -9
    assert nobody_is_left_of(process.pid)
    assert application.records.all() == []


def test_a_robot_that_is_killed_takes_its_browser_with_it(robots: Robots) -> None:
    process, worker, _ = robots.start(case(1))
    worker.on_intent = lambda question: os.kill(process.pid, signal.SIGKILL)  # only the robot itself
    process.communicate(timeout=60)
    assert nobody_is_left_of(process.pid)


def test_a_stop_signal_after_the_intent_leaves_the_outcome_open(robots: Robots, application: Application) -> None:
    def stop(question: dict[str, Any]) -> dict[str, Any]:
        os.kill(process.pid, signal.SIGTERM)
        time.sleep(0.5)  # the robot must have seen it before it gets its yes
        return {"ok": True}

    process, worker, folder = robots.start(case(1), case(2))
    worker.on_intent = stop
    process.communicate(timeout=60)
    assert nobody_is_left_of(process.pid)
    assert not (folder / "browser").exists()
    assert worker.of("receipt") == []
    assert exception(worker)["code"] == "Z020"
    assert application.records.all() == []


def nobody_is_left_of(group: int) -> bool:
    """Whether a process group ends within five seconds: the kernel ends its members one by one."""
    for _ in range(100):
        if not members_of_group(group):
            return True
        time.sleep(0.05)
    return False


def members_of_group(group: int) -> list[str]:
    """Names of the processes that still run in a process group."""
    names = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = status.read_text().rsplit(")", 1)
        except OSError:
            continue
        state, _, process_group = rest.split()[:3]
        if process_group == str(group) and state not in "ZX":
            names.append(name)
    return names


def test_an_answer_that_never_comes_after_the_intent_is_told_as_such(robots: Robots, application: Application) -> None:
    def close_the_application(question: dict[str, Any]) -> dict[str, Any]:
        (application.folder / "wartung").touch()
        return {"ok": True}

    process, worker, _ = robots.start(case(1), case(2))
    worker.on_intent = close_the_application
    process.communicate(timeout=60)
    assert worker.of("receipt") == []
    assert exception(worker)["type"] == "APPLICATION"
    assert exception(worker)["code"] == "Z020"
    assert len(worker.of("release")) == 1  # and it leaves the next case alone


def test_a_session_that_broke_is_opened_again_for_the_next_case(robots: Robots, application: Application) -> None:
    process, worker, _ = robots.start(case(1), case(2), case(3))
    worker.on_reserve = lambda item: throw_everybody_out(application) if item["id"] == "2" else None
    process.communicate(timeout=60)
    assert [release["state"] for release in worker.of("release")] == ["DONE", "FAILED", "DONE"]
    assert exception(worker, 1)["code"] == "Z004"
    assert [record.values["fremdref"] for record in application.records.all()] == ["2026-000001", "2026-000003"]


def throw_everybody_out(application: Application) -> None:
    """Log in as the robot's user and out again: the application ends all sessions of that user."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    form = urllib.parse.urlencode({"benutzer": LOGIN["user"], "kennwort": LOGIN["password"]}).encode()
    browser.open(f"{application.url}anmelden", form).close()
    browser.open(f"{application.url}abmelden").close()


def test_values_are_typed_as_they_are_and_never_become_code(robots: Robots, application: Application) -> None:
    hostile = {
        "applicant_last_name": "${EXEC} %{HOME} @{x} {{7*7}}",
        "applicant_first_name": "' or 1=1 --",
        "street": '"]//*[@id="speichern"] \\n \ue007',
        "town": "<img src=x onerror=alert(1)>",
        "dog_name": "=HYPERLINK(A1)",
        "breed": "</script>\u2028`${1}`",
    }
    run = robots.run(case(1, **hostile))
    assert [receipt["outcome"] for receipt in run.worker.of("receipt")] == ["entered"], run.output
    stored = application.records.all()[0].values
    names = ("hal_name", "hal_vorname", "hal_str", "hal_ort", "hd_name", "hd_rasse")
    assert [stored[name] for name in names] == list(hostile.values())
    assert set(names) < set(NAMES)


def test_a_line_break_inside_a_value_is_refused_before_anything_is_written(
    robots: Robots, application: Application
) -> None:
    run = robots.run(case(1, town="Köln\nEhrenfeld"))
    assert exception(run.worker)["code"] == "Z011"
    assert application.records.all() == []


def test_it_lists_our_records_and_nobody_elses(robots: Robots, application: Application) -> None:
    ours, theirs = store(application, 7), application.records.add(STORED | {"fremdref": "B-17"}, "frau.kunze")
    run = robots.run(case(1, mode="list"))
    (receipt,) = run.worker.of("receipt")
    assert receipt["outcome"] == "listed" and receipt["records"] == {ours: "2026-000007"}
    assert theirs not in run.words_on_disk()


def test_a_dry_run_keeps_a_picture_of_the_filled_pages_and_stores_nothing(
    robots: Robots, application: Application
) -> None:
    run = robots.run(case(1, "dry_run"), case(2, "dry_run", plz="506677"))
    assert [receipt["outcome"] for receipt in run.worker.of("receipt")] == ["tried"], run.output
    assert (run.folder / run.worker.of("receipt")[0]["screenshot"]).stat().st_size > 1000
    assert exception(run.worker, 1)["code"] == "Z011"
    assert run.worker.of("intent") == []
    assert application.records.all() == []


def test_shadow_mode_compares_and_stores_nothing(robots: Robots, application: Application) -> None:
    store(application, 1)
    store(application, 2, hd_name="Bello")
    run = robots.run(case(1, "shadow"), case(2, "shadow"), case(3, "shadow"))
    assert [receipt["outcome"] for receipt in run.worker.of("receipt")] == ["found", "different", "none"]
    assert run.worker.of("intent") == []
    assert len(application.records.all()) == 2
