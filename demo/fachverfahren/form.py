"""What this application stores about a dog and its keeper: the fields of its two pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `options` (code -> text) only for "auswahl"; dates are TT.MM.JJJJ, ticks J or N."""

    name: str
    title: str
    page: Literal["halter", "hund"]
    kind: Literal["text", "datum", "haken", "auswahl"] = "text"
    required: bool = False
    length: int = 60
    options: tuple[tuple[str, str], ...] = ()


FIELDS = (
    Field("fremdref", "Fremdreferenz", "halter", length=30),
    Field("hal_name", "Name", "halter", required=True),
    Field("hal_vorname", "Vorname", "halter", required=True),
    Field("hal_gebdat", "Geburtsdatum", "halter", "datum", length=10),
    Field("hal_str", "Straße, Hausnr.", "halter", required=True),
    Field("hal_plz", "PLZ", "halter", required=True, length=5),
    Field("hal_ort", "Ort", "halter", required=True),
    Field("hal_tel", "Telefon", "halter", length=30),
    Field("hal_email", "E-Mail", "halter", length=80),
    Field("bank_iban", "IBAN", "halter", length=34),
    Field("bank_sepa", "SEPA-Mandat erteilt", "halter", "haken"),
    Field("hd_name", "Rufname", "hund", required=True),
    Field("hd_rasse", "Rasse", "hund"),
    Field("hd_wurf", "Wurfdatum", "hund", "datum", length=10),
    Field("hd_chip", "Chip-Nr.", "hund", length=15),
    Field("hd_seit", "gehalten seit", "hund", "datum", required=True, length=10),
    Field(
        "hd_anzahl",
        "Hunde im Haushalt",
        "hund",
        "auswahl",
        required=True,
        options=(("1", "ein Hund"), ("2", "zwei Hunde"), ("3", "drei und mehr Hunde")),
    ),
    Field("hd_erst", "Ersthund", "hund", "haken"),
    Field("hd_gefahr", "gefährlicher Hund", "hund", "haken"),
)
NAMES = tuple(field.name for field in FIELDS)


def fields_of(page: str) -> tuple[Field, ...]:
    """The fields of one page of the entry form."""
    return tuple(field for field in FIELDS if field.page == page)
