"""A German tax id (Steuer-IdNr.): eleven digits with a check digit.

Source: ISO 7064 MOD 11,10; of the first ten digits exactly one comes twice or three times.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from stdnum.de import idnr

NAME = "tax_id"
CODE = "R013"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if not re.fullmatch(r"\d{11}", value, re.ASCII):
        return "Eine Steuer-Identifikationsnummer hat genau elf Ziffern. Bitte mit dem Papier vergleichen."
    if not idnr.is_valid(value):
        return "Die Prüfziffer der Steuer-IdNr. stimmt nicht. Bitte jede Stelle mit dem Papier vergleichen."
    return None
