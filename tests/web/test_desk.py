"""What the review screen offers: drafts, unreadable as an answer, suggestions, clarification, own keys."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import catalog
from cases.models import Case, Draft, Event, State
from ocr.spec import FormSpec
from tests.web.factories import PASSWORD, make_case
from tests.web.test_review import RIGHT, send
from web import checks, keys, roles

pytestmark = pytest.mark.django_db


def keep(client: Client, case: Case, name: str, **sent: str) -> Any:
    return client.post(reverse("draft", args=[case.pk]), {"feld": name, **sent})


def test_what_was_typed_stands_there_again_after_a_reload(clerk: Client) -> None:
    case = make_case()
    assert keep(clerk, case, "telefon", **{"wert-telefon": "0331 44"}).status_code == 200
    keep(clerk, case, "ort", **{"unleserlich-ort": "1"})
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert 'value="0331 44"' in page and "Ihre Eingaben von vorhin" in page
    assert 'name="unleserlich-ort" value="1" checked' in page


def test_a_draft_is_nobody_elses(clerk: Client, as_role: Callable[[str], Client]) -> None:
    case = make_case()
    keep(clerk, case, "telefon", **{"wert-telefon": "0331 44"})
    clerk.post(reverse("close", args=[case.pk]))
    colleague = Client()
    other = User.objects.create_user("kollegin")
    other.groups.set(User.objects.get(username="sachbearbeitung").groups.all())
    colleague.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="0331 44"' not in colleague.get(reverse("case", args=[case.pk])).text


def test_a_draft_answers_with_what_the_rules_say_and_a_suggestion(clerk: Client) -> None:
    case = make_case()
    answer = keep(clerk, case, "iban", **{"wert-iban": "DE02 1203 0000 0000 2020 57"}).text
    assert "Prüfziffer" in answer and 'data-fill="DE02 1203 0000 0000 2020 51"' in answer
    assert keep(clerk, case, "iban", **{"wert-iban": "DE02 1203 0000 0000 2020 51"}).text.strip() == ""
    assert "Diesen Tag gibt es nicht" in keep(clerk, case, "geburtsdatum", **{"wert-geburtsdatum": "31.02.1980"}).text


def test_an_answer_as_it_was_read_leaves_no_draft(clerk: Client) -> None:
    case = make_case()
    keep(clerk, case, "ort", **{"wert-ort": "Neuort"})
    keep(clerk, case, "ort", **{"wert-ort": "Musterlingen", "wie_gelesen": "1"})
    assert not Draft.objects.exists()


def test_a_field_that_the_form_does_not_have_and_a_lost_case_take_no_draft(clerk: Client) -> None:
    case = make_case()
    assert keep(clerk, case, "gibtesnicht").status_code == 404
    gone = make_case(State.READY)
    refused = keep(clerk, gone, "ort", **{"wert-ort": "x"})
    assert refused.status_code == 409 and "inzwischen" in refused.text


def test_unreadable_is_an_answer_of_its_own(clerk: Client) -> None:
    case = make_case()
    assert send(clerk, case, **{**RIGHT, "wert-telefon": "", "unleserlich-telefon": "1"}).status_code == 302
    case.refresh_from_db()
    assert case.state == State.READY
    field = case.fields.get(name="telefon")
    assert (field.value, field.state) == (None, "illegible")


def test_a_box_may_be_unreadable_too(clerk: Client) -> None:
    case = make_case()
    assert send(clerk, case, **{**RIGHT, "wert-ersthund": "", "unleserlich-ersthund": "1"}).status_code == 302
    assert case.fields.get(name="ersthund").state == "illegible"


@pytest.fixture
def form() -> FormSpec:
    return catalog.forms()["antrag"]


WRONG_IBAN, RIGHT_IBAN = "DE02 1203 0000 0000 2020 57", "DE02 1203 0000 0000 2020 51"


def test_a_sign_is_proposed_only_where_an_engine_read_it(form: FormSpec) -> None:
    found = checks.check(form, "iban", WRONG_IBAN, {}, [RIGHT_IBAN])
    assert [each.text for each in found.suggestions] == [RIGHT_IBAN]
    assert "mit 1 statt 7 an Stelle 22" in found.suggestions[0].why
    assert checks.check(form, "iban", WRONG_IBAN, {}, [WRONG_IBAN]).suggestions == ()


def test_a_right_value_gets_no_suggestion(form: FormSpec) -> None:
    assert checks.check(form, "iban", RIGHT_IBAN, {}, [WRONG_IBAN]) == checks.Checks()


def test_a_birthday_in_the_future_is_proposed_a_century_earlier(form: FormSpec) -> None:
    found = checks.check(form, "geburtsdatum", "27.10.2059", {})
    assert "Zukunft" in found.sentences[0] and [each.text for each in found.suggestions] == ["27.10.1959"]


def test_a_date_of_this_year_that_is_still_to_come_gets_no_guess(form: FormSpec) -> None:
    later = timezone.localdate() + timedelta(days=3)
    if later.year != timezone.localdate().year:
        pytest.skip("the last days of a year")
    assert checks.check(form, "geburtsdatum", f"{later:%d.%m.%Y}", {}).suggestions == ()


@pytest.fixture
def listed(settings: Any, tmp_path: Path) -> None:
    settings.PLACES = (tmp_path / "orte.csv",)
    settings.PLACES[0].write_text("plz;ort\n99999;Musterlingen\n99989;Neuort am See\n12345;Altdorf\n", encoding="utf-8")


def test_postcode_and_town_that_do_not_match_are_told_with_the_right_one(form: FormSpec, listed: None) -> None:
    found = checks.check(form, "plz", "99989", {"ort": "Musterlingen"})
    assert "passen laut Ortsverzeichnis nicht" in found.sentences[0]
    assert [each.text for each in found.suggestions] == ["99999"]
    assert [each.text for each in checks.check(form, "ort", "Musterlingen", {"plz": "12345"}).suggestions] == [
        "Altdorf"
    ]


def test_a_short_town_name_matches_and_an_unknown_postcode_says_nothing(form: FormSpec, listed: None) -> None:
    assert checks.check(form, "plz", "99989", {"ort": "NEUORT"}) == checks.Checks()
    assert checks.check(form, "plz", "14469", {"ort": "Musterlingen"}) == checks.Checks()


def test_without_a_list_of_places_nothing_is_said(form: FormSpec, settings: Any, tmp_path: Path) -> None:
    settings.PLACES = (tmp_path / "gibtesnicht.csv",)
    assert checks.check(form, "plz", "99989", {"ort": "Musterlingen"}) == checks.Checks()


REASONS = """
[[reasons]]
key = "illegible"
title = "Angaben nicht lesbar"
use = "ask"
text = "Zu {reference}: bis {until} bitte\\n{missing}"

