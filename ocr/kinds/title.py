"""What stands with a person's name: title, function, office ("Executive Director\\nPublic Affairs")."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.person import TITLE_WORDS, split, title_word
from ocr.page import Note

_APART = re.compile(r"\b([B-HJ-Zb-hj-z]) ([a-z]{4,})\b")
"""A first letter that its word lost ("M naging")."""
_GOES_ON = re.compile(r"(?:,|&|/|-|\b(?:of|and|for|to|the))\s*$", re.IGNORECASE)
_CONTINUES = re.compile(r"^\s*(?:&|of\b|and\b|for\b|to\b)", re.IGNORECASE)
_WORDS = """
public planning section department division office energy technology marketing sales operations services
communications development finance legal policy government corporate controller human resources investor
"""
_OFFICES = frozenset(_WORDS.split())
"""Of what somebody is in charge; a line with none of these is taken for the firm or its address, less surely."""

REPAIRED = Note("L007", "Ein verlesenes Wort wurde nach der Wortliste ergänzt. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """The part of the block that follows the name. A known word with one wrong letter is repaired, and says so."""
    _, read = split(text)
    lines = [re.sub(r"^[^\w&]+|^_+|[\s_|~=*]+$", "", line) for line in read.splitlines()]
    own = _own_lines(lines)
    read = "\n".join(own)
    if sum(c.isalpha() for c in read) < 3:
        return None
    title = re.sub(r"[A-Za-z]{5,}", _repaired, _APART.sub(_rejoined, read))
    known = any(word in TITLE_WORDS for word in re.findall(r"[a-z]{3,}", title.casefold()))
    if title != read:
        return Parsed(title, 0.8, (REPAIRED,))
    return Parsed(title, (1.0 if own == lines else 0.8) if known else 0.3)


def _own_lines(lines: list[str]) -> list[str]:
    """The first line that says a title, and those after it that go on with it: not the firm below, nor its address."""
    first = next((i for i, line in enumerate(lines) if _words(line) & TITLE_WORDS), None)
    if first is None:
        return lines
    last = first
    while last + 1 < len(lines) and _belongs(lines[last], lines[last + 1]):
        last += 1
    return lines[: last + 1]


def _belongs(line: str, below: str) -> bool:
    told = bool(_words(below) & (TITLE_WORDS | _OFFICES)) and not re.search(r"\d", below)
    return told or bool(_GOES_ON.search(line)) or bool(_CONTINUES.match(below))


def _words(line: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[A-Za-z]{3,}", line)}


def _rejoined(found: re.Match[str]) -> str:
    whole = found[1] + found[2]
    return whole if title_word(whole) else found[0]


def _repaired(found: re.Match[str]) -> str:
    word = found[0]
    if word.casefold() in TITLE_WORDS:
        return word
    better = title_word(word)
    if better is None:
        return word
    return better.upper() if word.isupper() else better.capitalize() if word[0].isupper() else better
