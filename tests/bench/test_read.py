"""The bench of reading: its contract, and how it counts time."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bench import read, readers
from bench.read import FORM, OURS, OWN, ZONES_TESSERACT, Result, found_share, measure_paper, rows_of
from bench.readers import Paper, Reader
from bench.stages import STAGES, Stopwatch, instead
from bench.zones import Zones, without_paddle, zones_of
from ocr import extract
from ocr.engines import paddle, tesseract


def test_it_writes_what_the_contract_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(read, "OWN", [one for one in OWN if one.name == ZONES_TESSERACT])
    monkeypatch.setattr(read, "use_one_core", lambda: 0)
    out = tmp_path / "out.json"
    assert read.main(["--rounds", "1", "--documents", "1", "--peers", "", "--json", str(out)]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert {"rows", "machine", "rounds", "missing"} <= set(result)
    assert (result["rounds"], result["fields"], result["failures"]) == (1, 20, {})
    rows = {row["id"]: row for row in result["rows"]}
    assert set(rows) >= {ZONES_TESSERACT, *STAGES}
    for row in result["rows"]:
        assert row["median_ms"] >= row["min_ms"] >= 0
        assert isinstance(row["ratio"], dict)
    assert rows[ZONES_TESSERACT]["ratio"][ZONES_TESSERACT] == 1
    for stage in ("words of the page (Tesseract)", "tesseract on zones", "paddle on zones", "judge", "zones cut"):
        assert rows[stage]["calls"] > 0 and rows[stage]["median_ms"] > 0, stage
    assert "| ours, Tesseract on the zones |" in capsys.readouterr().out
    assert "| stage: judge |" in out.with_suffix(".md").read_text(encoding="utf-8")


def test_a_peer_that_is_unknown_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="no peer paperless"):
        read.choose_peers("paperless")


def test_a_peer_that_is_not_installed_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None)
    assert readers.missing()["ocrmypdf"] == "make bench-peers"
    assert "tesserocr" not in readers.missing()
    assert {peer.name for peer in read.choose_peers(None)} == {"tesserocr", "rapidocr"}
    with pytest.raises(SystemExit, match="make bench-peers"):
        read.choose_peers("ocrmypdf")


def test_a_stage_within_another_is_counted_once() -> None:
    watch, start = Stopwatch(), time.perf_counter()
    with watch.during("outer"):
        time.sleep(0.02)
        with watch.during("inner"):
            time.sleep(0.06)
        time.sleep(0.02)
    total = (time.perf_counter() - start) * 1000
    assert watch.ms["inner"] >= 60 and watch.ms["outer"] >= 40
    assert watch.ms["inner"] + watch.ms["outer"] == pytest.approx(total, abs=1.0)


def test_a_function_is_replaced_wherever_it_is_known_and_put_back() -> None:
    before = extract.clean_zone
    with instead("ocr.zone.clean_zone", lambda _: lambda gray, dpi: None):
        assert extract.clean_zone is not before
    assert extract.clean_zone is before


def test_a_stage_that_is_gone_is_an_error_and_no_zero() -> None:
    with pytest.raises(AttributeError), instead("ocr.zone.no_such_function", lambda same: same):
        pass


def test_every_function_of_the_stages_is_there() -> None:
    for names in STAGES.values():
        for name in names:
            with instead(name, lambda same: same):
                pass


def test_calls_of_the_engines_are_kept_to_be_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "read_line", lambda image, languages, chars="": image)
    monkeypatch.setattr(paddle, "read_line", lambda image, chars, languages, *, stretch=1.0: image)
    kept = zones_of(
        lambda: (tesseract.read_line("one", ("deu",)), paddle.read_line("two", "", ("deu",), stretch=1.2))  # type: ignore
    )
    assert kept.images == ["one"]
    assert kept.paddle == [(("two", "", ("deu",)), {"stretch": 1.2})]


def test_without_paddle_only_tesseract_is_asked() -> None:
    with without_paddle():
        assert paddle.read_line(None, "", ()).text == ""  # type: ignore[arg-type]
        assert paddle.read_as(None, "") is None  # type: ignore[arg-type]


def test_a_text_counts_as_found_in_any_spelling_that_is_right() -> None:
    wanted = [["23.11.2026", "2026-11-23"], ["Änne"], ["Rex"]]
    assert found_share(wanted, ["2 3 1 1 2 0 2 6", "ÄNNE"]) == pytest.approx(2 / 3)
    assert found_share([], ["x"]) == 0.0


def test_a_candidate_that_breaks_is_counted_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Paper) -> list[str]:
        raise RuntimeError("no")

    monkeypatch.setattr(read, "read_file", lambda _: None)
    candidates = [Reader("bad", "bad", broken), Reader(OURS, "ours", lambda _: ["Rex"])]
    result = Result()
    measure_paper(Paper("a", Path("a"), (), Zones(), (), 20), [["Rex"]], candidates, 2, result)
    rows = {row["id"]: row for row in rows_of(result, candidates)}
    assert rows["bad"]["failed"] == 1 and rows["bad"]["median_ms"] is None
    assert rows[OURS]["found"] == 1.0 and rows[OURS]["documents"] == 1


def test_ratios_are_made_document_by_document() -> None:
    result = Result()
    for name, ours, peer in (("a", 10.0, 20.0), ("b", 100.0, 500.0), ("c", 1.0, 3.0)):
        result.ms[OURS][name].append(ours)
        result.ms["peer"][name].append(peer)
    rows = {
        row["id"]: row
        for row in rows_of(result, [Reader(OURS, "ours", lambda _: []), Reader("peer", "p", lambda _: [])])
    }
    assert rows["peer"]["ratio"] == {OURS: 3.0}


def test_the_form_is_the_one_of_the_demo() -> None:
    assert set(read.specs()) == {FORM}
