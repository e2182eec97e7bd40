"""A calendar date in German or English habits; the value is ISO, `2026-11-23`.

Numbers alone are month-first on an English form, except `05.11.2012` (points and two digits each), which is the
European way of writing; on all other forms they are day-first. A two-digit year belongs to the hundred years that end
with next year. A date that can be read both ways, where the language does not decide, has a lower quality and says so.
"""

from __future__ import annotations

import datetime
import re
from itertools import combinations

from rapidfuzz import process

from ocr.kinds import Parsed
from ocr.kinds.digits import REPAIRED
from ocr.kinds.quantity import AMBIGUOUS
from ocr.page import Note

USES_LANGUAGE = True
CHARS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäÄ .,/-'’"

MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12,
    "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "maerz": 3, "mai": 5, "juni": 6, "juli": 7, "oktober": 10,
    "dezember": 12,
    "jan": 1, "feb": 2, "mar": 3, "mär": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9,
    "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip

_NAMES = "|".join(sorted({n.capitalize() for n in MONTHS} | {n.upper() for n in MONTHS}, key=len, reverse=True))
_DAY, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:'?\d\d|(?:19|20) ?\d\d)"
_SIGN = r"(?:[/.,-]|\. | ?/ ?| ?- ?)"
GRAMMAR = (
    rf"(?:{_DAY}{_SIGN}{_DAY}{_SIGN}{_YEAR}"
    rf"|(?:{_NAMES})\.? ?{_DAY}(?:st|nd|rd|th)?[,.]? ?{_YEAR}"
    rf"|(?:[Tt]his ?)?{_DAY}(?:st|nd|rd|th|\.)? ?(?:day)? ?(?:of)? ?(?:{_NAMES})[.,]? ?,? ?{_YEAR}[.,]?)"
)
"""Spellings of a date, for readings of handwriting in which a stroke may be a digit or a sign."""

TURNED = Note("K018", "Tag und Monat ergeben nur vertauscht ein Datum. Bitte mit dem Bild vergleichen.")
MONTH = Note("K019", "Der Name des Monats wurde gedeutet. Bitte mit dem Bild vergleichen.")
ONES = Note("K005", "Aus einer gelesenen 7 wurde eine 1, damit ein Datum entsteht. Bitte mit dem Bild vergleichen.")
EITHER = Note("K027", "Tag und Monat lassen sich hier auch vertauscht lesen. Bitte am Bild entscheiden.")
NO_SUCH_DAY = Note("K026", "Diesen Tag gibt es im Kalender nicht. Bitte mit dem Bild vergleichen oder nachfragen.")
_DIGIT_LIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})
UNDECIDED = 0.8
"""The quality of a date in the European way of writing on an English form."""
_OF = re.compile(r"\b(this|den|am|dated?|datum|day|of|on|the)\b", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=\d)\s*(st|nd|rd|th|\.?t[hn])\b", re.IGNORECASE)
_SPLIT_YEAR = re.compile(r"\b(19|20)\s+(\d{2})(?!\d)")


def parse(text: str, language: str = "deu") -> Parsed | None:
    """The first date in the text, or None."""
    for candidate in (text.replace("\n", " "), *text.splitlines()):
        parsed = _parse(candidate, language)
        if parsed:
            return parsed
    return None


def _parse(text: str, language: str) -> Parsed | None:
    text = re.sub(r"\s+", " ", text).strip()
    return _iso(text) or _with_month_name(text) or _numbers(text, language) or _bare_digits(text, language)


def why_not(text: str, language: str = "deu") -> Note | None:
    """A note where the text is a day of a month as people write it, but no day of the calendar ("31.02.2024")."""
    plain = re.sub(r"\s", "", text)
    found = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})|(\d\d)(\d\d)(\d{4})", plain, re.ASCII)
    if found is None or parse(text, language) is not None:
        return None
    first, second, year = (int(part) for part in found.groups() if part)
    days = {(first, second), (second, first)} if language == "eng" else {(first, second)}
    missing = any(29 <= day <= 31 and 1 <= month <= 12 for day, month in days)
    return NO_SUCH_DAY if missing and (year < 100 or 1850 <= year <= 2100) else None


def _iso(text: str) -> Parsed | None:
    found = re.search(r"\b((?:19|20)\d\d)\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})(?!\d)", text)
    return _dated(int(found[1]), int(found[2]), int(found[3]), 1.0) if found else None


def _with_month_name(text: str) -> Parsed | None:
    plain = _ORDINAL.sub(" ", _OF.sub(" ", text))
    for word in re.finditer(r"[^\W\d_]{3,}", plain):
        month, likeness = _month(word[0])
        if month:
            before = re.findall(r"\d+", plain[: word.start()])
            after = re.findall(r"\d+", _SPLIT_YEAR.sub(r"\1\2", plain[word.end() :]))
            dated = _around_month(before, month, after, likeness)
            if dated:
                return dated if likeness == 1.0 else _noted(dated, MONTH)
    return None


def _month(word: str) -> tuple[int, float]:
    folded = word.casefold()
    if folded in MONTHS:
        return MONTHS[folded], 1.0
    names = [name for name in MONTHS if len(name) > 3]
    best = process.extractOne(folded, names, score_cutoff=66 if len(folded) > 3 else 80)
    return (MONTHS[best[0]], best[1] / 100) if best else (0, 0.0)


