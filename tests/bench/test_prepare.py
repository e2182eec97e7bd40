"""The bench of the hot path: its contract, and how it counts."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest

from bench import prepare, report
from bench.candidates import Candidate, Job
from bench.inputs import BenchPage, read_pages
from bench.judging import BlankPages, found_words
from bench.pages import write_pages
from bench.timing import Times, measure_page, rows_of
from ocr.steps.clean import clean_page


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    write_pages(made, 2, seed=3, dpi=75, clean=True)
    return made


def test_it_writes_what_the_contract_says(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    arguments = [str(folder), "--rounds", "1", "--peers", "", "--recall-pages", "1", "--one-core", "--json", str(out)]
    assert prepare.main(arguments) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["rounds"] == 1
    assert {"rows", "machine", "skew", "recall", "orientation", "blank"} <= set(result)
    for row in result["rows"]:
        assert row["median_ms"] >= row["min_ms"] >= 0
        assert isinstance(row["ratio"], dict)
    rows = {row["id"]: row for row in result["rows"] if "1-bit" not in row["id"]}
    assert {"memcpy", "threshold", "warpAffine"} <= set(rows)
    assert rows["warpAffine"]["ratio"]["warpAffine"] == 1
    assert rows["ours"]["ratio"]["warpAffine"] > 0
    assert any(name.startswith("ours: ") for name in rows)
    assert "| ours, total |" in capsys.readouterr().out
    assert "| ours, total |" in out.with_suffix(".md").read_text(encoding="utf-8")
    ElementTree.fromstring(out.with_suffix(".svg").read_text(encoding="utf-8"))


def test_a_folder_without_truth_gives_times_only(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    page = next(path for path in folder.iterdir() if path.suffix == ".jpg")
    (bare / page.name).write_bytes(page.read_bytes())
    arguments = [str(bare), "--rounds", "1", "--peers", "", "--one-core", "--json", str(tmp_path / "out.json")]
    assert prepare.main(arguments) == 0
    result = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert result["rows"]
    assert result["skew"] == {} and result["recall"] == {}


def test_a_peer_that_is_unknown_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="no peer paperless"):
        prepare.choose_peers("paperless")


def test_a_candidate_that_breaks_is_counted_and_the_others_go_on(folder: Path, tmp_path: Path) -> None:
    def broken() -> None:
        raise RuntimeError("no")

    page = next(page for page in read_pages(folder) if not page.bilevel)
    times = Times()
    good, bad = Candidate("good", "good", lambda *_: Job(lambda: 2.0)), Candidate("bad", "bad", lambda *_: Job(broken))
    measure_page(page, [bad, good], 3, tmp_path, times)
    rows = {row["id"]: row for row in rows_of(times, {"good": "good", "bad": "bad"})}
    assert rows["bad"]["failed"] == 1 and rows["bad"]["median_ms"] is None
    assert rows["good"]["failed"] == 0 and rows["good"]["median_ms"] == 2.0
    assert "| bad |" in report.table(list(rows.values()))


def test_ratios_are_made_page_by_page() -> None:
    times = Times()
    for page, warp, own in (("a", 10.0, 5.0), ("b", 100.0, 20.0), ("c", 1.0, 0.4)):
        times.add("warpAffine", page, warp)
        times.add("ours", page, own)
    rows = {row["id"]: row for row in rows_of(times, {})}
    assert rows["ours"]["ratio"] == {"warpAffine": 0.4, "ours": 1.0}


def test_words_are_counted_as_often_as_they_stand_there() -> None:
    assert found_words(["Frau", "Frau", "Weiß"], ["Weiß", "Frau", "weiß"]) == 2


def test_a_lost_page_of_content_is_named(folder: Path) -> None:
    page = next(page for page in read_pages(folder) if page.has_text)
    white = BenchPage(page.name, np.full((1100, 800), 250, np.uint8), 100.0, False, None, page.truth)
    judged = BlankPages()
    judged.judge(white, clean_page(white.raw()))
    assert judged.lost == [page.name]
