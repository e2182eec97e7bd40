from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import clock, transitions
from cases.models import Case, Event, State
from ocr.errors import StateProblem
from tests.cases.conftest import record

pytestmark = pytest.mark.django_db
GOOD = {"surname": "Kowalczyk", "plz": "44139", "remark": ""}


def test_a_confirmed_case_is_ready_and_keeps_what_the_machine_read(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    assert transitions.confirm(case.pk, anna, GOOD) == State.READY
    field = case.fields.get(name="surname")
    assert (field.value, field.read_value, field.confirmed_by) == ("Kowalczyk", "Öztürk", anna)
    assert case.fields.get(name="remark").value is None


def test_fields_that_were_not_shown_keep_their_value(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.confirm(case.pk, anna, {"plz": "44139"})
    assert case.fields.get(name="surname").value == "Öztürk"


def test_a_person_answers_only_for_fields_that_were_shown_or_overridden(read: Callable[..., Case], anna) -> None:
    case = read(sure=False, plz="999")
    transitions.confirm(case.pk, anna, {"surname": "Kowalczyk"}, overrides={"plz": "steht so da"})
    confirmed = dict(case.fields.values_list("name", "confirmed_by"))
    assert confirmed == {"surname": anna.pk, "plz": anna.pk, "remark": None}


def test_a_broken_rule_blocks_and_stores_nothing(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    with pytest.raises(transitions.RulesFailed) as caught:
        transitions.confirm(case.pk, anna, {**GOOD, "plz": "00000", "surname": ""})
    assert {name: notes[0].code for name, notes in caught.value.notes.items()} == {"plz": "R002", "surname": "R010"}
    case.refresh_from_db()
    assert case.state == State.REVIEW and case.fields.get(name="plz").value == "44135"


def test_a_reason_overrides_a_rule_and_stays_with_the_field(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    state = transitions.confirm(case.pk, anna, {**GOOD, "plz": "00000"}, overrides={"plz": "steht so im Ausweis"})
    assert state == State.READY
    problems = case.fields.get(name="plz").problems
    assert [problem["code"] for problem in problems] == ["R002", "R011"]
    assert "Ausweis" in problems[1]["message"]


def test_an_empty_reason_overrides_nothing(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    with pytest.raises(transitions.RulesFailed):
        transitions.confirm(case.pk, anna, {**GOOD, "plz": "00000"}, overrides={"plz": "  "})


def test_it_refuses_a_field_the_form_does_not_have(read: Callable[..., Case], anna) -> None:
    with pytest.raises(StateProblem, match="V006"):
        transitions.confirm(read(sure=False).pk, anna, {"iban": "x"})


def test_it_refuses_to_confirm_without_a_form(read: Callable[..., Case], anna) -> None:
    with pytest.raises(StateProblem, match="V005"):
        transitions.confirm(read(form=None).pk, anna, {})


def test_two_people_can_not_confirm_the_same_case(read: Callable[..., Case], anna, bernd) -> None:
    case = read(sure=False)
    transitions.lock(case.pk, anna)
    with pytest.raises(StateProblem, match="V003"):
        transitions.lock(case.pk, bernd)
    with pytest.raises(StateProblem, match="V003"):
        transitions.confirm(case.pk, bernd, GOOD)
    transitions.unlock(case.pk, anna)
    assert transitions.confirm(case.pk, bernd, GOOD) == State.READY
    with pytest.raises(StateProblem, match="V002"):
        transitions.confirm(case.pk, anna, GOOD)


def test_a_lock_that_ran_out_holds_nobody_up(read: Callable[..., Case], anna, bernd) -> None:
    case = read(sure=False)
    transitions.lock(case.pk, anna)
    Case.objects.filter(pk=case.pk).update(locked_until=clock.now() - timedelta(seconds=1))
    assert transitions.lock(case.pk, bernd).locked_by == bernd


def test_staying_in_a_case_writes_one_event(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    for _ in range(3):
        transitions.lock(case.pk, anna)
    assert Event.objects.filter(kind="opened").count() == 1


def test_a_strict_process_needs_a_second_person(read: Callable[..., Case], anna, bernd) -> None:
    case = read("strict", sure=False)
    assert transitions.confirm(case.pk, anna, GOOD) == State.SECOND_REVIEW
    for step in (lambda: transitions.lock(case.pk, anna), lambda: transitions.confirm(case.pk, anna, GOOD)):
        with pytest.raises(StateProblem, match="V004"):
            step()
    assert transitions.confirm(case.pk, bernd, {}) == State.READY
    case.refresh_from_db()
    assert (case.reviewer, case.second_reviewer) == (anna, bernd)


def test_a_change_in_second_review_is_looked_at_once_more(read: Callable[..., Case], anna, bernd) -> None:
    case = read("strict", sure=False)
    transitions.confirm(case.pk, anna, GOOD)
    assert transitions.confirm(case.pk, bernd, {"plz": "44141"}) == State.SECOND_REVIEW
    with pytest.raises(StateProblem, match="V004"):
        transitions.confirm(case.pk, bernd, {})
    assert transitions.confirm(case.pk, anna, {}) == State.READY


def test_choosing_the_form_reads_the_case_again_with_it(read: Callable[..., Case], anna) -> None:
    case = read(form=None)
    assert transitions.choose_form(case.pk, anna, "dog") == State.RECEIVED
    claim = transitions.claim_reading(case.pk, "test")
    assert claim and claim.form == "dog"
    assert record(claim) == State.READY


def test_it_refuses_a_form_of_another_process(read: Callable[..., Case], anna) -> None:
    with pytest.raises(StateProblem, match="V007"):
        transitions.choose_form(read(form=None).pk, anna, "cat")


def test_rejecting_needs_a_reason(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    with pytest.raises(StateProblem, match="V008"):
        transitions.reject(case.pk, anna, " ")
    assert transitions.reject(case.pk, anna, "nicht zuständig") == State.REJECTED
    case.refresh_from_db()
    assert case.reason == "nicht zuständig"
    assert "zuständig" not in str(Event.objects.get(kind="rejected").details)


def test_a_held_case_comes_back_on_its_day(read: Callable[..., Case], anna) -> None:
    case, today = read(sure=False), timezone.localdate()
    with pytest.raises(StateProblem, match="V009"):
        transitions.hold(case.pk, anna, today)
    assert transitions.hold(case.pk, anna, today + timedelta(days=2)) == State.ON_HOLD
    assert transitions.resume_due(case.pk) is None
    Case.objects.filter(pk=case.pk).update(hold_until=today)
    assert transitions.resume_due(case.pk) == State.REVIEW


def test_a_held_case_can_be_resumed_at_once(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.hold(case.pk, anna, timezone.localdate() + timedelta(days=2))
    assert transitions.resume(case.pk, anna) == State.REVIEW


def test_a_missing_case_is_a_problem_and_no_crash(db: None, anna) -> None:
    for step in (transitions.lock, transitions.resume, transitions.cancel, transitions.retry_failed):
        with pytest.raises(StateProblem, match="V001"):
            step(uuid4(), anna)


def test_nothing_happens_to_a_case_that_is_through(read: Callable[..., Case], anna) -> None:
    case = read()
    Case.objects.filter(pk=case.pk).update(state=State.ENTERED)
    for step in (
        lambda: transitions.lock(case.pk, anna),
        lambda: transitions.reject(case.pk, anna, "x"),
        lambda: transitions.cancel(case.pk, anna),
        lambda: transitions.send_to_review(case.pk, anna),
        lambda: transitions.settle_unclear(case.pk, anna, "not_there"),
    ):
        with pytest.raises(StateProblem, match="V002"):
            step()
