"""Mark kinds: check squares, choices and signatures, drawn here pixel by pixel."""

import cv2
import numpy as np
import pytest

from ocr.kinds import checkbox, choice, signature
from ocr.spec import FieldSpec

DPI = 300
PX = DPI / 25.4
BOX = FieldSpec(name="box", title="Kästchen", kind="checkbox")
CHOICE = FieldSpec(
    name="dogs",
    title="Hunde",
    kind="choice",
    box_mm=(10, 10, 60, 20),
    options={"1": (13, 13, 17, 17), "2": (33, 13, 37, 17), "3+": (51, 13, 55, 17)},
)
LINE = FieldSpec(name="signature", title="Unterschrift", kind="signature")


def paper(width_mm, height_mm, level=255):
    return np.full((round(height_mm * PX), round(width_mm * PX)), level, np.uint8)


def at(x_mm, y_mm):
    return round(x_mm * PX), round(y_mm * PX)


def square(image, x, y, side=4.0, ink=0, thick=3):
    cv2.rectangle(image, at(x, y), at(x + side, y + side), ink, thick)


def cross(image, x, y, side=4.0, ink=40, thick=5, over=0.0):
    cv2.line(image, at(x - over, y - over), at(x + side + over, y + side + over), ink, thick, cv2.LINE_AA)
    cv2.line(image, at(x + side + over, y - over), at(x - over, y + side + over), ink, thick, cv2.LINE_AA)


def tick(image, x, y):
    cv2.line(image, at(x + 0.6, y + 2), at(x + 1.8, y + 3.6), 40, 5, cv2.LINE_AA)
    cv2.line(image, at(x + 1.8, y + 3.6), at(x + 4.6, y - 0.8), 40, 5, cv2.LINE_AA)


def fill(image, x, y):
    cv2.rectangle(image, at(x + 0.2, y + 0.2), at(x + 3.8, y + 3.8), 50, -1)


def nothing(image, x, y):
    return None


OFFSETS = [(0, 0), (2, 0), (-2, 0), (0, 2), (0, -2), (1.5, -1.5), (-2, 2)]


@pytest.mark.parametrize("offset", OFFSETS, ids=str)
@pytest.mark.parametrize(
    ("mark", "value"), [(cross, "ja"), (tick, "ja"), (fill, "ja"), (nothing, "nein")], ids=lambda m: str(m)[:16]
)
def test_it_finds_the_mark_although_the_print_is_shifted(mark, value, offset):
    zone = paper(8.8, 8.8)
    x, y = 2.4 + offset[0], 2.4 + offset[1]
    square(zone, x, y)
    mark(zone, x, y)
    seen = checkbox.look(zone, DPI, BOX)
    assert seen.value == value
    assert seen.confidence > 0.9


@pytest.mark.parametrize("dpi", [200, 300, 400])
@pytest.mark.parametrize("side", [3.0, 4.0, 5.5])
def test_it_knows_squares_of_every_usual_size(side, dpi):
    zone = paper(9, 9)
    square(zone, 4.5 - side / 2, 4.5 - side / 2, side)
    empty = cv2.resize(zone, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)
    assert checkbox.look(empty, dpi, BOX).value == "nein"
    cross(zone, 4.5 - side / 2, 4.5 - side / 2, side)
    marked = cv2.resize(zone, None, fx=dpi / DPI, fy=dpi / DPI, interpolation=cv2.INTER_AREA)
    assert checkbox.look(marked, dpi, BOX).value == "ja"


def test_a_pencil_cross_counts():
    zone = paper(8.8, 8.8, 240)
    square(zone, 2.4, 2.4)
    cross(zone, 2.4, 2.4, ink=135, thick=4)
    assert checkbox.look(zone, DPI, BOX).value == "ja"


def test_a_bilevel_scan_with_noise_is_no_hindrance():
    rng = np.random.default_rng(2)
    for marked in (False, True):
        zone = paper(8.8, 8.8)
        square(zone, 2.6, 2.2)
        if marked:
            cross(zone, 2.6, 2.2)
        zone[rng.random(zone.shape) < 0.004] = 0
        assert checkbox.look(zone, DPI, BOX).value == ("ja" if marked else "nein")


def test_a_speck_is_no_mark():
    zone = paper(8.8, 8.8)
    square(zone, 2.4, 2.4)
    cv2.circle(zone, at(4.4, 4.4), 4, 0, -1)
    assert checkbox.look(zone, DPI, BOX).value == "nein"


@pytest.mark.parametrize("level", [60, 150, 185])
def test_a_streak_of_dirty_glass_is_no_mark(level):
    zone = paper(8.8, 8.8)
    square(zone, 2.4, 2.4)
    zone[:, 50:53] = np.minimum(zone[:, 50:53], level)
    assert checkbox.look(zone, DPI, BOX).value == "nein"


