"""Kinds of fields. The folder is the registry: `kind = "iban"` in a form means `ocr/kinds/iban.py`.

A text kind has `parse(text) -> Parsed | None`, a mark kind has `look(zone, dpi, field) -> Mark`.
"""

from __future__ import annotations

from dataclasses import dataclass

from ocr.page import Note


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text understood as what the field holds: normalised value, `quality` 0..1, remarks for a person."""

    value: str
    quality: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """What is marked: `value` None means that nothing can be said or nothing is there; `confidence` 0..1."""

    value: str | None
    confidence: float
