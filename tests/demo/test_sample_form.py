"""The sample form: its drawing and the description that reading uses must agree."""

from pathlib import Path

import numpy as np
import pytest

from demo.description import as_toml
from demo.fill import render
from demo.form import BY_NAME, ENTRIES, anchors, draw
from ocr.spec import load_form

TOML = Path(__file__).parents[2] / "config" / "forms" / "hundesteuer.toml"
DPI = 200
PX = DPI / 25.4


@pytest.fixture(scope="module")
def pages():
    return render(draw(), DPI)


def part(page, box_mm):
    x0, y0, x1, y1 = (round(edge * PX) for edge in box_mm)
    return page[y0:y1, x0:x1]


def test_the_description_in_config_is_the_one_of_the_geometry():
    assert TOML.read_text(encoding="utf-8") == as_toml()


def test_drawing_twice_gives_the_same_bytes():
    assert draw() == draw()


def test_the_form_has_two_pages_of_a4(pages):
    assert [page.shape for page in pages] == [(2339, 1654), (2339, 1654)]


@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.kind not in ("checkbox", "choice", "signature")], ids=lambda e: e.name
)
def test_an_entry_zone_is_empty_paper_inside_its_printed_box(pages, entry):
    page, zone = pages[entry.page - 1], load_form(TOML).fields_by_name[entry.name].box_mm
    inside = part(page, zone)
    if entry.cells:
        inside = inside[: round(inside.shape[0] * 0.2)]
    assert np.mean(inside < 128) < 0.02
    x0, y0, x1, y1 = entry.box_mm
    for outline in ((x0, y1 - 0.4, x1, y1 + 0.4), (x0 - 0.4, y0, x0 + 0.4, y1), (x1 - 0.4, y0, x1 + 0.4, y1)):
        dark = part(page, outline) < 128
        assert max(dark.mean(axis=0).max(), dark.mean(axis=1).max()) > 0.95


@pytest.mark.parametrize("name", ["first_dog", "dangerous_dog", "sepa_mandate"])
def test_a_check_square_is_printed_where_the_description_says(pages, name):
    entry, spec = BY_NAME[name], load_form(TOML).fields_by_name[name]
    x0, y0, x1, y1 = entry.box_mm
    outline = part(pages[entry.page - 1], (x0 - 0.3, y0 - 0.3, x1 + 0.3, y0 + 0.3)) < 128
    assert outline.mean(axis=1).max() > 0.8
    assert spec.box_mm[0] < x0 < x1 < spec.box_mm[2]
    assert spec.box_mm[1] < y0 < y1 < spec.box_mm[3]


def test_every_anchor_stands_where_the_description_says(pages):
    for anchor in anchors():
        dark = part(pages[anchor.page - 1], anchor.box_mm) < 110
        assert 0.05 < dark.mean() < 0.6, anchor.text
        x0, y0, x1, _ = anchor.box_mm
        above = part(pages[anchor.page - 1], (x0, y0 - 0.8, x1, y0 - 0.2)) < 110
        assert above.mean() < 0.03, anchor.text


def test_all_fields_lie_on_their_page():
    for field in load_form(TOML).field:
        x0, y0, x1, y1 = field.box_mm
        assert 0 < x0 < x1 < 210
        assert 0 < y0 < y1 < 297
