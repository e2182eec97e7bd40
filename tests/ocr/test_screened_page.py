"""A page printed on a background of dots."""

from __future__ import annotations

import cv2
import numpy as np

from ocr.page import Page
from ocr.sheet import look_at

LINES = ("Application to the harbour board", "Name of the captain and the ship", "Registration number of the pier")


def drawn(dots: bool) -> Page:
    gray = np.full((900, 2000), 255, np.uint8)
    for index, text in enumerate(LINES):
        cv2.putText(gray, text, (100, 200 + 220 * index), cv2.FONT_HERSHEY_COMPLEX, 2.2, 0, 6)
    if dots:
        gray[(np.random.default_rng(3).random((900, 2000)) < 0.22)] = 0
    return Page(1, gray, 300.0, 0.0, 0, False, np.eye(2, 3))


def words_seen(page: Page) -> set[str]:
    return {word.text for word in look_at(page, ("eng",)).words}


def test_print_on_a_background_of_dots_is_read():
    assert {"Application", "harbour", "captain", "Registration", "number"} <= words_seen(drawn(dots=True))


def test_a_plain_page_is_left_as_it_is():
    page = drawn(dots=False)
    assert look_at(page, ("eng",)).page is page
