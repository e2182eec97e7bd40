"""The case page as a slip: every station, by whom as a number, what changed; and the proof sheet for the file."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pdfplumber
import pikepdf
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pikepdf import Name

from cases import transitions
from cases.models import Case, Event, State
from tests.web.factories import make_case
from tests.web.test_desk import REASONS
from tests.web.test_review import RIGHT, send
from web import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(clerk: Client) -> Case:
    case = make_case()
    send(clerk, case, **RIGHT)
    case.refresh_from_db()
    return case


def test_the_slip_says_what_changed_and_names_nobody(clerk: Client, released: Case) -> None:
    page = clerk.get(reverse("case", args=[released.pk])).text
    history = page[page.index('class="history"') :]
    assert "Eingegangen" in history and "Geprüft" in history
    assert "geändert: Telefon, IBAN" in history and re.search(r"Person \d", history)
    assert "person:" not in history and "sachbearbeitung" not in history


def test_the_slip_gives_the_reason_of_a_question_by_its_title(clerk: Client, settings: Any) -> None:
    path = settings.PROCESSES / "hundesteuer.toml"
    path.write_text(path.read_text(encoding="utf-8") + REASONS, encoding="utf-8")
    case = make_case()
    day = timezone.localdate() + timedelta(days=9)
    sent = {"reason": "illegible", "until": f"{day:%d.%m.%Y}", "decision": "ask"}
    clerk.post(reverse("clarify", args=[case.pk]), sent)
    page = clerk.get(reverse("case", args=[case.pk])).text
    assert "Grund: Angaben nicht lesbar" in page and f"bis {day:%d.%m.%Y}" in page


def test_every_field_has_its_evidence(clerk: Client, released: Case) -> None:
    page = clerk.get(reverse("case", args=[released.pk])).text
    row = page[page.index('<div data-field="iban"') :].split('<div data-field="')[1]
    assert reverse("crop", args=[released.pk, "iban"]) in row
    assert "Tesseract las: DE02 1203 0000 0000 2020 57" in row and "PP-OCRv6 las:" in row and "50 %" in row


def test_it_sees_the_stations_and_no_fields(as_role: Callable[[str], Client], released: Case) -> None:
    page = as_role(roles.IT).get(reverse("case", args=[released.pk])).text
    assert "Stationen" in page and "Geprüft" in page and "IBAN" not in page and "Nachweisblatt" not in page


def text_of(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as pages:
        return "\n".join(page.extract_text() for page in pages.pages)


def test_the_proof_sheet_holds_the_case_and_is_on_record(clerk: Client, released: Case) -> None:
    answer = clerk.get(reverse("proof", args=[released.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="{released.reference}-Nachweis.pdf"'
    text = text_of(answer.content)
    if folder := os.environ.get("SCREENS"):
        (Path(folder) / "nachweisblatt.pdf").write_bytes(answer.content)
    for part in (released.reference, "Größmann", "DE02 1203 0000 0000 2020 51", "Geprüft", "Person"):
        assert "".join(part.split()) in "".join(text.split()), part
    assert str(released.document_id)[:20] in text.replace("\n", "") and "sachbearbeitung" not in text
    assert Event.objects.filter(kind="proof_printed", case=released).count() == 1


def test_the_proof_sheet_is_an_archival_pdf(clerk: Client, released: Case) -> None:
    content = clerk.get(reverse("proof", args=[released.pk])).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert b"<pdfaid:part>2</pdfaid:part>" in pdf.Root.Metadata.read_bytes()
        assert pdf.Root.OutputIntents[0].S == Name.GTS_PDFA1
        assert "/Info" not in pdf.trailer and "/ID" in pdf.trailer and not pdf.is_encrypted
        fonts = [
            each for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == Name.Font
        ]
        assert fonts
        assert all(font.FontDescriptor.get("/FontFile2") is not None for font in fonts), "every font is embedded"
        assert not any(name in pdf.Root for name in ("/AA", "/OpenAction", "/AcroForm", "/Names"))


@pytest.mark.parametrize("state", [state for state in State if state != State.ERASED])
def test_every_state_has_its_proof_sheet(state: State, clerk: Client) -> None:
    case = make_case(state)
    assert case.reference in text_of(clerk.get(reverse("proof", args=[case.pk])).content)


def test_a_note_of_another_kind_writes_its_event(released: Case, clerk: Client) -> None:
    transitions.note_download(released.pk, User.objects.get(username="sachbearbeitung"), "letter_drafted")
    assert Event.objects.filter(kind="letter_drafted").exists()
