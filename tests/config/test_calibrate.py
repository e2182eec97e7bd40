"""`laufzettel calibrate` on samples that are there already; the reading of documents is tested with `evaluate`."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config import cli
from config.calibrating.samples import joined, read_samples, write_samples
from ocr.confidence import FEATURES, Sample, Told, load_calibration
from ocr.errors import FormProblem, ScanProblem
from ocr.reliability import bins


def samples(count: int, group: str = "date", seed: int = 0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    made = []
    for index in range(count):
        score = float(rng.normal(3.0, 1.5))
        right = bool(rng.random() < 1 / (1 + math.exp(1.0 - 2.0 * score)))
        made.append(Sample(f"{group}{index // 6}", "form", group, (score, *[0.5] * (len(FEATURES) - 1)), right))
    return made


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "samples.jsonl"
    write_samples(path, samples(900) + samples(20, "iban"))
    return path


def test_it_writes_a_calibration_and_a_picture(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, plot = tmp_path / "made.json", tmp_path / "made.png"
    assert cli.main(["calibrate", "--samples", str(kept), "--out", str(out), "--plot", str(plot)]) == 0
    calibration = load_calibration(out)
    assert calibration is not None
    assert set(calibration.groups) == {"all", "date"}
    shown = capsys.readouterr().out
    assert "date" in shown
    assert "zu wenigen Beispielen für eine eigene Eichung: iban" in shown
    assert "Was ohne Prüfung durchliefe" in shown
    with Image.open(io.BytesIO(plot.read_bytes())) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 500
    assert plot.stat().st_size < 200_000


def test_json_is_one_document_on_stdout(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calibrate", "--samples", str(kept), "--out", str(tmp_path / "c.json"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["samples"] == 920
    assert 0.0 <= told["calibration_error"] < 0.05
    assert [one["fields"] for one in told["through"]] == [920] * 4


def test_without_samples_and_list_it_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["calibrate", "--samples", str(tmp_path / "none"), "--out", str(tmp_path / "c.json")])
    assert code == 3
    assert capsys.readouterr().err.startswith("S035:")
    assert not (tmp_path / "c.json").exists()


def test_a_broken_line_is_named_and_nothing_is_overwritten(kept: Path, tmp_path: Path) -> None:
    kept.write_text(kept.read_text() + '{"document": "x"}\n')
    with pytest.raises(ScanProblem, match="Zeile 921"):
        read_samples(kept)
    assert cli.main(["calibrate", "--samples", str(kept), "--out", str(tmp_path / "c.json")]) == 3
    assert not (tmp_path / "c.json").exists()


def test_a_document_that_was_read_again_counts_once(kept: Path) -> None:
    old = read_samples(kept)
    again = [Sample("date0", "form", "date", old[0].evidence, False)]
    both = joined(old, again)
    assert [one for one in both if one.document == "date0"] == again
    assert len(both) == len(old) - 6 + 1


def test_a_calibration_of_another_version_stops_everything(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text('{"features": ["score"], "groups": {}, "forms": {}}')
    with pytest.raises(FormProblem) as told:
        load_calibration(path)
    assert told.value.code == "F024"


def test_the_first_file_that_is_there_counts(tmp_path: Path, kept: Path) -> None:
    made = tmp_path / "made.json"
    cli.main(["calibrate", "--samples", str(kept), "--out", str(made)])
    assert load_calibration(tmp_path / "none", made) == load_calibration(made)
    assert load_calibration(tmp_path / "none") is None


def test_the_diagram_has_a_bin_for_each_tenth_with_its_bounds() -> None:
    told = [Told("date", 0.95, index > 0) for index in range(100)] + [Told("date", 1.0, True)]
    (one,) = bins(told)
    said, was, least, most, count = one.said, one.share, one.least, one.most, one.count
    assert (round(said, 3), count) == (0.95, 101)
    assert least < was < most
    assert len(bins(told, 0.9)) == 2
