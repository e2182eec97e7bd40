"""Which form is it? By the printed phrases that only this form carries, and by where phrases stand on the page.

An index over all forms (`ocr.form_index`) names the few that may be meant; only these are looked at closely. Forms that
share most of their words (revisions) stand against each other: what is printed on the page must be the one's and not
the other's. That a phrase is missing says nothing: it may be covered, cut off or misread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ocr.form_index import Fixed, FormIndex, FormPage, index_of
from ocr.page import Box, Word
from ocr.phrases import around, letters_of
from ocr.register import Laid, Sight, lay_over
from ocr.spec import FormSpec

KNOWN = 0.60
"""From this score on a form counts as found: more than half of its marks (by weight) are there, well readable."""
LEAD_LETTERS = 1.5
"""So many printed letters must be the form's and not its rival's: two, since one digit is easily misread."""
LEAD_FACTOR = 4.0
"""And so many times as many as are the rival's and not the form's; else two forms are in the file, or a third."""
LEAD_ANCHORS = 1
"""Where letters do not tell: so many more anchors must stand where the form has them than where the rival has them."""
LEAST_HELD = 3
"""So many anchors must agree before their places count."""
IN_PLACE, LEAST_PLACED = 0.75, 6
"""A form also counts as found when so much of what should be seen stands in its place, at least six anchors, a mark
among them: the title may be cut off. More than `KNOWN`, since forms of one house have their head and foot in common."""
LIES_RIGHT = 0.5
"""Of six and more anchors that are read, so many must stand in their places: else it is another form with these words,
or a print of it of which no box would lie right. Measured: the form itself has nearly all, others less than a third."""
LOOKED_AT = 6
"""Of so many forms the places are looked at where no form is known by its marks."""
RIVAL = 0.40
"""A form that shows fewer of its marks by more than this is no rival."""
CANDIDATES = 12
"""So many forms are looked at closely. Measured with bench/find_form.py: the right one was always among the first 4."""
READABLE = 78.0
"""A phrase is there when so much of it (in percent, insertions and deletions counted) was read."""
LEAST_COVERAGE = 0.2
"""A phrase with fewer of its n-grams on the page is not there: at `READABLE` about a third of them is whole."""
COPY, COPY_MARKS = 0.75, 3
"""A page with so many of a form page's marks (of at least three) is that page; a heading alone is on every page."""


