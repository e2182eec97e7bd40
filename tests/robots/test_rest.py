"""The target robots/rest.robot against a tiny interface of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.robots.harness import ROOT, Robots, Run
from tests.robots.interface import TOKEN, Interface, Trouble, running_interface
from tests.robots.small_cases import HOSTILE, LONG, small_case


@pytest.fixture
def interface() -> Iterator[Interface]:
    with running_interface() as interface:
        yield interface


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    """The target's own file, with a short time-out."""
    folder = tmp_path / "targets"
    folder.mkdir()
    text = (ROOT / "config/targets/rest.toml").read_text()
    (folder / "rest.toml").write_text(text.replace("timeout_s = 20", "timeout_s = 1"))
    return folder


def enter(robots: Robots, interface: Interface, targets: Path, *items: dict[str, Any], **how: Any) -> Run:
    robots.url = interface.url
    robots.write_secret({"token": TOKEN})
    return robots.run(*items, task="rest", LAUFZETTEL_TARGETS=str(targets), **how)


def outcomes(run: Run) -> list[str]:
    return [receipt["outcome"] for receipt in run.worker.of("receipt")]


def test_a_case_is_entered_once_and_the_same_again_is_found(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    case = small_case("rest")
    run = enter(plain_robots, interface, targets, case, case, small_case("rest", 2))
    assert outcomes(run) == ["entered", "found", "entered"], run.output
    assert run.worker.of("receipt")[0]["read_back"] == case["fields"] | {"reference": "2026-000001"}
    assert interface.records["A/1"]["halter"]["ort"] == "Köln"
    assert len(interface.posts) == 2
    assert interface.posts[0] != interface.posts[1]


@pytest.mark.parametrize("trouble", ["late", "lost", "broken"])
def test_a_lost_answer_leaves_the_outcome_open_and_the_record_is_found_later(
    plain_robots: Robots, interface: Interface, targets: Path, trouble: Trouble
) -> None:
    interface.trouble = trouble
    run = enter(plain_robots, interface, targets, small_case("rest"))
    assert outcomes(run) == []
    released = run.worker.of("release")[0]["exception"]
    assert (released["type"], released["code"]) == ("APPLICATION", "Z020")
    interface.trouble = ""
    run = enter(plain_robots, interface, targets, small_case("rest", mode="resolve"))
    assert outcomes(run) == ["found"]
    assert (len(interface.records), len(interface.posts)) == (1, 1)


def test_two_attempts_for_one_case_carry_the_same_key(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    interface.trouble = "lost"
    enter(plain_robots, interface, targets, small_case("rest"))
    stored = interface.records.pop("A/1")  # the search does not show it yet
    interface.trouble = ""
    interface.keys = dict.fromkeys(interface.keys, "A/1")
    outcome = enter_when_stored(plain_robots, interface, targets, stored)
    assert outcome == ["entered"]
    assert len(set(interface.posts)) == 1
    assert len(interface.records) == 1


def enter_when_stored(robots: Robots, interface: Interface, targets: Path, stored: dict[str, Any]) -> list[str]:
    """Enter again; the record shows up between search and POST."""
    robots.url = interface.url
    process, worker, _ = robots.start(small_case("rest"), task="rest", LAUFZETTEL_TARGETS=str(targets))

    def appear(question: dict[str, Any]) -> dict[str, Any]:
        interface.records["A/1"] = stored
        return {"ok": True}

    worker.on_intent = appear
    process.communicate(timeout=60)
    return [receipt["outcome"] for receipt in worker.of("receipt")]


def test_a_record_that_a_person_stored_meanwhile_is_compared_not_overwritten(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    plain_robots.write_secret({"token": TOKEN})
    stored = {"aktenzeichen": "2026-000001", "halter": {"name": "Kunze"}, "id": "A/1"}
    assert enter_when_stored(plain_robots, interface, targets, stored) == ["different"]
    assert interface.records == {"A/1": stored}


def test_other_values_under_our_reference_are_different_and_two_records_are_several(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    interface.add({"aktenzeichen": "2026-000001", "halter": {"name": "Kunze"}})
    for _ in range(2):
        interface.add({"aktenzeichen": "2026-000002"})
    cases = (small_case("rest"), small_case("rest", 2), small_case("rest", 3, "resolve"))
    run = enter(plain_robots, interface, targets, *cases)
    assert outcomes(run) == ["different", "several", "none"]
    assert interface.posts == []


def test_a_refusal_is_told_in_the_words_of_the_interface_and_is_no_unclear_outcome(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    interface.trouble = "refused"
    run = enter(plain_robots, interface, targets, small_case("rest"), small_case("rest", 2), loglevel="TRACE")
    released = [release["exception"] for release in run.worker.of("release")]
    assert [(one["type"], one["code"]) for one in released] == [("BUSINESS", "Z012")] * 2
    assert "Ort unbekannt" in released[0]["message"]
    assert "Ort unbekannt" not in run.words_on_disk()


@pytest.mark.parametrize(("search", "code"), [("off", "Z004"), ("everything", "Z008")])
def test_an_interface_that_does_not_search_is_not_written_to(
    plain_robots: Robots, interface: Interface, targets: Path, search: Any, code: str
) -> None:
    interface.search = search
    interface.add({"aktenzeichen": "2026-000009"})
    run = enter(plain_robots, interface, targets, small_case("rest"))
    assert run.worker.of("release")[0]["exception"]["code"] == code
    assert interface.posts == []


def test_a_wrong_token_and_an_interface_that_is_away_stop_the_robot(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    interface.search = "on"
    plain_robots.url = interface.url
    plain_robots.write_secret({"token": "falsch!"})
    run = plain_robots.run(small_case("rest"), task="rest", LAUFZETTEL_TARGETS=str(targets))
    assert run.worker.of("release")[0]["exception"]["code"] == "Z003"
    plain_robots.url = "http://127.0.0.1:1/api"
    run = plain_robots.run(small_case("rest"), small_case("rest", 2), task="rest", LAUFZETTEL_TARGETS=str(targets))
    assert [release["exception"]["code"] for release in run.worker.of("release")] == ["Z001"]


@pytest.mark.parametrize("loglevel", ["INFO", "TRACE"])
def test_values_arrive_as_they_are_and_leave_no_trace(
    plain_robots: Robots, interface: Interface, targets: Path, loglevel: str
) -> None:
    cases = (small_case("rest", 1, **HOSTILE), small_case("rest", 2, town=LONG))
    run = enter(plain_robots, interface, targets, *cases, loglevel=loglevel)
    assert outcomes(run) == ["entered", "entered"], run.output
    record = interface.records["A/1"]
    assert [record["halter"][name] for name in ("name", "vorname", "strasse", "ort")] == list(HOSTILE.values())[:4]
    assert [record["hund"][name] for name in ("name", "rasse")] == list(HOSTILE.values())[4:]
    assert interface.records["A/2"]["halter"]["ort"] == LONG
    left = run.words_on_disk()
    for canary in (TOKEN, "DE89370400440532013000", "HYPERLINK", "onerror", "drop table", "Ñandú", LONG[:50]):
        assert canary not in left


def test_a_dry_run_writes_nothing_and_says_tried(plain_robots: Robots, interface: Interface, targets: Path) -> None:
    there = interface.add({"aktenzeichen": "2026-000002"})
    cases = (small_case("rest", 1, "dry_run"), small_case("rest", 2, "dry_run"))
    run = enter(plain_robots, interface, targets, *cases)
    assert [(one["outcome"], one["record_number"]) for one in run.worker.of("receipt")] == [
        ("tried", None),
        ("tried", there),
    ]
    assert (interface.posts, run.worker.of("intent")) == ([], [])


def test_shadow_mode_compares_with_what_a_person_entered(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    run = enter(plain_robots, interface, targets, small_case("rest"))
    by_hand = interface.records.pop("A/1") | {"aktenzeichen": "von Hand"}
    interface.add(by_hand)
    equal, other = small_case("rest", 2, "shadow"), small_case("rest", 3, "shadow", town="Bonn")
    nobody = small_case("rest", 4, "shadow", chip_number="276098109999999")
    without_key = small_case("rest", 5, "shadow", chip_number=None)
    run = enter(plain_robots, interface, targets, equal, other, nobody, without_key)
    assert outcomes(run) == ["found", "different", "none", "none"], run.output
    assert run.worker.of("intent") == []
    assert len(interface.posts) == 1


def list_records(robots: Robots, interface: Interface, targets: Path) -> Run:
    for number, reference in enumerate(["2026-000001", "von Hand", "2026-000002", None, "2026-000003"], 1):
        interface.records[f"A/{number}"] = {"id": f"A/{number}", "aktenzeichen": reference}
    return enter(robots, interface, targets, small_case("rest", mode="list"))


def test_all_our_records_are_listed_page_by_page(plain_robots: Robots, interface: Interface, targets: Path) -> None:
    run = list_records(plain_robots, interface, targets)
    assert outcomes(run) == ["listed"], run.output
    (listing,) = run.worker.of("receipt")
    assert listing["records"] == {"A/1": "2026-000001", "A/3": "2026-000002", "A/5": "2026-000003"}


def test_a_list_that_knows_no_pages_is_not_taken_for_all(
    plain_robots: Robots, interface: Interface, targets: Path
) -> None:
    interface.search = "everything"
    run = list_records(plain_robots, interface, targets)
    assert outcomes(run) == ["none"], run.output
