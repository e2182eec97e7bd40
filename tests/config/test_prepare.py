"""`laufzettel prepare`: clean pages and measurements as files."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.cli import main
from ocr.steps.skew import turn_back
from tests.ocr.made_files import form_page, save_pages

PAGE = form_page(1654, 2339)


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    return save_pages([PAGE, np.full_like(PAGE, 255), turn_back(PAGE, -2.0)], tmp_path / "stapel.tif", 200.0)


def test_it_writes_clean_pages_and_their_measurements(
    stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "neu" / "ordner"
    assert main(["prepare", str(stack), str(out), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert json.loads((out / "stapel.json").read_text(encoding="utf-8")) == report
    first, second, third = report["pages"]
    assert (first["width"], first["height"], first["dpi"], first["blank"]) == (1654, 2339, 200.0, False)
    assert second["blank"]
    assert third["skew_deg"] == pytest.approx(2.0, abs=0.05)
    assert np.array(third["matrix"]).shape == (2, 3)
    assert {"load", "skew", "orientation"} <= set(first["ms"])
    assert np.array_equal(np.asarray(Image.open(out / first["file"])), PAGE)
    assert report["problems"] == []


def test_it_writes_black_and_white_tiff(stack: Path, tmp_path: Path) -> None:
    assert main(["prepare", str(stack), str(tmp_path), "--format", "tiff", "--scanner", "duplex"]) == 0
    with Image.open(tmp_path / "stapel-001.tif") as image:
        assert (image.mode, image.info["compression"], image.info["dpi"]) == ("1", "group4", (200.0, 200.0))
        assert np.array_equal(np.asarray(image.convert("L")), PAGE)


def test_what_cannot_be_read_is_said_and_the_rest_is_written(
    stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.write_bytes(stack.read_bytes()[: stack.stat().st_size * 2 // 3])
    assert main(["prepare", str(stack), str(tmp_path / "out"), "--json"]) == 3
    answer = capsys.readouterr()
    assert json.loads(answer.out)["problems"][0]["code"] == "S009"
    assert answer.err.startswith("S009: ")
    assert (tmp_path / "out" / "stapel-001.png").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--scanner", "gibtesnicht"], "F020"), ([], "S003")],
)
def test_a_refusal_has_a_code_and_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: str
) -> None:
    (tmp_path / "a.tif").write_text("kein Bild")
    assert main(["prepare", str(tmp_path / "a.tif"), str(tmp_path / "out"), *arguments]) == 3
    answer = capsys.readouterr()
    assert answer.err.startswith(f"{code}: ")
    assert answer.out == ""


def test_a_folder_that_cannot_be_made_is_named(stack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prepare", str(stack), str(stack / "out")]) == 3
    assert capsys.readouterr().err.startswith("S012: ")


def test_a_page_that_cannot_be_written_is_a_problem(
    stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out" / "stapel-002.png").mkdir(parents=True)
    assert main(["prepare", str(stack), str(tmp_path / "out"), "--json"]) == 3
    answer = capsys.readouterr()
    assert [page["number"] for page in json.loads(answer.out)["pages"]] == [1]
    assert answer.err.startswith("S013: ")


def test_a_name_that_is_too_long_or_no_text_does_not_break_it(
    stack: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = stack.rename(stack.with_name("x" * 250 + ".tif"))
    assert main(["prepare", str(long), str(tmp_path / "out"), "--json"]) == 3
    assert capsys.readouterr().err.startswith("S013: ")
    strange = long.rename(Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.tif")))
    assert main(["prepare", str(strange), str(tmp_path / "out"), "--json"]) == 0
    report = json.loads(capsys.readouterr().out.encode())
    assert all((tmp_path / "out" / page["file"]).is_file() for page in report["pages"])
