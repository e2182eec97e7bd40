"""An e-mail address: one @, a plausible name, a domain with an ending. Umlauts in the domain are fine."""

from __future__ import annotations

import re
from collections.abc import Mapping

NAME = "email"
CODE = "R006"
LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
LABEL = r"[A-Za-z0-9äöüßÄÖÜ](?:[A-Za-z0-9äöüßÄÖÜ-]{0,61}[A-Za-z0-9äöüßÄÖÜ])?"
ADDRESS = re.compile(rf"{LOCAL}@(?:{LABEL}\.)+[A-Za-z]{{2,63}}")


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    if len(value) > 254 or not ADDRESS.fullmatch(value):
        return "Das ist keine gültige E-Mail-Adresse. Bitte mit dem Papier vergleichen."
    return None
