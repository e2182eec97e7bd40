"""Reviewing: correct, confirm, override, hold, reject, choose the form, settle."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import store
from cases.models import Case, Entry, Event, State
from ocr.spec import FieldSpec
from tests.web.factories import make_case
from web import desk, roles
from web.templatetags.laufzettel import EVENT_KINDS

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
GOOD_IBAN = "DE02 1203 0000 0000 2020 51"


def filled(page: str) -> dict[str, str]:
    """What a browser would send for the review form as it stands."""
    form = page[page.index('id="pruefung"') :]
    sent = dict.fromkeys(re.findall(r'name="(da-[a-z_]+)"', form), "1")
    for name, value in re.findall(r'<input class="[^"]*" type="text"[^>]*name="(wert-[^"]+)" value="([^"]*)"', form):
        sent[name] = value
    for name, value in re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"[^>]*checked', form):
        sent[name] = value
    select = re.search(r'name="(wert-hunde)".*?<option value="([^"]*)" selected', form, re.DOTALL)
    return {**sent, select[1]: select[2]} if select else sent


def send(client: Client, case: Case, **changes: str) -> Any:
    sent = filled(client.get(reverse("case", args=[case.pk])).text)
    return client.post(reverse("confirm", args=[case.pk]), {**sent, **changes})


RIGHT = {"wert-iban": GOOD_IBAN, "wert-telefon": "0331 448690"}


def test_a_corrected_case_is_released(clerk: Client) -> None:
    case = make_case()
    answer = send(clerk, case, **RIGHT)
    assert answer.status_code == HTTPStatus.FOUND
    case.refresh_from_db()
    assert case.state == State.READY
    assert case.fields.get(name="iban").value == "DE02120300000000202051"
    page = clerk.get("/").text
    assert f"Vorgang {case.reference} ist freigegeben." in page and "Nächster Vorgang" in page


def test_a_broken_rule_comes_back_at_its_field(clerk: Client) -> None:
    case = make_case()
    answer = send(clerk, case, **{**RIGHT, "wert-iban": "DE02 1203 0000 0000 2020 57", "wert-ort": "Neuort"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#feld-iban"' in answer.text and 'id="fehler-iban"' in answer.text
    assert 'aria-invalid="true"' in answer.text and 'name="grund-iban"' in answer.text
    assert 'value="Neuort"' in answer.text, "what was typed must not be lost"
    case.refresh_from_db()
    assert case.state == State.REVIEW


def test_a_broken_rule_is_taken_over_with_a_reason(clerk: Client) -> None:
    case = make_case()
    answer = send(clerk, case, **{**RIGHT, "wert-iban": "DE02 1203 0000 0000 2020 57", "grund-iban": "Rückfrage"})
    assert answer.status_code == HTTPStatus.FOUND
    case.refresh_from_db()
    assert case.state == State.READY


def test_an_input_left_empty_must_be_meant(clerk: Client) -> None:
    case = make_case()
    answer = send(clerk, case, **{**RIGHT, "wert-telefon": ""})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "auf dem Papier leer" in answer.text
    assert send(clerk, case, **{**RIGHT, "wert-telefon": "", "leer-telefon": "1"}).status_code == HTTPStatus.FOUND
    assert case.fields.get(name="telefon").value is None


def test_a_field_that_asks_does_not_pass_because_it_was_not_sent(clerk: Client) -> None:
    case = make_case()
    sent = {**filled(clerk.get(reverse("case", args=[case.pk])).text), **RIGHT}
    del sent["wert-iban"]
    sent.pop("da-iban", None)
    answer = clerk.post(reverse("confirm", args=[case.pk]), sent)
    assert answer.status_code == 422 and "kam nicht an" in answer.text
    case.refresh_from_db()
    assert case.state == State.REVIEW


def test_a_date_that_does_not_exist_is_refused_with_what_was_typed(clerk: Client) -> None:
    answer = send(clerk, make_case(), **{**RIGHT, "wert-geburtsdatum": "31.02.1980"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Diesen Tag gibt es nicht" in answer.text and 'value="31.02.1980"' in answer.text


def test_a_box_that_nobody_decided_is_asked_for(clerk: Client) -> None:
    case = make_case()
    case.fields.filter(name="ersthund").update(value=None)
    answer = send(clerk, case, **RIGHT)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and "„Ja“ oder „Nein“" in answer.text


def test_uncertain_fields_stand_first_and_both_readings_are_offered(clerk: Client) -> None:
    page = clerk.get(reverse("case", args=[make_case().pk])).text
    assert "4 Felder sind unsicher" in page
    assert page.index('id="feld-iban"') < page.index('id="sicher"') < page.index('id="feld-name"')
    assert 'data-fill="21.10.1959"' in page and 'data-fill="27.10.1959"' in page
    assert "2<mark>1</mark>.10.1959" in page


def test_readings_that_differ_only_in_blanks_are_no_choice() -> None:
    assert desk.engine_choices({"tesseract": {"text": "a b"}, "paddle": {"text": "ab"}}, None) == ()


def test_the_reading_that_alone_keeps_the_rule_says_so(clerk: Client) -> None:
    page = clerk.get(reverse("case", args=[make_case().pk])).text
    right = page[page.index('data-fill="DE02 1203 0000 0000 2020 51" data-reading') :].split("</button>")[0]
    wrong = page[page.index('data-fill="DE02 1203 0000 0000 2020 57" data-reading') :].split("</button>")[0]
    assert "passt zur Regel" in right and "passt zur Regel" not in wrong


def test_readings_are_offered_in_the_spelling_of_the_input() -> None:
    spec = FieldSpec(name="tag", title="Tag", kind="date")
    offered = desk.engine_choices({"tesseract": {"text": "02011969"}, "paddle": {"text": "02011960"}}, spec)
    assert [choice.text for choice in offered] == ["02.01.1969", "02.01.1960"]


def test_titles_and_texts_from_paper_are_shown_escaped(clerk: Client) -> None:
    case = make_case()
    case.fields.filter(name="telefon").update(value="<script>alert(1)</script>", state="read")
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_opening_a_case_locks_it_for_the_person(clerk: Client, as_role: Callable[[str], Client]) -> None:
    case = make_case()
    mine = clerk.get(reverse("case", args=[case.pk])).text
    assert "gesperrt für Sie bis" in mine
    colleague = Client()
    other = User.objects.create_user("kollegin", first_name="Kim", last_name="Muster")
    other.groups.set(User.objects.get(username="sachbearbeitung").groups.all())
    colleague.force_login(other, backend="django.contrib.auth.backends.ModelBackend")
    page = colleague.get(reverse("case", args=[case.pk])).text
    assert "geöffnet von sachbearbeitung bis" in page and 'id="pruefung"' not in page
    assert "geöffnet von sachbearbeitung" in colleague.get("/").text
    refused = colleague.post(reverse("confirm", args=[case.pk]), {**filled(mine), **RIGHT})
    assert refused.status_code == HTTPStatus.CONFLICT


def test_closing_lets_the_case_go(clerk: Client) -> None:
    case = make_case()
    clerk.get(reverse("case", args=[case.pk]))
    clerk.post(reverse("close", args=[case.pk]))
    case.refresh_from_db()
    assert case.locked_by is None


def test_the_lock_is_renewed_while_the_screen_is_open(clerk: Client) -> None:
    case = make_case()
    clerk.get(reverse("case", args=[case.pk]))
    Case.objects.filter(pk=case.pk).update(locked_until=timezone.now())
    assert "gesperrt für Sie" in clerk.post(reverse("keep_lock", args=[case.pk])).text
    case.refresh_from_db()
    assert case.locked_until and case.locked_until > timezone.now()


def test_next_case_is_the_most_urgent_free_one(clerk: Client, people: dict[str, User]) -> None:
    soon, now = timedelta(days=2), timezone.now()
    make_case(due_at=now + timedelta(days=30))
    urgent = make_case(due_at=now + soon)
    taken = make_case(
        due_at=now + timedelta(days=1), locked_by=people[roles.IT], locked_until=now + timedelta(minutes=5)
    )
    assert clerk.get(reverse("next"))["Location"] == reverse("case", args=[urgent.pk])
    Case.objects.filter(pk=taken.pk).update(locked_until=now - timedelta(minutes=1))
    assert clerk.get(reverse("next"))["Location"] == reverse("case", args=[taken.pk])


def test_without_waiting_cases_next_says_so(clerk: Client) -> None:
    assert "Kein Vorgang wartet" in clerk.get(reverse("next"), follow=True).text


def test_a_case_is_rejected_only_with_a_reason(clerk: Client) -> None:
    case = make_case()
    address = reverse("clarify", args=[case.pk])
    assert "Bitte einen Grund wählen" in clerk.post(address, {"decision": "reject"}).text
    refused = clerk.post(address, {"decision": "reject", "reason": "other", "remark": " "})
    assert refused.status_code == 422 and "in eigenen Worten" in refused.text
    clerk.post(address, {"decision": "reject", "reason": "other", "remark": "Falsches Amt"})
    case.refresh_from_db()
    assert case.state == State.REJECTED and case.reason == "Falsches Amt"


def test_a_case_is_held_until_a_day_in_the_future(clerk: Client) -> None:
    case = make_case()
    yesterday, later = (timezone.localdate() + timedelta(days=days) for days in (-1, 9))
    refused = clerk.post(reverse("hold", args=[case.pk]), {"until": f"{yesterday:%d.%m.%Y}"})
    assert "in der Zukunft" in refused.text
    clerk.post(reverse("hold", args=[case.pk]), {"until": f"{later:%d.%m.%Y}", "reason": "Nachweis fehlt"})
    case.refresh_from_db()
    assert (case.state, case.hold_until) == (State.ON_HOLD, later)
    assert "Nachweis fehlt" in clerk.get(reverse("case", args=[case.pk])).text
    clerk.post(reverse("resume", args=[case.pk]))
    case.refresh_from_db()
    assert case.state == State.REVIEW


def test_an_unknown_form_is_chosen_by_a_person(clerk: Client) -> None:
    case = make_case(form="", guesses=["antrag"])
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "Welches Formular ist das?" in page and "am ähnlichsten" in page and "Freigeben" not in page
    assert (
        "Bitte ein Formular wählen" in clerk.post(reverse("choose_form", args=[case.pk]), {"form": "gibtsnicht"}).text
    )
    clerk.post(reverse("choose_form", args=[case.pk]), {"form": "antrag"})
    case.refresh_from_db()
    assert (case.state, case.form) == (State.RECEIVED, "antrag")


def test_a_file_without_pages_says_so_and_keeps_the_original(clerk: Client) -> None:
    case = make_case(form="", pages=0, problems=[{"code": "S001", "message": "Die Datei ist kein Scan."}])
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "ließ sich keine Seite lesen" in page and "Die Datei ist kein Scan." in page
    assert reverse("original", args=[case.pk]) in page and "Klärfall" in page


def test_the_second_look_is_another_persons(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    case = make_case(State.SECOND_REVIEW, reviewer=people[roles.SECOND])
    page = as_role(roles.SECOND).get(reverse("case", args=[case.pk])).text
    assert "eine andere Person" in page and 'id="pruefung"' not in page
    Case.objects.filter(pk=case.pk).update(reviewer=people[roles.CLERK])
    assert 'id="pruefung"' in as_role(roles.SECOND).get(reverse("case", args=[case.pk])).text


def test_an_unclear_entry_shows_what_is_known_and_asks_a_person(clerk: Client) -> None:
    case = make_case(State.UNCLEAR, needs_person=True)
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "trägt ihn nicht von selbst noch einmal ein" in page and "Abgesendet" in page
    answer = clerk.post(reverse("settle", args=[case.pk]), {"outcome": "entered"})
    assert "Nummer des Datensatzes eintragen" in answer.text
    clerk.post(reverse("settle", args=[case.pk]), {"outcome": "entered", "record_number": "HS-1"})
    case.refresh_from_db()
    assert case.state == State.ENTERED


def test_only_it_tries_a_failed_case_again(as_role: Callable[[str], Client]) -> None:
    case = make_case(State.FAILED, problems=[{"code": "Z001", "message": "Das Fachverfahren antwortet nicht."}])
    page = as_role(roles.IT).get(reverse("case", args=[case.pk])).text
    assert "Noch einmal versuchen" in page and "antwortet nicht" in page
    assert "Noch einmal versuchen</span>" not in as_role(roles.CLERK).get(reverse("case", args=[case.pk])).text
    as_role(roles.IT).post(reverse("retry", args=[case.pk]))
    case.refresh_from_db()
    assert case.state in (State.RECEIVED, State.READY)


def test_the_slip_names_every_station(clerk: Client) -> None:
    page = clerk.get(reverse("case", args=[make_case(State.ENTERED).pk])).text
    for station in ("Eingegangen", "Ausgelesen", "Zur Prüfung", "Freigegeben", "Übertragen"):
        assert station in page
    assert page.count('aria-current="step"') == 1 and "HS-4711" in page


def test_a_failed_case_with_an_open_intent_never_claims_that_nothing_was_written(clerk: Client) -> None:
    case = make_case(State.FAILED)
    Entry.objects.filter(case=case).update(intent_at=timezone.now())
    assert "steht dazu kein Datensatz" not in clerk.get(reverse("case", args=[case.pk])).text


def test_opening_is_in_the_trail(clerk: Client) -> None:
    case = make_case()
    clerk.get(reverse("case", args=[case.pk]))
    clerk.get(reverse("case", args=[case.pk]))
    assert Event.objects.filter(case=case, kind="opened").count() == 1


def test_taking_the_original_is_in_the_trail(clerk: Client, people: dict[str, User]) -> None:
    case = make_case()
    assert case.document_id
    path = store.original_path(case.document_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"original")
    clerk.head(reverse("original", args=[case.pk]))
    assert not Event.objects.filter(kind="original_downloaded").exists()
    answer = clerk.get(reverse("original", args=[case.pk]))
    assert b"".join(answer.streaming_content) == b"original"  # type: ignore[attr-defined]
    event = Event.objects.get(kind="original_downloaded")
    assert event.case == case and event.actor == f"person:{people[roles.CLERK].username}"


def test_an_original_that_is_gone_is_not_found(clerk: Client) -> None:
    case = make_case()
    assert case.document_id
    store.original_path(case.document_id).unlink(missing_ok=True)
    assert clerk.get(reverse("original", args=[case.pk])).status_code == HTTPStatus.NOT_FOUND


def test_every_event_has_a_german_name() -> None:
    kinds = {kind for path in (ROOT / "cases" / "transitions").glob("*.py") for kind in kinds_in(path)}
    assert {"received", "read", "intent", "erased"} <= kinds
    kinds |= {"original_downloaded", "letter_drafted", "proof_printed"}  # given to `note_download`
    assert kinds <= set(EVENT_KINDS)


def kinds_in(path: Path) -> Iterator[str]:
    """The kinds of event that a module writes."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = {"append": 0, "move": 2}.get(name)
        given = call.args[place : place + 1] if place is not None else []
        given += [keyword.value for keyword in call.keywords if keyword.arg == "kind"]
        for part in given:
            choices = (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part,)
            yield from (c.value for c in choices if isinstance(c, ast.Constant) and isinstance(c.value, str))
