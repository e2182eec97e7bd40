"""The stamp of receipt as evidence for the date of a signature."""

from __future__ import annotations

import datetime
import re

import numpy as np

from ocr.page import Box, Page, Word
from ocr.phrases import lines_of
from ocr.received import grammar_before, is_near, received_on
from ocr.rulings import Rulings
from ocr.sheet import Sheet

DAY = datetime.date(2016, 2, 26)


def sheet(*texts: str) -> Sheet:
    page = Page(1, np.full((900, 900), 255, np.uint8), 200.0, 0.0, 0, False, np.eye(2, 3))
    words = tuple(
        Word(part, Box(20 + 90 * i, 50 + 60 * row, 100 + 90 * i, 72 + 60 * row), 0.9)
        for row, text in enumerate(texts)
        for i, part in enumerate(text.split())
    )
    return Sheet(page, words, lines_of(words), Rulings((), ()))


def test_the_day_of_receipt_is_what_most_stamps_say():
    stamps = ("Received by the Harbour Office 02/26/2016 3:51:29 PM",) * 2
    assert received_on([sheet(*stamps, "Received 02/20/2016")], "eng") == DAY


def test_a_german_stamp_is_day_first():
    assert received_on([sheet("Eingegangen 05.02.2016")], "deu") == datetime.date(2016, 2, 5)


def test_a_date_without_a_stamp_or_stamps_that_disagree_say_nothing():
    assert received_on([sheet("Berth 02/26/2016")], "eng") is None
    assert received_on([sheet("Received 02/26/2016", "Received 02/27/2016")], "eng") is None


def test_near_is_before_the_stamp_and_not_long_before():
    days = ("2016-02-26", "2016-01-02", "2016-02-27", "2015-12-01", "2014-02-26")
    assert [is_near(day, DAY) for day in days] == [True, True, False, False, False]


def test_the_grammar_holds_the_usual_spellings_of_near_days_only():
    grammar = re.compile(grammar_before(DAY))
    near = ("2/26/16", "02-26-2016", "2,1,16", "26.2.2016", "Feb 26, 2016", "February 3rd, 2016", "31 January 2016")
    assert all(grammar.fullmatch(text) for text in near)
    assert not any(
        grammar.fullmatch(text) for text in ("2/27/16", "2/26/14", "Feb 26, 2014", "Feb 30, 2016", "11/30/15")
    )
