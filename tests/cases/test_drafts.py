"""What was typed is kept with every change, and goes with the decision or with the contents of the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from cases import drafts, transitions
from cases.drafts import Answer
from cases.models import Case, Draft, Event, State
from ocr.errors import StateProblem

pytestmark = pytest.mark.django_db
TYPED = {"surname": Answer("Kowalcz"), "remark": Answer(mark="illegible")}


def test_a_draft_is_shown_again_to_its_person_only(read: Callable[..., Case], anna, bernd) -> None:
    case = read(sure=False)
    drafts.keep(case.pk, anna, TYPED)
    drafts.keep(case.pk, anna, {"surname": Answer("Kowalczyk", reason="so im Ausweis")})
    assert drafts.of(case, anna) == {**TYPED, "surname": Answer("Kowalczyk", reason="so im Ausweis")}
    assert drafts.of(case, bernd) == {}


def test_an_answer_that_was_taken_back_is_gone(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    drafts.keep(case.pk, anna, TYPED)
    drafts.keep(case.pk, anna, {"surname": None})
    assert set(drafts.of(case, anna)) == {"remark"}


def test_a_draft_writes_no_event_and_changes_no_value(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    before = Event.objects.count()
    drafts.keep(case.pk, anna, TYPED)
    assert Event.objects.count() == before and case.fields.get(name="surname").value == "Öztürk"


def test_what_another_person_has_open_takes_no_draft(read: Callable[..., Case], anna, bernd) -> None:
    case = read(sure=False)
    transitions.lock(case.pk, bernd)
    with pytest.raises(StateProblem, match="andere Person"):
        drafts.keep(case.pk, anna, TYPED)
    transitions.reject(case.pk, bernd, "falsches Amt")
    with pytest.raises(StateProblem, match="inzwischen"):
        drafts.keep(case.pk, bernd, TYPED)


def test_a_decision_ends_the_drafts_of_all_and_a_pause_keeps_them(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    drafts.keep(case.pk, anna, TYPED)
    transitions.hold(case.pk, anna, timezone.localdate() + timedelta(days=3))
    assert drafts.of(case, anna) == TYPED
    transitions.resume(case.pk, anna)
    transitions.confirm(case.pk, anna, {"surname": "Kowalczyk"})
    assert not Draft.objects.exists()
    other = read(sure=False)
    drafts.keep(other.pk, anna, TYPED)
    transitions.reject(other.pk, anna, "falsches Amt")
    assert not Draft.objects.exists()


def test_erasing_a_case_erases_its_drafts(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.reject(case.pk, anna, "falsches Amt")
    Draft.objects.create(case=case, user=anna, name="surname", answer={"text": "Kowalczyk"})
    transitions.erase(case.pk)
    assert not Draft.objects.exists()


def test_illegible_is_another_answer_than_empty(read: Callable[..., Case], anna) -> None:
    case = read(sure=False, remark="Rüde")
    assert transitions.confirm(case.pk, anna, {"surname": "Kowalczyk"}, illegible=["remark"]) == State.READY
    assert dict(case.fields.values_list("name", "state"))["remark"] == "illegible"
    assert case.fields.get(name="remark").value is None
    assert Event.objects.get(kind="confirmed").details["illegible"] == ["remark"]


def test_a_required_field_that_nobody_can_read_still_breaks_the_rule(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    with pytest.raises(transitions.RulesFailed):
        transitions.confirm(case.pk, anna, {}, illegible=["surname"])


def test_asking_back_is_a_station_of_its_own_with_the_key_of_its_reason(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.hold(case.pk, anna, timezone.localdate() + timedelta(days=14), "Nachweis fehlt", key="proof")
    assert Event.objects.get(kind="asked_back").details["reason"] == "proof"
