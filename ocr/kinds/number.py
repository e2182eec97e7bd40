"""A number of digits, such as a registration or file number; blanks and a leading "No." are left out."""

from __future__ import annotations

import re

from ocr.kinds import Parsed

CHARS = "0123456789"

_LOOKS_LIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})


def parse(text: str) -> Parsed | None:
    """The digits. Letters that look like digits count as digits, at a lower quality."""
    text = re.sub(r"(?i)\b(no|nr|nummer|number)\b\.?|[#№]", " ", text)
    found = re.findall(r"\d+", re.sub(r"(?<=\d)[ .,](?=\d)", "", text))
    repaired = re.findall(r"\d+", text.translate(_LOOKS_LIKE))
    if not repaired:
        return None
    longest, guess = max(found, key=len, default=""), max(repaired, key=len)
    if len(guess) > len(longest) + 1 or not longest:
        return Parsed(guess, 0.4)
    rest = sum(c.isalnum() for c in text) - len(longest)
    return Parsed(longest, 1.0 if rest == 0 else max(0.3, 0.9 - 0.1 * rest))
