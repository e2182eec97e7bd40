"""A number that is an identifier, not a quantity: digits only, leading zeros kept (chip number, file number)."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.page import Note

CHARS = "0123456789 "
TO_DIGIT = str.maketrans("OoQDIil|!ZzSsGbBTq", "000011111225566879")
"""Letters that engines read where a digit stands. Evidence only."""
REPAIRED = Note("K003", "Einzelne Zeichen wurden als Ziffern gedeutet. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """The digits of `text`: 1.0 for nothing but digits and separators, 0.5 if letters were taken for digits."""
    plain = re.sub(r"[\s./\-–—_,']", "", text)
    if not plain:
        return None
    if plain.isascii() and plain.isdigit():
        return Parsed(plain, 1.0)
    guessed = plain.translate(TO_DIGIT)
    if not (guessed.isascii() and guessed.isdigit()):
        return None
    changed = sum(a != b for a, b in zip(plain, guessed, strict=True))
    return Parsed(guessed, 0.5, (REPAIRED,)) if changed * 3 <= len(plain) else None
