"""A person at the head of a block that goes on with a title: "Anna Muster, Director", "Anna Muster\\nDirector"."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.name import clean, quality

_SUFFIX = re.compile(r"^\s*(jr|sr|esq|ii|iii|iv|m\.?d|ph\.?\s*d|ll\.?[bm])\b", re.IGNORECASE)
_BY = re.compile(r"^(by|name)\s*[:;.]\s*", re.IGNORECASE)

_WORDS = """
president vice director general manager partner managing attorney counsel chairman chief officer
executive secretary treasurer editor consul accountant cpa principal agent representative delegate member
owner ceo cfo coo associate assistant senior consultant deputy commissioner head supervisor administrator
coordinator sole proprietor minister ambassador advisor adviser of affairs relations research trustee

"""
TITLE_WORDS = frozenset(_WORDS.split())


def parse(text: str) -> Parsed | None:
    """The name alone: the first line that is one, up to the comma before a title."""
    name, _ = split(text)
    return Parsed(name, quality(name)) if name else None


def split(text: str) -> tuple[str, str]:
    """Name and title of a block; either may be ""."""
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if sum(c.isalpha() for c in line) >= 2]
    for index, line in enumerate(lines):
        head, tail = _at_comma(_BY.sub("", line))
        name = clean(head)
        if quality(name) >= 0.5 and not is_title(name):
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
    return bool(words) and sum(w in TITLE_WORDS for w in words) >= max(1, len(words) / 2)
