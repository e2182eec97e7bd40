"""A quantity: "1.234,5", "12", "1,234.5" on an English form. The value is a plain decimal number, "1234.5".

Which sign parts the thousands and which the decimals is decided by the form's language; where the signs only make
sense the other way round, they are read so, and the reading says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ocr.kinds import Parsed
from ocr.kinds.digits import REPAIRED, TO_DIGIT
from ocr.page import Note

USES_LANGUAGE = True
CHARS = "0123456789.,'’-−+ "
MOST_DIGITS = 15
GRAMMAR = r"[-−+]? ?(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d{1,9})(?:[.,]\d{1,4})?"

AMBIGUOUS = Note(
    "K012", "Diese Zahl lässt sich verschieden deuten (Punkt, Komma, Minus). Bitte mit dem Bild vergleichen."
)


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number in plain figures: `whole` and `part` are digits only, `quality` as in `Parsed`."""

    negative: bool
    whole: str
    part: str
    quality: float = 1.0
    notes: tuple[Note, ...] = ()

    def text(self, places: int = 0) -> str:
        """Plain decimal notation with at least so many decimal places; zero has no sign."""
        whole, part = self.whole.lstrip("0") or "0", self.part.ljust(places, "0")
        sign = "-" if self.negative and (whole + part).strip("0") else ""
        return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def parse(text: str, language: str = "deu") -> Parsed | None:
    """1.0 in the form's own habit, 0.7 in another one, 0.5 with letters taken for digits."""
    plain = re.sub(r"\s+", " ", text).strip(" |_~.,:;")
    sign = re.match(r"[-−–+]\s*", plain)
    number = decimal(plain[sign.end() :] if sign else plain, language)
    if number is None:
        return None
    negative = sign is not None and sign[0][0] != "+"
    return Parsed(Decimal(negative, number.whole, number.part).text(), number.quality, number.notes)


def decimal(text: str, language: str) -> Decimal | None:
    """An unsigned number, without anything around it; None if it is none."""
    if not any(c.isdigit() for c in text):
        return None
    read = _figures(text, language)
    if read is not None:
        return read
    guessed = text.translate(TO_DIGIT)
    changed = sum(a != b for a, b in zip(text, guessed, strict=True))
    read = _figures(guessed, language) if 0 < changed * 2 <= len(text) else None
    return read and Decimal(False, read.whole, read.part, min(read.quality, 0.5), (REPAIRED, *read.notes))


def _figures(text: str, language: str) -> Decimal | None:
    text = re.sub(r"(?<=[\d.,])\s+(?=[.,])|(?<=[.,])\s+(?=\d)", "", text)  # blanks beside a sign
    german, english = ("[.'’ ]", ","), ("[,'’ ]", r"\.")
    own, foreign = (german, english) if language == "deu" else (english, german)
    if read := _split(text, *own):
        thousands = len(read[0]) <= 3 and len(read[1]) == 3  # "1,234": a thousand to the other half of the world
        return Decimal(False, *read, 0.8, (AMBIGUOUS,)) if thousands else Decimal(False, *read)
    read = _split(text, *foreign)
    return Decimal(False, *read, 0.7, (AMBIGUOUS,)) if read else None


def _split(text: str, group: str, point: str) -> tuple[str, str] | None:
    """Digits before and after the point; all groups are parted by the same sign."""
    found = re.fullmatch(rf"(\d{{1,3}}(?:({group})\d{{3}}(?:\2\d{{3}})*)|\d+)(?:{point}(\d+))?", text, re.ASCII)
    if found is None:
        return None
    whole, part = re.sub(r"\D", "", found[1]), found[3] or ""
    return (whole, part) if len(whole) + len(part) <= MOST_DIGITS else None
