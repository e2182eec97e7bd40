"""A person at the head of a block that goes on with a title: "Anna Muster, Director", "Anna Muster\\nDirector"."""

from __future__ import annotations

import re

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocr.kinds import Parsed
from ocr.kinds.name import clean, quality

_SUFFIX = re.compile(r"^\s*(jr|sr|esq|ii|iii|iv|m\.?d|ph\.?\s*d|ll\.?[bm])\b", re.IGNORECASE)
_BY = re.compile(r"^(by|name)\s*[:;.]\s*", re.IGNORECASE)
_BEFORE = re.compile(r"^\W*\d[\d\W]+\d\W*(?=[^\W\d_])")
"""A date or a number of the cell before it, that ran into the line of the name."""

_WORDS = """
president vice director general manager partner managing attorney counsel chairman chief officer
executive secretary treasurer editor consul accountant cpa principal agent representative delegate member
owner ceo cfo coo associate assistant senior consultant deputy commissioner head supervisor administrator
coordinator sole proprietor minister ambassador advisor adviser of affairs relations research trustee

"""
LEAST_LETTERS = 4
"""A line with fewer is a bit of something else."""
TITLE_WORDS = frozenset(_WORDS.split())


def parse(text: str) -> Parsed | None:
    """The name alone: the first line that is one, up to the comma before a title."""
    name, _ = split(text)
    return Parsed(name, quality(name)) if name else None


def split(text: str) -> tuple[str, str]:
    """Name and title of a block; either may be ""."""
    signed = list(re.finditer(r"\b[Bb]y\s?[^\w\s]+", text))  # "Muster & Co. by: Anna Muster, Director"
    if signed and sum(c.isalpha() for c in text[signed[-1].end() :]) >= 4:
        text = text[signed[-1].end() :]
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if sum(c.isalpha() for c in line) >= 2]
    for index, line in enumerate(lines):
        head, tail = _at_comma(_BEFORE.sub("", _BY.sub("", line)))
        name = clean(head)
        if quality(name) >= 0.5 and not is_title(name) and sum(c.isalpha() for c in name) >= LEAST_LETTERS:
            return name, "\n".join(part for part in (tail, *lines[index + 1 :]) if part)
        if is_title(line) and index == 0:
            return "", "\n".join(lines)
    return "", ""


def _at_comma(line: str) -> tuple[str, str]:
    head, comma, tail = line.partition(",")
    if comma and _SUFFIX.match(tail):
        suffix, comma, tail = tail.partition(",")
        head = f"{head},{suffix}"
    return head.strip(), tail.strip() if comma else ""


def is_title(text: str) -> bool:
    words = re.findall(r"[a-z]+", text.casefold())
    known = [w for w in words if w in TITLE_WORDS or (len(w) > 6 and title_word(w))]
    return bool(set(known) - {"of"}) and len(known) >= max(1, len(words) / 2)


def title_word(word: str) -> str | None:
    """The word of a title that differs from `word` in at most one letter in seven."""
    best = process.extractOne(word.casefold(), TITLE_WORDS, scorer=Levenshtein.distance)
    return best[0] if best and best[1] <= max(1, len(word) // 7) and len(word) > 4 else None
