"""A German 1 is told from a 7 by where its left side begins; print from a hand by the heights of its letters."""

import cv2
import numpy as np
import pytest

from ocr.shapes import evenness, with_ones


def line(*digits):
    """A line 48 px high: each digit is a chain of points in a cell of 30 px."""
    gray = np.full((56, 30 * len(digits) + 16), 255, np.uint8)
    for n, points in enumerate(digits):
        chain = np.array([(8 + 30 * n + x, 4 + y) for x, y in points], np.int32)
        cv2.polylines(gray, [chain], False, 20, 3)
    return gray


SEVEN = [(2, 3), (20, 3), (9, 44)]
ONE = [(2, 20), (14, 3), (14, 44)]
LOW_ONE = [(3, 28), (12, 3), (12, 44)]
STROKE = [(8, 3), (7, 44)]


def test_a_seven_with_an_upstroke_is_a_one():
    assert with_ones("77", line(SEVEN, ONE)) == "71"
    assert with_ones("7 7", line(LOW_ONE, SEVEN)) == "1 7"


@pytest.mark.parametrize("text", ["7", "1"])
def test_a_seven_with_its_level_stroke_stays(text):
    assert with_ones(text, line(SEVEN)) == text


def test_only_a_seven_is_changed():
    assert with_ones("47", line(ONE, ONE)) == "41"


def test_a_bare_stroke_is_no_evidence():
    assert with_ones("7", line(STROKE)) == "7"


def test_where_characters_touch_nobody_knows_which_is_which():
    joined = line(SEVEN, ONE)
    joined[20:24, 8:60] = 20
    assert with_ones("77", joined) == "77"


def bars(*heights):
    """A line with a letter of each height."""
    gray = np.full((56, 20 * len(heights) + 16), 255, np.uint8)
    for n, height in enumerate(heights):
        gray[50 - height : 50, 8 + 20 * n : 16 + 20 * n] = 20
    return gray


def test_letters_of_two_heights_are_print():
    assert evenness([bars(40, 28, 28, 40, 28, 28, 40, 28)]) == 1.0


def test_letters_of_all_heights_are_a_hand():
    assert evenness([bars(40, 24, 33, 37, 28, 42, 30, 35)]) < 0.5


def test_points_and_hyphens_say_nothing():
    assert evenness([bars(40, 4, 40, 6, 40, 40, 3)]) == 1.0


def test_a_few_letters_say_nothing():
    assert evenness([bars(40, 28, 33), bars(40)]) is None
    assert evenness([]) is None
