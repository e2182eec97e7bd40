"""`laufzettel scanner calibrate`: what scans of one device tell about it."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.cli import main
from config.commands import scanner
from ocr.calibrate import Sighting, as_toml, paper_of, propose, steady_streaks, unevenness
from ocr.page import Quality
from ocr.scanner import parse_scanner
from ocr.steps.skew import turn_back
from tests.ocr.made_files import Picture, form_page, save, save_pages

DPI = 150.0
STREAK_MM = 83.0
CLEAN = Quality(1.5, 0.9, 240, 2.0, (), 0, 0.0, 0.05)
PAGE = Sighting("a.tif", 1, False, 300.0, 210.0, 297.0, 0.2, 0, False, CLEAN)


def scanned(page: Picture, seed: int) -> Picture:
    """As a device with a dirty glass delivers it."""
    grey = page * 0.9 + 10 + np.random.default_rng(seed).normal(0, 3, page.shape)
    at = round(STREAK_MM / 25.4 * DPI)
    grey[:, at : at + 2] -= 70
    return np.clip(grey, 0, 255).astype(np.uint8)


@pytest.fixture
def scans(tmp_path: Path) -> list[Path]:
    pages = [turn_back(form_page(seed=seed), -0.4 * seed) for seed in range(4)]
    pages.append(np.full_like(pages[0], 255))
    return [save(scanned(page, at), tmp_path / f"{at}.png", dpi=DPI) for at, page in enumerate(pages)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scanners"
    folder.mkdir()
    monkeypatch.setattr(scanner, "scanners_folder", lambda: folder)
    return folder


def calibrate(files: list[Path], *arguments: str) -> int:
    return main(["scanner", "calibrate", *map(str, files), *arguments])


def test_a_device_is_measured_and_its_profile_written_once(
    scans: list[Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(scans, "--name", "amt", "--title", "Scanner im Amt", "--write") == 0
    told = capsys.readouterr().out
    assert "Glas putzen bei 83 mm von links" in told
    assert "nur 4 beschriebene Seite(n)" in told
    written = (folder / "amt.toml").read_text(encoding="utf-8")
    made = parse_scanner(written)
    assert (made.name, made.title, made.dpi, made.page_sizes) == ("amt", "Scanner im Amt", DPI, ("A4",))
    assert made.max_skew_deg == 5.0, "four pages are too few for less"
    assert "Streifen: 83 mm von links: auf 5 von 5 Seiten" in written
    assert calibrate(scans[:1], "--name", "amt", "--write") == 3
    assert capsys.readouterr().err.startswith("F023: ")
    assert (folder / "amt.toml").read_text(encoding="utf-8") == written
    assert calibrate(scans[:1], "--name", "amt", "--write", "--force") == 0
    assert sorted(path.name for path in folder.iterdir()) == ["amt.toml"]


def test_json_holds_the_measurements_of_each_page(
    scans: list[Path], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate(scans[-2:], "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [page["blank"] for page in told["pages"]] == [False, True]
    assert told["scanner"]["name"] == tomllib.loads(told["toml"])["name"] == "neu"
    assert {"Papierhelligkeit", "Rauschen", "Ausleuchtung"} <= {fact["what"] for fact in told["facts"]}
    assert list(folder.iterdir()) == []


def test_black_and_white_scans_need_no_background_step(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate([save_pages([form_page()], tmp_path / "a.tif", DPI)]) == 0
    told = capsys.readouterr().out
    assert "background = false" in told
    assert "leeres Blatt" not in told, "a blank sheet in black and white tells nothing"


def test_what_cannot_be_read_is_named_and_the_rest_counts(
    scans: list[Path], tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kaputt.tif").write_text("kein Bild")
    assert calibrate([scans[0], tmp_path / "kaputt.tif"]) == 3
    answer = capsys.readouterr()
    assert "1 aus 1 Datei(en)" in answer.out and answer.err.startswith("S003: kaputt.tif: ")
    assert calibrate([tmp_path / "kaputt.tif"]) == 3
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", ["../x", "Großes Haus", "", ".x"])
def test_a_name_that_is_no_file_name_is_refused(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert calibrate([Path("egal.tif")], "--name", name) == 3
    assert capsys.readouterr().err.startswith("F022: ")


def test_enough_level_pages_narrow_the_search_for_skew() -> None:
    pages = [replace(PAGE, number=number, skew_deg=0.1 * number) for number in range(1, 13)]
    proposal = propose(pages, "x", "X")
    assert proposal.scanner.max_skew_deg == 2.5, "1.2 degrees and a margin"
    assert any(sentence.startswith("Kein leeres Blatt") for sentence in proposal.unknown)
    steep = propose([replace(page, skew_deg=-page.skew_deg * 5) for page in pages], "x", "X")
    assert steep.scanner.max_skew_deg == 9.5


def test_a_streak_counts_where_it_returns_and_on_its_side() -> None:
    dirty = [
        replace(PAGE, number=at, quality=replace(CLEAN, streaks_mm=(40.0 + 0.3 * at, 10.0 * at) if at % 2 else ()))
        for at in range(1, 9)
    ]
    ((x_mm, count, of, side),) = steady_streaks(dirty)
    assert x_mm == pytest.approx(41.2, abs=0.7)
    assert (count, of, side) == (4, 4, "") or (count, of, side) == (4, 8, "")
    assert not list(steady_streaks(dirty[:4]))


def test_papers_are_known_upright_and_lying() -> None:
    assert [paper_of(*size_mm) for size_mm in ((211, 295), (297, 210), (216, 279), (216, 356), (420, 297))] == [
        "A4", "A4", "letter", "legal", "A3",
    ]  # fmt: skip
    assert paper_of(100, 100) is None
    wide = [replace(PAGE, width_mm=420.0, height_mm=297.0, number=at) for at in range(1, 5)]
    assert propose(wide, "x", "X").scanner.split
    assert propose(wide, "x", "X").scanner.page_sizes == ("A3",)


def test_empty_backs_mean_duplex() -> None:
    pages = [replace(PAGE, number=at, blank=at % 2 == 0) for at in range(1, 9)]
    assert ("Beidseitig", "vermutlich: 4 von 4 Rückseiten sind leer") in propose(pages, "x", "X").facts


def test_a_form_in_red_is_left_out_and_blue_is_left_to_a_person() -> None:
    red, blue, mixed = (propose([PAGE] * 3, "x", "X", found) for found in (["red"] * 3, ["blue"] * 3, ["red", None]))
    assert (red.scanner.dropout, blue.scanner.dropout, mixed.scanner.dropout) == ("red", None, None)
    assert any("Kugelschreiber" in sentence for sentence in blue.unknown)


def test_an_uneven_lamp_is_measured() -> None:
    sheet = np.full((877, 620), 240, np.uint8)
    assert unevenness(sheet) < 1
    assert unevenness((sheet - np.linspace(0, 60, 620)).astype(np.uint8)) > 35


def test_every_proposal_is_a_profile_that_can_be_read() -> None:
    proposal = propose([replace(PAGE, dpi=200.0, width_mm=148.0, height_mm=210.0)], "x", 'Der „große“ "Neue"\n')
    assert parse_scanner(as_toml(proposal)) == proposal.scanner


def test_a_form_in_red_is_found_in_a_colour_scan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = form_page()
    page[100::120, 60:-60] = page[101::120, 60:-60] = 0  # the rules to write on
    rgb = np.full((*page.shape, 3), 245, np.uint8)
    rgb[page == 0] = (230, 70, 70)
    Image.fromarray(rgb).save(tmp_path / "rot.png", dpi=(DPI, DPI))
    assert calibrate([tmp_path / "rot.png"]) == 0
    assert 'dropout = "red"' in capsys.readouterr().out