@dataclass(frozen=True, slots=True)
class Guess:
    """One form and how well the pages fit it, 0..1."""

    form: str
    score: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A phrase on a page: which letters of the page, and how well they match (0..1)."""

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class PageText:
    """The letters of one page in the order of its words."""

    words: tuple[Word, ...]
    _found: dict[str, Seen | None] = field(default_factory=dict, compare=False)

    @cached_property
    def _parts(self) -> list[str]:
        return [letters_of(word.text) for word in self.words]

    @cached_property
    def letters(self) -> str:
        return "".join(self._parts)

    @cached_property
    def _owner(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self._parts)), [len(part) for part in self._parts])

    def find(self, phrase: str) -> Seen | None:
        """Where a phrase (in letters) stands best; None where it is not readable."""
        if phrase not in self._found:
            self._found[phrase] = self._search(phrase)
        return self._found[phrase]

    def _search(self, phrase: str) -> Seen | None:
        if len(self.letters) < len(phrase):
            return None
        hit = fuzz.partial_ratio_alignment(phrase, self.letters, score_cutoff=READABLE)
        return Seen(hit.dest_start, hit.dest_end, hit.score / 100) if hit and hit.score else None

    def box(self, seen: Seen) -> Box:
        """The box around the words that hold a phrase."""
        first, last = self._owner[seen.start], self._owner[seen.end - 1]
        return around(word.box for word in self.words[first : last + 1])


def find_form(pages: Sequence[Sequence[Word]], specs: Mapping[str, FormSpec]) -> tuple[str | None, tuple[Guess, ...]]:
    """The form, or None, and the nearest guesses, best first. Needs the words of each page."""
    search = _Search(index_of(specs), [PageText(tuple(words)) for words in pages], specs)
    guesses = search.guesses()
    known = [guess.form for guess in guesses if guess.score >= KNOWN]
    found = next((form for form in known if search.stands(form)), None)
    return found, tuple(guesses[:3])


def is_there_twice(pages: Sequence[Sequence[Word]], spec: FormSpec) -> bool:
    """Whether two pages of the document are the same page of the form: then it holds more than one application."""
    texts = [PageText(tuple(words)) for words in pages]
    return any(
        sum(share_of(marks, text) >= COPY for text in texts) > 1
        for marks in spec.marks.values()
        if len(marks) >= COPY_MARKS
    )


def share_of(marks: Sequence[str], text: PageText) -> float:
    """How many of the marks are on the page, 0..1; each counts as well as it is readable."""
    found = [text.find(letters_of(mark)) for mark in marks]
    return sum(seen.score for seen in found if seen) / len(marks) if marks else 0.0


def _sorted(guesses: Iterable[Guess]) -> list[Guess]:
    return sorted((guess for guess in guesses if guess.score > 0), key=lambda guess: (-guess.score, guess.form))


@dataclass(slots=True)
class _Search:
    """One document among the forms of an index."""

    index: FormIndex
    texts: Sequence[PageText]
    specs: Mapping[str, FormSpec]
    coverages: list[NDArray[np.float64]] = field(init=False)
    _seats: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)

    names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.coverages = [self.index.coverage(text.letters) for text in self.texts]
        self.names = self.index.nearest(self.coverages, CANDIDATES) if self.texts else []

    def guesses(self) -> list[Guess]:
        """The likely forms with their scores, best first."""
        guesses = _sorted(Guess(name, self._by_marks(name)) for name in self.names)
        if not guesses or guesses[0].score >= KNOWN:
            return guesses
        placed = [Guess(one.form, max(one.score, self._by_places(one.form))) for one in guesses[:LOOKED_AT]]
        return _sorted([*placed, *guesses[LOOKED_AT:]])

    def _by_marks(self, form: str) -> float:
        """The best page of the form counts: pages may be missing, swapped or foreign."""
        best = max((score for _, score in self._seats_of(form).values()), default=0.0)
        return best * self._doubt(form)

    def _by_places(self, form: str) -> float:
        """As large as `KNOWN` where `IN_PLACE` of what is printed stands in its place."""
        return max(map(self._placed, self.index.by_form[form])) * KNOWN / IN_PLACE * self._doubt(form)

    def stands(self, form: str) -> bool:
        """Whether a form that has its marks on the pages is the one: against every rival, and by its places."""
        return all(self.beats(form, rival) for rival in self._rivals(form)) and self._lies_right(form)

    def _rivals(self, form: str) -> list[str]:
        """The forms of which nearly as many marks are there."""
        least = self._by_marks(form) - RIVAL
        return [name for name in self.names if name != form and self._by_marks(name) >= least]

    def _lies_right(self, form: str) -> bool:
        """Whether the phrases of the form's best page also stand where the form has them, if that can be said."""
        page = max(self.index.by_form[form], key=lambda one: self._seats_of(form)[one.key][1])
        seen = self._sights(page, page.anchors)
        if len(seen) < LEAST_PLACED:
            return True
        laid = lay_over(seen)
        return laid is not None and len(laid.held) >= LIES_RIGHT * len(seen)

    def _doubt(self, form: str) -> float:
        """1, and less where there is a phrase that the form has not."""
        foreign = [letters_of(mark) for mark in self._spec(form).not_marks]
        seen = [hit.score for text in self.texts for mark in foreign if (hit := text.find(mark))]
        return 1.0 - 0.5 * max(seen, default=0.0)

    def _placed(self, page: FormPage) -> float:
        """The anchors in their places, by weight, of those that lie among the words of the page; 0 where too few do."""
        laid = self._laid(page, page.anchors)
        marks = {n for n, anchor in enumerate(page.anchors) if anchor.phrase in page.marks}
        if laid is None or len(laid.held) < LEAST_PLACED or not marks & set(laid.held):
            return 0.0
        words = self.texts[self._seats_of(page.form)[page.key][0]].words
        top, low = min(word.box.y0 for word in words), max(word.box.y1 for word in words)
        weights = [self.index.weights[anchor.phrase] for anchor in page.anchors]
        levels = [laid.y_of(anchor.box_mm) for anchor in page.anchors]
        here = sum(weight for weight, y in zip(weights, levels, strict=True) if top <= y <= low)
        return min(1.0, sum(weights[n] for n in laid.held) / here) if here else 0.0

    def _spec(self, form: str) -> FormSpec:
        return next(spec for spec in self.index.specs if spec.name == form)

    def _seats_of(self, form: str) -> dict[str, tuple[int, float]]:
        """For each page of the form (by its key) the page of the document that fits best, and how well."""
        if form not in self._seats:
            self._seats[form] = {page.key: self._seat(page) for page in self.index.by_form[form]}
        return self._seats[form]

    def _seated(self, form: str) -> dict[int, FormPage]:
        """Pages of the document and the page of the form that each is: of several, the one with most of its marks."""
        pages = sorted(self.index.by_form[form], key=lambda page: self._seats_of(form)[page.key][1])
        return {self._seats_of(form)[page.key][0]: page for page in pages}

    def _seat(self, page: FormPage) -> tuple[int, float]:
        scores = [self._share(page.marks or page.others, number) for number in range(len(self.texts))]
        best = max(range(len(scores)), key=lambda number: scores[number])
        return best, scores[best] if page.marks else 0.0

    def _share(self, phrases: Sequence[str], number: int) -> float:
        """The phrases that are on a page of the document, by weight, 0..1."""
        weights = self.index.weights
        found = [(phrase, seen) for phrase in phrases if (seen := self._find(phrase, number))]
        whole = sum(weights[phrase] for phrase in phrases)
        return sum(weights[phrase] * seen.score for phrase, seen in found) / whole if whole else 0.0

    def _find(self, phrase: str, number: int) -> Seen | None:
        if self.coverages[number][self.index.phrases[phrase]] < LEAST_COVERAGE:
            return None
        return self.texts[number].find(phrase)

    def beats(self, form: str, rival: str) -> bool:
        """Whether what stands on the pages is the form's and not its rival's: by letters, else by places."""
        ours, theirs = self._letters_for(form, rival), self._letters_for(rival, form)
        if max(ours, theirs) >= LEAD_LETTERS:
            return ours >= LEAD_LETTERS and ours >= LEAD_FACTOR * theirs
        return ours >= theirs and self._in_place(form, rival) >= self._in_place(rival, form) + LEAD_ANCHORS

    def _letters_for(self, form: str, rival: str) -> float:
        """How many letters of the pages `form` explains better than `rival` does."""
        gains = [np.zeros(len(text.letters)) for text in self.texts]
        others = [phrase for page in self.index.by_form[rival] for phrase in page.phrases]
        known = set(others)
        for number, phrase, seen in self._seen(form):
            if phrase not in known:
                text = self.texts[number].letters[seen.start : seen.end]
                part = gains[number][seen.start : seen.end]
                np.maximum(part, _likeness(text, [phrase]) - _likeness(text, others), out=part)
        return float(sum(gain.sum() for gain in gains))

    def _seen(self, form: str) -> Iterator[tuple[int, str, Seen]]:
        """Every phrase of the form that stands on the page where its marks are."""
        for number, page in self._seated(form).items():
            for phrase in page.phrases:
                if seen := self._find(phrase, number):
                    yield number, phrase, seen

    def _in_place(self, form: str, rival: str) -> int:
        """How many anchors that the rival has too stand where the form has them."""
        count = 0
        for page in self._seated(form).values():
            shared = {a.phrase for p in self.index.by_form[rival] if p.key == page.key for a in p.anchors}
            laid = self._laid(page, [anchor for anchor in page.anchors if anchor.phrase in shared])
            count += len(laid.held) if laid and len(laid.held) >= LEAST_HELD else 0
        return count

    def _laid(self, page: FormPage, anchors: Sequence[Fixed]) -> Laid | None:
        """How the page of the document that fits best lies, by those of `anchors` that are readable on it."""
        return lay_over(self._sights(page, anchors))

    def _sights(self, page: FormPage, anchors: Sequence[Fixed]) -> list[Sight]:
        """Those of the anchors that are readable on the page of the document that fits best."""
        number, _ = self._seats_of(page.form)[page.key]
        found = [(n, anchor, self._find(anchor.phrase, number)) for n, anchor in enumerate(anchors)]
        return [Sight(n, a.box_mm, self.texts[number].box(seen)) for n, a, seen in found if seen]


def _likeness(text: str, phrases: Sequence[str]) -> float:
    """How like the most similar of `phrases` is to a piece of the page, 0..1: share of letters that are the same.

    Of a phrase that is longer by some letters, the part counts that is most similar.
    """
    near = [phrase for phrase in phrases if len(phrase) <= len(text) + 2]
    longer = [phrase for phrase in phrases if len(phrase) > len(text) + 2]
    whole = process.extractOne(text, near, scorer=Levenshtein.normalized_similarity)
    part = process.extractOne(text, longer, scorer=fuzz.partial_ratio)
    return max(whole[1] if whole else 0.0, part[1] / 100 if part else 0.0)
