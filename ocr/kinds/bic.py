"""BIC of a bank (ISO 9362): 8 or 11 capitals and digits. The register of banks in schwifty is evidence."""

from __future__ import annotations

import re
from itertools import product

from schwifty import BIC
from stdnum import bic as standard

from ocr.kinds import Parsed
from ocr.page import Note

CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
GRAMMAR = r"[A-Z]{4} ?[A-Z]{2} ?[A-Z0-9]{2}(?: ?[A-Z0-9]{3})?"
TO_LETTER = str.maketrans("01258|!", "OIZSBII")
"""Digits that engines read where a letter stands."""
SWAPS = {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "8": "B", "B": "8", "2": "Z", "Z": "2"}
MOST_SWAPS = 5
REPAIRED = Note("K007", "Der BIC wurde berichtigt gelesen. Bitte mit dem Bild vergleichen.")
UNKNOWN = Note("K008", "Diesen BIC kennt das Bankenverzeichnis nicht. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """1.0 for a bank that is known, 0.7 for one that is not, 0.6 repaired (letters and digits of one shape)."""
    read = re.sub(r"[^0-9A-Z|!]", "", text.upper())
    read = read.removeprefix("BIC") if len(read) in (11, 14) and _fits(_spelled(read[3:])) else read
    spelled = _spelled(read)
    if not _fits(spelled):
        return None
    if is_known(spelled):
        return Parsed(spelled, 1.0) if spelled == read else Parsed(spelled, 0.6, (REPAIRED,))
    if similar := _similar(spelled):
        return Parsed(similar, 0.6, (REPAIRED,))
    return Parsed(spelled, 0.7 if spelled == read else 0.5, (UNKNOWN,))


def is_known(bic: str) -> bool:
    """Does the register name a bank for it? A BIC of eight places stands for the head office."""
    return bool(BIC(bic, allow_invalid=True).bank_names)


def _fits(text: str) -> bool:
    return standard.is_valid(text)


def _spelled(text: str) -> str:
    """The first six places are letters: bank and country."""
    return text[:6].translate(TO_LETTER) + text[6:]


def _similar(bic: str) -> str | None:
    """The one known BIC that differs only in characters of one shape behind the country; None if none or several."""
    places = [n for n in range(6, len(bic)) if bic[n] in SWAPS]
    if not 0 < len(places) <= MOST_SWAPS:
        return None
    found = set()
    for swapped in product((False, True), repeat=len(places)):
        letters = list(bic)
        for place, swap in zip(places, swapped, strict=True):
            letters[place] = SWAPS[bic[place]] if swap else bic[place]
        if is_known(candidate := "".join(letters)):
            found.add(candidate)
    return found.pop() if len(found) == 1 else None
