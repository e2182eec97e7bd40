"""Fills the sample form: an application in, two pages of pixels and the truth about them out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import pypdfium2
from numpy.random import Generator

from demo import ink
from demo.fonts import HAND, TYPED, pick
from demo.form import BY_NAME, ENTRIES, draw
from demo.ink import Layer, Pen
from demo.people import Application
from demo.sheet import BoxMm
from ocr.page import Gray

MARKS = (ink.cross, ink.tick, ink.fill)
_LETTER = re.compile(r"(?<=\d) (?=[a-z]$)")
"""The blank in "167 a"."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form before it is scanned. `fields`: accepted values by name, [] = nothing on the paper."""

    pages: tuple[Gray, ...]
    dpi: float
    fields: Mapping[str, list[str]]
    handwritten: tuple[str, ...]
    note: str


@lru_cache(maxsize=4)
def render(pdf: bytes, dpi: float) -> tuple[Gray, ...]:
    """The pages of a PDF as grey pixels."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return tuple(np.array(page.render(scale=dpi / 72, grayscale=True).to_numpy()) for page in document)
    finally:
        document.close()


@lru_cache(maxsize=1)
def blank_form() -> bytes:
    return draw()


def fill(
    application: Application, rng: Generator, *, hand: bool = False, dpi: float = 300, correct: bool = False
) -> Filled:
    """Write an application on the form. `correct` makes the writer change the choice after marking another box."""
    written = _texts(application, int(rng.integers(5)))
    style = pick(rng, HAND if hand else TYPED, "".join(written.values()))
    pen = ink.take_pen(rng, style)
    biro = int(rng.integers(30, 95))
    printed = render(blank_form(), dpi)
    layers = [Layer(np.full(side.shape, 255, np.uint8), dpi, rng) for side in printed]
    for name, text in written.items():
        entry = BY_NAME[name]
        layer = layers[entry.page - 1]
        if entry.cells:
            ink.write_cells(layer, pen, text, entry.comb_mm, entry.cells)
        else:
            ink.write(layer, pen, text, entry.zone_mm)
    by_machine = not hand and rng.random() < 0.5
    mark = MARKS[int(rng.choice(3, p=(0.7, 0.22, 0.08)))]
    for box, page in _marked(application):
        if by_machine:
            ink.typed_x(layers[page - 1], box, pen)
        else:
            mark(layers[page - 1], box, biro)
    if correct:
        _take_back(application, layers, biro)
    if application.signed:
        ink.signature(layers[1], BY_NAME["signature"].box_mm, biro)
    inked = tuple(np.minimum(page, layer.gray) for page, layer in zip(printed, layers, strict=True))
    by_hand = tuple(entry.name for entry in ENTRIES) if hand else (() if by_machine else _mark_names())
    look = "X" if by_machine else mark.__name__
    note = f"{style.name}; marks {look}" + ("; choice corrected" if correct else "")
    return Filled(inked, dpi, truth(application), (*by_hand, "signature") if not hand else by_hand, note)


def _mark_names() -> tuple[str, ...]:
    return tuple(entry.name for entry in ENTRIES if entry.kind in ("checkbox", "choice"))


def _texts(application: Application, phone_style: int) -> dict[str, str]:
    """What is written into the entry boxes, as written."""
    texts = {
        "applicant_last_name": application.last_name,
        "applicant_first_name": application.first_name,
        "date_of_birth": _cells(application.date_of_birth),
        "street": application.street,
        "plz": application.plz,
        "town": application.town,
        "phone": application.phone.written(phone_style) if application.phone else "",
        "email": application.email or "",
        "dog_name": application.dog_name,
        "breed": application.breed,
        "dog_birth_date": _cells(application.dog_birth_date),
        "chip_number": application.chip_number,
        "kept_since": _cells(application.kept_since),
        "iban": application.iban or "",
        "signed_on": _cells(application.signed_on),
    }
    return {name: text for name, text in texts.items() if text}


def _cells(day: date | None) -> str:
    return f"{day:%d%m%Y}" if day else ""


def _marked(application: Application) -> list[tuple[BoxMm, int]]:
    """The squares to mark, with their page."""
    choice = BY_NAME["dogs_in_household"]
    marked = [(choice.options[application.dogs_in_household], choice.page)]
    for name, yes in (
        ("first_dog", application.first_dog),
        ("dangerous_dog", application.dangerous_dog),
        ("sepa_mandate", application.sepa_mandate),
    ):
        if yes:
            marked.append((BY_NAME[name].box_mm, BY_NAME[name].page))
    return marked


def _take_back(application: Application, layers: list[Layer], biro: int) -> None:
    choice = BY_NAME["dogs_in_household"]
    wrong = next(box for option, box in choice.options.items() if option != application.dogs_in_household)
    ink.cross(layers[choice.page - 1], wrong, biro)
    ink.strike(layers[choice.page - 1], wrong, biro)


def truth(application: Application) -> dict[str, list[str]]:
    """Accepted values of every field: first the normalised one, then other ways of writing it."""
    days = {
        "date_of_birth": application.date_of_birth,
        "dog_birth_date": application.dog_birth_date,
        "kept_since": application.kept_since,
        "signed_on": application.signed_on,
    }
    account = application.iban
    plain = {
        "applicant_first_name": application.first_name,
        "applicant_last_name": application.last_name,
        "plz": application.plz,
        "town": application.town,
        "email": application.email,
        "dog_name": application.dog_name,
        "breed": application.breed,
        "chip_number": application.chip_number,
        "dogs_in_household": application.dogs_in_household,
        "first_dog": _yes(application.first_dog),
        "dangerous_dog": _yes(application.dangerous_dog),
        "sepa_mandate": _yes(application.sepa_mandate),
        "signature": _yes(application.signed),
    }
    fields = {name: [value] if value else [] for name, value in plain.items()}
    fields |= {name: [day.isoformat(), f"{day:%d.%m.%Y}"] if day else [] for name, day in days.items()}
    fields["street"] = list(dict.fromkeys((_LETTER.sub("", application.street), application.street)))
    fields["phone"] = list(application.phone.accepted) if application.phone else []
    fields["iban"] = [account, " ".join(account[i : i + 4] for i in range(0, 22, 4))] if account else []
    return {entry.name: fields[entry.name] for entry in ENTRIES}


def _yes(value: bool) -> str:
    return "ja" if value else "nein"


def writer(rng: Generator, *, hand: bool, text: str) -> Pen:
    """A pen for other forms than this one."""
    return ink.take_pen(rng, pick(rng, HAND if hand else TYPED, text))
