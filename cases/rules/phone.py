"""A telephone number: digits with the usual separators, an area code, 6 to 15 digits in all.

Source: ITU-T E.164 (at most 15 digits); German numbers begin with 0 or +49.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "phone"
CODE = "R007"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if not re.fullmatch(r"\+?[\d\s/().–-]+", value):
        return "Eine Telefonnummer besteht nur aus Ziffern und Trennzeichen. Bitte mit dem Papier vergleichen."
    digits = re.sub(r"\D", "", value)
    if not value.lstrip(" (").startswith(("0", "+")):
        return "Der Telefonnummer fehlt die Vorwahl. Bitte mit dem Papier vergleichen."
    if not 6 <= len(digits) <= 15:
        return "Die Telefonnummer ist zu kurz oder zu lang. Bitte mit dem Papier vergleichen."
    return None
