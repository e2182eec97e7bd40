from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models import F

from cases import audit, clock, transitions
from cases.models import Case, Entry, Event, Gate, State
from cases.transitions import EntryClaim, Failure, Receipt
from ocr.errors import StateProblem
from tests.site import Site

pytestmark = pytest.mark.django_db
BROKEN = Failure("APPLICATION", "Z004", "unerwartete Antwort")
REFUSED = Failure("BUSINESS", "Z010", "PLZ unbekannt")


def submit(claim: EntryClaim) -> None:
    transitions.journal_intent(claim.entry_id, claim.fence, "a" * 64)


def receipt(outcome: str = "entered", **read_back: str | None) -> Receipt:
    values = {"surname": "Öztürk", "plz": "44135", "remark": None} | read_back
    return Receipt(outcome, "4711", values if outcome not in ("none", "several") else {})  # type: ignore[arg-type]


def record(claim: EntryClaim, *args: object, **kwargs: object) -> State:
    return transitions.record_entry(claim.entry_id, claim.fence, receipt(*args, **kwargs))  # type: ignore[arg-type]


def release(claim: EntryClaim, failure: Failure | None) -> State:
    return transitions.release_entry(claim.entry_id, claim.fence, failure)


def case_of(claim: EntryClaim) -> Case:
    return Case.objects.get(pk=claim.case_id)


def next_claim() -> EntryClaim | None:
    Case.objects.update(not_before=None)
    Gate.objects.update(not_before=None)
    return transitions.claim_entry("register", "test")


def long_ago() -> None:
    """Every attempt of the past ended an hour earlier."""
    Entry.objects.filter(finished_at__isnull=False).update(finished_at=F("finished_at") - timedelta(hours=1))


def unclear(claim: EntryClaim) -> None:
    submit(claim)
    assert release(claim, BROKEN) == State.UNCLEAR


