"""Two pages side by side are cut at the fold; one landscape page never is."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from ocr.page import Bits, Box, Gray, RawPage, Word
from ocr.steps.split import find_fold, split_page

DPI = 80.0
MM = DPI / 25.4
WIDTH, HEIGHT = round(420 * MM), round(297 * MM)
WORDS = ["Antrag", "auf", "Leistungen", "zur", "Bildung", "und", "Teilhabe", "12.03.2024", "Name", "IBAN", "Stadt"]
NOISE = np.random.default_rng(0).normal(0, 3, (HEIGHT, WIDTH)).astype(np.float32)


class Draw:
    """A sheet of A3 to draw on, places in mm, and chance."""

    def __init__(self, seed: int) -> None:
        self.page = np.full((HEIGHT, WIDTH), 255, np.uint8)
        self.chance = np.random.default_rng(seed)

    def between(self, low: float, high: float) -> float:
        return float(self.chance.uniform(low, high))

    def line(self, x0: float, y0: float, x1: float, y1: float, thick: int = 1) -> None:
        ends = [(round(x * MM), round(y * MM)) for x, y in ((x0, y0), (x1, y1))]
        cv2.line(self.page, ends[0], ends[1], 0, thick)

    def text(self, x0: float, y: float, x1: float) -> None:
        """Words from x0 on, none of which goes beyond x1."""
        x = x0
        while True:
            word = str(self.chance.choice(WORDS))
            (wide, _), _ = cv2.getTextSize(word, cv2.FONT_HERSHEY_SIMPLEX, 0.32, 1)
            if x + wide / MM > x1:
                return
            cv2.putText(self.page, word, (round(x * MM), round(y * MM)), cv2.FONT_HERSHEY_SIMPLEX, 0.32, 10, 1)
            x += wide / MM + 2

    def page_of_text(self, left: float, right: float, top: float = 20.0, bottom: float = 277.0) -> None:
        y = top
        while y < bottom:
            self.text(left, y, right if self.chance.random() < 0.7 else left + self.between(20, right - left))
            y += 5 if self.chance.random() < 0.85 else 12

    def page_of_form(self, left: float, right: float) -> None:
        y = 25.0
        self.text(left, y, right)
        while (y := y + self.between(9, 14)) < 270:
            cut = left + (right - left) * self.between(0.3, 0.7)
            for x0, x1 in ((left, cut), (cut, right)):
                self.text(x0 + 2, y + 3, x1)
                cv2.rectangle(self.page, (round(x0 * MM), round(y * MM)), (round(x1 * MM), round((y + 9) * MM)), 0, 1)

    def fold(self, x_mm: float, depth: float, wide_mm: float = 0.6) -> None:
        """The shadow of a fold: a dark core and a soft valley of 8 mm."""
        off = np.arange(WIDTH) / MM - x_mm
        shade = depth * np.exp(-((off / wide_mm) ** 2)) + 0.4 * depth * np.exp(-((off / 4) ** 2))
        self.page = np.clip(self.page - shade[None, :], 0, 255).astype(np.uint8)

    def scanned(self, skew_deg: float = 0.0, shift_mm: float = 0.0) -> Gray:
        """Turned, shifted, grey, noisy, with some dust."""
        matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), -skew_deg, 1.0)
        matrix[0, 2] += shift_mm * MM
        turned = cv2.warpAffine(self.page, matrix, (WIDTH, HEIGHT), borderValue=(255,)).astype(np.float32)
        light = np.linspace(self.between(220, 245), self.between(220, 245), WIDTH, dtype=np.float32)
        noisy = turned * ((light - 20) / 255) + 20 + np.roll(NOISE, int(self.chance.integers(NOISE.size)))
        page = np.clip(noisy, 0, 255).astype(np.uint8)
        for x, y in self.chance.integers(0, (WIDTH, HEIGHT), (30, 2)):
            page[y : y + 2, x : x + 2] = 60
        return page


def two_pages(seed: int) -> tuple[Gray, float]:
    """A sheet of two pages, and where between them the middle is, in pixels."""
    draw = Draw(seed)
    inner, outer = draw.between(10, 25), draw.between(8, 25)
    kinds = [draw.page_of_text, draw.page_of_form]
    left, right = (kinds[int(draw.chance.integers(2))] for _ in range(2))
    creased = draw.chance.random() < 0.6
    if draw.chance.random() > 0.12:
        left(outer, 210 - inner)
    right(210 + inner, 420 - outer)
    if creased:
        draw.fold(210.0, draw.between(12, 90))
    shift = draw.between(-6, 6)
    return draw.scanned(draw.between(-1.2, 1.2), shift), (210 + shift) * MM


def one_page(seed: int) -> Gray:
    """A landscape sheet: a table, text across it, a drawing, two or three columns, or nearly nothing."""
    draw = Draw(seed)
    margin = draw.between(12, 28)
    kind = seed % 6
    if kind == 0:  # a table with rules
        columns = sorted(draw.between(margin, 420 - margin) for _ in range(int(draw.chance.integers(3, 12))))
        for y in np.arange(40, 260, draw.between(7, 14)):
            draw.line(margin, float(y), 420 - margin, float(y))
            for x0, x1 in zip([margin, *columns], [*columns, 420 - margin], strict=True):
                draw.text(x0 + 1, float(y) - 2, x1)
    elif kind == 1:  # a table without rules; one of its gaps may lie in the middle
        wide = (420 - 2 * margin) / int(draw.chance.integers(4, 8))
        for y in np.arange(30, 270, 7):
            for x in np.arange(margin, 420 - margin - 1, wide):
                draw.text(float(x), float(y), float(x) + wide * draw.between(0.5, 0.8))
    elif kind == 2:
        draw.page_of_text(margin, 420 - margin)
    elif kind == 3:  # a drawing
        for _ in range(40):
            draw.line(*(draw.between(20, high) for high in (400, 277, 400, 277)), thick=int(draw.chance.integers(1, 3)))
    elif kind == 4:  # columns, with or without a headline
        count = int(draw.chance.integers(2, 4))
        wide, gap = (420 - 2 * margin) / count, min(draw.between(5, 12), margin * 0.8)
        for index in range(count):
            draw.page_of_text(margin + index * wide + gap / 2, margin + (index + 1) * wide - gap / 2, 45)
        if draw.chance.random() < 0.5:
            draw.text(150, 30, 280)
    else:  # a note in a corner
        draw.page_of_text(margin, margin + draw.between(40, 80), 20, 20 + draw.between(10, 80))
    if kind in (0, 2, 3) and draw.chance.random() < 0.4:
        draw.fold(210.0, draw.between(12, 60))  # folded to fit an envelope, and yet one page
    return draw.scanned(draw.between(-1.2, 1.2), draw.between(-6, 6))


@pytest.mark.parametrize("part", range(4))
def test_sheets_of_two_pages_are_cut_between_them(part: int) -> None:
    missed = []
    for seed in range(part * 15, part * 15 + 15):
        sheet, middle = two_pages(seed)
        x = find_fold(sheet, DPI)
        if x is None or abs(x - middle) > 8 * MM:
            missed.append(seed)
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("part", range(4))
def test_landscape_pages_are_never_cut(part: int) -> None:
    assert [seed for seed in range(part * 15, part * 15 + 15) if find_fold(one_page(seed), DPI) is not None] == []


def test_a_crease_tells_where_to_cut_also_where_both_pages_are_empty() -> None:
    draw = Draw(1)
    draw.fold(208.0, 25)
    x = find_fold(draw.scanned(), DPI)
    assert x is not None
    assert abs(x - 208 * MM) < 1.5 * MM
    assert find_fold(Draw(2).scanned(), DPI) is None


def test_the_parts_hold_all_pixels_of_the_sheet_and_say_where() -> None:
    sheet, _ = two_pages(3)
    sheet.setflags(write=False)
    left, right = split_page(RawPage(7, sheet, DPI))
    assert (left.raw.number, right.raw.number, left.raw.dpi, left.x0, right.x0) == (7, 7, DPI, 0, left.raw.width)
    assert np.array_equal(np.hstack([left.raw.gray, right.raw.gray]), sheet)
    assert np.array_equal(right.raw.gray, sheet[:, right.x0 :])


@pytest.mark.parametrize("cropped", range(3))
def test_black_and_white_sheets_are_cut_too(cropped: int) -> None:
    for seed in (3, 5, 11, 17):
        sheet, middle = two_pages(seed)
        large = cv2.resize(sheet, None, fx=2, fy=2)[cropped:, : 2 * WIDTH - cropped]
        bits = Bits.of(np.asarray(large, np.uint8))
        left, right = split_page(RawPage(1, bits, 2 * DPI))
        assert abs(right.x0 / 2 - middle) < 8 * MM
        assert np.array_equal(np.hstack([left.raw.gray, right.raw.gray]), bits.to_gray())


def test_a_broken_black_line_along_the_fold_is_no_print() -> None:
    draw = Draw(8)
    draw.page_of_form(15, 192)
    draw.page_of_form(228, 405)
    for y in range(5, 290, 9):
        draw.line(210, y, 210.3, y + draw.between(2, 7), 2)
    x = find_fold(np.where(draw.scanned() < 128, np.uint8(0), np.uint8(255)), DPI)
    assert x is not None
    assert abs(x - 210 * MM) < 5 * MM


def test_what_is_no_landscape_scan_is_left_alone() -> None:
    sheet, _ = two_pages(4)
    upright = RawPage(1, np.ascontiguousarray(sheet.T), DPI)
    assert split_page(upright)[0].raw is upright
    digital = RawPage(1, sheet, DPI, (Word("Antrag", Box(0, 0, 9, 9), 1.0),))
    assert [part.raw for part in split_page(digital)] == [digital]
    for shape in ((1, 1), (1, 4000), (64, 90), (100, 141), (300, 430)):
        assert find_fold(np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8), 300.0) is None


def test_a_single_page_that_lies_on_its_side_is_not_cut() -> None:
    draw = Draw(6)
    draw.page = np.full((WIDTH, HEIGHT), 255, np.uint8)
    draw.page_of_text(25, 275, 20, 190)
    draw.page_of_text(25, 275, 235, 400)
    draw.page = np.ascontiguousarray(np.rot90(draw.page))
    draw.fold(210, 30)
    assert find_fold(draw.scanned(), DPI) is None


def test_a_table_folded_in_the_middle_is_one_page() -> None:
    draw = Draw(5)
    for y in range(40, 260, 10):
        draw.line(15, y, 405, y)
    draw.line(210, 40, 210, 260)
    draw.fold(210, 40)
    assert find_fold(draw.scanned(0.4), DPI) is None
    assert math.isclose(WIDTH / HEIGHT, math.sqrt(2), rel_tol=0.01)
