"""IBAN: upper case without blanks, check digits by ISO 13616. A repaired reading always says so."""

from __future__ import annotations

import re
from itertools import combinations

from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import iban as standard

from ocr.kinds import Parsed
from ocr.page import Note

CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
GRAMMAR = r"DE ?\d\d(?: ?\d{4}){4} ?\d\d|(?!DE)[A-Z]{2} ?\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?"
GERMAN_LENGTH = 22  # Source: ISO 13616 registry, entry DE
SHORTEST, LONGEST = 15, 34  # Source: ISO 13616
TO_DIGIT = str.maketrans("OQDILZESGTBAY", "0001123567844")
"""Letters that engines read where a digit stands. Evidence only: a value changed by it is never silently sure."""
TO_DE = {"OE", "0E", "DF", "PE", "D6", "DC", "BE", "0F"}
STROKES = "1I|L!"
REPAIRED = Note("K001", "Die Lesung wurde an die Prüfziffer angepasst. Bitte mit dem Bild vergleichen.")
NO_BANK = Note("K020", "Die Bankleitzahl in der IBAN gibt es nicht. Bitte mit dem Bild vergleichen.")
WRONG = Note("K002", "Die Prüfziffer der IBAN passt nicht. Bitte mit dem Bild vergleichen oder nachfragen.")


def parse(text: str) -> Parsed | None:
    """An IBAN with its check digits.

    1.0 valid as read (proven where it is of a German bank), 0.8 valid but of no German bank that is known, 0.6 valid
    after a repair, 0.4 not valid.
    """
    read = re.sub(r"[^0-9A-Z|!]", "", text.upper())
    plain = read.replace("|", "").replace("!", "")
    if not SHORTEST <= len(plain) <= LONGEST + 6:
        return None
    if standard.is_valid(plain):
        return Parsed(plain, 1.0, proven=plain.startswith("DE")) if _has_bank(plain) else Parsed(plain, 0.8, (NO_BANK,))
    repaired = _repaired(read)
    if repaired is not None:
        return Parsed(repaired, 0.6, (REPAIRED,))
    if len(plain) > LONGEST or not re.match(r"[A-Z]{2}[0-9]{2}|[A-Z0-9]{2}[0-9]{10}", plain):
        return None
    return Parsed(plain, 0.4, (WRONG,))


def _has_bank(iban: str) -> bool:
    """Is the bank code of a German IBAN given out? Of other countries the register knows too few banks."""
    try:
        return not iban.startswith("DE") or IBAN(iban).bank is not None
    except SchwiftyException:
        return False


def _repaired(read: str) -> str | None:
    """The one valid German IBAN that a few usual confusions away from `read`; None if there is none or several."""
    found = {candidate for candidate in _german(read) if standard.is_valid(candidate)}
    return found.pop() if len(found) == 1 else None


def _german(read: str) -> set[str]:
    """What a German IBAN would be if letters in digit places and strokes of the comb were misread."""
    extra = len(read) - GERMAN_LENGTH
    if not 0 <= extra <= 3:
        return set()
    strokes = [n for n, letter in enumerate(read) if letter in STROKES and n > 1]
    shapes = (
        "".join(letter for n, letter in enumerate(read) if n not in dropped) for dropped in combinations(strokes, extra)
    )
    return {"DE" + shape[2:].translate(TO_DIGIT) for shape in shapes if shape[:2] == "DE" or shape[:2] in TO_DE}
