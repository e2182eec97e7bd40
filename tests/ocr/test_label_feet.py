"""The lower edge of a label: below its own letters, above the value that touches it."""

from __future__ import annotations

import numpy as np

from ocr.page import Box, Page, Word
from ocr.phrases import lines_of
from ocr.places import find_zone
from ocr.rulings import Rulings
from ocr.sheet import Sheet
from ocr.spec import PlaceSpec

PLACE = PlaceSpec(labels=("Name of the principal registrant",), place="below", reach_mm=(80, 20))
TEXTS = ("Name", "of", "the", "principal", "registrant")


def sheet(lows: tuple[int, ...], tops: tuple[int, ...]) -> Sheet:
    """The label's words with the given edges, and small print that makes 20 px the usual height of a word."""
    label = [
        Word(text, Box(100 + 90 * i, top, 180 + 90 * i, low), 0.9)
        for i, (text, top, low) in enumerate(zip(TEXTS, tops, lows, strict=True))
    ]
    small = [Word("small", Box(100 + 90 * i, 800, 170 + 90 * i, 820), 0.9) for i in range(9)]
    page = Page(1, np.full((1000, 900), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
    words = (*label, *small)
    return Sheet(page, words, lines_of(words), Rulings((), ()))


def core_top(lows: tuple[int, ...], tops: tuple[int, ...]) -> int:
    zone = find_zone(PLACE, [sheet(lows, tops)], 1)
    assert zone is not None
    return zone.core.y0


def test_a_zone_begins_below_the_letters_of_a_label_that_stands_a_little_askew() -> None:
    assert core_top(lows=(140, 142, 144, 146, 148), tops=(98, 104, 106, 108, 110)) >= 144


def test_a_zone_keeps_the_value_that_was_taken_for_one_word_with_its_label() -> None:
    assert core_top(lows=(150,) * 5, tops=(100,) * 5) <= 130
