"""Cleaning a whole page: all steps in a row, and where each pixel came from."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ocr.errors import FormProblem
from ocr.page import Bits, Box, Page, RawPage, Word
from ocr.scanner import GENERIC, Scanner, load_scanner
from ocr.steps import clean
from ocr.steps.clean import clean_page
from ocr.steps.findings import CLEAR_SHARPNESS, Clock, Findings, Scan, find_out, is_level_upside_down, look_at
from ocr.steps.skew import turn_back
from ocr.steps.turning import turn
from tests.ocr.made_files import form_page
from tests.ocr.test_steps_pixels import grey_scan

PAGE = form_page(1654, 2339)
DPI = 200.0
PROFILES = Path(__file__).resolve().parents[2] / "config" / "scanners"


def bad_scan(turned: int = 0, angle_deg: float = 1.5) -> RawPage:
    page = turn_back(PAGE, -angle_deg)
    page[:, :40] = 0
    cv2.circle(page, (90, 900), 24, 0, -1)
    return RawPage(1, turn(grey_scan(page), turned), DPI)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_bad_scan_comes_out_upright_level_and_white(turned: int) -> None:
    page = clean_page(bad_scan(turned))
    assert page.rotated_deg == (360 - turned) % 360
    assert page.skew_deg == pytest.approx(1.5, abs=0.05)
    assert not page.blank
    ink, wanted = page.gray[100:-100, 130:-100] < 128, PAGE[100:-100, 130:-100] < 128
    near = cv2.dilate(wanted.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    assert np.count_nonzero(ink & near) > 0.85 * np.count_nonzero(wanted)
    assert np.count_nonzero(ink & ~near) < 0.01 * np.count_nonzero(wanted)
    assert float(np.median(page.gray)) >= 250
    assert int(page.gray[:, :60].min()) > 200


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_matrix_leads_from_every_clean_pixel_to_its_raw_one(turned: int) -> None:
    raw = bad_scan(turned)
    page = clean_page(raw)
    inside = np.argwhere(cv2.erode(255 - page.gray, np.ones((3, 3), np.uint8)) > 150)[::41]
    assert len(inside) > 20
    for y, x in inside.tolist():
        raw_x, raw_y = page.matrix @ [x, y, 1]
        assert raw.gray[round(raw_y), round(raw_x)] < 128


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_black_and_white_page_comes_out_upright(turned: int) -> None:
    raw = RawPage(1, Bits.of(turn(turn_back(PAGE, -1.5), turned)), DPI)
    page, upright = clean_page(raw), clean_page(RawPage(1, Bits.of(turn_back(PAGE, -1.5)), DPI))
    assert page.rotated_deg == (360 - turned) % 360
    assert page.skew_deg == pytest.approx(upright.skew_deg, abs=0.03)
    assert same_ink(page, upright) > 0.97


def same_ink(page: Page, other: Page) -> float:
    """The share of ink that both have in the same place, give or take two pixels."""
    assert page.bits is not None and other.bits is not None
    one, two = (255 - bits.to_gray() for bits in (page.bits, other.bits))
    near = [cv2.dilate(ink, np.ones((5, 5), np.uint8)) for ink in (two, one)]
    shares = [np.count_nonzero(ink & by) / np.count_nonzero(ink) for ink, by in zip((one, two), near, strict=True)]
    return min(shares)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_wrong_guess_costs_only_time(monkeypatch: pytest.MonkeyPatch, turned: int) -> None:
    raw = bad_scan(turned)
    right = clean_page(raw)
    monkeypatch.setattr(clean, "lies_on_side", lambda small, dpi: turned in (0, 180))
    wrong = clean_page(raw)
    assert (wrong.rotated_deg, wrong.blank) == (right.rotated_deg, right.blank)
    assert wrong.skew_deg == pytest.approx(right.skew_deg, abs=0.03)
    assert np.abs(wrong.matrix @ [800, 1100, 1] - right.matrix @ [800, 1100, 1]).max() < 1
    assert same_ink(wrong, right) > 0.97


def test_a_page_that_nobody_can_tell_the_top_of_stays_as_it_was_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    cv2.circle(page, (700, 900), 200, 0, 5)
    as_scanned = clean_page(RawPage(1, page, DPI))
    monkeypatch.setattr(clean, "lies_on_side", lambda small, dpi: True)
    guessed = clean_page(RawPage(1, page, DPI))
    assert guessed.rotated_deg == 0
    assert np.array_equal(guessed.gray, as_scanned.gray)


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_page_is_levelled_once_however_it_lies(monkeypatch: pytest.MonkeyPatch, turned: int) -> None:
    raw, upright, calls = bad_scan(turned), clean_page(bad_scan(0)), []
    real = clean.kernel.level
    monkeypatch.setattr(clean.kernel, "level", lambda pixels, plan: (calls.append(1), real(pixels, plan))[1])
    page = clean_page(raw)
    assert len(calls) == 1
    assert page.quality is not None and upright.quality is not None
    assert page.quality.holes == upright.quality.holes == 1
    assert page.quality.border_share == pytest.approx(upright.quality.border_share, abs=0.01)
    assert page.quality.ink_share == pytest.approx(upright.quality.ink_share, rel=0.02)
    assert page.bits is not None and int(page.gray[page.bits.to_gray() == 0].max()) < 255  # both were turned
    assert same_ink(page, upright) > 0.97


def test_a_page_upside_down_is_cleaned_anew_when_its_skew_was_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = clean.find_out, []

    def misled(scan: Scan, scanner: Scanner, clock: Clock) -> Findings:
        found = real(scan, scanner, clock)
        calls.append(found)
        doubtful = replace(found.skew, sharpness=CLEAR_SHARPNESS - 0.1)
        return replace(found, skew=doubtful, slope=found.slope + 0.005) if len(calls) == 1 else found

    monkeypatch.setattr(clean, "find_out", misled)
    page = clean_page(bad_scan(180))
    assert len(calls) == 2
    assert page.rotated_deg == 180
    assert page.skew_deg == pytest.approx(1.5, abs=0.05)


def test_upper_and_lower_edges_of_letters_agree_on_the_skew() -> None:
    def clock(_: str) -> nullcontext[None]:
        return nullcontext()

    scan = look_at(bad_scan(180).pixels, DPI, GENERIC, clock)
    clear = find_out(scan, GENERIC, clock)
    found = replace(clear, skew=replace(clear.skew, sharpness=CLEAR_SHARPNESS - 0.1))
    assert is_level_upside_down(scan, found, GENERIC)
    for slope in (found.slope + 0.002, found.slope - 0.002, -found.slope, 0.0):
        assert not is_level_upside_down(scan, replace(found, slope=slope), GENERIC)
    assert is_level_upside_down(scan, replace(found, slope=0.0), replace(GENERIC, skew=False))
    assert is_level_upside_down(scan, replace(clear, slope=0.0), GENERIC)


@pytest.mark.parametrize("turned", [90, 180])
def test_the_raw_page_is_not_changed(turned: int) -> None:
    raw = bad_scan(turned)
    before = raw.gray.copy()
    raw.gray.setflags(write=False)
    clean_page(raw)
    assert np.array_equal(raw.gray, before)


def test_it_measures_every_step_that_ran() -> None:
    every = {
        *("survey", "streaks", "border", "punch_holes", "skew", "background", "level", "blobs", "despeckle"),
        *("orientation", "blank", "quality"),
    }
    assert set(clean_page(bad_scan()).ms) == every
    off = replace(GENERIC, streaks=False, despeckle=False, orientation=False)
    assert set(clean_page(bad_scan(), off).ms) == every - {"streaks", "despeckle", "orientation"}


def test_a_step_that_is_off_does_nothing() -> None:
    steps = ("orientation", "streaks", "border", "punch_holes", "background", "skew", "despeckle", "mask")
    off = replace(GENERIC, **dict.fromkeys(steps, False))
    raw = bad_scan(180)
    page = clean_page(raw, off)
    assert np.array_equal(page.gray, raw.gray)
    assert (page.rotated_deg, page.skew_deg) == (0, 0.0)
    assert np.array_equal(page.matrix, np.eye(2, 3))


def test_a_straight_black_and_white_page_keeps_every_pixel() -> None:
    assert np.array_equal(clean_page(RawPage(1, PAGE, DPI)).gray, PAGE)


@pytest.mark.parametrize("shift", range(0, 8, 3))
def test_print_close_beside_a_hole_stays(shift: int) -> None:
    page = np.full((2339, 1654), 255, np.uint8)
    page[400:2000:40, 300:1400] = 0
    beside = np.s_[780:820, 131 + shift : 135 + shift]
    cv2.circle(page, (94 + shift, 800), 24, 0, -1)
    page[beside] = 0  # 1.7 mm from the edge of the hole
    cleaned = clean_page(RawPage(1, page, DPI)).gray
    assert int(cleaned[beside].max()) == 0
    assert int(cleaned[770:830, 60 : 120 + shift].min()) == 255


def test_a_born_digital_page_is_handed_on_with_its_words() -> None:
    words = (Word("Antrag", Box(10, 10, 90, 40), 1.0),)
    page = clean_page(RawPage(3, PAGE, DPI, words))
    assert (page.number, page.words) == (3, words)
    assert np.array_equal(page.gray, PAGE)


@pytest.mark.parametrize("shape", [(1, 1), (5, 41_671), (63, 63), (64, 64), (128, 3000)])
def test_odd_shapes_are_no_trouble(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    assert clean_page(RawPage(1, noise, 300.0)).gray.size == noise.size


def test_all_profiles_of_the_product_can_be_loaded() -> None:
    names = {path.stem for path in PROFILES.glob("*.toml")}
    assert {"generic", "duplex", "fax", "flatbed"} <= names
    assert load_scanner("generic", PROFILES) == GENERIC
    for name in names:
        assert load_scanner(name, PROFILES).name == name


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("name = 'x'\ntitle = 'X'\nskeww = true", "F021", "skeww"),
        ("name = 'y'\ntitle = 'X'", "F021", "„y“"),
        ("name = ", "F021", "TOML"),
    ],
)
def test_a_wrong_profile_is_named_with_its_place(tmp_path: Path, text: str, code: str, says: str) -> None:
    (tmp_path / "x.toml").write_text(text)
    with pytest.raises(FormProblem) as problem:
        load_scanner("x", tmp_path)
    assert problem.value.code == code
    assert says in problem.value.message


def test_an_unknown_profile_is_named_with_the_known_ones() -> None:
    with pytest.raises(FormProblem, match=r"F020.*../etc/passwd.*generic"):
        load_scanner("../etc/passwd", PROFILES)
