"""An IBAN: known country, right length, right check digits; German ones with an existing bank code."""

from __future__ import annotations

from collections.abc import Mapping

from schwifty import IBAN
from schwifty.exceptions import InvalidBankCode, InvalidChecksumDigits, InvalidLength, SchwiftyException

NAME = "iban"
CODE = "R001"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    try:
        iban = IBAN(value)
    except InvalidLength:
        return "Die IBAN hat nicht die richtige Länge (in Deutschland 22 Stellen). Bitte mit dem Papier vergleichen."
    except InvalidChecksumDigits:
        return "Die Prüfziffer der IBAN stimmt nicht. Bitte jede Stelle mit dem Papier vergleichen."
    except SchwiftyException:
        return "Das ist keine gültige IBAN. Bitte mit dem Papier vergleichen."
    try:
        bank = iban.bank if iban.country_code == "DE" else True
    except InvalidBankCode:
        bank = None
    if not bank:
        return "Die Bankleitzahl in der IBAN gibt es nicht. Bitte mit dem Papier vergleichen."
    return None
