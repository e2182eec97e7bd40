"""Small marks on letters, from the reading that saw them: dots, umlauts, the ß.

Engines lose a small mark far more often than they invent one (measured on `demo.samples`). Where two readings of the
same word differ in nothing else at a place, the letter with the mark is taken. Evidence, not agreement: the field
keeps asking.
"""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

MARKED = {"a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü", "B": "ß", "b": "ß", "f": "ß", "l": "i"}
"""Letter without its mark (or misread for want of it) -> letter with it."""
LETTER_FOR = {"0": "Oo", "1": "lI", "5": "S", "8": "B"}
"""Digits that an engine sees in a word -> the letters they are there."""


def with_marks(text: str, other: str) -> str:
    """`text` with the marks that only `other` has, and with letters for digits inside words."""
    letters = list(text)
    for step in Levenshtein.editops(text, other):
        if step.tag == "delete" and _beside_sharp_s(text, step.src_pos):
            letters[step.src_pos] = ""
        if step.tag != "replace":
            continue
        mine, theirs = text[step.src_pos], other[step.dest_pos]
        marked = MARKED.get(mine) == theirs or theirs in LETTER_FOR.get(mine, "")
        if marked and _in_word(text, step.src_pos):
            letters[step.src_pos] = theirs
        elif mine == "B" and text[: step.src_pos][-1:].islower():
            letters[step.src_pos] = "ß"  # no German word has a capital B after a small letter
    return "".join(letters)


def _beside_sharp_s(text: str, at: int) -> bool:
    """A letter that an engine read twice over, as itself and as half of an ß ("Strafße")."""
    return text[at] in "fzskp" and "ß" in text[max(0, at - 1) : at + 2]


def _in_word(text: str, at: int) -> bool:
    """Are all other characters of the word letters, and at least two? (A mail address is no word.)"""
    start = text.rfind(" ", 0, at) + 1
    end = text.find(" ", at)
    word = text[start : end if end >= 0 else len(text)]
    rest = word[: at - start] + word[at - start + 1 :]
    return len(rest) >= 2 and all(c.isalpha() or c in "-'." for c in rest)
