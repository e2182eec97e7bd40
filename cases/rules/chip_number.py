"""The number of a pet's transponder: 15 digits that begin with a country or maker code.

Source: ISO 11784: three digits of country (ISO 3166, up to 899) or maker (900 to 998); 999 is for tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "chip_number"
CODE = "R005"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if not re.fullmatch(r"\d{15}", value, re.ASCII):
        return "Eine Chipnummer hat genau 15 Ziffern. Bitte mit dem Papier vergleichen."
    if not 4 <= int(value[:3]) <= 998:
        return "Die ersten drei Ziffern der Chipnummer sind kein Länder- oder Herstellercode. Bitte vergleichen."
    return None
