"""Which way is up: the early guess, and the closer look."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ocr import kernel
from ocr.kernel.plan import Blobs
from ocr.page import Bits, Gray
from ocr.steps import orientation
from ocr.steps.orientation import decide_upright, lies_on_side
from ocr.steps.reduce import reduced
from ocr.steps.skew import turn_back
from ocr.steps.turning import turn
from tests.ocr.made_files import form_page

PAGE = form_page(2480, 3508)
DPI = 300.0


def guess(page: Gray) -> bool:
    return lies_on_side(reduced(page, DPI, DPI / 4)[0], DPI / 4)


@pytest.mark.parametrize("skew_deg", [-4.0, 0.0, 2.5])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_it_guesses_that_a_page_lies_on_its_side(turned: int, skew_deg: float) -> None:
    assert guess(turn(turn_back(PAGE, -skew_deg), turned)) == (turned in (90, 270))


@pytest.mark.parametrize("content", ["blank", "line of text", "streak", "noise", "picture"])
@pytest.mark.parametrize("turned", [0, 90])
def test_it_guesses_nothing_where_there_are_no_lines(content: str, turned: int) -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    if content == "line of text":
        cv2.putText(page, "Az. 4711/2024", (300, 500), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 0, 6)
    if content == "streak":
        page[:, 700:704] = 60
    if content == "noise":
        page[np.random.default_rng(3).random(page.shape) < 0.05] = 0
    if content == "picture":
        blots = np.random.default_rng(4).integers(0, 256, (35, 25)).astype(np.uint8)
        page = np.asarray(cv2.resize(blots, (2480, 3508), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert not guess(turn(page, turned))


@pytest.mark.parametrize("shape", [(16, 16), (40, 900), (900, 40), (1, 1), (30, 31)])
def test_it_guesses_nothing_on_odd_shapes(shape: tuple[int, int]) -> None:
    page = np.full(shape, 255, np.uint8)
    page[:, ::7] = 0
    assert not lies_on_side(page, 75.0)


def text(gap_px: int) -> Bits:
    """Six lines of strokes that stand on a line and end at different heights, so far apart."""
    page = np.full((3508, 2480), 255, np.uint8)
    tops = np.random.default_rng(6).integers(0, 3, 400)
    for line in range(6):
        for k in range(60):
            x, high = 300 + k * (12 + gap_px), (24, 38, 40)[tops[line * 60 + k]]
            page[600 + 70 * line - high : 600 + 70 * line, x : x + 12] = 0
    return Bits.of(page)


class Looks:
    """What the kernel was asked for: how large, how fine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[tuple[int, int], int]] = []
        real = kernel.find_blobs

        def find_blobs(bits: Bits, step: int) -> Blobs:
            self.seen.append((bits.shape, step))
            return real(bits, step)

        monkeypatch.setattr(orientation.kernel, "find_blobs", find_blobs)


def test_a_closer_look_parts_letters_and_is_taken_only_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = text(gap_px=1)
    blobs = kernel.find_blobs(bits, 2)
    looks = Looks(monkeypatch)
    found = decide_upright(bits, Blobs(2, np.repeat(blobs.boxes, 4, 0), np.repeat(blobs.areas, 4), blobs.cells), DPI)
    assert (found.turn_deg, found.sure) == (0, True)
    ((shape, step),) = looks.seen
    assert step == 1
    assert shape[0] < 420 and shape[1] < 830


def test_no_closer_look_is_taken_where_it_is_sure(monkeypatch: pytest.MonkeyPatch) -> None:
    bits = text(gap_px=8)
    blobs = kernel.find_blobs(bits, 2)
    looks = Looks(monkeypatch)
    assert decide_upright(bits, blobs, DPI).sure
    assert not looks.seen


def test_no_closer_look_is_taken_at_dust(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.full((3508, 2480), 255, np.uint8)
    page[100::90, 100::90] = 0
    page[500:600, 400:404] = 0
    bits = Bits.of(page)
    blobs = kernel.find_blobs(bits, 2)
    looks = Looks(monkeypatch)
    assert not decide_upright(bits, blobs, DPI).sure
    assert not looks.seen
