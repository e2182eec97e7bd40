"""A page whose fixed points are in their places is not read whole; in every doubt it is."""

import numpy as np
import pytest

from config.forms import known_forms
from demo.fill import blank_form, render
from ocr.glimpse import MOST_PAGES, fixed_pages, glimpse
from ocr.page import Page
from ocr.register import fit_page
from ocr.sheet import look_at
from ocr.spec import AnchorSpec, FieldSpec, FormSpec

DPI = 200.0
FORM = known_forms()["hundesteuer"]
FIXED = fixed_pages({FORM.name: FORM})
AT_MM = np.array([[30.0, 100.0, 1.0], [180.0, 100.0, 1.0], [100.0, 250.0, 1.0]]).T


def page(form_page, number=1, shift_px=(0, 0)):
    gray = np.roll(render(blank_form(), DPI)[form_page - 1], shift_px, axis=(1, 0))
    return Page(number, np.ascontiguousarray(gray), DPI, 0.0, 0, False, np.eye(2, 3))


def drawn(name, mark, box_mm=(20, 20, 60, 24)):
    anchors = tuple(AnchorSpec(text=f"{mark} {n}", box_mm=(20, 20 + 9 * n, 60, 24 + 9 * n)) for n in range(6))
    field = FieldSpec(name="a", title="A", box_mm=box_mm)
    return FormSpec(name=name, title=name, marks={"1": (mark,)}, anchor=anchors, field=(field,))


@pytest.mark.parametrize("form_page", [1, 2])
def test_the_page_is_laid_over_the_form_as_with_all_its_words(form_page):
    scan = page(form_page, shift_px=(17, -11))
    few, many = glimpse(scan, FIXED), look_at(scan, FORM.language)
    assert few is not None
    assert len(few.words) < len(many.words) / 3
    here, there = (fit_page(scan, sheet.lines, FORM, form_page) for sheet in (few, many))
    assert here.anchors >= there.anchors - 1
    assert np.abs(here.matrix @ AT_MM - there.matrix @ AT_MM).max() < 0.3 * DPI / 25.4


def test_swapped_pages_are_known_too():
    assert glimpse(page(2, number=1), FIXED) is not None


def test_a_page_that_slipped_far_is_left_to_the_whole_reading():
    assert glimpse(page(1, shift_px=(0, 160)), FIXED) is None


def test_a_page_with_the_first_fixed_point_only_is_left_to_the_whole_reading():
    scan = page(1)
    gray = scan.gray.copy()
    gray[round(92 * DPI / 25.4) :] = 255
    assert glimpse(Page(1, gray, DPI, 0.0, 0, False, np.eye(2, 3)), FIXED) is None


def test_forms_that_share_a_mark_are_told_apart_by_all_words():
    old, new = drawn("alt", "Antrag auf Wohngeld"), drawn("neu", "Antrag auf Wohngeld")
    assert fixed_pages({"alt": old, "neu": new}) == ()
    assert len(fixed_pages({"alt": old, "tier": drawn("tier", "Anmeldung eines Hundes")})) == 2


def test_a_form_whose_values_stand_by_labels_is_read_whole():
    by_label = drawn("brief", "Antrag auf Beihilfe", box_mm=None)
    assert fixed_pages({"brief": by_label}) == ()


def test_among_many_forms_pages_are_read_whole():
    many = {name: drawn(name, f"Vordruck {name}") for name in "abcdefghijk"[: MOST_PAGES + 1]}
    assert fixed_pages(many) == ()
