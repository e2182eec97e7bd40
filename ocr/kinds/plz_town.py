"""Postal code and town in one field: "72488 Sigmaringen". The value has one blank between them."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.plz import parse as parse_plz
from ocr.page import Note

CHARS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüßÄÖÜéèâáàôûÿŁłěščřžýíůňšćńąęśźż .,-/()'"
_DIGIT_LIKE = "0-9OoQDIil|!ZzSsGbBTq"
_PLZ_FIRST = re.compile(rf"(?:DE?\s?[-–—]\s?|DE?\s)?([{_DIGIT_LIKE}](?:\s?[{_DIGIT_LIKE}]){{4}})[\s,.]*(?=\S)(.+)")
_PLZ_LAST = re.compile(r"(\D+?)[\s,]+(\d{5})", re.ASCII)
TURNED = Note("K014", "Postleitzahl und Ort standen anders herum. Bitte mit dem Bild vergleichen.")
ODD_TOWN = Note("K015", "Der Ortsname enthält Zeichen, die kein Ortsname hat. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """The first line that holds both: quality of the postal code, lower for a town with digits in its name."""
    for line in (*text.splitlines(), text.replace("\n", " ")):
        parsed = _parse(re.sub(r"\s+", " ", line).strip(" |_~*.,:;"))
        if parsed:
            return parsed
    return None


def _parse(line: str) -> Parsed | None:
    found = _PLZ_FIRST.fullmatch(line)
    if found and sum(c.isdigit() for c in found[1]) >= 3:
        return _joined(found[1], found[2], ())
    turned = _PLZ_LAST.fullmatch(line)
    return _joined(turned[2], turned[1], (TURNED,)) if turned else None


def _joined(code: str, town: str, notes: tuple[Note, ...]) -> Parsed | None:
    plz = parse_plz(code)
    town = clean_town(town)
    if (
        plz is None
        or not town[:1].isalpha()
        or sum(c.isalpha() for c in town) < 2
        or (plz.notes and not town[0].isupper())
    ):
        return None  # "7248 Sigmaringen": the S is no digit, one digit was lost
    quality = min(plz.quality, town_quality(town), 0.8 if notes else 1.0)
    if town_quality(town) < 0.9:
        notes = (*notes, ODD_TOWN)
    return Parsed(f"{plz.value} {town}", quality, (*plz.notes, *notes))


def clean_town(town: str) -> str:
    """One line without the strokes and points that engines make of ruled lines."""
    return re.sub(r"\s+", " ", town).strip(" |_~^°*\\=<>{}:;,.'’\"-")


def town_quality(town: str) -> float:
    """1.0 for capitals, letters and the signs of town names ("Frankfurt (Oder)", "Halle/Saale", "St. Ingbert")."""
    usual = sum(c.isalpha() or c in " .-/()'" for c in town) / len(town)
    return usual if town[0].isupper() and usual == 1.0 else min(0.5, usual)
