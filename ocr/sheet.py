"""A page with what is printed on it: words, text lines, ruled lines, the known phrases of a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ocr.engines import tesseract
from ocr.page import Bits, Box, Page, Word
from ocr.phrases import MIN_SCORE, Found, TextLine, find_phrase, letters_of, lines_of
from ocr.rulings import Rulings, find_rulings
from ocr.spec import FormSpec
from ocr.steps.clean import SMALLEST_PX

WORK_DPI = 200.0
"""Words for finding forms and labels are read at this resolution: a third faster than at 300, as good."""
INK, SCREENED = 128, 0.12
"""Darker is ink; print covers 3 to 8 percent of a page, seldom more than this share."""
FOCUS_INCH, STILL_DARK = 1 / 300, 80
"""How far out of focus a page with a background of dots is seen, and which grey is print then."""
READ, MUCH_BETTER = 0.7, 1.5
"""From this confidence on a word was read; so many times the letters make it worth to take the other page."""
SHORT_PHRASE, SHORT_SCORE = 12, 0.88
"""So few letters, and how well they must match where they are no label."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a document. `labels`: labels of the form found on it; `printed`: its other printed phrases."""

    page: Page
    words: tuple[Word, ...]
    lines: tuple[TextLine, ...]
    rulings: Rulings
    printed: tuple[Found, ...] = ()
    labels: tuple[Found, ...] = ()


def look_at(page: Page, languages: Sequence[str]) -> Sheet:
    """The printed words and ruled lines of a page. A blank page has none, nor has a strip of a few pixels."""
    if page.blank or min(page.gray.shape) < SMALLEST_PX:
        return Sheet(page, (), (), Rulings((), ()))
    words = page.words if page.words is not None else _words(page, languages)
    if page.words is None and _is_screened(page):
        other = _without_screen(page)
        cleaner = _words(other, languages)
        if _letters_read(cleaner) > MUCH_BETTER * _letters_read(words):
            page, words = other, cleaner
    return Sheet(page, words, lines_of(words), find_rulings(page))


def _is_screened(page: Page) -> bool:
    """Is there far more ink than print makes: a background of printed dots?"""
    return float((page.gray < INK).mean()) > SCREENED


def _without_screen(page: Page) -> Page:
    """The page with what stays dark when it is seen out of focus: print does, a background of dots does not."""
    seen = cv2.GaussianBlur(page.gray, (0, 0), max(0.7, page.dpi * FOCUS_INCH))
    gray = np.where(seen < STILL_DARK, 0, 255).astype(np.uint8)
    return replace(page, gray=gray, bits=None if page.bits is None else Bits.of(gray))


def _letters_read(words: Sequence[Word]) -> int:
    return sum(len(w.text) for w in words if w.confidence > READ and len(w.text) > 2)


def turned_over(sheet: Sheet, languages: Sequence[str]) -> Sheet:
    """The sheet as if its page had been fed the other way up, read again."""
    page = sheet.page
    half = np.array([[-1.0, 0.0, page.width - 1.0], [0.0, -1.0, page.height - 1.0], [0.0, 0.0, 1.0]])
    gray = np.ascontiguousarray(page.gray[::-1, ::-1])
    bits = None if page.bits is None else Bits.of(np.ascontiguousarray(page.bits.to_gray()[::-1, ::-1]))
    turn_deg = (page.rotated_deg + 180) % 360
    other = replace(page, gray=gray, bits=bits, matrix=page.matrix @ half, rotated_deg=turn_deg)
    return look_at(other, languages)


def phrases_of(spec: FormSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The labels of the form, and its other printed phrases."""
    places = [place for field in spec.field for place in field.places]
    labels = dict.fromkeys(label for place in places for label in (*place.labels, *place.stop_labels, *place.beside))
    asides = dict.fromkeys((*spec.printed, *(text for place in places for text in place.aside)))
    return tuple(labels), tuple(asides)


def second_look(sheet: Sheet, languages: Sequence[str]) -> Sheet:
    """The sheet read once more in another way (as one block of text), where labels were not found."""
    if not sheet.words or sheet.page.words is not None:
        return sheet
    again = _words(sheet.page, languages, psm=tesseract.ONE_BLOCK)
    return replace(sheet, lines=sheet.lines + lines_of(again))


def _words(page: Page, languages: Sequence[str], psm: int = tesseract.SPARSE_TEXT) -> tuple[Word, ...]:
    scale = min(1.0, WORK_DPI / page.dpi)
    gray = page.gray
    if scale < 1:
        gray = np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found = tesseract.read_words(gray, page.dpi * scale, languages, psm=psm)
    return tuple(Word(w.text, _scaled(w.box, 1 / scale), w.confidence) for w in found)


def _scaled(box: Box, by: float) -> Box:
    return Box(round(box.x0 * by), round(box.y0 * by), round(box.x1 * by), round(box.y1 * by))


def _likeness(printed: str) -> float:
    """How well a printed phrase must match: a short one is soon like a word of a value ("EXECUTION", "Section")."""
    return MIN_SCORE if len(letters_of(printed)) > SHORT_PHRASE else SHORT_SCORE


def with_printed(sheet: Sheet, spec: FormSpec) -> Sheet:
    """The sheet with all phrases of the form that are found on it."""
    labels, printed = phrases_of(spec)
    loose = {text for field in spec.field for place in field.places for text in place.aside}
    scores = [(text, MIN_SCORE if text in loose else _likeness(text)) for text in printed]
    return replace(
        sheet,
        labels=tuple(hit for text in labels for hit in find_phrase(sheet.lines, text)),
        printed=tuple(hit for text, score in scores for hit in find_phrase(sheet.lines, text, min_score=score)),
    )
