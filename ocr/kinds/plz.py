"""German postal code: five digits."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.digits import parse as parse_digits

CHARS = "0123456789"
GRAMMAR = r"(?:D ?- ?)?(?:\d{5}|\d(?: \d){4}|\d\d \d{3})"
UNUSED_REGIONS = {"00", "05", "43", "62"}  # Source: Leitregionen der Deutschen Post, never assigned


def parse(text: str) -> Parsed | None:
    """Five digits, with or without "D-": 1.0 as read, 0.5 repaired, 0.3 for a region that does not exist."""
    read = parse_digits(re.sub(r"^\s*(D|DE)\s*[-–—]\s*", "", text))
    if read is None or len(read.value) != 5:
        return None
    quality = min(read.quality, 0.3) if read.value[:2] in UNUSED_REGIONS else read.quality
    return Parsed(read.value, quality, read.notes)
