"""Double keying on the screen: nobody sees a value before typing; the second person sees both where they differ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases import catalog
from cases.models import Case, State
from tests.web.factories import make_case
from tests.web.test_desk import keep
from tests.web.test_review import GOOD_IBAN, RIGHT, send
from web import proof, roles, serial

pytestmark = pytest.mark.django_db
READ = "DE02 1203 0000 0000 2020 5"
"""The beginning of what the engines read."""


@pytest.fixture(autouse=True)
def keyed(office: None) -> None:
    path = Path(settings.FORMS) / "antrag.toml"
    text = path.read_text(encoding="utf-8").replace('kind = "iban"', 'kind = "iban"\ndouble_keying = true')
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def second(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.SECOND)


def page(client: Client, case: Case) -> str:
    return client.get(reverse("case", args=[case.pk])).text


def test_nothing_that_was_read_is_on_the_page(clerk: Client, second: Client) -> None:
    case = make_case()
    shown = page(clerk, case)
    assert "bitte abtippen" in shown and READ not in shown and READ.replace(" ", "") not in shown
    assert reverse("crop", args=[case.pk, "iban"]) in shown, "the picture of the field is there"
    seen_by_another = page(second, case)
    assert READ not in seen_by_another and READ.replace(" ", "") not in seen_by_another


def test_checking_and_reading_again_give_nothing_away(clerk: Client) -> None:
    case = make_case()
    answer = keep(clerk, case, "iban", **{"wert-iban": GOOD_IBAN[:-1] + "9"})
    assert "Prüfziffer" in answer.text and "data-suggestion" not in answer.text
    asked = {"feld": "iban", "seite": "1", "ort": "96,878,800,932"}
    assert clerk.post(reverse("read_again", args=[case.pk]), asked).status_code == 422
    assert READ.encode() not in proof.sheet(case)
    assert serial.field_spec("antrag", "iban") is None


def test_words_and_places_of_a_hidden_field_are_told_for_no_other_field_either(clerk: Client) -> None:
    case = make_case()
    words = clerk.get(reverse("words", args=[case.pk, 1])).text
    assert "14469" in words and "1203" not in words and "DE02" not in words
    box, point = {"ort": "96,878,800,932"}, {"ort": "300,905"}
    for place in (box, point):
        answer = clerk.post(reverse("read_again", args=[case.pk]), {"feld": "name", "seite": "1", **place})
        assert answer.status_code == 422 and "1203" not in answer.text
    case.fields.filter(name="iban").update(sure=True)
    assert "1203" in clerk.get(reverse("words", args=[case.pk, 1])).text, "nobody has to type it: it may be seen"


def test_two_people_type_the_same_and_the_case_is_released(clerk: Client, second: Client) -> None:
    case = make_case()
    assert send(clerk, case).status_code == 422, "an empty input is no answer"
    send(clerk, case, **RIGHT)
    case.refresh_from_db()
    assert case.state == State.SECOND_REVIEW
    shown = page(second, case)
    assert "bitte abtippen" in shown and "2020 51" not in shown
    send(second, case, **RIGHT)
    case.refresh_from_db()
    assert case.state == State.READY


def test_the_second_person_sees_both_where_they_differ_and_decides(clerk: Client, second: Client) -> None:
    case = make_case()
    send(clerk, case, **RIGHT)
    other = "DE89 3704 0044 0532 0130 00"
    answer = send(second, case, **{**RIGHT, "wert-iban": other})
    assert answer.status_code == 422
    assert "Erste Erfassung: " in answer.text and "Zweite Erfassung: " in answer.text
    assert f'data-fill="{GOOD_IBAN}"' in answer.text and f'data-fill="{other}"' in answer.text
    send(second, case, **{**RIGHT, "wert-iban": other})
    case.refresh_from_db()
    assert case.state == State.READY and case.fields.get(name="iban").value == other.replace(" ", "")


def test_a_field_on_hold_stays_hidden(clerk: Client) -> None:
    case = make_case(State.ON_HOLD)
    shown = page(clerk, case)
    assert "wird von zwei Personen abgetippt" in shown and READ not in shown


def test_the_description_knows_the_setting() -> None:
    assert catalog.forms()["antrag"].fields_by_name["iban"].double_keying
    assert not catalog.forms()["antrag"].fields_by_name["name"].double_keying
