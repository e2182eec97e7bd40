"""A person's name: letters of any script, hyphen, apostrophe, dot and blanks; at least one letter, no digits."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

NAME = "name"
CODE = "R008"
ALLOWED = set(" -'’.,‐")


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    letters = [char for char in value if char not in ALLOWED]
    if not letters or not all(unicodedata.category(char)[0] in "LM" for char in letters):
        return "Der Name enthält Zeichen, die in keinem Namen vorkommen. Bitte mit dem Papier vergleichen."
    return None
