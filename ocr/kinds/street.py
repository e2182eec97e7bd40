"""Street and house number in one field: "Hauptstraße 12a". The value has one blank before the number.

Spellings stay as they are ("Hauptstr." is not made longer). On an English form the number stands in front.
"""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.digits import REPAIRED, TO_DIGIT
from ocr.page import Note

_SUFFIX = r"(?:\s?[a-zA-Z](?![a-zA-Z]))?"
_TAIL = rf"(?:\s?[-–/+]\s?(?:\d{{1,4}}{_SUFFIX}|[a-zA-Z](?![a-zA-Z]))|\s?1/[234])*"
_NUMBER = re.compile(rf"(?<![\d,])\s*(\d{{1,4}}{_SUFFIX}{_TAIL})$", re.ASCII)
_IN_FRONT = re.compile(rf"\d{{1,5}}{_SUFFIX},? [A-Z].*", re.ASCII)
_SQUARE = re.compile(r"([A-Z])\s?(\d)\s?,\s?(\d{1,2}(?:\s?[a-z]|\s?-\s?\d{1,2})?)")  # Mannheim: "C 4, 12"
_PO_BOX = re.compile(r"Postfach\s?\d[\d ]{1,8}", re.IGNORECASE)
_LIKE_NUMBER = re.compile(r"(?:\s|(?<=\.))([0-9OoQIl|!]{2,4}|[Il|!])\s?([a-z])?$")
_LIKE_DIGIT = re.compile(r"\d\s?[OoQqIiZzSsT]$")
"""No house needs such a letter: after a, b and c it would be the ninth and more on one number."""
LIKE_DIGIT = Note("K028", "Der Buchstabe hinter der Hausnummer gleicht einer Ziffer. Bitte mit dem Bild vergleichen.")
NO_NUMBER = Note("K016", "Eine Hausnummer wurde nicht gelesen. Bitte am Bild nachsehen.")


def parse(text: str) -> Parsed | None:
    """The first line that holds letters: 1.0 with a number, 0.8 without, 0.5 where its digits were letters."""
    for line in text.splitlines():
        plain = re.sub(r"\s+", " ", line).strip(" |_~^°*\\=<>{}:;,.'’\"-–")
        if sum(c.isalpha() for c in plain) >= 2 or _SQUARE.fullmatch(plain):
            return _parse(plain)
    return None


def _parse(line: str) -> Parsed:
    if square := _SQUARE.fullmatch(line):
        return Parsed(f"{square[1]} {square[2]}, {square[3]}")
    if _PO_BOX.fullmatch(line) or _IN_FRONT.fullmatch(line):
        return Parsed(line, 1.0)
    like = _LIKE_NUMBER.search(line)
    if like and any(c in "OoQIl|!" for c in like[1]) and (any(c.isdigit() for c in like[1]) or like[1] in "Il|!"):
        number = like[1].translate(TO_DIGIT) + (like[2] or "")
        return Parsed(f"{_name(line[: like.start()])} {number}", 0.5, (REPAIRED,))
    if (found := _NUMBER.search(line)) and sum(c.isalpha() for c in line[: found.start()]) >= 2:
        notes = (LIKE_DIGIT,) if _LIKE_DIGIT.search(found[1]) else ()
        return Parsed(f"{_name(line[: found.start()])} {_tidy(found[1])}", _usual(line), notes)
    return Parsed(line, min(0.8, _usual(line)), (NO_NUMBER,))


def _name(street: str) -> str:
    return street.strip(" ,|_~:;")


def _tidy(number: str) -> str:
    """ "12 A" and "12 - 14" without blanks: one number."""
    return re.sub(r"\s?([-/+])\s?", r"\1", re.sub(r"(?<=\d)\s(?=[a-zA-Z])", "", number.replace("–", "-")))


def _usual(line: str) -> float:
    return sum(c.isalnum() or c in " .,-/()'’+–" for c in line) / len(line)
