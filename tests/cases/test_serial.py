"""One field of many cases: confirmed one by one, each case goes on when nothing else asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Case, Event, State
from ocr.errors import StateProblem

pytestmark = pytest.mark.django_db


def only_unsure(case: Case, *names: str) -> Case:
    case.fields.exclude(name__in=names).update(sure=True)
    return case


def test_the_last_uncertain_field_releases_the_case(read: Callable[..., Case], anna: User) -> None:
    case = only_unsure(read(sure=False), "surname", "plz")
    assert transitions.confirm_field(case.pk, anna, "plz", "44135") == State.REVIEW
    assert transitions.confirm_field(case.pk, anna, "surname", "Öztürk") == State.READY
    assert list(Event.objects.filter(case=case).order_by("number").values_list("kind", flat=True))[-2:] == [
        "field_confirmed", "confirmed",
    ]  # fmt: skip
    case.refresh_from_db()
    assert case.reviewer == anna and case.locked_by is None


def test_a_strict_process_sends_it_to_another_person(read: Callable[..., Case], anna: User, bernd: User) -> None:
    case = only_unsure(read("strict", sure=False), "plz")
    assert transitions.confirm_field(case.pk, anna, "plz", "44135") == State.SECOND_REVIEW
    with pytest.raises(StateProblem, match="V004"):
        transitions.confirm(case.pk, anna, {})
    assert transitions.confirm(case.pk, bernd, {}) == State.READY


def test_fields_of_several_people_wait_for_one_who_confirms_the_whole(
    read: Callable[..., Case], anna: User, bernd: User
) -> None:
    case = only_unsure(read("strict", sure=False), "surname", "plz")
    transitions.confirm_field(case.pk, anna, "plz", "44135")
    assert transitions.confirm_field(case.pk, bernd, "surname", "Öztürk") == State.REVIEW
    assert transitions.confirm(case.pk, bernd, {}) == State.SECOND_REVIEW


def test_what_is_wrong_with_the_case_keeps_it(read: Callable[..., Case], anna: User) -> None:
    case = only_unsure(read(sure=False), "plz")
    Case.objects.filter(pk=case.pk).update(problems=[{"code": "V015", "message": "x"}])
    assert transitions.confirm_field(case.pk, anna, "plz", "44135") == State.REVIEW


def test_another_broken_rule_keeps_it(read: Callable[..., Case], anna: User) -> None:
    case = only_unsure(read(sure=False), "plz")
    case.fields.filter(name="surname").update(value=None)
    assert transitions.confirm_field(case.pk, anna, "plz", "44135") == State.REVIEW


def test_a_value_that_changed_meanwhile_or_breaks_a_rule_is_not_confirmed(
    read: Callable[..., Case], anna: User
) -> None:
    changed, broken, sure = read(sure=False), read(sure=False, plz="00000"), only_unsure(read(sure=False), "plz")
    for case, name, seen in ((changed, "plz", "44139"), (broken, "plz", "00000"), (sure, "surname", "Öztürk")):
        with pytest.raises(StateProblem, match="V045"):
            transitions.confirm_field(case.pk, anna, name, seen)
        assert not case.fields.filter(confirmed_by=anna).exists()


def test_a_case_that_somebody_else_has_open_is_left_alone(read: Callable[..., Case], anna: User, bernd: User) -> None:
    case = read(sure=False)
    transitions.lock(case.pk, bernd)
    with pytest.raises(StateProblem, match="V003"):
        transitions.confirm_field(case.pk, anna, "plz", "44135")


def test_taking_opens_free_cases_only(read: Callable[..., Case], anna: User, bernd: User) -> None:
    first, second = read(sure=False), read(sure=False)
    waiting = Case.objects.order_by("reference")
    assert transitions.take(anna, waiting) == [first]
    assert transitions.take(bernd, waiting) == [second]
    assert transitions.take(bernd, waiting, 5) == [second], "mine again, the other is taken"
    assert Event.objects.filter(kind="opened").count() == 2
