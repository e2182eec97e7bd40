"""What a strict database refuses is never offered to it: too long texts, NUL characters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Case, Event, Field, State
from cases.transitions import EntryClaim, Failure, Receipt

pytestmark = pytest.mark.django_db


def test_a_person_with_the_longest_name_can_review(read: Callable[..., Case]) -> None:
    name = "n" * 150
    person = User.objects.create_user(name, password="x")
    transitions.lock(read(sure=False).pk, person)
    assert Event.objects.get(kind="opened").actor == f"person:{name}"


def test_nul_characters_from_paper_are_dropped(read: Callable[..., Case]) -> None:
    case = read(sure=False, surname="Özt\0ürk")
    field = case.fields.get(name="surname")
    assert (field.value, field.raw, field.engines["tesseract"]["text"]) == ("Öztürk",) * 3


def test_nul_characters_from_people_are_dropped(read: Callable[..., Case], anna: User) -> None:
    case = read(sure=False)
    transitions.confirm(case.pk, anna, {"surname": "Ko\0wal", "plz": "44139"})
    assert Field.objects.get(case=case, name="surname").value == "Kowal"
    other = read(sure=False)
    transitions.reject(other.pk, anna, "dar\0um")
    other.refresh_from_db()
    assert other.reason == "darum"


def test_nul_characters_from_a_robot_are_dropped(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    transitions.journal_intent(claim.entry_id, claim.fence, "h\0")
    read_back = {**claim.fields, "surname": "Özt\0ürk"}
    receipt = Receipt("entered", "47\x0011", read_back)
    assert transitions.record_entry(claim.entry_id, claim.fence, receipt) == State.UNCLEAR  # not what was sent
    other = claimed()
    failure = Failure("BUSINESS", "Z010", "PLZ\0 unbekannt")
    assert transitions.release_entry(other.entry_id, other.fence, failure) == State.REVIEW
