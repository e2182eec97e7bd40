"""An amount of money as it is stored: a plain number with two decimal places ("1234.56")."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "money"
CODE = "R014"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if not re.fullmatch(r"-?\d{1,12}\.\d{2}", value, re.ASCII):
        return "Das ist kein Geldbetrag. Bitte mit zwei Stellen und Punkt eingeben, zum Beispiel 1234.56."
    return None
