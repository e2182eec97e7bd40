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


@pytest.mark.parametrize("scale", [(0.85, 0.85), (1.15, 1.15), (0.96, 1.0), (1.0, 0.94)])
@pytest.mark.parametrize("turn_deg", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("shift_mm", [(20.0, -10.0), (-15.0, 20.0)])
def test_a_page_that_was_copied_and_faxed_is_laid_over_its_form(scale, turn_deg, shift_mm):
    turn = np.tan(np.deg2rad(turn_deg))
    truth = np.array([[scale[0], -turn * scale[1]], [turn * scale[0], scale[1]]])

    def at(x_mm, y_mm):
        return (truth @ (x_mm, y_mm) + shift_mm) * PX

    placed = []
    for text, (x0, y0, x1, y1) in PLACES.items():
        (left, top), (right, low) = at(x0, (y0 + y1) / 2), at(x1, (y0 + y1) / 2)
        high = 2 * PX
        for part, (a, b) in zip(text.split(), shares(text), strict=True):
            box = [left + a * (right - left), top + a * (low - top) - high, left + b * (right - left)]
            placed.append(Word(part, Box(*(round(v) for v in (*box, top + a * (low - top) + high))), 0.9))
    fit = register([page()], [lines_of(placed)], SPEC, 1)
    assert fit.anchors == len(PLACES)
    for corner in ((20, 150), (180, 150), (100, 280)):
        assert np.hypot(*(fit.matrix @ (*corner, 1) - at(*corner))) < 0.6 * PX


def shares(text):
    """Where each word of a phrase begins and ends, 0..1."""
    at = 0
    for part in text.split():
        yield at / len(text), (at + len(part)) / len(text)
        at += len(part) + 1


def test_of_a_phrase_that_stands_twice_the_right_one_is_taken():
    other = tuple(
        Word(w, Box(900 + 90 * i, 1200, 980 + 90 * i, 1230), 0.9) for i, w in enumerate(("Angaben", "zur", "Person"))
    )
    fit = register([page()], [lines_of(other) + words()], SPEC, 1)
    assert (fit.anchors, fit.error_mm < 0.3) == (5, True)


def test_two_phrases_hold_a_page_without_stretching_it():
    left_out = ("Angaben zum Tier", "Hinweise zum Ausfüllen", "Unterschrift der Person")
    fit = register([page()], [words(leave_out=left_out, scale=0.9, dx=8.0)], SPEC, 1)
    assert fit.anchors == 2
    assert fit.matrix @ (150, 250, 1) == pytest.approx(moved(150, 250, scale=0.9, dx=8.0), abs=2.5 * PX)
