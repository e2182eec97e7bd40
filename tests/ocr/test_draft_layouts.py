"""Blank forms laid out in many ways (`bench.blanks`): the draft finds what a person would draw."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng
from reportlab.pdfgen import canvas

from bench import blanks
from bench import blanks_blind as blind
from bench import blanks_blind_more as more
from bench import blanks_office as office
from bench.blanks import Wanted, make_blank
from bench.draft_score import pair_up, score
from demo.fill import render
from ocr.draft import draft
from ocr.draft_names import kind_of, slug
from ocr.draft_strokes import blots_in
from ocr.draft_tints import find_tints
from ocr.page import Box
from ocr.spec import FormSpec

MM = 72 / 25.4
ASK_NOTHING = {"price_table", "notice", "cut_here", "stamp"} | {way.__name__ for way in office.INFORMS}


def drafted(path: Path, *ways: blanks.Way, seed: int = 5) -> tuple[FormSpec, list[Wanted]]:
    pdf, wanted = make_blank(ways, default_rng(seed), pages=1)
    path.write_bytes(pdf)
    return draft(path, "antrag"), wanted


@pytest.mark.parametrize(
    "ways",
    [
        (blanks.grey_fill, blanks.tinted_ground, blanks.rounded),
        (blanks.left_dotted, blanks.dashed, blanks.open_sides),
        (blanks.open_ticks, blanks.comb_ticks, blanks.date_groups, blanks.english_lines),
        (blanks.options_column, blanks.circles, blanks.matrix, blanks.bracketed, blanks.answer_before),
        (blanks.at_the_end, blanks.options_grid, blanks.under_box, blanks.row_labels, blanks.signature_box),
        (blanks.white_cells, blind.price_table, blind.notice, blind.cut_here, blind.date_blanks, more.stamp),
        (blind.numbered_rows, blind.two_persons, blind.unit_inside, blind.key_numbers, blind.write_in),
        (more.squares_in_cells, more.two_signatures, more.shaded_labels, more.numbered_lines),
        (
            office.u_left,
            office.numbered_children,
            office.dots_with_label_under,
            office.fee_leaders,
            office.office_table,
        ),
        (office.trade_cells, office.day_squares, office.hours_grid, office.fee_table_grouped, office.sample_writing),
        (office.iban_groups, office.in_prose, office.privacy_columns, office.leaflet_boxes, office.contact_block),
    ],
)
def test_every_way_to_lay_out_a_question_is_known(ways: tuple[Callable[..., float], ...], tmp_path: Path) -> None:
    spec, wanted = drafted(tmp_path / "blank.pdf", *ways)
    pairs, invented = pair_up(wanted, spec)
    counted = score(pairs, invented)
    assert {w.way for w in wanted} == {way.__name__ for way in ways} - ASK_NOTHING
    assert (counted["found"], counted["titled"], counted["kind"]) == (counted["all"],) * 3
    assert (counted["cells"], counted["options"], len(invented)) == (counted["all"], counted["all"], 0)


def test_rows_of_cells_that_are_alike_become_a_table(tmp_path: Path) -> None:
    spec, wanted = drafted(tmp_path / "blank.pdf", blanks.table_rows)
    rows = {title.rsplit(":", 1)[0] for title in (w.title for w in wanted)}
    first = spec.table[0]
    assert sum(table.rows for table in spec.table) == len(rows) or len(spec.table) > 1
    assert len(first.column) == 3
    assert {f.title for f in spec.field} >= {f"{first.title} 1: {column.title}" for column in first.column}


def test_several_answers_that_may_be_marked_are_fields_of_their_own(tmp_path: Path) -> None:
    for seed in range(6):
        spec, wanted = drafted(tmp_path / "blank.pdf", blanks.options_column, seed=seed)
        if any(w.kind == "checkbox" for w in wanted):
            break
    assert {f.kind for f in spec.field if f.title in ("Mietvertrag", "Kopie des Ausweises")} == {"checkbox"}


def test_shades_are_found_and_strokes_are_none() -> None:
    pdf, wanted = make_blank((blanks.grey_fill, blanks.over_box), default_rng(3), pages=1)
    found = find_tints(np.ascontiguousarray(render(pdf, 150)[0]), 150)
    grey = [w for w in wanted if w.way == "grey_fill"]
    assert len(found) == len(grey)


def test_what_is_printed_beside_form_fields_is_a_field_too(tmp_path: Path) -> None:
    paper = canvas.Canvas(str(tmp_path / "form.pdf"), pagesize=(210 * MM, 297 * MM))
    paper.setFont("Helvetica", 10)
    for y, label in ((250, "Familienname"), (235, "Geburtsdatum")):
        paper.drawString(20 * MM, (y + 2) * MM, label)
        paper.rect(60 * MM, y * MM, 80 * MM, 8 * MM)
    paper.acroForm.textfield(name="familienname", x=60 * MM, y=250 * MM, width=80 * MM, height=8 * MM)
    paper.save()
    fields = draft(tmp_path / "form.pdf", "antrag").field
    assert [(f.name, f.kind) for f in fields] == [("familienname", "name"), ("geburtsdatum", "date")]


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Datum der Unterschrift", "date"),
        ("Ort, Datum, Unterschrift", "signature"),
        ("Date of birth", "date"),
        ("Street and house number", "street"),
        ("Postcode and city", "plz_town"),
        ("Monatliche Kaltmiete", "money"),
        ("Name der Bank", "text"),
        ("Automobil", "text"),
        ("Kundennummer", "number"),
    ],
)
def test_kinds_are_guessed_in_german_and_english(title: str, kind: str) -> None:
    assert kind_of(title) == kind


def test_a_name_begins_with_a_letter_whatever_is_left_of_it() -> None:
    assert slug("Die 12 nach der Satzung bei der Bearbeitung vernichteten Unterlagen")[0].isalpha()


def test_what_stands_out_of_a_word_is_no_sign_of_its_own() -> None:
    ink, strokes = np.zeros((60, 120), np.uint8), np.zeros((60, 120), np.uint8)
    ink[10:40, 60:62] = 1  # the last letter ends two pixels behind the box of its word
    assert blots_in(ink, strokes, [Box(20, 10, 60, 40)]) == []
    ink[10:40, 80:90] = 1
    assert blots_in(ink, strokes, [Box(20, 10, 60, 40)]) == [Box(80, 10, 90, 40)]
