"""A German postcode: five digits in a range that Deutsche Post gives out.

Source: the leading two digits in use, Deutsche Post "Leitregionen"; 00, 05, 43 and 62 are not in use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "plz"
CODE = "R002"
UNUSED = {"00", "05", "43", "62"}
LOWEST, HIGHEST = 1067, 99998


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if not re.fullmatch(r"\d{5}", value, re.ASCII):
        return "Eine Postleitzahl hat genau fünf Ziffern. Bitte mit dem Papier vergleichen."
    if value[:2] in UNUSED or not LOWEST <= int(value) <= HIGHEST:
        return "Diese Postleitzahl ist nicht vergeben. Bitte mit dem Papier vergleichen."
    return None
