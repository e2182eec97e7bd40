"""Check squares drawn at random, scanned badly: nothing that is sure may be wrong. And bar codes."""

from collections import Counter

import numpy as np
import pytest
import zxingcpp

from ocr.kinds import barcode, checkbox, choice
from ocr.spec import FieldSpec
from tests.ocr.drawn_marks import draw

BOX = FieldSpec(name="box", title="Kästchen", kind="checkbox")
CODE = FieldSpec(name="code", title="Strichcode", kind="barcode")
CHOICE = FieldSpec(
    name="dogs",
    title="Hunde",
    kind="choice",
    box_mm=(10, 10, 60, 20),
    options={"1": (13, 13, 17, 17), "2": (33, 13, 37, 17)},
)
FAMILIES = [("nothing", "speck"), ("cross", "slash"), ("tick", "typed_x", "blob"), ("struck",), ("beside", "reached")]
SEEDS = range(500_000, 500_060)  # not those by which limits were chosen


def results(marks):
    found = Counter()
    for seed in SEEDS:
        drawn = draw(seed, marks)
        seen = checkbox.look(drawn.zone, drawn.dpi, BOX)
        found["asked" if seen.confidence < 0.9 else "right" if seen.value in drawn.right else "wrong"] += 1
    return found


@pytest.mark.parametrize("marks", FAMILIES, ids=lambda marks: marks[0])
def test_what_is_sure_about_a_drawn_square_is_right(marks):
    found = results(marks)
    assert found["wrong"] == 0
    assert found["right"] >= 0.6 * len(SEEDS) or marks == ("struck",)


def test_paper_without_a_square_is_absent_not_empty():
    paper = np.full((100, 100), 255, np.uint8)
    assert checkbox.look(paper, 300, BOX).state == "absent"
    assert choice.look(np.full((118, 590), 255, np.uint8), 300, CHOICE).state == "absent"


def code(name, text):
    made = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    return np.pad(np.array(zxingcpp.write_barcode_to_image(made, scale=4)), 20, constant_values=255)


@pytest.mark.parametrize("name", ["QRCode", "DataMatrix", "Code128"])
def test_it_reads_codes_that_check_themselves(name):
    seen = barcode.look(code(name, "AKZ-12345"), 300, CODE)
    assert (seen.value, seen.confidence > 0.9, seen.state) == ("AKZ-12345", True, "read")


def test_a_code_without_a_check_digit_asks():
    seen = barcode.look(code("Code39", "AKZ-12345"), 300, CODE)
    assert (seen.value, seen.confidence < 0.9, [n.code for n in seen.notes]) == ("AKZ-12345", True, ["K025"])


def test_two_codes_are_no_answer():
    both = [code("QRCode", text) for text in ("A-1", "B-2")]
    seen = barcode.look(np.hstack(both), 300, CODE)
    assert (seen.value, seen.state) == (None, "illegible")


def test_no_code_is_empty_and_a_spoiled_one_is_illegible():
    assert barcode.look(np.full((200, 200), 255, np.uint8), 300, CODE).state == "empty"
    spoiled = code("QRCode", "AKZ-12345")
    spoiled[spoiled.shape[0] // 3 :, spoiled.shape[1] // 4 :] = 0
    assert barcode.look(spoiled, 300, CODE).state == "illegible"
    assert barcode.look(np.zeros((0, 0), np.uint8), 300, CODE).state == "absent"
