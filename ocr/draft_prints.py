"""Print as labels: its text, whether it says something, and its parts beside check squares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocr.draft_boxes import level, shared
from ocr.draft_phrases import Phrase
from ocr.page import Box

HYPHEN = re.compile(r"(?<=[a-zäöüß])- (?=[a-zäöüß]{3})(?!und |oder |bzw)")


def text_of(phrases: Iterable[Phrase]) -> str:
    return HYPHEN.sub("", " ".join(p.text for p in phrases)).strip()


def says(phrase: Phrase) -> bool:
    """Is it a word? Not "3.", and not the "X" before a line to sign on."""
    return sum(c.isalpha() for c in phrase.text) > 1


def parts_beside(phrase: Phrase, squares: Sequence[Box]) -> list[Phrase]:
    """The parts of a phrase between squares that were read as its letters ("[_] ja [_] nein"): words are as wide as
    they have letters."""
    within = sorted((s for s in squares if level(s, phrase.box) and shared(s, phrase.box)), key=lambda b: b.x0)
    if not within:
        return [phrase]
    letter = phrase.box.width / len(phrase.text)
    parts: dict[int, list[str]] = {}
    at = 0
    for word in phrase.text.split(" "):
        middle = phrase.box.x0 + (at + len(word) / 2) * letter
        at += len(word) + 1
        if not any(s.x0 - letter < middle < s.x1 + letter / 2 for s in within) or len(re.findall(r"\w", word)) > 2:
            parts.setdefault(sum(s.x0 < middle for s in within), []).append(word)
    stops = [phrase.box.x0, *(s.x1 for s in within), phrase.box.x1 + 1]
    starts = [s.x0 for s in within]
    found = []
    for number, words in parts.items():
        x0, x1 = stops[number], max(stops[number] + 1, starts[number] if number < len(starts) else phrase.box.x1)
        found.append(replace(phrase, text=" ".join(words), box=Box(x0, phrase.box.y0, x1, phrase.box.y1)))
    return found
