"""German first, English for whoever has chosen it, and every text in both."""

from __future__ import annotations

import re
from collections.abc import Callable

import polib
import pypdfium2
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.models import State
from tests.web.factories import PASSWORD, make_case, person
from web import catalogue, proof, roles, values
from web.models import Preference

pytestmark = pytest.mark.django_db
PLACE = re.compile(r"%(?:\(\w+\))?(?:\.\d)?[sdf]|%%|\{\w*\}|</?\w+")


def entries() -> list[polib.POEntry]:
    return list(polib.pofile(str(catalogue.PO)))


def test_every_marked_text_is_in_the_catalogue_and_no_other() -> None:
    listed = {(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "") for entry in entries()}
    marked = {(text.context, text.text, text.plural) for text in catalogue.marked()}
    assert sorted(marked - listed) == [], "python -m web.catalogue takes them in"
    assert sorted(listed - marked) == [], "python -m web.catalogue drops them"


def test_every_text_has_an_english_one() -> None:
    assert [entry.msgid for entry in entries() if not entry.translated()] == []


def test_an_english_text_has_the_places_and_the_tags_of_the_german_one() -> None:
    wrong = []
    for entry in entries():
        pairs = [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:
            pairs = [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]
        wrong += [
            english for german, english in pairs if sorted(PLACE.findall(german)) != sorted(PLACE.findall(english))
        ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in polib.mofile(str(catalogue.MO))}
    written = {(entry.msgctxt, entry.msgid): entry.msgstr for entry in entries()}
    assert compiled == written, "make setup compiles it"


@pytest.mark.parametrize("asked", ["en", "en-GB,en;q=0.9", "fr"])
def test_a_browser_cannot_ask_for_another_language_than_german(asked: str) -> None:
    page = Client(headers={"accept-language": asked}).get(reverse("login"))
    assert '<html lang="de"' in page.text and "Kennwort" in page.text and page["Content-Language"] == "de"


def test_a_stranger_chooses_for_this_browser() -> None:
    client = Client()
    answer = client.post(reverse("language"), {"sprache": "en", "next": reverse("login")})
    assert answer["Location"] == reverse("login")
    page = client.get(reverse("login"))
    assert '<html lang="en"' in page.text and "Password" in page.text and page["Content-Language"] == "en"


def test_the_choice_stays_with_the_account(people: dict[str, User]) -> None:
    first, elsewhere = Client(), Client()
    who = {"username": people[roles.CLERK].username, "password": PASSWORD}
    first.post(reverse("login"), who)
    first.post(reverse("language"), {"sprache": "en", "next": reverse("help")})
    assert "Help" in first.get(reverse("help")).text
    elsewhere.post(reverse("login"), who)
    assert '<html lang="en"' in elsewhere.get(reverse("help")).text
    elsewhere.post(reverse("logout"))
    assert '<html lang="de"' in elsewhere.get(reverse("login")).text, "the next person at this browser starts in German"


def test_one_persons_language_is_not_the_next_ones(people: dict[str, User]) -> None:
    Preference.objects.create(user=people[roles.CLERK], language="en")
    client = Client()
    for role, language in ((roles.CLERK, "en"), (roles.SECOND, "de")):
        client.post(reverse("login"), {"username": people[role].username, "password": PASSWORD})
        assert f'<html lang="{language}"' in client.get(reverse("help")).text
        client.post(reverse("logout"))


@pytest.mark.parametrize("nonsense", ["", "fr", "<script>", "en-gb"])
def test_there_are_two_languages(nonsense: str, clerk: Client) -> None:
    clerk.post(reverse("language"), {"sprache": nonsense})
    assert '<html lang="de"' in clerk.get(reverse("help")).text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_switch_leads_nowhere_else(elsewhere: str, clerk: Client) -> None:
    assert clerk.post(reverse("language"), {"sprache": "en", "next": elsewhere})["Location"] == reverse("home")


def test_after_a_refused_input_the_switch_leads_back_to_its_page(clerk: Client) -> None:
    case = make_case()
    page = clerk.post(reverse("hold", args=[case.pk]), {"until": "gestern"})
    assert page.status_code == 422
    assert f'name="next" value="{reverse("case", args=[case.pk])}"' in page.text


def english(as_role: Callable[[str], Client], people: dict[str, User], role: str) -> Client:
    client = as_role(role)
    client.post(reverse("language"), {"sprache": "en"})
    return client


def test_a_stored_problem_is_told_in_english_and_keeps_its_german_sentence(
    as_role: Callable[[str], Client], people: dict[str, User]
) -> None:
    german = "Das Fachverfahren antwortet nicht."
    case = make_case(State.FAILED, problems=[{"code": "Z001", "message": german}])
    page = english(as_role, people, roles.CLERK).get(reverse("case", args=[case.pk])).text
    assert "The target system cannot be reached" in page and f'<span lang="de">{german}</span>' in page


def test_a_broken_rule_is_told_in_english(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    case = make_case()
    page = english(as_role, people, roles.CLERK).get(reverse("case", args=[case.pk])).text
    assert "The IBAN is not right" in page and "IBAN stimmt nicht" not in page


def test_djangos_own_texts_follow(people: dict[str, User], as_role: Callable[[str], Client]) -> None:
    administrator = as_role(roles.ADMINISTRATOR)
    assert "Benutzer" in administrator.get(reverse("admin:auth_user_changelist")).text
    administrator.post(reverse("language"), {"sprache": "en"})
    page = administrator.get(reverse("admin:auth_user_add")).text
    assert "Laufzettel: people and roles" in page and '<html lang="en"' in page and "Password" in page


def test_dates_and_amounts_are_written_as_the_reader_does() -> None:
    for language, day, amount in (("de", "26.11.2026", "1.234,50"), ("en", "26 November 2026", "1,234.50")):
        with translation.override(language):
            assert values.readable("date", "2026-11-26") == day
            assert values.readable("money", "1234.50") == amount
            assert values.shown("date", "2026-11-26") == "26.11.2026", "an input shows it as on the paper"


def test_the_proof_sheet_for_the_file_is_german_on_every_screen() -> None:
    with translation.override("en"):
        sheet = pypdfium2.PdfDocument(proof.sheet(make_case(State.READY)))
    text = sheet[0].get_textpage().get_text_range()
    assert "Stationen" in text and "Freigegeben" in text and "Released" not in text


def test_without_a_choice_an_account_keeps_what_was_chosen_before_the_login(people: dict[str, User]) -> None:
    someone, client = person("neu", roles.CLERK), Client()
    client.post(reverse("language"), {"sprache": "en"})
    client.post(reverse("login"), {"username": someone.username, "password": PASSWORD})
    assert '<html lang="en"' in client.get(reverse("help")).text


def test_a_page_that_is_not_there_leaves_an_open_login_form_alone() -> None:
    assert "csrftoken" not in Client().get("/favicon.ico").cookies
