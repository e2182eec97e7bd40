"""How a stored value is shown in an input, and what a typed one means."""

from __future__ import annotations

import re
from datetime import date

YES_NO = ("ja", "nein")
GERMAN_DATE = re.compile(r"(\d{1,2})\s*[.\-/ ]\s*(\d{1,2})\s*[.\-/ ]\s*(\d{4})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
SHORT_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")


class NotSuchAValue(ValueError):
    """The typed text cannot be this kind of value; the message is German and says what to do."""


def shown(kind: str, value: str | None) -> str:
    """The text of an input: dates as in Germany, an IBAN in groups of four."""
    if value is None:
        return ""
    if kind == "date" and (found := ISO_DATE.fullmatch(value)):
        year, month, day = found.groups()
        return f"{day}.{month}.{year}"
    if kind == "iban":
        return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
    if kind in ("checkbox", "signature"):
        return {"ja": "Ja", "nein": "Nein"}.get(value, value)
    return value


def meant(kind: str, text: str) -> str | None:
    """The value that a typed text stands for; None for an empty input.

    Raises:
        NotSuchAValue: when the text is no value of this kind (only dates and yes/no are that strict; whether an
            IBAN or a postcode is right is for the rules).
    """
    plain = " ".join(text.split())
    if not plain:
        return None
    if kind == "date":
        return _iso_date(plain)
    if kind == "iban":
        return re.sub(r"\s", "", plain).upper()
    if kind in ("checkbox", "signature") and plain not in YES_NO:
        raise NotSuchAValue("Bitte „Ja“ oder „Nein“ wählen.")
    return plain


def _iso_date(text: str) -> str:
    if found := ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := GERMAN_DATE.fullmatch(text) or SHORT_DATE.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise NotSuchAValue("Bitte das Datum als TT.MM.JJJJ eingeben, zum Beispiel 07.03.2026.")
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise NotSuchAValue("Diesen Tag gibt es nicht. Bitte das Datum prüfen (TT.MM.JJJJ).") from error
