"""The lower edge of a label: below its own letters, above the value that touches it."""

from __future__ import annotations

import numpy as np

from ocr.page import Box, Page, Word
from ocr.phrases import find_phrase, lines_of
from ocr.places import Zone, find_zone
from ocr.rulings import Rulings
from ocr.sheet import Sheet, with_printed
from ocr.spec import FieldSpec, FormSpec, PlaceSpec

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


def found_zone(
    place: PlaceSpec, words: tuple[Word, ...], across: tuple[Box, ...] = (), spec: FormSpec | None = None
) -> Zone:
    page = Page(1, np.full((1000, 1200), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
    known = Sheet(page, words, lines_of(words), Rulings(across, ()))
    zone = find_zone(place, [with_printed(known, spec) if spec else known], 1)
    assert zone is not None
    return zone


def placed(texts: tuple[str, ...], top: int) -> tuple[Word, ...]:
    return tuple(Word(text, Box(100 + 90 * i, top, 180 + 90 * i, top + 22), 0.9) for i, text in enumerate(texts))


def test_a_label_of_two_words_is_as_low_as_the_word_that_swallowed_no_value() -> None:
    words = (Word("Registration", Box(100, 100, 280, 160), 0.9), Word("No.", Box(290, 100, 330, 124), 0.9))
    assert found_zone(PlaceSpec(labels=("Registration No.",), place="below"), words).core.y0 <= 140


def test_a_broken_rule_ends_a_cell_like_a_whole_one() -> None:
    pieces = tuple(Box(x, 200, x + 100, 203) for x in range(0, 1000, 130))
    place = PlaceSpec(labels=("Harbourmaster",), place="inside", reach_mm=(110, 60))
    assert found_zone(place, placed(("Harbourmaster",), 100), pieces).core.y1 == 200


def test_words_of_a_label_that_stand_in_another_label_do_not_hide_it() -> None:
    place = PlaceSpec(
        labels=("Name of the owner",), aside=("was moored.",), stop_labels=("Total ships moored",), place="below"
    )
    field = FieldSpec(
        name="f", title="F", kind="text", labels=place.labels, aside=place.aside, stop_labels=place.stop_labels
    )
    words = (*placed(("Name", "of", "the", "owner"), 100), *placed(("Total", "ships", "moored"), 260))
    assert found_zone(place, words, spec=FormSpec(name="form", title="Form", field=(field,))).core.y1 <= 260


def test_the_word_before_a_label_is_no_part_of_it_though_its_last_letters_match() -> None:
    line = placed(("Date", "of", "report", "Name", "and", "tide"), top=100)
    (hit,) = find_phrase(lines_of(line), "Name and title")
    assert hit.words[0].text == "Name"


def test_print_beside_a_zone_that_only_touches_it_does_not_end_it() -> None:
    place = PlaceSpec(labels=("Sworn before me",), place="above", half="right", reach_mm=(200, 60))
    tops = []
    for right in (480, 700):
        words = (Word("paragraph", Box(100, 400, right, 420), 0.9), *placed(("Sworn", "before", "me"), top=600))
        page = Page(1, np.full((1000, 900), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
        spec = FormSpec(name="f", title="F", printed=("paragraph",))
        zone = find_zone(place, [with_printed(Sheet(page, words, lines_of(words), Rulings((), ())), spec)], 1)
        assert zone is not None
        tops.append(zone.core.y0 < 400)
    assert tops == [True, False]


def test_the_wall_between_two_labels_is_one_although_it_is_broken_beside_them() -> None:
    place = PlaceSpec(labels=("Name and title",), place="inside", reach_mm=(60, 20))
    words = (*placed(("Date", "of", "report"), top=100), Word("Name", Box(500, 100, 560, 120), 0.9))
    words += (Word("and", Box(570, 100, 610, 120), 0.9), Word("title", Box(620, 100, 680, 120), 0.9))
    field = FieldSpec(name="d", title="D", kind="date", labels=("Date of report",))
    page = Page(1, np.full((1000, 900), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
    wall = Rulings((), (Box(480, 135, 484, 240),))
    seen = with_printed(Sheet(page, words, lines_of(words), wall), FormSpec(name="f", title="F", field=(field,)))
    zone = find_zone(place, [seen], 1)
    assert zone is not None
    assert zone.core.x0 == 484
