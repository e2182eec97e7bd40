"""The trail shows people under numbers; who they are, two people have to agree to see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases import audit, clock
from cases.models import Disclosure, Event, Pseudonym
from tests.web.factories import make_case
from web import roles

pytestmark = pytest.mark.django_db
NAME = "sachbearbeitung"


@pytest.fixture
def number(clerk: Client, as_role: Callable[[str], Client]) -> int:
    """The clerk's number, after the clerk left a trace and the auditor looked at it."""
    clerk.get(reverse("case", args=[make_case().pk]))
    as_role(roles.AUDITOR).get(reverse("trail"))
    return Pseudonym.objects.get(user_name=NAME).number


def ask(client: Client, number: int, reason: str = "Hinweis auf unbefugten Zugriff") -> None:
    client.post(reverse("ask_disclosure"), {"person": number, "reason": reason})


def confirm(client: Client) -> str:
    return client.post(reverse("confirm_disclosure", args=[Disclosure.objects.get().pk]), follow=True).text


def test_the_trail_names_nobody(number: int, as_role: Callable[[str], Client]) -> None:
    page = as_role(roles.AUDITOR).get(reverse("trail")).text
    assert f"Person {number}" in page and NAME not in page and "Lesen und Übertragen" in page


def test_two_people_see_the_name_and_the_trail_says_so(number: int, as_role: Callable[[str], Client]) -> None:
    auditor, administrator = as_role(roles.AUDITOR), as_role(roles.ADMINISTRATOR)
    ask(auditor, number)
    assert NAME not in auditor.get(reverse("disclosures")).text
    assert NAME in confirm(administrator)
    assert NAME in auditor.get(reverse("disclosures")).text
    events = Event.objects.filter(kind__startswith="disclosure").order_by("number")
    assert [(event.kind, event.actor) for event in events] == [
        ("disclosure_asked", "person:revision"), ("disclosure_confirmed", "person:administration"),
    ]  # fmt: skip
    assert all(event.details["person"] == number and "Hinweis" not in str(event.details) for event in events)
    assert audit.verify() is None


def test_who_asked_cannot_confirm(number: int, as_role: Callable[[str], Client]) -> None:
    auditor = as_role(roles.AUDITOR)
    ask(auditor, number)
    assert "eine andere Person" in confirm(auditor)
    asked = Disclosure.objects.get()
    assert asked.confirmed_by is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.update(confirmed_by=asked.asked_by)


def test_a_third_person_sees_nothing_and_the_two_not_for_ever(
    number: int, as_role: Callable[[str], Client], people: dict[str, User]
) -> None:
    ask(as_role(roles.AUDITOR), number)
    confirm(as_role(roles.ADMINISTRATOR))
    third = User.objects.create_user("dritte")
    third.groups.set(people[roles.AUDITOR].groups.all())
    client = Client()
    client.force_login(third, backend="django.contrib.auth.backends.ModelBackend")
    assert NAME not in client.get(reverse("disclosures")).text
    Disclosure.objects.update(confirmed_at=clock.now() - timedelta(hours=25))
    assert NAME not in as_role(roles.AUDITOR).get(reverse("disclosures")).text


@pytest.mark.parametrize(("person", "reason"), [("1", " "), ("999999", "x"), ("9" * 30, "x"), ("x", "x"), ("0", "x")])
def test_a_request_without_reason_or_person_is_refused(
    person: str, reason: str, number: int, as_role: Callable[[str], Client]
) -> None:
    answer = as_role(roles.AUDITOR).post(reverse("ask_disclosure"), {"person": person, "reason": reason})
    assert answer.status_code == 422 and not Disclosure.objects.exists()


def test_a_request_is_answered_once(number: int, as_role: Callable[[str], Client]) -> None:
    ask(as_role(roles.AUDITOR), number)
    confirm(as_role(roles.ADMINISTRATOR))
    assert "schon beantwortet" in confirm(as_role(roles.ADMINISTRATOR))
