"""What this application accepts, and how it says no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from demo.fachverfahren.form import Field

UNUSED_PLZ_REGIONS = {"00", "05", "43", "62"}  # Source: Leitregionen der Deutschen Post, never assigned
IBAN_LENGTH = {"DE": 22, "AT": 20, "CH": 21, "NL": 18, "FR": 27}


def complaints(fields: Iterable[Field], values: Mapping[str, str]) -> list[tuple[str, str]]:
    """(field name, complaint) for everything on a page that is not accepted."""
    found = []
    for field in fields:
        text = values.get(field.name, "")
        words = _missing(field, text) or _too_long(field, text) or _wrong(field, text)
        if words:
            found.append((field.name, words))
    if values.get("bank_sepa") == "J" and not values.get("bank_iban", "").strip():
        found.append(("bank_iban", "SEPA-Mandat ohne IBAN nicht möglich"))
    return found


def _missing(field: Field, text: str) -> str | None:
    return "Pflichtangabe fehlt" if field.required and not text.strip() else None


def _too_long(field: Field, text: str) -> str | None:
    return f"max. {field.length} Stellen" if field.kind == "text" and len(text) > field.length else None


def _wrong(field: Field, text: str) -> str | None:
    if not text.strip():
        return None
    if field.kind == "datum":
        return _wrong_date(field.name, text)
    if field.kind == "auswahl" and text not in dict(field.options):
        return "Schlüssel nicht zulässig"
    check = {"hal_plz": _wrong_plz, "bank_iban": _wrong_iban, "hd_chip": _wrong_chip, "hal_email": _wrong_email}
    return check[field.name](text) if field.name in check else None


def parse_date(text: str) -> date | None:
    """TT.MM.JJJJ, nothing else."""
    if not re.fullmatch(r"\d{2}\.\d{2}\.\d{4}", text, re.ASCII):
        return None
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  (a calendar day has no zone)
    except ValueError:
        return None


def _wrong_date(name: str, text: str) -> str | None:
    day = parse_date(text)
    if day is None:
        return "Datum nicht im Format TT.MM.JJJJ"
    if name in ("hal_gebdat", "hd_wurf") and day > date.today():  # noqa: DTZ011  (the office's own day)
        return "Datum liegt in der Zukunft"
    return None


def _wrong_plz(text: str) -> str | None:
    known = re.fullmatch(r"\d{5}", text, re.ASCII) and text[:2] not in UNUSED_PLZ_REGIONS and text < "99999"
    return None if known else "PLZ unbekannt"


def _wrong_iban(text: str) -> str | None:
    plain = text.replace(" ", "").upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain, re.ASCII):
        return "IBAN ungültig (Aufbau)"
    if len(plain) != IBAN_LENGTH.get(plain[:2], len(plain)):
        return "IBAN ungültig (Länge)"
    number = int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4]))
    return None if number % 97 == 1 else "IBAN ungültig (Prüfziffer)"


def _wrong_chip(text: str) -> str | None:
    return None if re.fullmatch(r"\d{15}", text, re.ASCII) else "Chip-Nr. muss 15 Ziffern haben"


def _wrong_email(text: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text) else "E-Mail nicht zulässig"
