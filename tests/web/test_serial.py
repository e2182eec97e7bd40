"""Serial review: one field of many cases on one screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Draft, State
from tests.web.factories import make_case
from web import roles

pytestmark = pytest.mark.django_db
GRID = reverse("serial_field", args=["antrag", "ersthund"])
CONFIRM = reverse("serial_confirm", args=["antrag", "ersthund"])


def asks_only(case: Case, *names: str) -> Case:
    """Nothing but these fields is uncertain, and no rule is broken."""
    case.fields.exclude(name__in=names).update(sure=True, state="read", problems=[])
    case.fields.filter(name="iban").update(value="DE02120300000000202051")
    return case


def sent(page: str) -> dict[str, object]:
    cases = re.findall(r'name="fall" value="([^"]+)"', page)
    seen = dict(re.findall(r'name="(gesehen-[^"]+)" value="([^"]*)"', page))
    return {"fall": cases, **seen}


def test_groups_are_fields_that_several_cases_ask_about(clerk: Client) -> None:
    make_case()
    assert "Ersthund" not in clerk.get(reverse("serial")).text, "one case is no group"
    make_case()
    page = clerk.get(reverse("serial")).text
    assert "Ersthund" in page and "Geburtsdatum" in page
    assert "IBAN" not in page and "Telefon" not in page, "an IBAN needs a look of its own"


def test_the_grid_shows_crops_and_opens_the_cases(clerk: Client, people: dict[str, User]) -> None:
    case = make_case()
    other = make_case(locked_by=people[roles.IT], locked_until=timezone.now() + timedelta(minutes=5))
    page = clerk.get(GRID).text
    assert reverse("crop", args=[case.pk, "ersthund"]) in page and '<strong class="cell__value">Ja' in page
    assert other.reference not in page
    case.refresh_from_db()
    assert case.locked_by == people[roles.CLERK]


def test_confirming_releases_what_asks_no_more_and_leaves_the_doubtful(clerk: Client) -> None:
    done, still, doubtful = asks_only(make_case(), "ersthund"), make_case(), asks_only(make_case(), "ersthund")
    page = clerk.get(GRID).text
    answer = clerk.post(CONFIRM, {**sent(page), "zweifel": [str(doubtful.pk)]}, follow=True)
    assert "2 Felder bestätigt, 1 Vorgang damit freigegeben, 1 bleibt im Arbeitskorb." in answer.text
    states = {case.pk: Case.objects.get(pk=case.pk).state for case in (done, still, doubtful)}
    assert states == {done.pk: State.READY, still.pk: State.REVIEW, doubtful.pk: State.REVIEW}
    assert not Case.objects.exclude(locked_by=None).exists()
    assert still.fields.get(name="ersthund").confirmed_by and not doubtful.fields.get(name="ersthund").confirmed_by
    assert doubtful.reference not in clerk.get(GRID).text, "a doubtful one is not asked again"
    assert doubtful.reference in clerk.get("/").text


def test_what_breaks_a_rule_is_not_shown(clerk: Client) -> None:
    make_case().fields.filter(name="geburtsdatum").update(value="2999-01-01")
    good = make_case()
    page = clerk.get(reverse("serial_field", args=["antrag", "geburtsdatum"])).text
    assert page.count('name="fall"') == 1 and good.reference in page
    assert Case.objects.exclude(locked_by=None).count() == 1


def test_a_case_that_somebody_has_begun_to_type_into_is_left_to_them(clerk: Client, people: dict[str, User]) -> None:
    begun, other = make_case(), make_case()
    data = sent(clerk.get(GRID).text)
    Draft.objects.create(case=begun, user=people[roles.CLERK], name="telefon", answer={"text": "0331"})
    clerk.post(CONFIRM, data)
    assert not begun.fields.get(name="ersthund").confirmed_by and other.fields.get(name="ersthund").confirmed_by
    assert begun.reference not in clerk.get(GRID).text


def test_a_value_that_changed_meanwhile_stays(clerk: Client) -> None:
    case = make_case()
    data = sent(clerk.get(GRID).text)
    case.fields.filter(name="ersthund").update(value="nein")
    assert "0 Felder bestätigt, 1 bleibt" in clerk.post(CONFIRM, data, follow=True).text
    assert not case.fields.get(name="ersthund").confirmed_by


def test_closing_lets_all_go(clerk: Client) -> None:
    make_case()
    clerk.post(CONFIRM, {**sent(clerk.get(GRID).text), "schliessen": "1"})
    assert not Case.objects.exclude(locked_by=None).exists()
    assert not Case.objects.filter(fields__confirmed_by__isnull=False).exists()


def test_nonsense_is_refused(clerk: Client) -> None:
    for form, name in (("antrag", "iban"), ("antrag", "nichts"), ("nichts", "ersthund")):
        assert clerk.get(reverse("serial_field", args=[form, name])).status_code == 404
    assert clerk.post(CONFIRM, {"fall": ["x", ""], "zweifel": ["y"]}).status_code == 302


def test_the_second_reviewer_has_no_serial_review(as_role: Callable[[str], Client]) -> None:
    assert "Gruppenprüfung" not in as_role(roles.SECOND).get("/").text
