"""Telephone number: area code, one blank, number without separators ("07531 123456", "+49 171 3920012")."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.digits import REPAIRED, TO_DIGIT
from ocr.page import Note

CHARS = "0123456789+/-() "
FEWEST, MOST = 6, 15  # Source: ITU-T E.164, at most 15 digits
SEPARATORS = r"\s/\-–—.()"


def parse(text: str) -> Parsed | None:
    """1.0 as read, 0.5 with letters taken for digits; the country code is kept as it is written."""
    plain = text.strip()
    notes: tuple[Note, ...] = ()
    quality = 1.0
    if re.search(rf"[^0-9+{SEPARATORS}]", plain):
        plain = plain.translate(TO_DIGIT)
        quality, notes = 0.5, (REPAIRED,)
        if re.search(rf"[^0-9+{SEPARATORS}]", plain):
            return None
    plain = re.sub(r"\(0\)", "", plain)
    plain = re.sub(r"^00(?=[1-9])", "+", plain)
    country, rest = _split_country(plain)
    groups = [group for group in re.split(rf"[{SEPARATORS}]+", rest) if group]
    count = sum(map(len, groups))
    if "+" in rest or not FEWEST <= count <= MOST:
        return None
    if country in ("", "+49"):
        groups = _by_area_code(groups)
    number = groups[0] if len(groups) == 1 else f"{groups[0]} {''.join(groups[1:])}"
    return Parsed(f"{country} {number}" if country else number, quality, notes)


def _by_area_code(groups: list[str]) -> list[str]:
    """Groups cut after the area code where its length is known, whatever blanks were written or lost.

    Source: Bundesnetzagentur: 30, 40, 69 and 89 are the only area codes of two digits; 16x and 17x are mobile.
    """
    whole = "".join(groups)
    known = re.match(r"0?(?:30|40|69|89)(?=\d)|0?1[67]\d(?=\d)", whole)
    return [known[0], whole[known.end() :]] if known else groups


def _split_country(plain: str) -> tuple[str, str]:
    found = re.match(r"\s*(\+49|\+[1-9]\d{0,2}(?=[\s/\-(]))", plain)
    return (found[1], plain[found.end() :]) if found else ("", plain)