def test_a_receipt_makes_the_case_entered(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    assert record(claim) == State.ENTERED
    entry = Entry.objects.get()
    assert (entry.outcome, entry.record_number) == ("entered", "4711")
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds == ["received", "reading_claimed", "read", "entry_claimed", "intent", "entered"]
    assert audit.verify() is None


def test_the_robot_gets_the_values_in_force(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.confirm(case.pk, anna, {"surname": "Kowalczyk"})
    claim = next_claim()
    assert claim and claim.fields == {"surname": "Kowalczyk", "plz": "44135", "remark": None}
    assert (claim.mode, claim.reference, claim.target) == ("enter", case.reference, "register")


def test_a_case_is_claimed_once(claimed: Callable[[], EntryClaim], site: Site) -> None:
    site.target(sessions=5)
    claim = claimed()
    assert transitions.claim_entry("register", "other", claim.case_id) is None
    assert transitions.claim_entry("register", "other") is None


def test_no_more_cases_are_open_than_sessions_are_allowed(read: Callable[..., Case], site: Site) -> None:
    site.target(sessions=2)
    for _ in range(3):
        read()
    claims = [transitions.claim_entry("register", "test") for _ in range(3)]
    assert [claim is not None for claim in claims] == [True, True, False]


def test_the_oldest_case_comes_first(read: Callable[..., Case]) -> None:
    first = read()
    read()
    claim = next_claim()
    assert claim and claim.case_id == first.pk


def test_a_process_without_a_target_ends_at_ready(read: Callable[..., Case]) -> None:
    assert read("papers").state == State.READY
    assert next_claim() is None


def test_the_intent_is_refused_when_the_lease_ran_out(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    Case.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    with pytest.raises(StateProblem, match="V021"):
        submit(claim)
    assert Entry.objects.get().intent_at is None


def test_what_is_sent_stands_in_the_trail_as_a_fingerprint_that_ends_with_the_case(
    claimed: Callable[[], EntryClaim],
) -> None:
    claim = claimed()
    transitions.journal_intent(claim.entry_id, claim.fence, "h" * 64)
    payload = Event.objects.get(kind="intent").details["payload"]
    assert payload == audit.fingerprint(Case.objects.get(pk=claim.case_id), "h" * 64)


def test_the_intent_is_given_only_once(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    with pytest.raises(StateProblem, match="V024"):
        submit(claim)


def test_a_robot_that_wakes_up_late_can_neither_submit_nor_record(claimed: Callable[[], EntryClaim]) -> None:
    late = claimed()
    transitions.take_over_entry(late.entry_id, process_gone=True)
    now = next_claim()
    assert now and now.case_id == late.case_id and now.fence > late.fence
    for step in (lambda: submit(late), lambda: record(late, "found")):
        with pytest.raises(StateProblem, match="V021"):
            step()
    release(late, BROKEN)
    assert case_of(now).state == State.ENTERING and case_of(now).fence == now.fence
    submit(now)
    assert record(now) == State.ENTERED


def test_a_break_before_the_intent_is_tried_three_times(claimed: Callable[[], EntryClaim], anna) -> None:
    claim: EntryClaim | None = claimed()
    states = []
    while claim:
        states.append(release(claim, BROKEN))
        claim = next_claim()
    assert states == [State.READY, State.READY, State.FAILED]
    case = Case.objects.get()
    assert [problem["code"] for problem in case.problems] == ["Z004", "V034"]
    assert transitions.retry_failed(case.pk, anna) == State.READY
    assert next_claim()


def test_a_break_after_the_intent_is_unclear(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    unclear(claim)
    assert case_of(claim).problems[-1]["code"] == "V030"


def test_a_case_given_back_without_a_result_after_the_intent_is_unclear(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    assert release(claim, None) == State.UNCLEAR


def test_a_dead_robot_after_the_intent_is_unclear_and_before_it_ready(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    assert transitions.take_over_entry(claim.entry_id, process_gone=True) == State.READY
    again = next_claim()
    assert again
    submit(again)
    assert transitions.take_over_entry(again.entry_id, process_gone=True) == State.UNCLEAR
    assert transitions.take_over_entry(again.entry_id, process_gone=True) is None


def test_an_unclear_case_is_only_looked_up(claimed: Callable[[], EntryClaim]) -> None:
    unclear(claimed())
    look = next_claim()
    assert look and look.mode == "resolve"
    with pytest.raises(StateProblem, match="V022"):
        submit(look)
    assert case_of(look).state == State.UNCLEAR


def test_an_unclear_case_rests_for_the_quiet_time(claimed: Callable[[], EntryClaim], site: Site) -> None:
    site.target(quiet_s=600)
    unclear(claimed())
    assert transitions.claim_entry("register", "test") is None


def test_exactly_one_equal_record_makes_it_entered(claimed: Callable[[], EntryClaim]) -> None:
    unclear(claimed())
    look = next_claim()
    assert look and record(look, "found") == State.ENTERED


def test_nothing_found_makes_it_ready_again_and_failed_after_three(claimed: Callable[[], EntryClaim]) -> None:
    claim: EntryClaim | None = claimed()
    states = []
    for _ in range(3):
        assert claim and claim.mode == "enter"
        unclear(claim)
        look = next_claim()
        assert look and look.mode == "resolve"
        states.append(record(look, "none"))
        claim = next_claim()
    assert states == [State.READY, State.READY, State.FAILED] and claim is None


def test_what_was_not_found_waits_for_a_second_look_before_it_is_entered_again(
    claimed: Callable[[], EntryClaim], site: Site
) -> None:
    """The search of the target may lag behind."""
    site.target(quiet_s=60)
    unclear(claimed())
    look = next_claim()
    assert look and record(look, "none") == State.READY
    due = Case.objects.get().not_before
    assert due and due > clock.now() + timedelta(minutes=9)
    assert transitions.claim_entry("register", "test") is None
    long_ago()
    again = next_claim()
    assert again and again.mode == "enter" and record(again, "found") == State.ENTERED


@pytest.mark.parametrize("way", ["review", "retry"])
def test_nor_does_a_person_send_it_there_before_the_second_look(
    claimed: Callable[[], EntryClaim], site: Site, anna, way: str
) -> None:
    site.target(quiet_s=60)
    claim = claimed()
    Case.objects.update(attempts=3 if way == "retry" else 1)
    unclear(claim)
    look = next_claim()
    assert look and record(look, "none") == (State.FAILED if way == "retry" else State.READY)
    if way == "retry":
        transitions.retry_failed(claim.case_id, anna)
    else:
        transitions.send_to_review(claim.case_id, anna)
        transitions.confirm(claim.case_id, anna, {"surname": "Kowalczyk"})
    assert case_of(claim).state == State.READY and next_claim() is None
    long_ago()
    assert next_claim()


@pytest.mark.parametrize("outcome", ["several", "different"])
def test_several_or_different_records_are_put_before_a_person(claimed: Callable[[], EntryClaim], outcome: str) -> None:
    unclear(claimed())
    look = next_claim()
    assert look and record(look, outcome) == State.UNCLEAR
    assert case_of(look).needs_person and next_claim() is None


def test_a_different_record_found_before_filling_is_put_before_a_person(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    assert record(claim, "different", plz="99999") == State.UNCLEAR
    assert case_of(claim).needs_person


def test_values_read_back_differently_are_never_entered(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    assert record(claim, "entered", plz="44136") == State.UNCLEAR
    assert Event.objects.last().details["fields"] == ["plz"]  # type: ignore[union-attr]


def test_entered_without_an_intent_is_not_believed(claimed: Callable[[], EntryClaim]) -> None:
    assert record(claimed()) == State.READY


def test_a_robot_that_may_only_look_can_not_have_entered(claimed: Callable[[], EntryClaim]) -> None:
    unclear(claimed())
    look = next_claim()
    assert look and record(look, "entered") == State.UNCLEAR


def test_the_targets_words_go_to_review(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    assert release(claim, REFUSED) == State.REVIEW
    assert case_of(claim).problems == [{"code": "Z010", "message": "PLZ unbekannt"}]
    assert "PLZ" not in str(Event.objects.last().details)  # type: ignore[union-attr]


def test_after_the_intent_only_a_refused_submit_is_believed(read: Callable[..., Case]) -> None:
    for code, state in (("Z010", State.UNCLEAR), ("PLZ", State.UNCLEAR), ("Z012", State.REVIEW)):
        claim = transitions.claim_entry("register", "test", read().pk)
        assert claim
        submit(claim)
        assert release(claim, Failure("BUSINESS", code, "abgelehnt")) == state


def test_a_receipt_without_anything_read_back_is_not_believed(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    nothing = Receipt("entered", "4711", {})
    assert transitions.record_entry(claim.entry_id, claim.fence, nothing) == State.UNCLEAR
    look = next_claim()
    assert look and look.mode == "resolve"


def test_a_release_after_the_receipt_changes_nothing(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    record(claim)
    events = Event.objects.count()
    assert release(claim, BROKEN) == State.ENTERED
    assert Event.objects.count() == events


def test_a_look_up_that_fails_three_times_is_put_before_a_person(claimed: Callable[[], EntryClaim]) -> None:
    unclear(claimed())
    for tries in (1, 2, 3):
        look = next_claim()
        assert look and release(look, BROKEN) == State.UNCLEAR
        assert case_of(look).needs_person == (tries == 3)
    assert next_claim() is None


def test_a_target_without_a_search_is_put_before_a_person(claimed: Callable[[], EntryClaim], site: Site) -> None:
    site.target(can_search="false")
    claim = claimed()
    unclear(claim)
    assert case_of(claim).needs_person and next_claim() is None


def test_a_robot_on_a_machine_out_of_reach_is_put_before_a_person(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    assert transitions.take_over_entry(claim.entry_id, process_gone=False) == State.UNCLEAR
    assert case_of(claim).needs_person and next_claim() is None


def test_a_person_settles_an_unclear_case(claimed: Callable[[], EntryClaim], anna) -> None:
    claim = claimed()
    record(claim, "several")
    for outcome, code in (("entered", "V010"), ("reject", "V008")):
        with pytest.raises(StateProblem, match=code):
            transitions.settle_unclear(claim.case_id, anna, outcome)  # type: ignore[arg-type]
    assert transitions.settle_unclear(claim.case_id, anna, "search_again") == State.UNCLEAR
    look = next_claim()
    assert look and look.mode == "resolve"
    with pytest.raises(StateProblem, match="V002"):
        transitions.settle_unclear(claim.case_id, anna, "not_there")
    record(look, "several")
    assert transitions.settle_unclear(claim.case_id, anna, "entered", record_number="4711") == State.ENTERED


def test_a_cancelled_case_is_not_submitted(claimed: Callable[[], EntryClaim], anna) -> None:
    claim = claimed()
    assert transitions.cancel(claim.case_id, anna) == State.ENTERING
    with pytest.raises(StateProblem, match="V023"):
        submit(claim)
    assert release(claim, BROKEN) == State.REJECTED
    assert next_claim() is None


def test_a_cancel_that_comes_too_late_shows_the_outcome(claimed: Callable[[], EntryClaim], anna) -> None:
    claim = claimed()
    submit(claim)
    transitions.cancel(claim.case_id, anna)
    assert record(claim) == State.ENTERED


def test_a_cancelled_case_that_turned_unclear_is_looked_up_and_never_entered(
    claimed: Callable[[], EntryClaim], anna
) -> None:
    claim = claimed()
    submit(claim)
    transitions.cancel(claim.case_id, anna)
    release(claim, BROKEN)
    look = next_claim()
    assert look and look.mode == "resolve" and record(look, "none") == State.REJECTED


def test_a_cancelled_ready_case_never_runs(read: Callable[..., Case], anna) -> None:
    assert transitions.cancel(read().pk, anna) == State.REJECTED
    assert next_claim() is None


def test_a_target_that_fails_again_and_again_is_left_alone(read: Callable[..., Case], site: Site) -> None:
    path = site.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("retry_s = 0", "retry_s = 60"))
    for _ in range(3):
        read()
        claim = transitions.claim_entry("register", "test")
        assert claim
        release(claim, BROKEN)
        Case.objects.update(not_before=None)
    assert transitions.claim_entry("register", "test") is None
    assert transitions.open_run("register", {}) is None
    assert Gate.objects.get().reason == "Z004"


def test_a_session_counts_until_its_processes_are_gone(site: Site) -> None:
    run = transitions.open_run("register", {})
    assert run and transitions.open_run("register", {}) is None
    transitions.end_run(run.pk, actor="test")
    transitions.end_run(run.pk, actor="test")
    assert transitions.open_run("register", {})
    assert not transitions.renew_run(run.pk, 60)
    assert Event.objects.filter(kind="robot_ended").count() == 1


def test_a_session_that_was_ended_before_its_robot_began_takes_no_case(read: Callable[..., Case]) -> None:
    """As when its worker slept right after it had started the robot, and was given up meanwhile."""
    read()
    run = transitions.open_run("register", {})
    assert run
    transitions.end_run(run.pk, actor="sweep", nameless=True)
    assert not transitions.name_processes(run.pk, {"pid": 1})
    assert transitions.claim_entry("register", "test", run_id=run.pk) is None
    other = transitions.open_run("register", {})
    assert other and transitions.name_processes(other.pk, {"pid": 1})
    transitions.end_run(other.pk, actor="sweep", nameless=True)
    assert transitions.claim_entry("register", "test", run_id=other.pk)


def test_an_outage_of_the_target_uses_up_no_attempts(read: Callable[..., Case], site: Site) -> None:
    path = site.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("retry_s = 0", "retry_s = 60"))
    away = Failure("APPLICATION", "Z001", "nicht erreichbar")
    read()
    for _ in range(5):
        claim = next_claim()
        assert claim and release(claim, away) == State.READY
        assert transitions.claim_entry("register", "test") is None
    assert Case.objects.get().attempts == 0


def test_a_look_up_during_an_outage_is_tried_until_it_is_over(claimed: Callable[[], EntryClaim]) -> None:
    unclear(claimed())
    for _ in range(5):
        look = next_claim()
        assert look and release(look, Failure("APPLICATION", "Z001", "x")) == State.UNCLEAR
        assert not case_of(look).needs_person
    look = next_claim()
    assert look and record(look, "found") == State.ENTERED


def test_a_case_that_broke_lets_others_go_first(read: Callable[..., Case], site: Site) -> None:
    path = site.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("retry_s = 0", "retry_s = 60"))
    first, second = read(), read()
    claim = transitions.claim_entry("register", "test")
    assert claim and claim.case_id == first.pk
    release(claim, BROKEN)
    claim = transitions.claim_entry("register", "test")
    assert claim and claim.case_id == second.pk
