"""The entry protocol against Tryton: a system that nobody here wrote, through its own web client in Chromium."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.machine import tryton_is_there
from tests.robots.harness import CHROMIUM, LOGIN, ROBOTS_PYTHON, ROOT, Robots, Run
from tests.robots.tryton_office import PERSON, Tryton, person, running_tryton, serving

HOSTILE = {
    "applicant_last_name": "' or 1=1; drop table party_party; --",
    "applicant_first_name": '"]//*[@id="save"] \\n \ue007, {{7*7}}',
    "street": "${EXEC} %{HOME} @{x}\n<img src=x onerror=alert(1)>",
    "plz": "%' --",
    "town": "</script><b>&amp;`${1}`",
    "phone": '=HYPERLINK("http://x.example")',
    "email": "<img src=x onerror=\"jQuery('#save').click()\">",
    "iban": '[["code","!=",null]]',
}
ONLY_ADDRESS: dict[str, str | None] = {"phone": None, "email": None, "iban": None}
PATIENCE_S = 240
CANARIES = ("Lüdenscheidt", "Große Straße", "aenne@", "DE89", "HYPERLINK", "onerror", "drop table", LOGIN["password"])


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tryton]:
    if not tryton_is_there():
        if shutil.which("apt-get"):
            pytest.fail("Tryton is missing; `make setup-test` brings it")
        pytest.skip("needs Tryton, which comes with Debian and Ubuntu only")
    with running_tryton(tmp_path_factory.mktemp("tryton")) as tryton:
        yield tryton


@pytest.fixture(scope="module")
def module_robots(tmp_path_factory: pytest.TempPathFactory, tryton: Tryton) -> Iterator[Robots]:
    if not ROBOTS_PYTHON.exists() or not Path(CHROMIUM).exists():
        pytest.skip("needs .venv-robots and Chromium; `make test` brings both")
    robots = Robots(tmp_path_factory.mktemp("robots"), tryton.url)
    yield robots
    robots.close()


@pytest.fixture(scope="module")
def long_run(module_robots: Robots) -> Run:
    """One session: three persons, the first again, values that look like code, a value with a line break."""
    second = person(2, applicant_last_name="Yılmaz", applicant_first_name=None, phone=None, iban=None)
    third = person(3, applicant_last_name="Çağlar-Ñandú", applicant_first_name="Zoë", **ONLY_ADDRESS)
    odd = (person(4, **HOSTILE), person(5, town="Köln\nEhrenfeld"))
    return run(module_robots, person(1), second, third, person(1), *odd, loglevel="TRACE")


@pytest.fixture
def robots(module_robots: Robots, long_run: Run) -> Robots:
    """After the long run, which counts everything."""
    module_robots.write_secret(LOGIN)
    return module_robots


def run(robots: Robots, *items: dict[str, Any], **how: Any) -> Run:
    process, worker, folder = robots.start(*items, task="tryton", **how)
    output, _ = process.communicate(timeout=PATIENCE_S)
    return Run(worker, folder, process.returncode, output)


def outcomes(run: Run) -> list[str]:
    return [receipt["outcome"] for receipt in run.worker.of("receipt")]


def problem(worker: Any, place: int = 0) -> dict[str, str]:
    found: dict[str, str] = worker.of("release")[place]["exception"]
    return found


def test_it_enters_three_persons_in_one_login_and_finds_the_first_again(long_run: Run, tryton: Tryton) -> None:
    assert outcomes(long_run)[:4] == ["entered", "entered", "entered", "found"], long_run.output
    receipts = long_run.worker.of("receipt")
    assert receipts[0]["read_back"] == {**PERSON, "reference": "2026-000001"}
    assert receipts[3]["record_number"] == receipts[0]["record_number"]
    assert (long_run.folder / receipts[0]["screenshot"]).stat().st_size > 1000
    assert [len(tryton.parties(f"2026-00000{number}")) for number in (1, 2, 3)] == [1, 1, 1]
    assert tryton.rows("SELECT count(*) FROM ir_session") == [(1,)]


def test_what_stands_in_tryton_is_what_was_typed(long_run: Run, tryton: Tryton) -> None:
    ((number, name),) = tryton.parties("2026-000001")
    assert (str(number), name) == (long_run.worker.of("receipt")[0]["record_number"], "Müller-Lüdenscheidt, Änne")
    assert tryton.lines("party_address", number) == [("Große Straße 3", "50667", "Köln")]
    assert tryton.lines("party_contact_mechanism", number) == [("phone", "0221 4711"), ("email", "aenne@example.org")]
    assert tryton.lines("party_identifier", number) == [(None, "DE89 3704 0044 0532 0130 00")]
    ((number, name),) = tryton.parties("2026-000002")
    assert name == "Yılmaz"
    assert tryton.lines("party_contact_mechanism", number) == [("email", "aenne@example.org")]
    assert tryton.lines("party_identifier", number) == []
    assert tryton.parties("2026-000003")[0][1] == "Çağlar-Ñandú, Zoë"


def test_values_that_look_like_code_are_typed_as_they_are(long_run: Run, tryton: Tryton) -> None:
    assert outcomes(long_run)[4:] == ["entered"], long_run.output
    ((number, name),) = tryton.parties("2026-000004")
    assert name == f"{HOSTILE['applicant_last_name']}, {HOSTILE['applicant_first_name']}"
    assert tryton.lines("party_address", number) == [(HOSTILE["street"], HOSTILE["plz"], HOSTILE["town"])]
    contacts = [value for _, value in tryton.lines("party_contact_mechanism", number)]
    assert contacts == [HOSTILE["phone"], HOSTILE["email"]]
    assert tryton.lines("party_identifier", number) == [(None, HOSTILE["iban"])]


def test_a_line_break_where_tryton_knows_none_is_refused_before_anything_is_written(
    long_run: Run, tryton: Tryton
) -> None:
    assert problem(long_run.worker, 5)["code"] == "Z011"
    assert tryton.parties("2026-000005") == []


def test_no_log_holds_a_password_or_a_field_value(long_run: Run) -> None:
    left = long_run.words_on_disk()
    assert "addresses.street" in left
    assert [canary for canary in CANARIES if canary in left] == []


def test_what_others_change_or_store_meanwhile_is_told_and_without_leave_nothing_is_stored(
    robots: Robots, tryton: Tryton
) -> None:
    """Switched off, changed, stored by somebody else between intent and click; at last the intent is refused."""
    ours = "(SELECT id FROM party_party WHERE code = '2026-000011')"
    changes = iter(
        (
            f"UPDATE party_party SET active = 0 WHERE id = {ours}",
            f"UPDATE party_address SET city = 'Bonn' WHERE party = {ours}",
            "INSERT INTO party_party (code, name, active) VALUES ('2026-000012', 'Kunze', 1)",
        )
    )
    before_the_last = []

    def intent(question: dict[str, Any]) -> dict[str, Any]:
        if len(worker.of("intent")) == 2:
            tryton.rows(next(changes))
        before_the_last.append(tryton.count())
        return {"ok": len(worker.of("intent")) < 3}

    def receipt(question: dict[str, Any]) -> None:
        if len(worker.of("receipt")) < 2:
            tryton.rows(next(changes))

    same = person(11, **ONLY_ADDRESS)
    others = (person(12, **ONLY_ADDRESS), person(13, iban=None, email=None))
    process, worker, _ = robots.start(same, same, same, *others, task="tryton")
    worker.on_intent, worker.on_receipt = intent, receipt
    output, _ = process.communicate(timeout=PATIENCE_S)
    seen = worker.of("receipt")
    assert [receipt["outcome"] for receipt in seen] == ["entered", "found", "different", "different"], output
    assert (seen[1]["read_back"]["town"], seen[2]["read_back"]["town"]) == ("Köln", "Bonn")
    assert [len(tryton.parties(f"2026-0000{number}")) for number in (11, 12, 13)] == [1, 1, 0]
    assert problem(worker, 4)["code"] == "Z007"
    assert tryton.count() == before_the_last[-1]


def test_a_robot_killed_between_click_and_receipt_leaves_a_record_that_is_found(robots: Robots, tryton: Tryton) -> None:
    process, worker, _ = robots.start(person(21, **ONLY_ADDRESS), task="tryton")
    worker.on_receipt = lambda question: os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE_S)
    assert len(worker.of("intent")) == 1
    killed = person(21, **ONLY_ADDRESS)
    later = run(robots, killed | {"mode": "resolve"}, killed, person(22, "resolve", **ONLY_ADDRESS))
    assert outcomes(later) == ["found", "found", "none"], later.output
    assert len(tryton.parties("2026-000021")) == 1
    assert tryton.parties("2026-000022") == []


def test_what_tryton_refuses_goes_to_the_clerk_in_its_own_words_and_leaves_nothing_behind(
    robots: Robots, tryton: Tryton, tmp_path: Path
) -> None:
    """An IBAN as an identifier of a kind that Tryton checks: the whole party is refused at the click."""
    text = (ROOT / "config/targets/tryton.toml").read_text().replace("identifiers[type=]", "identifiers[type=de_vat]")
    (tmp_path / "tryton.toml").write_text(text)
    before = tryton.count()
    refused, tried = person(41, phone=None, email=None), person(42, "dry_run", **ONLY_ADDRESS)
    found = run(robots, refused, tried, LAUFZETTEL_TARGETS=str(tmp_path))
    assert (problem(found.worker)["type"], problem(found.worker)["code"]) == ("BUSINESS", "Z012"), found.troubles()
    assert "Umsatzsteuer" in problem(found.worker)["message"]
    assert outcomes(found) == ["tried"], found.output
    assert len(found.worker.of("intent")) == 1
    assert tryton.count() == before


def test_a_refused_login_is_told_as_such(robots: Robots) -> None:
    robots.write_secret(LOGIN | {"password": "falsch-4711"})
    assert problem(run(robots, person(51)).worker)["code"] == "Z003"


def test_the_database_comes_from_the_address_also_where_the_server_tells_none(robots: Robots, tryton: Tryton) -> None:
    with serving(tryton.file.parent, tells_databases=False) as url:
        found = run(robots, person(52, "resolve"), LAUFZETTEL_TARGET_URL=url)
    assert outcomes(found) == ["none"], found.troubles()


def test_a_database_that_the_server_does_not_have_is_told(robots: Robots, tryton: Tryton) -> None:
    found = run(robots, person(53), LAUFZETTEL_TARGET_URL=tryton.url.replace("#", "#kein_"))
    assert problem(found.worker)["code"] == "Z008"
    assert "kein_buergeramt" in problem(found.worker)["message"]
