"""Free text: one or more lines as they stand."""

from __future__ import annotations

import re

from ocr.kinds import Parsed

_STRAY = "|_~^°*\\=<>{}"


def parse(text: str) -> Parsed | None:
    """Lines with blanks folded; strokes that an engine makes of ruled lines are taken off the ends."""
    lines = [re.sub(r"\s+", " ", line).strip(_STRAY + " ") for line in text.splitlines()]
    kept = [line for line in lines if any(c.isalnum() for c in line)]
    if any(_letters(line) > 1 for line in kept):
        kept = [line for line in kept if _letters(line) > 1]  # a lone sign beside real lines is dust
    if not kept:
        return None
    value = "\n".join(kept)
    return Parsed(value, _quality(value))


def _letters(line: str) -> int:
    return sum(c.isalnum() for c in line)


def _quality(value: str) -> float:
    """Share of letters, digits, blanks and usual punctuation."""
    usual = sum(c.isalnum() or c in " \n.,;:&'’\"()/#+-@–" for c in value)
    return usual / len(value)
