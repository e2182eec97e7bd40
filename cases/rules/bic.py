"""A BIC (ISO 9362): four letters, a country, two signs, with or without three for the branch."""

from __future__ import annotations

from collections.abc import Mapping

from stdnum import bic

NAME = "bic"
CODE = "R012"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if value != value.upper() or " " in value or not bic.is_valid(value):
        return "Das ist kein gültiger BIC (8 oder 11 Stellen ohne Leerzeichen). Bitte mit dem Papier vergleichen."
    return None
