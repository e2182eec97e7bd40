"""Cases of the sample form as a clerk meets them: invented people, drawn pages, doubts where a reader would have them.

Nothing is read here: the answers are those that were written, so that a picture of them is the same tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from django.conf import settings
from django.utils import timezone

from cases import catalog, search_names
from cases.models import Case, Field, Page, State
from demo import fill
from demo.form import BY_NAME, NAME
from demo.people import Application, application
from tests.web.factories import make_case

DPI = 200.0
MM = DPI / 25.4


@dataclass(frozen=True)
class Doubt:
    """What the machine makes of a field that it is not sure of."""

    code: str
    message: str
    value: str | None = None
    state: str = "read"
    readings: Mapping[str, str] = field(default_factory=dict)


def two_readings(wrong: str, right: str) -> Doubt:
    message = "Die beiden Leseverfahren lesen Verschiedenes. Bitte mit dem Bild vergleichen."
    return Doubt("L002", message, readings={"tesseract": wrong, "paddle": right})


def birthday(person: Application) -> Doubt:
    right = f"{person.date_of_birth:%d.%m.%Y}"
    misread = {"0": "6", "1": "7", "2": "7", "3": "8", "4": "9", "5": "6", "6": "8", "7": "1", "8": "3", "9": "4"}
    return two_readings(right[:-1] + misread[right[-1]], right)


def account(person: Application) -> Doubt:
    right = person.iban or ""
    wrong = f"{right[:-1]}{(int(right[-1]) + 6) % 10}"
    message = "Die Prüfziffer der IBAN passt nicht. Bitte mit dem Bild vergleichen oder nachfragen."
    return Doubt("K002", message, wrong, readings={"tesseract": wrong, "paddle": right})


def faint_mark(person: Application) -> Doubt:
    message = "Es ist nicht eindeutig, ob dieses Kästchen markiert ist. Bitte am Bild entscheiden."
    return Doubt("K009", message, "ja" if person.first_dog else "nein")


def smudged_phone(_: Application) -> Doubt:
    message = "Hier steht etwas, das sich nicht lesen ließ. Bitte vom Bild abschreiben."
    return Doubt("L001", message, state="illegible")


DOUBTS: Mapping[str, Callable[[Application], Doubt]] = {
    "date_of_birth": birthday,
    "iban": account,
    "first_dog": faint_mark,
    "phone": smudged_phone,
}


@lru_cache(maxsize=32)
def written(number: int, hand: bool) -> tuple[Application, fill.Filled]:
    """One application with every entry filled in."""
    chance = np.random.default_rng((2026, number))
    person = application(chance)
    while not (person.signed and person.phone and person.email and person.dog_birth_date and person.iban):
        person = application(chance)
    person = replace(person, sepa_mandate=True)
    return person, fill.fill(person, chance, hand=hand, dpi=DPI)


def make_application(
    number: int, state: State = State.REVIEW, *doubts: str, hand: bool = False, **changes: Any
) -> Case:
    """Application `number` as a case in `state`; the fields named in `doubts` ask."""
    person, filled = written(number, hand)
    now = timezone.now()
    names = {"applicant_last_name": person.last_name, "applicant_first_name": person.first_name}
    case = make_case(
        state,
        pages=0,
        **{
            "form": NAME,
            "form_version": catalog.forms()[NAME].version,
            "due_at": now + timedelta(days=14 - number % 12),
            "search_name": search_names.of(catalog.process("hundesteuer"), names),
            **changes,
        },
    )
    for page, pixels in enumerate(filled.pages, 1):
        keep_page(case, page, pixels)
    asking = {name: DOUBTS[name](person) for name in doubts}
    for position, (name, values) in enumerate(filled.fields.items()):
        keep_field(case, position, name, values, asking.get(name))
    return case


def keep_page(case: Case, number: int, pixels: np.ndarray) -> None:
    relative = f"pages/{case.pk}/1/{number}.png"
    path = Path(settings.STORE) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    height, width = pixels.shape
    Page.objects.create(
        case=case, number=number, image=relative, width=width, height=height, dpi=DPI, skew_deg=0.4, rotated_deg=0,
        blank=False,
    )  # fmt: skip


def keep_field(case: Case, position: int, name: str, values: Sequence[str], doubt: Doubt | None) -> None:
    """`values`: the accepted ones, the normalised first; the last is as somebody writes it."""
    entry = BY_NAME[name]
    value, as_written = (values[0], values[-1]) if values else (None, "")
    read = value if doubt is None or (doubt.value is None and doubt.state == "read") else doubt.value
    readings = dict(doubt.readings) if doubt else {"tesseract": as_written, "paddle": as_written}
    Field.objects.create(
        case=case,
        position=position,
        name=name,
        value=read,
        read_value=read,
        raw=next(iter(readings.values()), ""),
        state=doubt.state if doubt else "read" if value else "empty",
        confidence=0.55 if doubt else 0.995,
        sure=doubt is None,
        page=entry.page,
        box=[round(edge * MM) for edge in entry.zone_mm],
        engines={engine: {"text": text, "confidence": 0.6 if doubt else 0.98} for engine, text in readings.items()},
        problems=[{"code": doubt.code, "message": doubt.message}] if doubt else [],
    )
