"""How a stored value is shown in an input, and what a typed one means."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language, gettext

YES_NO = ("ja", "nein")
GERMAN_DATE = re.compile(r"(\d{1,2})\s*[.\-/ ]\s*(\d{1,2})\s*[.\-/ ]\s*(\d{4})")
ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
CURRENCY = re.compile(r"(?<![A-Za-z])(?:€|EUR|Euro|\$|USD|£|GBP)(?![A-Za-z])", re.IGNORECASE)
GERMAN_NUMBER = re.compile(r"([-−]?) ?(\d{1,3}(?:([. '’])\d{3})(?:\3\d{3})*|\d+)(?:,(\d+|[-–—]{1,2}))?")
POINT_NUMBER = re.compile(r"([-−]?) ?(\d{1,3}(?:(,)\d{3})(?:,\d{3})*|\d+)\.(\d{1,2})")
"""Not the German way, but it can mean one thing only: nobody parts two digits off as thousands."""
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
MOST_DIGITS = 15
SHORT_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})")


class NotSuchAValue(ValueError):
    """The typed text cannot be this kind of value; the message says what to do."""


def shown(kind: str, value: str | None) -> str:
    """The text of an input: dates and numbers as in Germany (07.03.2026; 1.234,56), an IBAN in groups of four."""
    if value is None:
        return ""
    if kind == "date" and (found := ISO_DATE.fullmatch(value)):
        year, month, day = found.groups()
        return f"{day}.{month}.{year}"
    if kind in ("money", "quantity"):
        return _german_number(value)
    if kind == "iban":
        return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
    if kind in ("checkbox", "signature"):
        return {"ja": gettext("Ja"), "nein": gettext("Nein")}.get(value, value)
    return value


def readable(kind: str, value: str | None) -> str:
    """The value for a reader, in the language of the screen; what is typed and compared stays as it is on the paper."""
    if value is None or get_language() == settings.LANGUAGE_CODE:
        return shown(kind, value)
    if kind == "date" and ISO_DATE.fullmatch(value):
        return formats.date_format(date.fromisoformat(value), "DATE_FORMAT")
    if kind in ("money", "quantity") and NUMBER.fullmatch(value):
        return f"{Decimal(value):,f}"
    return shown(kind, value)


def meant(kind: str, text: str) -> str | None:
    """The value that a typed text stands for; None for an empty input.

    Raises:
        NotSuchAValue: when the text is no value of this kind (only dates, numbers and yes/no are that strict; whether
            an IBAN or a postcode is right is for the rules).
    """
    plain = " ".join(text.split())
    if not plain:
        return None
    if kind == "date":
        return _iso_date(plain)
    if kind == "money":
        return _amount(plain)
    if kind == "quantity":
        return str(_number(plain, gettext("Bitte eine Zahl eingeben, zum Beispiel 1.234,5.")))
    if kind == "iban":
        return re.sub(r"\s", "", plain).upper()
    if kind in ("checkbox", "signature") and plain not in YES_NO:
        raise NotSuchAValue(gettext("Bitte „Ja“ oder „Nein“ wählen."))
    return plain


def _iso_date(text: str) -> str:
    if found := ISO_DATE.fullmatch(text):
        year, month, day = found.groups()
    elif found := GERMAN_DATE.fullmatch(text) or SHORT_DATE.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise NotSuchAValue(gettext("Bitte das Datum als TT.MM.JJJJ eingeben, zum Beispiel 07.03.2026."))
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError as error:
        raise NotSuchAValue(gettext("Diesen Tag gibt es nicht. Bitte das Datum prüfen (TT.MM.JJJJ).")) from error


def _german_number(value: str) -> str:
    """A plain decimal number with points between the thousands and a comma; anything else as it is."""
    if not NUMBER.fullmatch(value):
        return value
    return f"{Decimal(value):,f}".translate(str.maketrans(",.", ".,"))


def _amount(text: str) -> str:
    """An amount with two places; the currency is not part of it."""
    refusal = gettext("Bitte den Betrag mit höchstens zwei Nachkommastellen eingeben, zum Beispiel 1.234,56.")
    number = _number(" ".join(CURRENCY.sub(" ", text).split()), refusal)
    if number != round(number, 2):
        raise NotSuchAValue(refusal)
    return f"{number:.2f}"


def _number(text: str, refusal: str) -> Decimal:
    found = GERMAN_NUMBER.fullmatch(text) or POINT_NUMBER.fullmatch(text)
    if found is None:
        raise NotSuchAValue(refusal)
    sign, whole, _, part = found.groups()
    digits, places = re.sub(r"\D", "", whole), part if part and part.isdecimal() else ""
    if len(digits) + len(places) > MOST_DIGITS or not (digits + places).isascii():
        raise NotSuchAValue(refusal)
    number = Decimal(f"{digits}.{places}" if places else digits)
    return -number if sign and number else number
