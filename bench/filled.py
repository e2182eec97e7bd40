"""Blank forms filled in by an invented person, to be read with a draft of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.random import Generator
from rapidfuzz.fuzz import ratio

import ocr
from bench import phrases
from bench.blanks import Wanted
from bench.draft_score import Pair
from demo import ink
from demo.fill import writer
from demo.ink import Layer
from demo.people import FIRST_NAMES, LAST_NAMES, STREETS, TOWNS, choose, digits, email, house_number, iban, phone
from ocr import kinds
from ocr.judge import folded
from ocr.page import FieldReading, Gray
from ocr.spec import FormSpec

Texts = Mapping[int, str]
"""What was written, by the `id` of the wanted field."""


def fill_in(blank: Sequence[Gray], wanted: Sequence[Wanted], dpi: float, rng: Generator) -> tuple[list[Gray], Texts]:
    """The pages with typed answers and crosses, and what each field says."""
    texts = {id(one): text_for(one, rng) for one in wanted}
    pen = writer(rng, hand=False, text="".join(texts.values()))
    layers = [Layer(np.full(page.shape, 255, np.uint8), dpi, rng) for page in blank]
    for one in wanted:
        _write(layers[one.page - 1], pen, one, texts[id(one)])
    return [np.minimum(p, layer.gray) for p, layer in zip(blank, layers, strict=True)], texts


def _write(layer: Layer, pen: ink.Pen, wanted: Wanted, text: str) -> None:
    if wanted.options:
        ink.cross(layer, wanted.options[text], 40)
    elif wanted.kind == "checkbox":
        if text == "ja":
            ink.cross(layer, wanted.box, 40)
    elif wanted.kind == "signature":
        ink.signature(layer, wanted.box, 40)
    elif wanted.cells:
        ink.write_cells(layer, pen, text, wanted.box, wanted.cells)
    elif text:
        x0, _, x1, y1 = wanted.box
        ink.write(layer, pen, text, (x0, y1 - 7, x1, y1))


def text_for(wanted: Wanted, rng: Generator) -> str:
    """What somebody writes there: for marks the answer to be marked, or ja and nein."""
    if wanted.options:
        return choose(rng, tuple(wanted.options))
    plz, town = choose(rng, TOWNS)
    first, last = choose(rng, FIRST_NAMES), choose(rng, LAST_NAMES)
    day = phrases.date(rng)
    made = {
        "name": last, "street": f"{choose(rng, STREETS)} {house_number(rng)}", "plz_town": f"{plz} {town}", "plz": plz,
        "phone": phone(rng).written(int(rng.integers(5))), "email": email(rng, first, last),
        "date": day.replace(".", "") if wanted.cells else day, "money": phrases.amount(rng),
        "quantity": str(rng.integers(1, 120)), "number": digits(rng, 7), "digits": digits(rng, max(5, wanted.cells)),
        "iban": iban(rng), "bic": "MARKDEF1100", "tax_id": "36574261809", "tax_number": "93815/08152",
        "checkbox": choose(rng, ("ja", "nein")), "signature": "ja",
    }  # fmt: skip
    return made.get(wanted.kind, choose(rng, ("Köln", "deutsch", "Angestellte", "Erfurt", "Buchbinderin")))


def read_right(path: Path, drafted: FormSpec, pairs: Sequence[Pair], texts: Texts) -> Counter[str]:
    """How many of the fields the draft reads right; one that the draft does not have is not read."""
    reading = ocr.read(path, {drafted.name: drafted})
    read = {field.name: field for field in reading.fields}
    counted: Counter[str] = Counter(written=len(pairs), recognised=reading.form is not None)
    for wanted, field in pairs:
        found = read.get(field.name) if field else None
        right = found is not None and is_right(wanted, texts[id(wanted)], found, field.options if field else {})
        counted["read"] += right
        counted["surely wrong"] += found is not None and found.sure and not right
    return counted


def is_right(wanted: Wanted, text: str, found: FieldReading, options: Mapping[str, object]) -> bool:
    """The value itself, or as it stands on the paper; an answer by the printed words of its square."""
    value = found.value or ""
    if wanted.options:
        return ratio(value, text) > 85 or (value == "ja" and options == {})
    if wanted.kind in ("checkbox", "signature"):
        return value == text
    parse = kinds.kind(wanted.kind or "text").parse
    parsed = parse(text, "deu") if parse else None
    return folded(value) == folded(text) or (parsed is not None and value == parsed.value)
