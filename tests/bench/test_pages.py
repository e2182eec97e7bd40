"""The page simulator: what its truth says is so."""

from __future__ import annotations

import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench import pages
from bench.glass import OVERSAMPLING, Defects, Streak, is_seen, scan
from bench.sheet import PrintedWord, Sheet, faces
from ocr.page import Gray

DPI = 150.0
AREA = (210.0, 297.0)


def sheet_with_a_rule() -> Sheet:
    sheet = Sheet(*AREA, DPI * OVERSAMPLING, np.random.default_rng(1), faces()[0])
    sheet.rule(30, 150, 180, 150, 0.8)
    return sheet


def slope_deg(gray: Gray) -> float:
    """The angle of the one dark line of a page, from its centre of mass in each column."""
    ink = 255.0 - gray
    ink[ink < 40] = 0
    columns = np.flatnonzero(ink.sum(axis=0) > 255)[10:-10]
    rows = np.arange(gray.shape[0])
    middle = (ink[:, columns] * rows[:, None]).sum(axis=0) / ink[:, columns].sum(axis=0)
    return math.degrees(math.atan(np.polyfit(columns, middle, 1)[0]))


@pytest.mark.parametrize("skew_deg", [-3.7, -0.05, 0.0, 0.31, 2.4])
def test_the_lines_run_down_to_the_right_by_the_skew_of_the_truth(skew_deg: float) -> None:
    defects = Defects(DPI, AREA, skew_deg=skew_deg, shift_mm=(1.3, -0.7), blur_px=0.6)
    picture = scan(sheet_with_a_rule(), defects, np.random.default_rng(2))
    assert slope_deg(picture) == pytest.approx(skew_deg, abs=0.005)


def test_turning_back_by_the_skew_makes_a_rule_level() -> None:
    picture = scan(sheet_with_a_rule(), Defects(DPI, AREA, skew_deg=3.2, noise=3.0), np.random.default_rng(3))
    height, width = picture.shape
    back = cv2.getRotationMatrix2D((width / 2, height / 2), 3.2, 1)
    level = np.asarray(cv2.warpAffine(picture, back, (width, height), borderValue=245.0), np.uint8)
    assert abs(slope_deg(level)) < 0.02


def test_the_skew_stays_the_same_on_a_page_that_lies_turned() -> None:
    defects = Defects(DPI, (AREA[1], AREA[0]), skew_deg=1.5, turn_deg=90)
    picture = scan(sheet_with_a_rule(), defects, np.random.default_rng(4))
    assert slope_deg(np.rot90(picture)) == pytest.approx(1.5, abs=0.005)


def test_a_streak_runs_plumb_through_the_whole_scan() -> None:
    defects = Defects(DPI, AREA, skew_deg=2.0, streaks=(Streak(400, 1, level=60), Streak(700, 8, gain=0.7)))
    picture = scan(sheet_with_a_rule(), defects, np.random.default_rng(5))
    assert picture[:, 400].max() <= 60
    assert picture[:, 399].min() > 60 or picture[0, 399] > 200
    assert np.median(picture[:, 700:708]) == pytest.approx(245 * 0.7, abs=2)


def test_a_word_under_a_hole_is_not_expected_any_more() -> None:
    sheet = sheet_with_a_rule()
    defects = Defects(DPI, AREA, holes=2)
    hit, free = PrintedWord("weg", 10, 106, 20, 110), PrintedWord("da", 20, 106, 30, 110)
    assert not is_seen(hit, sheet, defects)
    assert is_seen(free, sheet, defects)


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        pages.write_pages(tmp_path / folder, 2, seed=7, dpi=75)
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert [path.name for path in sorted((tmp_path / "b").iterdir())] == names
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in names)


@pytest.mark.parametrize("kind", sorted(set(pages.ORDER)))
def test_every_kind_is_drawn_and_its_truth_is_whole(kind: str) -> None:
    page = pages.simulate(kind, np.random.default_rng(1), dpi=50)
    words, streaks = page.truth["words"], page.truth["streaks"]
    assert isinstance(words, list)
    assert isinstance(streaks, list)
    assert (len(words) > 40) == (kind in pages.CONTENT)
    assert page.truth["blank"] == (kind in pages.BLANKS)
    assert all(streak["x"] < page.picture.shape[1] for streak in streaks)
    assert (page.picture.ndim == 3) == (page.file_format == "colour")


def test_the_folder_holds_what_the_truth_names(tmp_path: Path) -> None:
    pages.write_pages(tmp_path, 3, seed=1, dpi=50, clean=True)
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["pages"]
    assert [page["kind"] for page in truth] == list(pages.ORDER[:3])
    assert all((tmp_path / page["file"]).exists() and (tmp_path / page["clean"]).exists() for page in truth)
