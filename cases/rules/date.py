"""A complete date that exists, written 2026-11-23, not before 1900 and not after 2100."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

NAME = "date"
CODE = "R003"
SENTENCE = "Das ist kein vollständiges Datum, das es gibt (Tag.Monat.Jahr). Bitte mit dem Papier vergleichen."


def parse(value: str) -> datetime.date | None:
    """The date of an ISO text, None when there is no such day."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    day = parse(value)
    return SENTENCE if day is None or not 1900 <= day.year <= 2100 else None
