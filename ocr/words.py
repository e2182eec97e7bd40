"""Word by word, what two readings of the same text are worth together.

Where they differ, a word of the language stands against a string that is none ("Energy" against "Enerqy"), a plain
letter against one that the language does not have ("Economic", "Économic"), letters against a sign inside a word
("S.A.", "$.A."). Evidence, not agreement: the field keeps asking.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz

Knows = Callable[[str], bool]
"""Whether it is a word of the language."""

SHORTEST = 4
"""Of three letters nearly everything is in a word list."""
ALIKE = 50
"""Words that share less (percent) are not two readings of the same word."""
OWN_LETTERS = {"deu": "äöüß"}
"""Letters with a mark that the words of a language have."""
SIGNS_FOR_LETTERS = "$€§@|!\\[]{}<>=*_"

LOOK_ALIKES = (
    ("q", "g"), ("q", "y"), ("c", "e"), ("C", "G"), ("I", "T"), ("I", "l"), ("l", "I"),
    ("0", "o"), ("0", "O"), ("1", "l"), ("1", "I"), ("5", "S"), ("rn", "m"), ("m", "rn"), ("vv", "w"),
    ("n", "ri"),
)  # fmt: skip
"""What both engines read in broken typewriter print -> what it was (docs/measured.md)."""
SMUDGED = (
    *LOOK_ALIKES, ("a", "o"), ("o", "a"), ("e", "o"), ("o", "e"), ("a", "e"), ("e", "a"), ("n", "u"), ("u", "n"),
    ("h", "b"), ("b", "h"), ("ri", "n"), ("t", "f"), ("f", "t"), ("i", "t"), ("v", "y"), ("y", "v"),
)  # fmt: skip
"""Letters that a blot makes of each other: too many to repair by them, enough to doubt a word that is none."""
LEGAL_FORMS = (
    (r"\b[Il1|]n[ceo](?=[.,])", "Inc"),
    (r"\b[LIl1|][tf]d(?=[.,])", "Ltd"),
    (r"[§$](?=\. ?A\.)", "S"),
)
"""Too short for the word list, but at the end of half the names of companies: as worn print is read, and as meant."""
LONG_WORD = 7
"""From so many letters on a word seldom differs from another one in a single letter."""


def together(text: str, other: str, own_letters: str | None, knows: Knows) -> str:
    """`text` with the words that `other` has read better. Lines are compared with lines: both must have as many.

    `own_letters`: the letters with a mark that the words may have; None where they may have any (names).
    """
    mine, theirs = text.splitlines(), other.splitlines()
    if len(mine) != len(theirs):
        return text
    return "\n".join(_line(a, b, own_letters, knows) for a, b in zip(mine, theirs, strict=True))


def _line(text: str, other: str, own_letters: str | None, knows: Knows) -> str:
    mine, theirs = text.split(" "), other.split(" ")
    words: list[str] = []
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        words += mine[a0:a1] if tag == "equal" else _better(mine[a0:a1], theirs[b0:b1], own_letters, knows)
    return " ".join(words)


def _better(mine: Sequence[str], theirs: Sequence[str], own_letters: str | None, knows: Knows) -> list[str]:
    """Of a run of words that were read differently: pair by pair, or as a whole where blanks were read differently."""
    if len(mine) == len(theirs):
        return [_best(a, b, own_letters, knows) for a, b in zip(mine, theirs, strict=True)]
    if not theirs or not mine or not _alike("".join(mine), "".join(theirs)):
        return list(mine)
    joined = ["".join(theirs)]
    ways = [way for way in (theirs, joined) if len(way) != len(mine) or way is joined]
    good = [way for way in ways if all(_known(word, knows) and not _grown_together(word) for word in way)]
    return list(good[0]) if good and not all(_known(word, knows) for word in mine) else list(mine)


def _best(mine: str, theirs: str, own_letters: str | None, knows: Knows) -> str:
    """Of two readings of a word the better one; or one of them without its accents, where that is a word."""
    best = theirs if _is_better(theirs, mine, own_letters, knows) else mine
    if own_letters is None or not _alike(mine, theirs) or _known(best, knows):
        return best
    plain = (_without_accents(word, own_letters) for word in (mine, theirs))
    return next((word for word in plain if _known(word, knows)), best)


def _without_accents(word: str, own_letters: str) -> str:
    return "".join(c if c.casefold() in own_letters else _plain(c) for c in word)


def _grown_together(word: str) -> bool:
    """A sign between letters where a blank was lost ("The.Queen")."""
    return any(not c.isalnum() and c not in "-'’" for c in word.strip(".,;:()'\"’“”"))


def _is_better(word: str, than: str, own_letters: str | None, knows: Knows) -> bool:
    if not _alike(word, than) or not _letters(word):
        return False
    if _known(word, knows) != _known(than, knows):
        return _known(word, knows)
    return _oddities(word, own_letters) < _oddities(than, own_letters)


def repaired(text: str, knows: Knows) -> str:
    """Words that are none, but become one when a single letter is taken for its look-alike; shortened legal forms."""
    mended = re.sub(r"[^\W_]{5,}", lambda found: _look_alike(found[0], knows), text)
    for misread, form in LEGAL_FORMS:
        mended = re.sub(misread, form, mended)
    return mended


def is_doubtful(text: str, knows: Knows) -> bool:
    """Is there a long word that is none, but would be one if a single letter were its look-alike?"""
    words = re.findall(rf"[^\W\d_]{{{LONG_WORD},}}", text)
    return any(_look_alike(word, knows, SMUDGED) != word for word in words)


def _look_alike(word: str, knows: Knows, pairs: Sequence[tuple[str, str]] = LOOK_ALIKES) -> str:
    if knows(word):
        return word
    for seen, meant in pairs:
        for at in (found.start() for found in re.finditer(seen, word)):
            better = word[:at] + meant + word[at + len(seen) :]
            if better.isalpha() and _one_case(better) and knows(better):
                return better
    return word


def _one_case(word: str) -> bool:
    return word.isupper() or word[1:].islower()


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(one.casefold(), other.casefold()) >= ALIKE


def _known(word: str, knows: Knows) -> bool:
    """Each part between hyphens, points and the like must be a word; parts that are short say nothing."""
    parts = [part for part in "".join(c if c.isalnum() else " " for c in word).split() if len(part) >= SHORTEST]
    inside = word.strip(".,;:()'\"’“”&/ ")
    clean = all(c.isalpha() or c in "-'’./&" for c in inside)
    return bool(parts) and clean and all(knows(part) for part in parts)


def _letters(word: str) -> str:
    return "".join(c for c in word if c.isalpha())


def _oddities(word: str, own_letters: str | None) -> int:
    """Letters with an accent that such words do not have; signs where the word has letters."""
    own = word.casefold() if own_letters is None else own_letters
    accents = sum(c.isalpha() and c.casefold() not in own and _plain(c) != c for c in word)
    signs = sum(c in SIGNS_FOR_LETTERS for c in word)
    return accents + (signs if _letters(word) and not any(c.isdigit() for c in word) else 0)


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]
