"""All printed phrases of all forms, made once for a set of forms: which of them may a page hold?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ocr.phrases import letters_of
from ocr.spec import BoxMm, FormSpec

GRAM = 3
"""Letters of an n-gram. A misread letter spoils as many; two letters alone stand on every page."""
SHORTEST = 4
"""Shorter phrases stand by chance in other words."""
KEPT_INDEXES = 4


@dataclass(frozen=True, slots=True)
class Fixed:
    """A phrase (in letters) that stands at a known place of the form."""

    phrase: str
    box_mm: BoxMm


@dataclass(frozen=True, slots=True)
class FormPage:
    """One page of a form: its marks, and everything else that is known to be printed on it, as letters."""

    form: str
    key: str
    marks: tuple[str, ...]
    others: tuple[str, ...]
    anchors: tuple[Fixed, ...]

    @property
    def phrases(self) -> tuple[str, ...]:
        """Every phrase once, marks first."""
        return tuple(dict.fromkeys((*self.marks, *self.others)))


def pages_of_form(spec: FormSpec) -> tuple[FormPage, ...]:
    """The pages of a form by their marks; a key that is no number is another print of some page."""
    numbers = {str(a.page) for a in spec.anchor} | {str(f.page) for f in spec.field}
    keys = dict.fromkeys((*spec.marks, *sorted(numbers)))
    return tuple(_page(spec, key) for key in keys)


def _page(spec: FormSpec, key: str) -> FormPage:
    anchors = tuple(anchor for anchor in spec.anchor if str(anchor.page) == key)
    places = [place for field in spec.field if str(field.page) == key for place in field.places]
    others = [*(anchor.text for anchor in anchors), *(label for place in places for label in place.labels)]
    fixed = tuple(Fixed(short, a.box_mm) for a in anchors if len(short := letters_of(a.text)) >= SHORTEST)
    return FormPage(spec.name, key, _letters(spec.marks.get(key, ())), _letters(others), fixed)


def _letters(phrases: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(short for text in phrases if len(short := letters_of(text)) >= SHORTEST))


def grams_of(letters: str) -> set[str]:
    return {letters[i : i + GRAM] for i in range(len(letters) - GRAM + 1)}


@dataclass(frozen=True)
class FormIndex:
    """The phrases of a set of forms with their n-grams. `specs` are kept so that they stay the ones it was made of."""

    specs: tuple[FormSpec, ...]

    @cached_property
    def pages(self) -> tuple[FormPage, ...]:
        return tuple(page for spec in self.specs for page in pages_of_form(spec))

    @cached_property
    def by_form(self) -> dict[str, tuple[FormPage, ...]]:
        return {spec.name: tuple(p for p in self.pages if p.form == spec.name) for spec in self.specs}

    @cached_property
    def phrases(self) -> dict[str, int]:
        """Every phrase of every form and its number."""
        every = (phrase for page in self.pages for phrase in page.phrases)
        return {phrase: number for number, phrase in enumerate(dict.fromkeys(every))}

    @cached_property
    def grams(self) -> dict[str, int]:
        every = (gram for phrase in self.phrases for gram in sorted(grams_of(phrase)))
        return {gram: number for number, gram in enumerate(dict.fromkeys(every))}

    @cached_property
    def weights(self) -> dict[str, float]:
        """How much finding a phrase tells, 0..1: 1 where no other form has its n-grams, little where all have.

        The mean inverse document frequency of its n-grams over forms, so "Anmeldung zur Hundesteuer" tells less
        where there is an "Anmeldung zur Katzensteuer". Source: Sparck Jones 1972, ln(1 + N/n), over its largest value.
        """
        forms = Counter(gram for pages in self.by_form.values() for gram in _grams_of_pages(pages))
        rarest = np.log1p(len(self.specs))
        return {
            phrase: float(np.mean([np.log1p(len(self.specs) / forms[gram]) for gram in grams_of(phrase)]) / rarest)
            for phrase in self.phrases
        }

    @cached_property
    def _grams_of_phrases(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of the n-grams of all phrases one after the other, and where each phrase begins."""
        each = [[self.grams[gram] for gram in grams_of(phrase)] for phrase in self.phrases]
        starts = np.cumsum([0, *(len(one) for one in each)])[:-1]
        return np.array([number for one in each for number in one], np.int64), np.asarray(starts, np.int64)

    @cached_property
    def _marks(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """For each mark of each page: the page, the phrase, its share of the page's marks by weight."""
        return _columns(self._shares())

    def _shares(self) -> Iterator[tuple[int, int, float]]:
        for number, page in enumerate(self.pages):
            whole = sum(self.weights[mark] for mark in page.marks)
            for mark in page.marks:
                yield number, self.phrases[mark], self.weights[mark] / whole

    def coverage(self, letters: str) -> NDArray[np.float64]:
        """For each phrase the share of its n-grams that a page holds anywhere: no phrase is there without them."""
        there = np.zeros(len(self.grams), np.int64)
        there[[number for gram in grams_of(letters) if (number := self.grams.get(gram)) is not None]] = 1
        flat, starts = self._grams_of_phrases
        if not len(starts):
            return np.zeros(0)
        return np.add.reduceat(there[flat], starts) / np.diff([*starts, len(flat)])

    def nearest(self, coverages: Sequence[NDArray[np.float64]], count: int) -> list[str]:
        """The forms whose marks the pages may hold, best first: at most `count`."""
        pages, phrases, shares = self._marks
        best: dict[str, float] = {}
        for coverage in coverages:
            rough = np.bincount(pages, shares * coverage[phrases], minlength=len(self.pages))
            for page, score in zip(self.pages, rough, strict=True):
                best[page.form] = max(best.get(page.form, 0.0), float(score))
        likely = sorted(best, key=lambda form: (-best[form], form))[:count]
        return [form for form in likely if best[form] > 0]


def _grams_of_pages(pages: Sequence[FormPage]) -> set[str]:
    return set().union(*(grams_of(phrase) for page in pages for phrase in page.phrases))


def _columns(
    rows: Iterator[tuple[int, int, float]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    every = list(rows)
    pages, phrases = np.array([row[0] for row in every], np.int64), np.array([row[1] for row in every], np.int64)
    return pages, phrases, np.array([row[2] for row in every], np.float64)


_kept: list[FormIndex] = []


def index_of(specs: Mapping[str, FormSpec]) -> FormIndex:
    """The index of these very specs; the last few are kept, so that a worker makes it once."""
    wanted = tuple(specs.values())
    for index in _kept:
        if len(index.specs) == len(wanted) and all(a is b for a, b in zip(index.specs, wanted, strict=True)):
            return index
    made = FormIndex(wanted)
    _kept.insert(0, made)
    del _kept[KEPT_INDEXES:]
    return made
