"""Fields that two people type without seeing what was read: compared by the machine, never one person for both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cases import catalog, double_keying, transitions
from cases.models import Case, Event, Keying, State
from cases.transitions import KeyedDifferently, RulesFailed
from ocr.errors import StateProblem
from tests.site import Site

pytestmark = pytest.mark.django_db
NAME = {"surname": "Kowalczyk"}


@pytest.fixture
def keyed(read: Callable[..., Case], site: Site) -> Callable[[], Case]:
    """A case of which every field was read surely, the postcode with double keying."""
    path = Path(settings.FORMS) / "dog.toml"
    text = path.read_text(encoding="utf-8").replace('rules = ["plz"]', 'rules = ["plz"]\ndouble_keying = true')
    path.write_text(text, encoding="utf-8")
    return read


def hidden(case: Case) -> frozenset[str]:
    case.refresh_from_db()
    return double_keying.blind(case, catalog.forms()["dog"])


def test_a_sure_reading_of_such_a_field_still_goes_to_two_people(
    keyed: Callable[[], Case], anna: User, bernd: User
) -> None:
    case = keyed()
    assert case.state == State.REVIEW and hidden(case) == {"plz"}
    assert transitions.confirm(case.pk, anna, {"plz": "44139"}) == State.SECOND_REVIEW
    assert Event.objects.get(kind="confirmed").details["second_review"] == "double_keying"
    assert hidden(case) == {"plz"}, "what the first person typed is hidden as well"
    assert transitions.confirm(case.pk, bernd, {"plz": " 44139 "}) == State.READY
    assert hidden(case) == set() and case.fields.get(name="plz").value == "44139"


def test_different_values_are_decided_by_the_second_person_who_then_sees_both(
    keyed: Callable[[], Case], anna: User, bernd: User
) -> None:
    case = keyed()
    transitions.confirm(case.pk, anna, {"plz": "44139"})
    with pytest.raises(KeyedDifferently) as told:
        transitions.confirm(case.pk, bernd, {"plz": "44138"})
    assert told.value.names == ["plz"] and hidden(case) == set()
    assert case.state == State.SECOND_REVIEW and case.fields.get(name="plz").value == "44139"
    [(first, second)] = double_keying.differing(case).values()
    assert (first.value, second.value) == ("44139", "44138")
    assert Event.objects.get(kind="keyed_differently").details == {"differing": ["plz"]}
    assert transitions.confirm(case.pk, bernd, {"plz": "44137"}) == State.READY, "a third value is a decision too"
    assert case.fields.get(name="plz").value == "44137"


def test_illegible_for_one_and_a_value_for_the_other_is_a_difference(
    keyed: Callable[[], Case], anna: User, bernd: User
) -> None:
    case = keyed()
    transitions.confirm(case.pk, anna, {}, illegible=["plz"])
    with pytest.raises(KeyedDifferently):
        transitions.confirm(case.pk, bernd, {"plz": None})
    assert transitions.confirm(case.pk, bernd, {}, illegible=["plz"]) == State.READY


def test_the_same_person_cannot_type_both(keyed: Callable[[], Case], anna: User) -> None:
    case = keyed()
    transitions.confirm(case.pk, anna, {"plz": "44139"})
    with pytest.raises(StateProblem) as refused:
        transitions.confirm(case.pk, anna, {"plz": "44139"})
    assert refused.value.code == "V004"
    with pytest.raises(IntegrityError), transaction.atomic():
        Keying.objects.create(case=case, name="plz", turn=2, user=anna, value="44139")


def test_the_field_may_not_be_left_out(keyed: Callable[[], Case], anna: User) -> None:
    case = keyed()
    with pytest.raises(RulesFailed) as told:
        transitions.confirm(case.pk, anna, NAME)
    assert set(told.value.notes) == {"plz"} and not Keying.objects.exists()


def test_a_case_that_comes_back_is_typed_anew(keyed: Callable[[], Case], anna: User, bernd: User) -> None:
    case = keyed()
    transitions.confirm(case.pk, anna, {"plz": "44139"})
    transitions.confirm(case.pk, bernd, {"plz": "44139"})
    transitions.send_to_review(case.pk, anna)
    assert hidden(case) == {"plz"}
    assert transitions.confirm(case.pk, bernd, {"plz": "44139"}) == State.SECOND_REVIEW
    assert [row.user_id for row in case.keyings.all()] == [bernd.pk]


def test_what_was_typed_goes_with_the_case(keyed: Callable[[], Case], anna: User) -> None:
    case = keyed()
    transitions.confirm(case.pk, anna, {"plz": "44139"})
    transitions.reject(case.pk, User.objects.create_user("chris"), "doppelt")
    transitions.erase(case.pk)
    assert not Keying.objects.exists()
