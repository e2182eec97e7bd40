"""Which cases need a second person, and that it is never the same one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cases import second_review, transitions
from cases.models import Case, Event, State
from cases.processes import ProcessSpec, SecondReview
from ocr.errors import StateProblem
from tests.site import Site

pytestmark = pytest.mark.django_db
GOOD = {"surname": "Kowalczyk", "plz": "44139"}


def rule(site: Site, lines: str) -> None:
    site.process("dogs", f'target = "register"\n[second_review]\n{lines}')


def why(case: Case) -> str:
    return Event.objects.get(case=case, kind="confirmed").details.get("second_review", "")


def test_yes_and_no_stay_valid_and_a_table_chooses() -> None:
    def spec(given: object) -> SecondReview:
        return ProcessSpec.model_validate({"name": "x", "title": "X", "second_review": given}).second_review

    assert spec(True) == SecondReview(always=True) and spec(False) == SecondReview()
    assert spec({"fields": ["iban"], "share": 0.5}) == SecondReview(fields=("iban",), share=0.5)


def test_a_field_that_a_person_decided_calls_the_second(read: Callable[..., Case], site: Site, anna: User) -> None:
    rule(site, 'fields = ["plz"]')
    decided, other = read(sure=False), read(sure=False)
    other.fields.filter(name="plz").update(sure=True)
    assert transitions.confirm(other.pk, anna, {"surname": "Kowalczyk"}) == State.READY
    assert transitions.confirm(decided.pk, anna, GOOD) == State.SECOND_REVIEW
    assert why(decided) == "fields" and why(other) == ""


@pytest.mark.parametrize(("written", "to"), [("500", State.READY), ("500.01", State.SECOND_REVIEW),
                                             ("viel", State.SECOND_REVIEW), ("NaN", State.SECOND_REVIEW),
                                             (None, State.READY)])  # fmt: skip
def test_an_amount_over_the_limit_calls_the_second(
    read: Callable[..., Case], site: Site, anna: User, written: str | None, to: State
) -> None:
    rule(site, "over = { remark = 500 }")
    case = read(sure=False)
    assert transitions.confirm(case.pk, anna, {**GOOD, "remark": written}) == to


def test_the_share_is_drawn_once_for_each_case_and_about_right() -> None:
    half, none, every = SecondReview(share=0.5), SecondReview(share=0.0), SecondReview(share=1.0)
    cases = [Case() for _ in range(400)]
    drawn = [case for case in cases if second_review.drawn(case, half)]
    assert 140 < len(drawn) < 260
    assert all(second_review.drawn(case, half) for case in drawn)
    assert not any(second_review.drawn(case, none) for case in cases)
    assert all(second_review.drawn(case, every) for case in cases)


def test_the_first_cases_of_a_new_version_call_the_second(read: Callable[..., Case], site: Site, anna: User) -> None:
    rule(site, "first = 2")

    def confirm(version: str) -> State:
        case = read(sure=False)
        Case.objects.filter(pk=case.pk).update(form_version=version)
        return transitions.confirm(case.pk, anna, GOOD)

    assert [confirm("1") for _ in range(3)] == [State.SECOND_REVIEW, State.SECOND_REVIEW, State.READY]
    assert confirm("2") == State.SECOND_REVIEW


def test_nobody_gets_round_the_second_review_by_way_of_the_first(
    read: Callable[..., Case], site: Site, anna: User, bernd: User
) -> None:
    rule(site, "first = 1")
    case = read(sure=False)
    assert transitions.confirm(case.pk, anna, GOOD) == State.SECOND_REVIEW
    rule(site, "first = 0")
    Case.objects.filter(pk=case.pk).update(state=State.FAILED)
    transitions.send_to_review(case.pk, anna)
    assert transitions.confirm(case.pk, anna, {}) == State.SECOND_REVIEW
    with pytest.raises(StateProblem, match="V004"):
        transitions.confirm(case.pk, anna, {})
    assert transitions.confirm(case.pk, bernd, {}) == State.READY


def test_the_database_refuses_the_same_person_whoever_writes(
    read: Callable[..., Case], anna: User, bernd: User
) -> None:
    case = read("strict", sure=False)
    transitions.confirm(case.pk, anna, GOOD)
    rows = Case.objects.filter(pk=case.pk)

    def refused(**changes: User | None) -> bool:
        try:
            with transaction.atomic():
                rows.update(**changes)
        except IntegrityError:
            return True
        return False

    assert refused(second_reviewer=anna), "the second is the first"
    transitions.confirm(case.pk, bernd, {})
    assert refused(reviewer=bernd), "the first becomes the second afterwards"
    assert refused(reviewer=None), "a second without a first"
    case.refresh_from_db()
    case.reviewer = bernd
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()
