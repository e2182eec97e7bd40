"""The real worker with the real robot of an interface: what each outcome makes of a case."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cases import transitions
from cases.models import Case, Entry, Gate, State
from tests.cases.conftest import record
from tests.robots.harness import ROBOTS_PYTHON
from tests.robots.interface import TOKEN, Interface, running_interface
from tests.site import VALUES, Site, scan
from workers import robot

pytestmark = pytest.mark.django_db(transaction=True)
MORE = """
[settings]
records = "vorgaenge"
search = "aktenzeichen"
reference = "aktenzeichen"
found = "treffer"
number = "id"
words = "meldung"
timeout_s = 2
business_key = ["surname"]
[fields]
reference = "aktenzeichen"
surname = "halter.name"
plz = "halter.ort"
remark = "halter.notiz"
"""
BY_HAND = {"aktenzeichen": "von Hand", "halter": {"name": VALUES["surname"], "ort": VALUES["plz"]}}


@pytest.fixture
def interface(office: Site, tmp_path: Path, settings) -> Iterator[Interface]:
    """The target of the office, and one case that is READY for it."""
    if not ROBOTS_PYTHON.exists():
        pytest.skip("needs .venv-robots; `make test` brings it")
    settings.ROBOTS_PYTHON, settings.RUNS, settings.SECRETS = ROBOTS_PYTHON, tmp_path / "runs", tmp_path / "secrets"
    settings.SECRETS.mkdir(mode=0o700)
    secret = settings.SECRETS / "register.json"
    secret.touch(mode=0o600)
    secret.write_text(json.dumps({"token": TOKEN}))
    with running_interface() as interface:
        settle(office, interface)
        arrival = transitions.receive(scan(tmp_path / "1.pdf", str(tmp_path)), "dogs", "1.pdf")
        assert arrival.case
        claim = transitions.claim_reading(arrival.case.pk, "test")
        assert claim
        record(claim)
        yield interface


def settle(office: Site, interface: Interface, more: str = "") -> None:
    """Write the target's file."""
    office.target(robot="rest", more=more + MORE)
    path = office.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("http://127.0.0.1:1/", interface.url))


def state_after_a_session() -> str:
    Case.objects.update(not_before=None)
    Gate.objects.update(not_before=None)
    robot.serve_target("register")
    return Case.objects.get().state


def test_a_lost_answer_is_unclear_and_the_look_up_makes_it_entered(interface: Interface) -> None:
    interface.trouble = "lost"
    assert state_after_a_session() == State.UNCLEAR
    interface.trouble = ""
    assert state_after_a_session() == State.ENTERED
    assert list(Entry.objects.order_by("pk").values_list("mode", "outcome")) == [
        ("enter", "unclear"),
        ("resolve", "found"),
    ]
    assert (len(interface.records), len(interface.posts)) == (1, 1)


def test_a_refused_submit_goes_to_review_with_the_words_of_the_target(interface: Interface) -> None:
    interface.trouble = "refused"
    assert state_after_a_session() == State.REVIEW
    problem = Case.objects.get().problems[0]
    assert problem["code"] == "Z012"
    assert "Ort unbekannt" in problem["message"]


def test_a_dry_run_leaves_the_case_ready_and_going_live_enters_it(interface: Interface, office: Site) -> None:
    settle(office, interface, "dry_run = true")
    assert state_after_a_session() == State.READY
    assert state_after_a_session() == State.READY
    assert Entry.objects.get().outcome == "tried"
    assert interface.posts == []
    settle(office, interface)
    assert state_after_a_session() == State.ENTERED
    assert len(interface.posts) == 1


def test_shadow_mode_waits_for_the_record_of_a_person_and_enters_nothing(interface: Interface, office: Site) -> None:
    settle(office, interface, "shadow = true")
    assert state_after_a_session() == State.READY
    interface.add(BY_HAND)
    assert state_after_a_session() == State.ENTERED
    assert list(Entry.objects.order_by("pk").values_list("mode", "outcome")) == [
        ("shadow", "none"),
        ("shadow", "found"),
    ]
    assert interface.posts == []


def test_a_target_that_is_set_up_wrongly_costs_the_case_no_attempt(interface: Interface) -> None:
    interface.search = "everything"
    interface.add(BY_HAND)
    assert state_after_a_session() == State.READY
    assert Case.objects.get().attempts == 0
    assert interface.posts == []