def _around_month(before: list[str], month: int, after: list[str], likeness: float) -> Parsed | None:
    whole = len(after) >= 2 and len(after[0]) <= 2 and re.fullmatch(r"(19|20)\d\d", after[1])
    if before and after and len(before[-1]) <= 2 and not whole:  # 5 October 1982
        return _dated(_year(after[0]), month, int(before[-1]), likeness)
    if len(after) >= 2 and len(after[0]) <= 2:  # October 5, 1982
        return _dated(_year(after[1]), month, int(after[0]), likeness)
    if after and len(after[0]) in (5, 6):  # October 51982, the blank was lost
        return _noted(_dated(_year(after[0][-4:]), month, int(after[0][:-4]), 0.7 * likeness), AMBIGUOUS)
    return None


def _numbers(text: str, language: str) -> Parsed | None:
    clean = re.sub(r"(?<=\d)[OolI|SBQZ](?=[\d/.,\- ]|$)|(?<=[\d/.,\- ])[OolIQ](?=\d)", _as_digit, text)
    found = re.search(
        r"(?<!\d)(\d{1,2})\s*([-–/.,:;'’ ]+|[lI|])\s*(\d{1,2})\s*([-–/.,:;'’ ]+|[lI|])\s*(\d{4}|\d{2})(?!\d)", clean
    )
    if not found:
        return None
    first, second, year = int(found[1]), int(found[3]), _year(found[5])
    european = "." in found[2] and "." in found[4] and len(found[1]) == len(found[3]) == 2 and len(found[5]) == 4
    quality = 1.0 if clean == text and set("-/.") & set(found[2]) else 0.85
    ordered = _ordered(first, second, year, language != "eng" or european, quality, _certain(language, european))
    return ordered if clean == text else _noted(ordered, REPAIRED)


def _as_digit(found: re.Match[str]) -> str:
    return found[0].translate(_DIGIT_LIKE)


def _certain(language: str, european: bool) -> float:
    if language != "eng":
        return 1.0
    return UNDECIDED if european else 0.95


def _ordered(first: int, second: int, year: int, day_first: bool, quality: float, certain: float) -> Parsed | None:
    day, month = (first, second) if day_first else (second, first)
    other = _dated(year, day, month, quality * 0.8)  # the unusual order, where only that is a date
    usual = _dated(year, month, day, quality)
    if usual and other and first != second:
        return Parsed(usual.value, usual.quality * certain, (EITHER,) if certain == UNDECIDED else ())
    return usual or _noted(other, TURNED)


def _noted(parsed: Parsed | None, note: Note) -> Parsed | None:
    return parsed and Parsed(parsed.value, parsed.quality, (note, *parsed.notes))


def _bare_digits(text: str, language: str) -> Parsed | None:
    """Eight or six digits without all the signs between them, as in a comb."""
    digits = re.sub(r"\D", "", text)
    european = re.fullmatch(r"\d\d\.?\d\d\.?\d{4}", text.strip()) is not None and "." in text
    if len(digits) not in (6, 8) or sum(c.isalpha() for c in text) > 1:
        return None
    year = _year(digits[4:])
    quality = 0.95 if len(digits) == 8 and digits == re.sub(r"\s", "", text) else 0.6
    day_first = language != "eng" or european
    usual = _ordered(int(digits[:2]), int(digits[2:4]), year, day_first, quality, _certain(language, european))
    if usual and quality < 0.9:
        return _noted(usual, AMBIGUOUS)
    return usual or (_with_german_ones(digits) if language == "deu" and len(digits) == 8 else None)


def _with_german_ones(digits: str) -> Parsed | None:
    """The one past date that comes from taking the fewest sevens for ones: Germans write 1 with an upstroke.

    Evidence only: its quality is low, and it says so.
    """
    sevens = [place for place, digit in enumerate(digits) if digit == "7"]
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    for count in range(1, len(sevens) + 1):
        found = set()
        for places in combinations(sevens, count):
            text = "".join("1" if place in places else digit for place, digit in enumerate(digits))
            dated = _dated(int(text[4:]), int(text[2:4]), int(text[:2]), 0.5)
            if dated and "1900" <= dated.value <= today:
                found.add(dated.value)
        if found:
            return Parsed(found.pop(), 0.5, (ONES,)) if len(found) == 1 else None
    return None


def _year(digits: str) -> int:
    """Four digits as they are; two digits in the hundred years that end with next year."""
    if len(digits) > 4:
        return 0
    year = int(digits)
    if len(digits) > 2:
        return year
    last = datetime.datetime.now(tz=datetime.UTC).year + 1
    century = last - last % 100
    return century + year if century + year <= last else century - 100 + year


def _dated(year: int, month: int, day: int, quality: float) -> Parsed | None:
    last = datetime.datetime.now(tz=datetime.UTC).year + 20
    if not 1850 <= year <= last:
        return None
    try:
        return Parsed(datetime.date(year, month, day).isoformat(), quality)
    except ValueError:
        return None
