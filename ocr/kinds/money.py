"""An amount of money: "1.234,56 EUR", "€ 1.234,-", "12,50"; "$1,234.56" on an English form.

The value is a plain decimal number with two places, "1234.56"; the currency is not part of it, but a foreign one
is said. A minus may stand before or behind; on English forms brackets are a minus too.
"""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.quantity import AMBIGUOUS, Decimal, decimal
from ocr.page import Note

USES_LANGUAGE = True
CHARS = "0123456789.,'’-−–—+() €$£EURUSDCHFGBPeuro"
_OWN = r"€|EUR|EURO"
_ENGLISH = r"US ?\$|U\.S\. ?\$|\$|£|USD|GBP|dollars?"
_FOREIGN = rf"{_ENGLISH}|CHF|SFR\.?|Fr\.|DM"
_CURRENCY = re.compile(rf"(?<![A-Za-z])(?:{_OWN}|{_FOREIGN})(?![A-Za-z])", re.IGNORECASE)
_NO_CENTS = re.compile(r"[.,]\s?(?:[-–—−_=]{1,3}|0[-–—])$")
_AMOUNT = r"(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d{1,9})(?:[.,] ?(?:\d\d|[-–—]{1,2}))?"
GRAMMAR = rf"(?:(?:€|EUR|Euro|\$) ?)?[-−]? ?{_AMOUNT}(?: ?(?:€|EUR|Euro))?"

FOREIGN = Note("K013", "Bei diesem Betrag steht eine andere Währung. Bitte mit dem Bild vergleichen.")


def parse(text: str, language: str = "deu") -> Parsed | None:
    """1.0 as usual; less in a foreign habit, with odd cents, with letters taken for digits, in another currency."""
    plain = re.sub(r"\s+", " ", text).strip(" |_~*:;")
    currencies = [found[0] for found in _CURRENCY.finditer(plain)]
    plain, negative, quality = _sign(_CURRENCY.sub(" ", plain).strip(" .:;*="), language)
    number = _amount(plain, language)
    if number is None or len(number.part) > 2:
        return None
    notes = number.notes
    quality = min(quality, number.quality, 0.7 if len(number.part) == 1 else 1.0)
    if quality < 1.0 and not notes:
        notes = (AMBIGUOUS,)
    if any(not re.fullmatch(_ENGLISH if language == "eng" else _OWN, name, re.IGNORECASE) for name in currencies):
        quality, notes = min(quality, 0.7), (*notes, FOREIGN)
    return Parsed(Decimal(negative, number.whole, number.part).text(2), quality, notes)


def _sign(plain: str, language: str) -> tuple[str, bool, float]:
    """What is left of the amount without its sign, whether that was a minus, and how sure that is."""
    no_cents = _NO_CENTS.search(plain)
    if no_cents:
        plain = plain[: no_cents.start()].rstrip()
    if before := re.match(r"[-−–+]\s*", plain):
        return plain[before.end() :], before[0][0] != "+", 1.0
    if not no_cents and (behind := re.search(r"\s*[-−–]$", plain)):
        return plain[: behind.start()], True, 0.8  # a clerk's minus, or a stroke that closes the line
    if language == "eng" and (inside := re.fullmatch(r"\(\s*(.+?)\s*\)", plain)):
        return inside[1], True, 0.85
    return plain, False, 1.0


def _amount(plain: str, language: str) -> Decimal | None:
    number = decimal(plain.rstrip(".,"), language)
    if number is None:
        lost = re.fullmatch(r"(\d{1,6}) (\d\d)", plain, re.ASCII)  # the point between them was too faint
        return Decimal(False, lost[1], lost[2], 0.5, (AMBIGUOUS,)) if lost else None
    if len(number.part) == 3 and len(number.whole) <= 3:  # nobody writes a tenth of a cent: a thousand
        return Decimal(False, number.whole + number.part, "", 0.5, (AMBIGUOUS,))
    return number
