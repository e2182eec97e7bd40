"""Which page of a document is which page of its form: by marks and anchors, wherever it lies in the file.

Pages may be missing, swapped, upside down; a letter or the copy of an identity card may lie between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr.find_form import PageText, share_of
from ocr.page import Word
from ocr.register import Fit, as_it_is, fit_page
from ocr.sheet import Sheet
from ocr.spec import FormSpec

MARKS_THERE = 0.5
"""A page with so many of a form page's marks is that page, unless another page has more."""
ANCHORS_THERE, LEAST_ANCHORS = 0.4, 2
"""Or with so many of its anchors in their places: head and foot alone, which all forms of a house share, are fewer."""
TELLING_MARKS, TELLING_ANCHORS = 2, 3
"""A form page with fewer marks and fewer anchors cannot be said to be missing."""
LEGIBLE_WORDS, LEGIBLE_LETTERS, LEGIBLE_CONFIDENCE = 12, 4, 0.8
"""A page with so many words of so many letters, read so surely, has print on it and stands upright."""


@dataclass(frozen=True, slots=True)
class Seats:
    """`fits`: for each form page that was found how it lies, and on which page of the document.

    `missing`: form pages that are on no page. `found`: numbers of the pages of the document that show one of the form's
    (of copies all); `foreign`: of those that have print, but of something else.
    """

    fits: dict[int, Fit]
    missing: tuple[int, ...]
    found: frozenset[int]
    foreign: tuple[int, ...]

    def page_of(self, form_page: int) -> int:
        """The number of the page in the document; 0 where it is missing."""
        return self.fits[form_page].number if form_page in self.fits else 0


@dataclass(frozen=True, slots=True)
class _Bid:
    """A page of the document that may be a page of the form."""

    worth: float
    form_page: int
    number: int
    fit: Fit


def find_pages(sheets: Sequence[Sheet], spec: FormSpec) -> Seats:
    """Every page of the form gets the page of the document that shows most of it, each at most one.

    Where no page at all shows its form page (a named form, bad print), pages are taken by their numbers.
    """
    bids = sorted(_bids(sheets, spec), key=lambda bid: (-bid.worth, bid.number))
    fits: dict[int, Fit] = {}
    for bid in bids:
        if bid.form_page not in fits and bid.number not in {fit.number for fit in fits.values()}:
            fits[bid.form_page] = bid.fit
    wanted = _numbers(spec)
    ours = {bid.number for bid in bids} | _other_prints(sheets, spec)
    for sheet in sheets:
        free = sheet.page.number not in ours and sheet.page.number in set(wanted) - set(fits)
        if free and (not bids or not _tells(spec, sheet.page.number) or not is_legible(sheet.words)):
            fits[sheet.page.number] = as_it_is(sheet.page)
    seated = {fit.number for fit in fits.values()}
    every = all(_tells(spec, number) for number in wanted)
    foreign = [s.page.number for s in sheets if s.page.number not in ours | seated and is_legible(s.words)]
    return Seats(
        fits,
        tuple(n for n in wanted if n not in fits and _tells(spec, n)),
        frozenset(bid.number for bid in bids),
        tuple(foreign) if every and bids else (),
    )


def is_legible(words: Sequence[Word]) -> bool:
    """Whether a page has print that can be read as it stands."""
    good = [w for w in words if w.confidence >= LEGIBLE_CONFIDENCE and len(w.text) >= LEGIBLE_LETTERS]
    return len(good) >= LEGIBLE_WORDS


def _numbers(spec: FormSpec) -> tuple[int, ...]:
    """The pages of the form: those that it says it has, and those of its fields and anchors."""
    named = {field.page for field in spec.field} | {anchor.page for anchor in spec.anchor}
    return tuple(sorted(named | set(range(1, spec.pages + 1))))


def _tells(spec: FormSpec, form_page: int) -> bool:
    anchors = sum(anchor.page == form_page for anchor in spec.anchor)
    return len(spec.marks.get(str(form_page), ())) >= TELLING_MARKS or anchors >= TELLING_ANCHORS


def _bids(sheets: Sequence[Sheet], spec: FormSpec) -> Iterator[_Bid]:
    for sheet in sheets:
        text = PageText(sheet.words)
        for form_page in _numbers(spec):
            marks = share_of(spec.marks.get(str(form_page), ()), text)
            count = sum(anchor.page == form_page for anchor in spec.anchor)
            fit = fit_page(sheet.page, sheet.lines, spec, form_page) if count else None
            held = fit.anchors if fit else 0
            enough = held >= max(LEAST_ANCHORS, ANCHORS_THERE * count)
            if enough or marks >= MARKS_THERE:
                worth = marks + (held / count if count else 0.0)
                yield _Bid(worth, form_page, sheet.page.number, fit or as_it_is(sheet.page))


def _other_prints(sheets: Sequence[Sheet], spec: FormSpec) -> set[int]:
    """Pages of the document that show another print of the form, whose marks have a name instead of a number."""
    named = [marks for key, marks in spec.marks.items() if not key.isdigit()]
    texts = {sheet.page.number: PageText(sheet.words) for sheet in sheets}
    return {n for n, text in texts.items() if any(share_of(marks, text) >= MARKS_THERE for marks in named)}
