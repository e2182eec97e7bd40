"""The target robots/handover.robot with an exchange folder and the other side of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.robots.harness import ROOT, Robots, Run
from tests.robots.partner import Partner, at_work
from tests.robots.small_cases import HOSTILE, LONG, small_case


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    for name in ("in", "done", "error"):
        (tmp_path / "exchange" / name).mkdir(parents=True)
    return Partner(tmp_path / "exchange")


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    folder = tmp_path / "targets"
    folder.mkdir()
    text = (ROOT / "config/targets/handover.toml").read_text()
    (folder / "handover.toml").write_text(text.replace("acknowledge_s = 60", "acknowledge_s = 1"))
    shutil.copy(ROOT / "config/targets/handover.xsd", folder)
    return folder


def enter(robots: Robots, partner: Partner, targets: Path, *items: dict[str, Any], **how: Any) -> Run:
    robots.url = str(partner.folder)
    return robots.run(*items, task="handover", LAUFZETTEL_TARGETS=str(targets), **how)


def outcomes(run: Run) -> list[str]:
    return [receipt["outcome"] for receipt in run.worker.of("receipt")]


def problems(run: Run) -> list[str | None]:
    return [(release["exception"] or {}).get("code") for release in run.worker.of("release")]


def test_a_case_is_handed_over_once_and_the_same_again_is_found(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    case = small_case("handover")
    with at_work(partner):
        run = enter(plain_robots, partner, targets, case, case, small_case("handover", 2, iban=None))
    assert outcomes(run) == ["entered", "found", "entered"], run.output
    receipts = run.worker.of("receipt")
    assert [receipt["record_number"] for receipt in receipts] == ["H-1", "H-1", "H-2"]
    assert receipts[0]["read_back"] == case["fields"] | {"reference": "2026-000001"}
    assert partner.files("in") == []
    assert partner.names == {"2026-000001.xml", "2026-000002.xml"}
    assert (partner.folder / "done" / "2026-000001.xml").stat().st_mode & 0o777 == 0o640


def test_without_an_acknowledgement_the_outcome_is_open_and_the_file_is_found_later(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    run = enter(plain_robots, partner, targets, small_case("handover"))
    assert (outcomes(run), problems(run)) == ([], ["Z020"])
    assert partner.files("in") == ["2026-000001.xml"]
    look = small_case("handover", mode="resolve")
    assert problems(enter(plain_robots, partner, targets, look, small_case("handover"))) == ["Z021", "Z021"]
    partner.take_all()
    assert outcomes(enter(plain_robots, partner, targets, look)) == ["found"]
    assert partner.taken == 1


def test_a_robot_stopped_before_the_handover_left_nothing_for_the_other_side(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    plain_robots.url = str(partner.folder)
    process, worker, _ = plain_robots.start(small_case("handover"), task="handover", LAUFZETTEL_TARGETS=str(targets))
    seen: list[list[str]] = []

    def kill(question: dict[str, Any]) -> None:
        seen.append(partner.files("in"))
        partner.take_all()
        os.kill(process.pid, 9)

    worker.on_intent = kill  # type: ignore[assignment]
    process.communicate(timeout=60)
    assert seen == [[".2026-000001.tmp"]]
    assert partner.taken == 0
    with at_work(partner):
        run = enter(plain_robots, partner, targets, small_case("handover", mode="resolve"), small_case("handover"))
    assert outcomes(run) == ["none", "entered"]
    assert partner.files("in") == []


def test_a_file_that_somebody_put_there_meanwhile_is_not_overwritten(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    plain_robots.url = str(partner.folder)
    process, worker, _ = plain_robots.start(small_case("handover"), task="handover", LAUFZETTEL_TARGETS=str(targets))
    there = partner.folder / "in" / "2026-000001.xml"

    def put(question: dict[str, Any]) -> dict[str, Any]:
        there.write_text("<vorgang><referenz>2026-000001</referenz></vorgang>")
        return {"ok": True}

    worker.on_intent = put
    process.communicate(timeout=60)
    assert worker.of("release")[0]["exception"]["code"] == "Z020"
    assert there.read_text() == "<vorgang><referenz>2026-000001</referenz></vorgang>"


def test_a_refusal_goes_to_the_clerk_and_the_corrected_case_is_handed_over_under_a_new_name(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    partner.refuse = "Ort unbekannt"
    with at_work(partner):
        run = enter(plain_robots, partner, targets, small_case("handover"))
    released = run.worker.of("release")[0]["exception"]
    assert (released["type"], released["code"]) == ("BUSINESS", "Z012")
    assert "Ort unbekannt" in released["message"]
    partner.refuse = ""
    with at_work(partner):
        run = enter(plain_robots, partner, targets, small_case("handover", town="Bonn"))
    assert outcomes(run) == ["entered"]
    assert partner.files("done") == ["2026-000001-2.quittung.xml", "2026-000001-2.xml"]


def test_a_look_up_finds_a_refusal_that_came_late_but_not_one_of_other_values(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    enter(plain_robots, partner, targets, small_case("handover"))
    partner.refuse = "Ort unbekannt"
    partner.take_all()
    look, corrected = small_case("handover", mode="resolve"), small_case("handover", 1, "resolve", town="Bonn")
    run = enter(plain_robots, partner, targets, look, corrected)
    assert problems(run) == ["Z012", None]
    assert outcomes(run) == ["none"]


def test_what_the_other_side_stored_differently_and_twice_is_told(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    partner.other = "Bonn"
    with at_work(partner):
        run = enter(plain_robots, partner, targets, small_case("handover"))
        assert outcomes(run) == ["different"]
        assert run.worker.of("receipt")[0]["read_back"]["town"] == "Bonn"
        shutil.copy(partner.folder / "done" / "2026-000001.xml", partner.folder / "in" / "2026-000001-2.xml")
        assert outcomes(enter(plain_robots, partner, targets, small_case("handover"))) == ["several"]


def test_an_acknowledgement_for_another_case_or_of_half_a_file_is_none(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    enter(plain_robots, partner, targets, small_case("handover"))
    there = partner.folder / "done" / "2026-000001.quittung.xml"
    for text in (
        "<quittung><referenz>2026-000009</referenz><nummer>H-9</nummer></quittung>",
        "<quittung><referenz>2026-000001</referenz><nummer>H-",
        '<!DOCTYPE q [<!ENTITY x SYSTEM "/etc/hostname">]>'
        "<quittung><referenz>2026-000001</referenz><nummer>&x;</nummer></quittung>",
    ):
        there.write_text(text)
        assert problems(enter(plain_robots, partner, targets, small_case("handover", mode="resolve"))) == ["Z021"]


def test_what_the_schema_or_xml_does_not_allow_is_refused_before_anything_is_handed_over(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    cases = (
        small_case("handover", 1, plz="506677"),
        small_case("handover", 2, street=None),
        small_case("handover", 3, town="Kö\x01ln"),
        small_case("handover", 4, date_of_birth="1970-02-31"),
    )
    run = enter(plain_robots, partner, targets, *cases, loglevel="TRACE")
    assert problems(run) == ["Z011"] * 4
    messages = [release["exception"]["message"] for release in run.worker.of("release")]
    for word, message in zip(("plz", "strasse", "ort", "geburtsdatum"), messages, strict=True):
        assert word in message
    assert "506677" not in str(messages) + run.words_on_disk()
    assert partner.files("in") == []
    assert run.worker.of("intent") == []


def test_a_folder_that_is_not_mounted_and_a_schema_that_is_missing_stop_the_robot(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    (partner.folder / "done").rmdir()
    assert problems(enter(plain_robots, partner, targets, small_case("handover"), small_case("handover", 2))) == [
        "Z001"
    ]
    (partner.folder / "done").mkdir()
    (targets / "handover.xsd").unlink()
    assert problems(enter(plain_robots, partner, targets, small_case("handover"), small_case("handover", 2))) == [
        "Z008"
    ]


def test_a_dry_run_leaves_nothing_in_the_folder_and_the_reconciliation_gets_what_was_taken(
    plain_robots: Robots, partner: Partner, targets: Path
) -> None:
    run = enter(plain_robots, partner, targets, small_case("handover", 1, "dry_run"))
    assert outcomes(run) == ["tried"]
    assert partner.files("in") == []
    with at_work(partner):
        run = enter(plain_robots, partner, targets, small_case("handover", 3), small_case("handover", mode="list"))
    assert run.worker.of("receipt")[1]["records"] == {"H-1": "2026-000003"}


def test_values_arrive_as_they_are_and_leave_no_trace(plain_robots: Robots, partner: Partner, targets: Path) -> None:
    cases = (small_case("handover", 1, **HOSTILE), small_case("handover", 2, town=LONG))
    with at_work(partner):
        run = enter(plain_robots, partner, targets, *cases, loglevel="TRACE")
    assert outcomes(run) == ["entered", "entered"], run.output
    record = ElementTree.parse(partner.folder / "done" / "2026-000001.xml").getroot()
    places = ("halter/name", "halter/vorname", "halter/strasse", "halter/ort", "hund/name", "hund/rasse")
    assert [record.findtext(place) for place in places] == list(HOSTILE.values())
    assert ElementTree.parse(partner.folder / "done" / "2026-000002.xml").findtext("halter/ort") == LONG
    left = run.words_on_disk()
    for canary in ("HYPERLINK", "onerror", "drop table", "Ñandú", LONG[:50], "DE89370400440532013000"):
        assert canary not in left
