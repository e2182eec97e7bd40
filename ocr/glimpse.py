"""A page of a form whose values stand in fixed places: only its fixed points are read, not every word.

Reading all words of a page takes longer than everything else. Where the fixed points of a form are found at their
places, the form is known and the page can be laid over it; in every doubt the caller reads the whole page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ocr.engines import tesseract
from ocr.find_form import PageText, share_of
from ocr.page import Box, Gray, Page, Word
from ocr.phrases import find_phrase, letters_of, lines_of
from ocr.register import fit_page
from ocr.rulings import Rulings
from ocr.sheet import WORK_DPI, Sheet
from ocr.spec import AnchorSpec, BoxMm, FormSpec
from ocr.steps.clean import SMALLEST_PX

MM_PER_INCH = 25.4
MOST_PAGES = 6
"""Of more form pages that may come, trying each costs as much as reading the page."""
LEAST_ANCHORS = 5
"""Form pages with fewer fixed points are always read whole."""
FIRST_MM, OTHER_MM = (7.0, 5.0), (2.5, 1.3)
"""How far from its place a fixed point is looked for (across, down): the first one, and the others by it."""
LEAST_PX = 16
"""A lower or narrower strip holds no print that could be read."""
LEAST_HELD, LEAST_MARKS = 0.75, 0.9
"""So many of the fixed points must agree on where the page lies, and so many of the marks must be among them."""


@dataclass(frozen=True, slots=True)
class FixedPage:
    """One page of a form by its fixed points; `first` is the one that is looked for first."""

    spec: FormSpec
    number: int
    marks: tuple[str, ...]
    first: AnchorSpec
    others: tuple[AnchorSpec, ...]


def fixed_pages(specs: Mapping[str, FormSpec]) -> tuple[FixedPage, ...]:
    """The form pages that can be known by their fixed points; none where there are too many to try."""
    found = tuple(page for spec in specs.values() for page in _pages_of(spec, specs))
    return found if len(found) <= MOST_PAGES else ()


def _pages_of(spec: FormSpec, specs: Mapping[str, FormSpec]) -> Iterator[FixedPage]:
    others = [other for other in specs.values() if other is not spec]
    if spec.not_marks or any(field.box_mm is None or field.places for field in spec.field) or _alike(spec, others):
        return
    for number in range(1, spec.pages + 1):
        marks = spec.marks.get(str(number), ())
        anchors = [anchor for anchor in spec.anchor if anchor.page == number]
        telling = [anchor for anchor in anchors if any(mark in anchor.text for mark in marks)]
        if len(anchors) >= LEAST_ANCHORS and telling:
            first = max(telling, key=lambda anchor: len(letters_of(anchor.text)))
            yield FixedPage(spec, number, marks, first, tuple(a for a in anchors if a is not first))


def _alike(spec: FormSpec, others: Sequence[FormSpec]) -> bool:
    """Has another form a mark of this one? Then only all words tell them apart."""
    mine = {letters_of(mark) for marks in spec.marks.values() for mark in marks}
    return any(letters_of(mark) in mine for other in others for marks in other.marks.values() for mark in marks)


def glimpse(page: Page, pages: Sequence[FixedPage]) -> Sheet | None:
    """The page with the words of its fixed points, if it is surely one of `pages`; None where it is not."""
    if page.blank or page.words is not None or min(page.gray.shape) < SMALLEST_PX:
        return None
    small = _small(page)
    likely_first = sorted(pages, key=lambda fixed: fixed.number != page.number)
    words = next((words for fixed in likely_first if (words := _words_of(page, small, fixed))), ())
    return Sheet(page, words, lines_of(words), Rulings((), ())) if words else None


def _small(page: Page) -> Gray:
    scale = min(1.0, WORK_DPI / page.dpi)
    if scale == 1.0:
        return page.gray
    return np.asarray(cv2.resize(page.gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _words_of(page: Page, small: Gray, fixed: FixedPage) -> tuple[Word, ...]:
    """The words of the fixed points; none where too few of them are in their places."""
    px = page.dpi / MM_PER_INCH
    languages, first = fixed.spec.language, fixed.first
    words = list(_read(small, page, _reach(first.box_mm, (0.0, 0.0), FIRST_MM, px), first.text, languages))
    if not words:
        return ()
    off_mm = words[0].box.x0 / px - first.box_mm[0], words[0].box.y0 / px - first.box_mm[1]
    for anchor in fixed.others:
        words += _read(small, page, _reach(anchor.box_mm, off_mm, OTHER_MM, px), anchor.text, languages)
    words = list({word.box: word for word in words}.values())
    fit = fit_page(page, lines_of(words), fixed.spec, fixed.number)
    if fit is None or fit.anchors < LEAST_HELD * (1 + len(fixed.others)):
        return ()
    return tuple(words) if share_of(fixed.marks, PageText(tuple(words))) >= LEAST_MARKS else ()


def _reach(box: BoxMm, off_mm: tuple[float, float], by: tuple[float, float], px: float) -> Box:
    """Where a phrase may stand (pixels of the page), when the page lies off by `off_mm`."""
    x0, x1 = box[0] + off_mm[0] - by[0], box[2] + off_mm[0] + by[0]
    y0, y1 = box[1] + off_mm[1] - by[1], box[3] + off_mm[1] + by[1]
    left, top = max(0, round(x0 * px)), max(0, round(y0 * px))
    return Box(left, top, max(left + 1, round(x1 * px)), max(top + 1, round(y1 * px)))


def _read(
    small: Gray,
    page: Page,
    where: Box,
    phrase: str,
    languages: Sequence[str],
) -> tuple[Word, ...]:
    """The words of a phrase where it stands in a part of the page (pixels of the page); none where it does not."""
    scale = small.shape[1] / page.width
    part = small[round(where.y0 * scale) : round(where.y1 * scale), round(where.x0 * scale) : round(where.x1 * scale)]
    if min(part.shape) < LEAST_PX:
        return ()
    read = tesseract.read_words(np.ascontiguousarray(part), page.dpi * scale, languages, psm=tesseract.ONE_BLOCK)
    hits = find_phrase(lines_of(read), phrase)
    return tuple(_placed(word, where, 1 / scale) for word in hits[0].words) if hits else ()


def _placed(word: Word, where: Box, by: float) -> Word:
    box = word.box
    x0, y0 = where.x0 + round(box.x0 * by), where.y0 + round(box.y0 * by)
    return Word(word.text, Box(x0, y0, where.x0 + round(box.x1 * by), where.y0 + round(box.y1 * by)), word.confidence)
