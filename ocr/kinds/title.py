"""What stands with a person's name: title, function, office ("Executive Director\\nPublic Affairs")."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.person import TITLE_WORDS, split, title_word
from ocr.page import Note

REPAIRED = Note("L007", "Ein verlesenes Wort wurde nach der Wortliste ergänzt. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """The part of the block that follows the name. A known word with one wrong letter is repaired, and says so."""
    _, read = split(text)
    read = "\n".join(re.sub(r"^[^\w&]+|^_+|[\s_|~=*]+$", "", line) for line in read.splitlines())
    if sum(c.isalpha() for c in read) < 3:
        return None
    title = re.sub(r"[A-Za-z]{5,}", _repaired, read)
    known = any(word in TITLE_WORDS for word in re.findall(r"[a-z]{3,}", title.casefold()))
    if title != read:
        return Parsed(title, 0.8, (REPAIRED,))
    return Parsed(title, 1.0 if known else 0.3)


def _repaired(found: re.Match[str]) -> str:
    word = found[0]
    if word.casefold() in TITLE_WORDS:
        return word
    better = title_word(word)
    if better is None:
        return word
    return better.upper() if word.isupper() else better.capitalize() if word[0].isupper() else better