def test_print_beside_the_square_is_no_mark():
    zone = paper(8.8, 8.8)
    square(zone, 2.4, 2.4)
    cv2.putText(zone, "Ersthund", at(6.9, 6.2), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
    seen = checkbox.look(zone, DPI, BOX)
    assert seen.value == "nein"
    assert seen.confidence > 0.9


def test_a_struck_out_mark_is_taken_back_but_a_person_looks():
    zone = paper(8.8, 8.8)
    square(zone, 2.4, 2.4)
    cross(zone, 2.4, 2.4)
    for y in (3.2, 3.9, 4.6, 5.3):
        cv2.line(zone, at(0.7, y), at(8.1, y + 0.2), 40, 6, cv2.LINE_AA)
    seen = checkbox.look(zone, DPI, BOX)
    assert seen.value == "nein"
    assert seen.confidence <= 0.5


def test_without_a_printed_square_it_is_not_sure():
    assert checkbox.look(paper(8.8, 8.8), DPI, BOX).confidence < 0.5


def test_an_empty_zone_does_no_harm():
    assert checkbox.look(np.zeros((0, 0), np.uint8), DPI, BOX).confidence < 0.5


def options(*marked, shift=(0.0, 0.0), struck=()):
    zone = paper(50, 10)
    for name, (x0, y0, _, _) in CHOICE.options.items():
        x, y = x0 - 10 + shift[0], y0 - 10 + shift[1]
        square(zone, x, y)
        if name in marked or name in struck:
            cross(zone, x, y)
        if name in struck:
            for row in (0.8, 1.5, 2.2, 2.9):
                cv2.line(zone, at(x - 1.6, y + row), at(x + 5.6, y + row), 40, 6, cv2.LINE_AA)
    return zone


@pytest.mark.parametrize("shift", [(0, 0), (2, 0), (-2, 1), (1, -2)], ids=str)
@pytest.mark.parametrize("option", ["1", "2", "3+"])
def test_it_names_the_marked_option(option, shift):
    seen = choice.look(options(option, shift=shift), DPI, CHOICE)
    assert seen.value == option
    assert seen.confidence > 0.9


def test_two_options_are_no_answer():
    seen = choice.look(options("1", "2"), DPI, CHOICE)
    assert (seen.value, seen.state) == (None, "illegible")
    assert "K021" in [note.code for note in seen.notes]
    assert seen.confidence < 0.3


def test_no_option_is_an_empty_answer():
    seen = choice.look(options(), DPI, CHOICE)
    assert (seen.value, seen.state, seen.confidence) == (None, "empty", 0.95)


def test_a_corrected_choice_is_read_but_a_person_looks():
    seen = choice.look(options("3+", struck=("1",)), DPI, CHOICE)
    assert seen.value == "3+"
    assert seen.confidence < 0.7


def test_equal_margins_around_the_choice_are_allowed():
    zone = cv2.copyMakeBorder(options("2"), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=255)
    assert choice.look(zone, DPI, CHOICE).value == "2"


def scribble(image, ink=50):
    t = np.linspace(0, 1, 200)
    x = 20 + 45 * t + 1.5 * np.sin(50 * t)
    y = 11 - 5 * np.exp(-3 * t) * np.sin(50 * t)
    points = np.round(np.stack([x, y], axis=1) * PX).astype(np.int32)
    cv2.polylines(image, [points], False, ink, 5, cv2.LINE_AA)


def test_a_scribble_is_a_signature():
    zone = paper(100, 18)
    scribble(zone)
    seen = signature.look(zone, DPI, LINE)
    assert (seen.value, seen.confidence > 0.9) == ("ja", True)


def test_an_empty_line_is_no_signature():
    zone = paper(100, 18)
    zone[-12:-9, :] = 0
    seen = signature.look(zone, DPI, LINE)
    assert (seen.value, seen.confidence > 0.9) == ("nein", True)


def test_a_signature_across_the_line_stays_one():
    zone = paper(100, 18)
    scribble(zone)
    zone[round(11 * PX) : round(11.3 * PX), :] = 0
    assert signature.look(zone, DPI, LINE).value == "ja"


def test_dust_is_no_signature():
    zone = paper(100, 18)
    rng = np.random.default_rng(1)
    for _ in range(60):
        cv2.circle(zone, (int(rng.integers(zone.shape[1])), int(rng.integers(zone.shape[0]))), 3, 0, -1)
    assert signature.look(zone, DPI, LINE).value == "nein"


def test_a_typed_name_is_not_surely_a_signature():
    zone = paper(100, 18)
    for n, letter in enumerate("ANNA MUELLER"):
        cv2.putText(zone, letter, at(20 + n * 2.6, 11), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    assert signature.look(zone, DPI, LINE).confidence < 0.7
