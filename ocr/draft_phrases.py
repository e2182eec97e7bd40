"""The printed phrases of a blank form: which of them tell it from others (marks) and which hold a scan (anchors)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ocr.draft_boxes import grown, middle_in, touch
from ocr.draft_strokes import without_leaders
from ocr.engines import tesseract
from ocr.page import Box, Page, Word
from ocr.phrases import TextLine, around, find_phrase, letters_of, lines_of
from ocr.sheet import look_at
from ocr.spec import AnchorSpec, BoxMm

MM_PER_INCH = 25.4
WIDEST_GAP = 0.9
"""Heights of a line: words further apart belong to different phrases."""
LEAST_LETTERS, MOST_LETTERS = 8, 60
MARK_WORDS, MARKS_A_PAGE, ANCHORS_A_PAGE, MOST_HITS = 3, 5, 12, 2
READ_AGAIN = 0.97
"""A phrase that the engine cannot read on the clean blank form will not be found on a scan."""
INK = 160
FILLER = re.compile(r"[_.…·\-–—]{3,}")
"""Printed to be written on, not to be read."""
GLUED = re.compile(r"[^\W_].*[_.…·]{4,}$")
BESIDE_MM, AROUND_MM = 40.0, 9.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together. `box`: around their ink, pixels of the page; `box_mm`: the same in millimetres.

    `hits`: how often the engine reads it on the blank form, 0 where it does not read it in its place.
    """

    text: str
    box: Box
    box_mm: BoxMm
    hits: int = 0

    @property
    def height_mm(self) -> float:
        return self.box_mm[3] - self.box_mm[1]

    @property
    def letters(self) -> int:
        return len(letters_of(self.text))


def phrases_of(page: Page, languages: Sequence[str]) -> tuple[Phrase, ...]:
    """All printed phrases of a page from top to bottom; what stands in form fields is no print."""
    seen = look_at(replace(page, words=None), languages)
    words = _words_of(page, seen.words, languages)
    blank = [word for word in words if not any(middle_in(word.box, one.box) for one in page.inputs)]
    blank = [word for word in blank if not FILLER.fullmatch(word.text)]
    found = (_phrase(part, page) for line in lines_of(blank) for part in _parts(line))
    return tuple(replace(p, hits=_hits(p, seen.lines)) for p in found if p)


def _words_of(page: Page, seen: Sequence[Word], languages: Sequence[str]) -> Sequence[Word]:
    """Those of the file where rows of dots are words of their own there, else read; rows of dots are left out."""
    if page.words and not any(GLUED.search(word.text) for word in page.words):
        return page.words
    bare = without_leaders(page)
    return look_at(bare, languages).words if bare else page.words or seen


def without_squares(
    page: Page, phrases: Sequence[Phrase], squares: Sequence[Box], languages: Sequence[str]
) -> tuple[Phrase, ...]:
    """The phrases; those that were read and swallowed a check square ("Dia" for a square and "ja") are read without."""
    told = {word.text for word in page.words or ()}
    if not squares or all(word in told for phrase in phrases for word in phrase.text.split()):
        return tuple(phrases)
    rim = page.dpi / MM_PER_INCH
    drawn = [grown(square, 0.6 * rim) for square in squares]
    gray = page.gray.copy()
    for box in drawn:
        box.crop(gray)[:] = 255
    bare = replace(page, gray=gray)
    lines = {p: _line(p, phrases, rim) for p in phrases if any(touch(p.box, box) for box in drawn)}
    again = [_read_again(p, lines[p], bare, languages) if p in lines else (p,) for p in phrases]
    return tuple(phrase for found in again for phrase in found)


def _line(phrase: Phrase, phrases: Sequence[Phrase], rim: float) -> Box:
    """The phrase with paper around, without the lines over and under it, into which its square may reach."""
    line, middle = grown(phrase.box, rim), (phrase.box.y0 + phrase.box.y1) / 2
    others = [p.box for p in phrases if p is not phrase and touch(p.box, line)]
    over = [o.y1 for o in others if o.y1 < middle]
    under = [o.y0 for o in others if o.y0 > middle]
    return Box(line.x0, max([line.y0, *over]), line.x1, min([line.y1, *under]))


def _read_again(phrase: Phrase, line: Box, page: Page, languages: Sequence[str]) -> tuple[Phrase, ...]:
    read = tesseract.read_words(np.ascontiguousarray(line.crop(page.gray)), page.dpi, languages, psm=tesseract.ONE_LINE)
    x, y = max(0, line.x0), max(0, line.y0)
    words = [replace(w, box=Box(w.box.x0 + x, w.box.y0 + y, w.box.x1 + x, w.box.y1 + y)) for w in read]
    found = (_phrase(part, page) for one in lines_of(words) for part in _parts(one))
    return tuple(p for p in found if p)