[[reasons]]
key = "wrong_office"
title = "Nicht zuständig"
use = "reject"
text = "Zu {reference}: nicht zuständig."
"""


@pytest.fixture
def with_reasons(office: None) -> None:
    path = Path(settings.PROCESSES) / "hundesteuer.toml"
    path.write_text(path.read_text(encoding="utf-8") + REASONS, encoding="utf-8")


def test_the_letter_is_filled_with_the_case_and_what_is_missing_in_it(clerk: Client, with_reasons: None) -> None:
    case = make_case()
    keep(clerk, case, "ort", **{"unleserlich-ort": "1"})
    page = clerk.get(reverse("case", args=[case.pk]), {"klaerfall": "1"}).text
    block = page[page.index('data-letter="illegible"') :].split("</template>")[0]
    assert f"Zu {case.reference}:" in block and "- Telefon" in block
    assert 'id="pruefung"' not in page and "Rückfrage stellen" in page


def test_asking_back_holds_the_case_with_reason_and_day(clerk: Client, with_reasons: None) -> None:
    case = make_case()
    day = timezone.localdate() + timedelta(days=14)
    sent = {"reason": "illegible", "remark": "Seite 2", "until": f"{day:%d.%m.%Y}", "decision": "ask", "text": "geheim"}
    clerk.post(reverse("clarify", args=[case.pk]), sent)
    case.refresh_from_db()
    assert (case.state, case.hold_until, case.reason) == (State.ON_HOLD, day, "Angaben nicht lesbar – Seite 2")
    event = Event.objects.get(kind="asked_back")
    assert event.details == {"until": day.isoformat(), "reason": "illegible"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"reason": "wrong_office", "decision": "ask"}, "nicht für eine Rückfrage vorgesehen"),
        ({"reason": "illegible", "decision": "ask", "until": "01.01.2020"}, "Tag in der Zukunft"),
        ({"reason": "gibtesnicht", "decision": "reject"}, "keine gültige Auswahl"),
    ],
)
def test_a_clarification_that_makes_no_sense_changes_nothing(
    clerk: Client, with_reasons: None, sent: dict[str, str], sentence: str
) -> None:
    case = make_case()
    answer = clerk.post(reverse("clarify", args=[case.pk]), {**sent, "text": "Mein Brief"})
    assert answer.status_code == 422 and sentence in answer.text and "Mein Brief" in answer.text
    case.refresh_from_db()
    assert case.state == State.REVIEW


def test_the_draft_of_a_letter_is_a_word_file_and_on_record(clerk: Client, with_reasons: None) -> None:
    case = make_case()
    answer = clerk.post(reverse("letter", args=[case.pk]), {"text": "Größe & <Zeichen>\nZweite Zeile"})
    document = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "Größe &amp; &lt;Zeichen&gt;" in document and document.count("<w:p>") == 2
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}-Brief.docx"'
    assert Event.objects.filter(kind="letter_drafted", case=case).exists()
    assert clerk.post(reverse("letter", args=[case.pk]), {"text": " "}).status_code == 422


def test_own_keys_are_shown_and_the_usual_ones_come_back(clerk: Client) -> None:
    address = reverse("save_keys")
    usual = {action.name: keys.shown(action.key) for action in keys.ACTIONS}
    clerk.post(address, {**usual, "an": "1", "finish": "strg + f10"})
    case = make_case()
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "Strg+F10" in page and "&quot;finish&quot;: &quot;Ctrl+F10&quot;" in page
    clerk.post(address, {"zuruecksetzen": "1"})
    assert "Strg+Enter" in clerk.get(reverse("case", args=[case.pk])).text


def test_keys_that_are_switched_off_are_shown_nowhere(clerk: Client) -> None:
    clerk.post(reverse("save_keys"), {action.name: action.key for action in keys.ACTIONS})
    page = clerk.get(reverse("case", args=[make_case().pk])).text
    assert 'data-keys="{}"' in page and "<kbd" not in page.split('id="tasten"')[0]


@pytest.mark.parametrize(
    ("text", "sentence"), [("x", "Buchstabe"), ("7", "Ziffer"), ("F99", "gibt es nicht"), ("Strg+Enter", "vergeben")]
)
def test_a_key_that_would_hurt_is_refused(clerk: Client, text: str, sentence: str) -> None:
    usual = {action.name: action.key for action in keys.ACTIONS}
    answer = clerk.post(reverse("save_keys"), {**usual, "an": "1", "illegible": text})
    assert answer.status_code == 422 and sentence in answer.text
    assert keys.keys_of(User.objects.get(username="sachbearbeitung")) == dict(keys.USUAL)


def test_staying_gives_the_session_its_full_time(clerk: Client) -> None:
    assert clerk.post(reverse("stay")).json()["endet"] == settings.SESSION_COOKIE_AGE


def test_after_a_login_a_decision_leads_to_its_case(people: dict[str, User]) -> None:
    case = make_case()
    client = Client()
    asked = client.post(reverse("confirm", args=[case.pk]))["Location"]
    answer = client.post(asked, {"username": people[roles.CLERK].username, "password": PASSWORD})
    assert answer["Location"] == reverse("case", args=[case.pk])


def test_a_release_can_be_taken_back_from_its_message(clerk: Client) -> None:
    case = make_case()
    send(clerk, case, **RIGHT)
    assert f'action="{reverse("to_review", args=[case.pk])}"' in clerk.get("/").text
    clerk.post(reverse("to_review", args=[case.pk]))
    case.refresh_from_db()
    assert case.state == State.REVIEW
