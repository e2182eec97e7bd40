"""What stands with a person's name: title, function, office ("Executive Director\\nPublic Affairs")."""

from __future__ import annotations

from ocr.kinds import Parsed
from ocr.kinds.person import is_title, split


def parse(text: str) -> Parsed | None:
    """The part of the block that follows the name."""
    _, title = split(text)
    if sum(c.isalpha() for c in title) < 3:
        return None
    return Parsed(title, 1.0 if is_title(title) else 0.7)
