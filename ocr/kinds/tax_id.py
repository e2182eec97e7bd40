"""German tax id of a person (Steuerliche Identifikationsnummer): eleven digits, the last one checks the others."""

from __future__ import annotations

from stdnum.de import idnr

from ocr.kinds import Parsed
from ocr.kinds.digits import parse as parse_digits
from ocr.page import Note

CHARS = "0123456789 "
GRAMMAR = r"[1-9]\d ?\d{3} ?\d{3} ?\d{3}"
LENGTH = 11
WRONG = Note("K010", "Die Prüfziffer der Steuer-IdNr. passt nicht. Bitte mit dem Bild vergleichen oder nachfragen.")


def parse(text: str) -> Parsed | None:
    """1.0 valid as read, 0.5 with letters taken for digits, 0.4 for eleven digits that do not fit together.

    No digit is changed to make the number valid: a check digit finds errors, it cannot tell which digit is wrong.
    """
    read = parse_digits(text)
    if read is None or len(read.value) != LENGTH:
        return None
    if idnr.is_valid(read.value):
        return read
    return Parsed(read.value, 0.4, (*read.notes, WRONG))
