"""Cases in every state with invented people and drawn pages. Written straight into the tables: only tests may."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import fontpkg
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from cases import audit
from cases.models import Arrival, Case, Document, Entry, Field, Page, State

PASSWORD = "ein-langes-kennwort"
WIDTH, HEIGHT, DPI = 1240, 1754, 150.0
numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """One field as the machine read it, and where it stands."""

    name: str
    title: str
    page: int
    at: tuple[int, int]
    width: int
    written: str
    value: str | None
    sure: bool = True
    state: str = "read"
    engines: Mapping[str, str] | None = None
    problem: str = ""


ANSWERS = (
    Answer("name", "Familienname", 1, (100, 400), 480, "Größmann", "Größmann"),
    Answer(
        "geburtsdatum", "Geburtsdatum", 1, (640, 400), 300, "27.10.1959", "1959-10-27", False,
        engines={"tesseract": "27.10.1959", "paddle": "21.10.1959"},
        problem="Die beiden Leser lesen verschieden.",
    ),
    Answer("strasse", "Straße, Hausnummer", 1, (100, 520), 480, "Große Weinmeisterstraße 65",
           "Große Weinmeisterstraße 65"),
    Answer("plz", "Postleitzahl", 1, (640, 520), 160, "14469", "14469"),
    Answer("ort", "Ort", 1, (840, 520), 300, "Musterlingen", "Musterlingen"),
    Answer("telefon", "Telefon", 1, (100, 640), 480, "0331 448690", None, False, "illegible"),
    Answer(
        "iban", "IBAN", 1, (100, 880), 700, "DE02 1203 0000 0000 2020 51", "DE02120300000000202057", False,
        engines={"tesseract": "DE02 1203 0000 0000 2020 57", "paddle": "DE02 1203 0000 0000 2020 51"},
        problem="Die Prüfziffer passt nicht. Bitte mit dem Papier vergleichen.",
    ),
    Answer("hunde", "Anzahl der Hunde im Haushalt", 1, (100, 1000), 480, "einer", "einer"),
    Answer("ersthund", "Ersthund", 1, (640, 1000), 300, "X", "ja", False,
           problem="Das Kreuz ist schwach. Bitte mit dem Papier vergleichen."),
    Answer("sepa", "SEPA-Mandat erteilt", 2, (100, 400), 480, "X", "ja"),
    Answer("unterschrift", "Unterschrift", 2, (100, 600), 480, "Größmann", "ja"),
)  # fmt: skip


def person(name: str, *roles: str, **more: Any) -> User:
    user = User.objects.create_user(name, password=PASSWORD, **more)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@lru_cache
def page_png(number: int) -> bytes:
    """A page of the form, filled in."""
    printed = ImageFont.truetype(str(fontpkg.path("Arimo")), 22)
    heading = ImageFont.truetype(str(fontpkg.path("Arimo")), 44)
    written = ImageFont.truetype(str(fontpkg.path("IBM Plex Mono")), 32)
    page = Image.new("L", (WIDTH, HEIGHT), 252)
    pen = ImageDraw.Draw(page)
    pen.text((100, 110), "Stadt Musterlingen", font=heading, fill=20)
    pen.text((100, 165), "Steueramt, Erfundener Platz 1, 99999 Musterlingen", font=printed, fill=40)
    pen.text((100, 260), f"Anmeldung zur Hundesteuer (Seite {number})", font=heading, fill=20)
    for answer in ANSWERS:
        if answer.page == number:
            x, y = answer.at
            pen.text((x, y - 34), answer.title, font=printed, fill=60)
            pen.text((x + 10, y + 4), answer.written, font=written, fill=30)
            pen.line((x, y + 50, x + answer.width, y + 50), fill=90, width=2)
    out = io.BytesIO()
    page.save(out, format="PNG")
    return out.getvalue()


def make_case(state: State = State.REVIEW, *, pages: int = 2, **changes: Any) -> Case:
    """A case as it stands in `state`, with its fields, pages, arrival and events."""
    number = next(numbers)
    content = f"invented document {number}".encode()
    sha256 = hashlib.sha256(content).hexdigest()
    original = Path(settings.STORE) / "originals" / sha256[:2] / sha256
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_bytes(content)
    now = timezone.now()
    row = {
        "reference": f"2026-{number:06d}",
        "process": "hundesteuer",
        "document": Document.objects.create(sha256=sha256, size_bytes=len(content)),
        "form": "antrag",
        "state": state,
        "received_at": now - timedelta(hours=number % 5, minutes=number),
        "changed_at": now,
        "due_at": now + timedelta(days=11),
    }
    case = Case.objects.create(**{**row, **changes})
    Arrival.objects.create(
        at=case.received_at, process=case.process, file_name="scan 0815.PDF", sha256=sha256,
        outcome=Arrival.Outcome.NEW, case=case,
    )  # fmt: skip
    for page in range(1, pages + 1):
        add_page(case, page)
    if pages and case.form:
        add_fields(case)
    add_events(case)
    return case


def add_page(case: Case, number: int) -> None:
    relative = f"pages/{case.pk}/1/{number}.png"
    path = Path(settings.STORE) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page_png(number))
    Page.objects.create(
        case=case, number=number, image=relative, width=WIDTH, height=HEIGHT, dpi=DPI, skew_deg=0.4, rotated_deg=0,
        blank=False,
    )  # fmt: skip


def add_fields(case: Case) -> None:
    for position, answer in enumerate(ANSWERS):
        x, y = answer.at
        Field.objects.create(
            case=case,
            position=position,
            name=answer.name,
            value=answer.value,
            read_value=answer.value,
            raw=answer.written,
            state=answer.state,
            confidence=0.99 if answer.sure else 0.5,
            sure=answer.sure,
            page=answer.page,
            box=[x - 4, y - 2, x + answer.width, y + 52],
            engines={name: {"text": text, "confidence": 0.6} for name, text in (answer.engines or {}).items()},
            problems=[{"code": "L001", "message": answer.problem}] if answer.problem else [],
        )


ROAD = {
    State.RECEIVED: [],
    State.REVIEW: [("read", State.REVIEW)],
    State.SECOND_REVIEW: [("read", State.REVIEW), ("confirmed", State.SECOND_REVIEW)],
    State.ON_HOLD: [("read", State.REVIEW), ("held", State.ON_HOLD)],
    State.REJECTED: [("read", State.REVIEW), ("rejected", State.REJECTED)],
    State.READY: [("read", State.REVIEW), ("confirmed", State.READY)],
}
BY_A_PERSON = {"confirmed", "held", "rejected"}
LATER = {
    State.ENTERING: [("intent", State.ENTERING)],
    State.UNCLEAR: [("entry_unclear", State.UNCLEAR)],
    State.FAILED: [("entry_broke", State.FAILED)],
    State.ENTERED: [("entered", State.ENTERED)],
    State.ERASED: [("entered", State.ENTERED), ("erased", State.ERASED)],
}
ENTRY = {
    State.ENTERING: Entry.Outcome.OPEN,
    State.UNCLEAR: Entry.Outcome.UNCLEAR,
    State.FAILED: Entry.Outcome.UNAVAILABLE,
    State.ENTERED: Entry.Outcome.ENTERED,
}


def add_events(case: Case) -> None:
    with transaction.atomic():
        audit.append("received", actor="inbox", case=case, to_state=State.RECEIVED)
        here = State.RECEIVED
        later = [("entry_claimed", State.ENTERING), *LATER[case.state]] if case.state in LATER else []
        for kind, to in ROAD.get(case.state, [*ROAD[State.READY], *later]):
            actor = "person:sachbearbeitung" if kind in BY_A_PERSON else "worker:test"
            audit.append(kind, actor=actor, case=case, from_state=here, to_state=to)
            here = to
    if case.state in ENTRY:
        add_entry(case, ENTRY[case.state])


def add_entry(case: Case, outcome: str) -> None:
    now = timezone.now()
    Entry.objects.create(
        case=case,
        target="demo",
        fence=1,
        claimed_at=now - timedelta(minutes=2),
        intent_at=None if outcome == Entry.Outcome.UNAVAILABLE else now - timedelta(minutes=1),
        finished_at=None if outcome == Entry.Outcome.OPEN else now,
        outcome=outcome,
        record_number="HS-4711" if outcome == Entry.Outcome.ENTERED else "",
    )