def _parts(line: TextLine) -> Iterable[list[Word]]:
    """A line across the page, cut at wide gaps and where it gets long."""
    part: list[Word] = []
    for word in line.words:
        wide = part and word.box.x0 - part[-1].box.x1 > WIDEST_GAP * part[-1].box.height
        if part and (wide or sum(len(letters_of(one.text)) for one in (*part, word)) > MOST_LETTERS):
            yield part
            part = []
        part.append(word)
    yield part


def _phrase(words: Sequence[Word], page: Page) -> Phrase | None:
    """The words with the box of their ink; None where there is none to see."""
    told = around(word.box for word in words)
    dark = np.argwhere(told.crop(page.gray) < INK)
    text = " ".join(word.text for word in words).strip()
    if not len(dark) or not letters_of(text):
        return None
    (top, left), (low, right) = dark.min(axis=0), dark.max(axis=0)
    box = Box(told.x0 + int(left), told.y0 + int(top), told.x0 + int(right) + 1, told.y0 + int(low) + 1)
    return Phrase(text, box, to_mm(box, page.dpi))


def to_mm(box: Box, dpi: float) -> BoxMm:
    """A box of a page in millimetres, to a tenth."""
    x0, y0, x1, y1 = (round(side * MM_PER_INCH / dpi, 1) for side in box.as_list())
    return x0, y0, max(x1, x0 + 0.1), max(y1, y0 + 0.1)


def _hits(phrase: Phrase, lines: Sequence[TextLine]) -> int:
    if phrase.letters < LEAST_LETTERS:
        return 0
    hits = [hit for hit in find_phrase(lines, phrase.text) if hit.score >= READ_AGAIN]
    return len(hits) if any(middle_in(hit.box, phrase.box) for hit in hits) else 0


def marks_of(phrases: Mapping[int, Sequence[Phrase]]) -> dict[int, tuple[str, ...]]:
    """By page, the largest phrases of three and more words that stand on this page only."""
    count = Counter(letters_of(p.text) for found in phrases.values() for p in found)
    marks = {}
    for number, found in phrases.items():
        fit = [p for p in found if p.hits == 1 and len(p.text.split()) >= MARK_WORDS and count[letters_of(p.text)] == 1]
        largest = sorted(fit, key=lambda p: (-round(p.height_mm * 2), -p.letters))[:MARKS_A_PAGE]
        marks[number] = tuple(p.text for p in fit if p in largest)
    return marks


def anchors_of(phrases: Sequence[Phrase], number: int) -> tuple[AnchorSpec, ...]:
    """Legible phrases as far apart as they can be, spread over the page; first those that stand there only once."""
    chosen: list[Phrase] = []
    for most_hits in (1, MOST_HITS):
        left = [p for p in phrases if 0 < p.hits <= most_hits and p not in chosen]
        while left and len(chosen) < ANCHORS_A_PAGE:
            best = max(left, key=lambda p: (min((_distance(p, c) for c in chosen), default=p.height_mm), p.letters))
            left.remove(best)
            chosen.append(best)
    in_order = sorted(chosen, key=lambda p: (p.box.y0, p.box.x0))
    return tuple(AnchorSpec(text=p.text, page=number, box_mm=p.box_mm) for p in in_order)


def _distance(one: Phrase, other: Phrase) -> float:
    (x, y), (a, b) = (((p.box_mm[0] + p.box_mm[2]) / 2, (p.box_mm[1] + p.box_mm[3]) / 2) for p in (one, other))
    return float(np.hypot(x - a, y - b))


def label_of(phrases: Sequence[Phrase], box: Box, dpi: float, *, right: bool = False, level_only: bool = False) -> str:
    """The phrase that is the label of `box`: on its left (`right`: on its right), else, if that may be, over or under
    it; "" where there is none.
    """
    px, phrases = dpi / MM_PER_INCH, [p for p in phrases if right or any(map(str.isalpha, p.text))]
    level = [p for p in phrases if min(p.box.y1, box.y1) - max(p.box.y0, box.y0) > 0.4 * min(p.box.height, box.height)]
    gaps = [(p.box.x0 - box.x1 if right else box.x0 - p.box.x1, p) for p in level]
    near = [(gap, p) for gap, p in gaps if -px < gap < BESIDE_MM * px]
    if not near and not level_only:
        shared = [p for p in phrases if min(p.box.x1, box.x1) > max(p.box.x0, box.x0)]
        gaps = [(min(abs(box.y0 - p.box.y1), abs(p.box.y0 - box.y1)), p) for p in shared]
        near = [(gap, p) for gap, p in gaps if gap < AROUND_MM * px]
    return min(near, key=lambda found: found[0])[1].text if near else ""
