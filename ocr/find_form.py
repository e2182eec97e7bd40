"""Which form is it? By the printed phrases that only this form carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ocr.page import Word
from ocr.phrases import letters_of
from ocr.spec import FormSpec

KNOWN = 0.60
"""From this score on a form counts as found: more than half of its marks are there, well readable."""
LEAD = 0.08
"""So much better than the next form it must be."""
READABLE = 78.0
COPY, COPY_MARKS = 0.75, 3
"""A page with so many of a form page's marks (of at least three) is that page; a heading alone is on every page."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One form and how well the pages fit it, 0..1."""

    form: str
    score: float


def find_form(pages: Sequence[Sequence[Word]], specs: Mapping[str, FormSpec]) -> tuple[str | None, tuple[Guess, ...]]:
    """The form, or None, and the nearest guesses, best first. Needs the words of each page."""
    texts = [letters_of("".join(word.text for word in words)) for words in pages]
    guesses = [Guess(spec.name, _score(texts, spec)) for spec in specs.values()]
    guesses.sort(key=lambda guess: (-guess.score, guess.form))
    nearest = tuple(guess for guess in guesses if guess.score > 0)[:3]
    if not nearest or nearest[0].score < KNOWN:
        return None, nearest
    if len(nearest) > 1 and nearest[0].score - nearest[1].score < LEAD:
        return None, nearest
    return nearest[0].form, nearest


def is_there_twice(pages: Sequence[Sequence[Word]], spec: FormSpec) -> bool:
    """Whether two pages of the document are the same page of the form: then it holds more than one application."""
    texts = [letters_of("".join(word.text for word in words)) for words in pages]
    return any(
        sum(sum(_best([text], mark) for mark in marks) / len(marks) >= COPY for text in texts) > 1
        for marks in spec.marks.values()
        if len(marks) >= COPY_MARKS
    )


def _score(texts: Sequence[str], spec: FormSpec) -> float:
    """The best page of the form counts: pages may be missing, swapped or foreign."""
    pages = [sum(_best(texts, mark) for mark in marks) / len(marks) for marks in spec.marks.values() if marks]
    foreign = max((_best(texts, mark) for mark in spec.not_marks), default=0.0)
    return max(pages, default=0.0) * (1.0 - 0.5 * foreign)


def _best(texts: Sequence[str], mark: str) -> float:
    wanted = letters_of(mark)
    scores = [fuzz.partial_ratio(wanted, text, score_cutoff=READABLE) for text in texts if len(text) >= len(wanted)]
    return max(scores, default=0.0) / 100
