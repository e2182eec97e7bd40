"""From form coordinates to the page: shift, scale, a small turn, misread and missing phrases."""

import numpy as np
import pytest

from ocr.page import Box, Page, Word
from ocr.phrases import lines_of
from ocr.register import register, zone_image
from ocr.spec import AnchorSpec, FormSpec

DPI = 200.0
PX = DPI / 25.4
PLACES = {
    "Anmeldung zur Steuer": (20, 20, 70, 24),
    "Angaben zur Person": (20, 80, 60, 84),
    "Angaben zum Tier": (120, 80, 160, 84),
    "Hinweise zum Ausfüllen": (20, 200, 75, 204),
    "Unterschrift der Person": (120, 260, 175, 264),
}
SPEC = FormSpec(name="tier", title="Tier", anchor=tuple(AnchorSpec(text=t, box_mm=b) for t, b in PLACES.items()))


def page(number=1):
    gray = np.full((2400, 1700), 255, np.uint8)
    return Page(number, gray, DPI, 0.0, 0, False, np.eye(2, 3))


def moved(x_mm, y_mm, scale=1.0, dx=0.0, dy=0.0, turn=0.0):
    return (
        (scale * x_mm - turn * y_mm + dx) * PX,
        (turn * x_mm + scale * y_mm + dy) * PX,
    )


def words(leave_out=(), **how):
    placed = []
    for text, (x0, y0, x1, y1) in PLACES.items():
        if text in leave_out:
            continue
        parts = text.split()
        letters = sum(map(len, parts)) + len(parts) - 1
        at = 0
        for part in parts:
            left = moved(x0 + (x1 - x0) * at / letters, y0, **how)
            right = moved(x0 + (x1 - x0) * (at + len(part)) / letters, y1, **how)
            placed.append(Word(part, Box(round(left[0]), round(left[1]), round(right[0]), round(right[1])), 0.9))
            at += len(part) + 1
    return lines_of(placed)


@pytest.mark.parametrize(
    "how", [{}, {"dx": 6.0, "dy": -4.0}, {"scale": 0.94, "dx": 5}, {"scale": 1.05}, {"turn": 0.01, "dx": 4}]
)
def test_it_lays_the_page_over_the_form(how):
    fit = register([page()], [words(**how)], SPEC, 1)
    assert fit.anchors >= 4
    assert fit.error_mm < 0.3
    box = fit.to_px((100, 150, 120, 158))
    x, y = moved(100, 150, **how)
    assert (box.x0, box.y0) == pytest.approx((x, y), abs=0.8 * PX)


def test_a_missing_phrase_does_not_matter():
    fit = register([page()], [words(leave_out=("Angaben zum Tier",), dx=3.0)], SPEC, 1)
    assert (fit.anchors, fit.matrix[0, 2]) == (4, pytest.approx(3 * PX, abs=0.3 * PX))


def test_a_phrase_that_stands_elsewhere_is_ignored():
    wrong = tuple(
        Word(w, Box(900 + 90 * i, 1900, 980 + 90 * i, 1930), 0.9) for i, w in enumerate(("Angaben", "zum", "Tier"))
    )
    lines = words(leave_out=("Angaben zum Tier",)) + lines_of(wrong)
    fit = register([page()], [lines], SPEC, 1)
    assert fit.error_mm < 0.3


def test_the_page_with_the_phrases_is_taken_whatever_its_number():
    fit = register([page(1), page(2)], [(), words()], SPEC, 1)
    assert fit.number == 2


def test_without_phrases_the_page_is_taken_as_it_is_and_says_so():
    fit = register([page()], [()], SPEC, 1)
    assert fit.anchors == 0
    assert fit.to_px((10, 10, 20, 20)).x0 == pytest.approx(10 * PX, abs=1)


def test_there_is_no_fit_for_a_missing_page():
    assert register([page(1)], [()], SPEC, 2) is None


def test_a_zone_is_taken_out_in_form_coordinates():
    paper = page()
    x0, y0 = (round(v) for v in moved(100, 150, scale=0.9, dx=5, dy=7))
    paper.gray[y0 : y0 + round(0.9 * 4 * PX), x0 : x0 + round(0.9 * 10 * PX)] = 0
    fit = register([paper], [words(scale=0.9, dx=5, dy=7)], SPEC, 1)
    zone = zone_image(paper, fit, (95, 148, 115, 158))
    assert zone.shape == (round(10 * PX), round(20 * PX))
    rows, columns = np.nonzero(zone < 128)
    assert (columns.min() / PX, rows.min() / PX) == pytest.approx((5, 2), abs=0.4)
    assert (columns.max() / PX, rows.max() / PX) == pytest.approx((15, 6), abs=0.4)
