"""Dry run and shadow mode: nothing is ever submitted, and nothing is lost by it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from cases import clock, standing, transitions
from cases import shadow as shadow_mode
from cases.models import Case, Entry, Gate, State
from cases.transitions import EntryClaim, Failure, Receipt
from config import cli
from ocr.errors import FormProblem, StateProblem
from tests.site import Site

pytestmark = pytest.mark.django_db
VALUES = {"surname": "Öztürk", "plz": "44135", "remark": None}


def record(claim: EntryClaim, outcome: str, **read_back: str | None) -> State:
    seen = VALUES | read_back if outcome in ("entered", "found", "different") else {}
    return transitions.record_entry(claim.entry_id, claim.fence, Receipt(outcome, None, seen))  # type: ignore[arg-type]


def next_claim() -> EntryClaim | None:
    return transitions.claim_entry("register", "test")


@pytest.fixture
def dry(site: Site, read: Callable[..., Case]) -> EntryClaim:
    site.target(more="dry_run = true")
    case = read()
    claim = transitions.claim_entry("register", "test", case.pk)
    assert claim
    assert claim.mode == "dry_run"
    return claim


@pytest.fixture
def shadow(site: Site, read: Callable[..., Case]) -> EntryClaim:
    site.target(more="shadow = true")
    case = read()
    claim = transitions.claim_entry("register", "test", case.pk)
    assert claim
    assert claim.mode == "shadow"
    return claim


def test_no_rehearsal_gets_leave_to_submit(dry: EntryClaim) -> None:
    with pytest.raises(StateProblem) as raised:
        transitions.journal_intent(dry.entry_id, dry.fence, "a" * 64)
    assert raised.value.code == "V022"


def test_shadow_mode_gets_no_leave_to_submit(shadow: EntryClaim) -> None:
    with pytest.raises(StateProblem) as raised:
        transitions.journal_intent(shadow.entry_id, shadow.fence, "a" * 64)
    assert raised.value.code == "V022"


def test_a_tried_case_stays_ready_and_is_tried_once(dry: EntryClaim) -> None:
    assert record(dry, "tried") == State.READY
    case = Case.objects.get()
    assert (case.attempts, case.problems[0]["code"]) == (0, "V043")
    assert Entry.objects.get().outcome == "tried"
    assert next_claim() is None


def test_a_tried_case_is_entered_when_the_dry_run_is_over(dry: EntryClaim, site: Site) -> None:
    record(dry, "tried")
    site.target()
    claim = next_claim()
    assert claim
    assert claim.mode == "enter"
    transitions.journal_intent(claim.entry_id, claim.fence, "a" * 64)
    assert record(claim, "entered") == State.ENTERED
    assert Case.objects.get().problems == []


def test_a_case_that_went_through_review_again_is_tried_again(dry: EntryClaim, anna: User) -> None:
    record(dry, "tried")
    transitions.send_to_review(dry.case_id, anna)
    Case.objects.update(state=State.READY)  # as confirming does
    claim = next_claim()
    assert claim
    assert claim.mode == "dry_run"


@pytest.mark.parametrize("outcome", ["entered", "found"])
def test_a_dry_run_can_not_have_entered_anything(dry: EntryClaim, outcome: str) -> None:
    assert record(dry, outcome) == State.READY
    assert Entry.objects.get().outcome != outcome


def test_values_that_the_target_refuses_in_a_dry_run_go_to_review(dry: EntryClaim) -> None:
    failure = Failure("BUSINESS", "Z011", "passt nicht")
    assert transitions.release_entry(dry.entry_id, dry.fence, failure) == State.REVIEW


def test_what_is_not_entered_by_hand_yet_is_looked_at_again_later(shadow: EntryClaim, site: Site) -> None:
    assert record(shadow, "none") == State.READY
    case = Case.objects.get()
    assert case.not_before
    assert (case.not_before - clock.now()).total_seconds() > 3 * 3600
    assert (case.attempts, case.problems[0]["code"]) == (0, "V044")
    assert next_claim() is None
    Case.objects.update(not_before=None)
    again = next_claim()
    assert again
    assert again.mode == "shadow"


def test_an_equal_record_of_a_person_is_found_and_other_values_go_to_a_person(
    shadow: EntryClaim, read: Callable[..., Case]
) -> None:
    assert record(shadow, "found") == State.ENTERED
    read()
    other = next_claim()
    assert other
    assert record(other, "different", plz="44137") == State.UNCLEAR
    assert list(Entry.objects.order_by("pk").values_list("mode", "outcome")) == [
        ("shadow", "found"),
        ("shadow", "different"),
    ]


def test_shadow_mode_is_summed_up_field_by_field_and_without_contents(
    shadow: EntryClaim, read: Callable[..., Case], capsys: pytest.CaptureFixture[str]
) -> None:
    record(shadow, "found")
    for outcome, other in (("different", {"plz": "44137", "remark": "eilt"}), ("none", {}), ("several", {})):
        read()
        claim = next_claim()
        assert claim
        record(claim, outcome, **other)
    assert cli.main(["target", "compare", "register", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["equal"], told["different"], told["several"], told["waiting"]) == (1, 1, 1, 1)
    assert told["fields"] == [
        {"name": "plz", "equal": 1, "different": 1, "missing": 0},
        {"name": "remark", "equal": 1, "different": 0, "missing": 1},
        {"name": "surname", "equal": 2, "different": 0, "missing": 0},
    ]
    assert cli.main(["target", "compare", "register"]) == 0
    shown = capsys.readouterr().out
    assert "50,0 %" in shown
    assert "44137" not in shown
    assert set(shadow_mode.comparisons(2)) == {"register"}
    assert shadow_mode.comparison("register", 2).waiting == 1 and shadow_mode.comparison("register", 2).equal == 0


def test_shadow_mode_can_not_have_entered_anything(shadow: EntryClaim) -> None:
    assert record(shadow, "entered") == State.READY


def test_a_refusal_that_a_look_up_finds_settles_an_unclear_case(site: Site, read: Callable[..., Case]) -> None:
    read()
    claim = next_claim()
    assert claim
    transitions.journal_intent(claim.entry_id, claim.fence, "a" * 64)
    transitions.release_entry(claim.entry_id, claim.fence, Failure("APPLICATION", "Z020", "offen"))
    Case.objects.update(not_before=None)
    Gate.objects.update(not_before=None)
    look = next_claim()
    assert look
    assert look.mode == "resolve"
    failure = Failure("BUSINESS", "Z012", "abgelehnt")
    assert transitions.release_entry(look.entry_id, look.fence, failure) == State.REVIEW
    assert not Case.objects.get().needs_person


def test_everybody_sees_that_a_target_is_in_rehearsal(site: Site) -> None:
    site.target(more="shadow = true")
    (one,) = standing.targets()
    assert (one.title, one.rehearsal) == ("Register", "Vergleichslauf")


def test_dry_run_and_shadow_together_are_refused(site: Site) -> None:
    site.target(more="dry_run = true\nshadow = true")
    with pytest.raises(FormProblem, match="schließen sich aus"):
        standing.targets()
