from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases import clock, store, transitions
from cases.models import Case, Event, State
from ocr.errors import EngineProblem, FormProblem, ScanProblem, StateProblem
from ocr.page import Note
from tests.cases.conftest import record

pytestmark = pytest.mark.django_db


def expire(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(lease_until=clock.now() - timedelta(seconds=1))


def test_a_sure_reading_is_ready(read: Callable[..., Case]) -> None:
    case = read()
    assert case.state == State.READY and case.attempts == 0 and case.lease_until is None


def test_an_unsure_field_goes_to_review(read: Callable[..., Case]) -> None:
    assert read(sure=False).state == State.REVIEW


def test_a_broken_rule_goes_to_review_with_its_note(read: Callable[..., Case]) -> None:
    case = read(plz="00000")
    assert case.state == State.REVIEW
    assert [problem["code"] for problem in case.fields.get(name="plz").problems] == ["R002"]


def test_a_missing_required_field_goes_to_review(read: Callable[..., Case]) -> None:
    case = read(surname=None)
    assert case.state == State.REVIEW
    assert [problem["code"] for problem in case.fields.get(name="surname").problems] == ["R010"]


def test_an_unknown_form_goes_to_a_person_with_guesses(read: Callable[..., Case]) -> None:
    case = read(form=None)
    assert (case.state, case.form, case.guesses) == (State.REVIEW, "", ["dog"])
    assert [problem["code"] for problem in case.problems] == ["V014"]


def test_a_form_of_another_process_goes_to_a_person(read: Callable[..., Case]) -> None:
    case = read(form="cat")
    assert case.state == State.REVIEW and case.problems[0]["code"] == "V015"


def test_a_reading_that_lacks_a_field_is_never_ready(received: Callable[..., Case]) -> None:
    from tests.site import page, reading

    claim = transitions.claim_reading(received().pk, "test")
    assert claim
    whole = reading()
    part = type(whole)("x", "dog", "ready", (page(),), whole.fields[:2])
    images = {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")}
    assert transitions.record_reading(claim, part, images) == State.REVIEW


def test_pages_and_fields_are_stored_as_read(read: Callable[..., Case]) -> None:
    case = read()
    field = case.fields.get(name="surname")
    assert (field.value, field.read_value, field.box, field.page) == ("Öztürk", "Öztürk", [1, 2, 30, 40], 1)
    assert field.engines["tesseract"]["text"] == "Öztürk"
    assert store.page_path(case.pk, 1).read_bytes() == b"png"


def test_only_one_worker_gets_a_case(received: Callable[..., Case]) -> None:
    case = received()
    assert transitions.claim_reading(case.pk, "one")
    assert transitions.claim_reading(case.pk, "two") is None


def test_an_expired_lease_is_claimed_again_with_a_higher_fence(received: Callable[..., Case]) -> None:
    case = received()
    first = transitions.claim_reading(case.pk, "one")
    expire(case)
    second = transitions.claim_reading(case.pk, "two")
    assert first and second and second.fence > first.fence


def test_a_worker_that_wakes_up_late_can_not_record(received: Callable[..., Case]) -> None:
    case = received()
    late = transitions.claim_reading(case.pk, "one")
    expire(case)
    now = transitions.claim_reading(case.pk, "two")
    assert late and now
    with pytest.raises(StateProblem, match="V013"):
        record(late)
    with pytest.raises(StateProblem, match="V013"):
        transitions.give_back_reading(late, Note("V017", "x"))
    assert not transitions.renew(late.case_id, late.fence, 60)
    assert record(now) == State.READY


def test_a_lease_that_ran_out_is_not_renewed(received: Callable[..., Case]) -> None:
    case = received()
    claim = transitions.claim_reading(case.pk, "one")
    assert claim and transitions.renew(case.pk, claim.fence, 60)
    expire(case)
    assert not transitions.renew(case.pk, claim.fence, 60)


def test_an_unreadable_file_is_shown_to_a_clerk(received: Callable[..., Case]) -> None:
    claim = transitions.claim_reading(received().pk, "one")
    assert claim
    assert transitions.record_reading_problem(claim, ScanProblem("S006", "kaputt")) == State.REVIEW
    case = Case.objects.get(pk=claim.case_id)
    assert case.problems == [{"code": "S006", "message": "kaputt"}]
    assert store.original_path(case.document_id or "").exists()


def test_what_no_clerk_can_mend_is_parked(received: Callable[..., Case]) -> None:
    claim = transitions.claim_reading(received().pk, "one")
    assert claim and transitions.record_reading_problem(claim, FormProblem("F020", "x")) == State.FAILED


def test_a_passing_problem_is_tried_three_times(received: Callable[..., Case], anna) -> None:
    case = received()
    states = []
    for _ in range(3):
        Case.objects.filter(pk=case.pk).update(not_before=None)
        claim = transitions.claim_reading(case.pk, "one")
        assert claim
        states.append(transitions.record_reading_problem(claim, EngineProblem("E001", "x")))
    assert states == [State.RECEIVED, State.RECEIVED, State.FAILED]
    assert transitions.claim_reading(case.pk, "one") is None
    assert transitions.retry_failed(case.pk, anna) == State.RECEIVED
    assert transitions.claim_reading(case.pk, "one")


def test_a_case_given_back_rests_for_a_while(received: Callable[..., Case]) -> None:
    case = received()
    claim = transitions.claim_reading(case.pk, "one")
    assert claim
    transitions.give_back_reading(claim, Note("V017", "x"))
    assert transitions.claim_reading(case.pk, "one") is None


def test_a_file_that_kills_every_worker_ends_in_front_of_a_person(received: Callable[..., Case]) -> None:
    case = received()
    states = []
    for _ in range(3):
        claim = transitions.claim_reading(case.pk, "one")
        assert claim
        states.append(transitions.take_over_reading(case.pk, claim.fence))
    assert states == [State.RECEIVED, State.RECEIVED, State.FAILED]


def test_a_reading_that_is_over_is_not_taken_over(received: Callable[..., Case]) -> None:
    case = received()
    first = transitions.claim_reading(case.pk, "one")
    expire(case)
    second = transitions.claim_reading(case.pk, "two")
    assert first and second
    assert transitions.take_over_reading(case.pk, first.fence) is None
    record(second)
    assert transitions.take_over_reading(case.pk, second.fence) is None


def test_a_cancelled_case_is_never_read(received: Callable[..., Case], anna) -> None:
    case = received()
    claim = transitions.claim_reading(case.pk, "one")
    assert claim and transitions.cancel(case.pk, anna) == State.REJECTED
    with pytest.raises(StateProblem):
        record(claim)
    assert transitions.claim_reading(case.pk, "two") is None


def test_each_step_writes_exactly_one_event(read: Callable[..., Case]) -> None:
    case = read()
    kinds = [event.kind for event in Event.objects.filter(case=case)]
    assert kinds == ["received", "reading_claimed", "read"]
