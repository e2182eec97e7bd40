"""When a document came in, by its printed stamp, and how a date that was written shortly before it may look.

Evidence for dates by hand: of two readings that fit the ink, the one that the stamp allows.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence

from ocr.kinds.date import parse
from ocr.sheet import Sheet

_STAMP = re.compile(r"\b(?:received|eingegangen|eingang)\b(.*)", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[./]\d{1,2}[./](?:19|20)\d\d")
DAYS_BEFORE = 60
"""A form is signed at most so long before it comes in."""
_SIGN = r" ?[/.,-] ?"


def received_on(sheets: Sequence[Sheet], language: str) -> datetime.date | None:
    """The date that most of the stamps on the pages say; None where there is none, or they disagree."""
    said: Counter[str] = Counter()
    for line in (line for sheet in sheets for line in sheet.lines):
        stamp = _STAMP.search(" ".join(word.text for word in line.words))
        date = _DATE.search(stamp[1]) if stamp else None
        parsed = parse(date[0], language) if date else None
        if parsed is not None:
            said[parsed.value] += 1
    most = said.most_common(1)
    return datetime.date.fromisoformat(most[0][0]) if most and 2 * most[0][1] > said.total() else None


def is_near(value: str, received: datetime.date) -> bool:
    """Was it written at most DAYS_BEFORE days before the document came in, and not after?"""
    return 0 <= (received - datetime.date.fromisoformat(value)).days <= DAYS_BEFORE


def grammar_before(received: datetime.date) -> str:
    """The spellings of all dates that are near, as a regular expression."""
    days: dict[tuple[int, int], list[int]] = {}
    for before in range(DAYS_BEFORE + 1):
        day = received - datetime.timedelta(days=before)
        days.setdefault((day.year, day.month), []).append(day.day)
    return "(?:" + "|".join(_month(year, month, of) for (year, month), of in days.items()) + ")"


def _month(year: int, month: int, days: Sequence[int]) -> str:
    first = datetime.date(year, month, 1)
    name = rf"(?:{first:%B}|{first:%b})\.?"
    day = "(?:" + "|".join(f"0?{d}" if d < 10 else str(d) for d in days) + ")"
    number = f"0?{month}" if month < 10 else str(month)
    years = rf"(?:{year}|'?{year % 100:02d})"
    return (
        rf"(?:{number}{_SIGN}{day}{_SIGN}{years}|{day}{_SIGN}{number}{_SIGN}{years}"
        rf"|{name} ?{day}(?:st|nd|rd|th)?[,./]? ?{years}"
        rf"|{day}(?:st|nd|rd|th)? ?(?:day)? ?(?:of)? ?{name}[.,]? ?{years})"
    )
