"""`laufzettel evaluate` around the reading: list, problems, files, several processes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.cli import main
from config.evaluating import reading
from config.evaluating.reading import Task, answers_of
from demo import samples
from ocr.errors import EngineProblem, Problem, ScanProblem
from ocr.evaluate import Truth
from ocr.page import Box, FieldReading, Note, Page, Reading

Run = Callable[..., int]


def field(name: str, value: str | None, confidence: float, sure: bool) -> FieldReading:
    return FieldReading(name, value, value, confidence, sure, 1, Box(10, 10, 60, 30))


def made(path: Path, *_: object, **__: object) -> Reading:
    """A reading without engines: the name is right, the town is wrong."""
    if path.name.startswith("kaputt"):
        raise ScanProblem("S006", "Die Datei ist beschädigt.")
    page = Page(1, np.full((200, 300), 255, np.uint8), 100.0, 0.0, 0, False, np.eye(2, 3))
    fields = (field("name", "Jörg Muster", 0.97, True), field("town", "Bern", 0.6, False))
    return Reading(path.name, "zeichen", "review", (page,), fields, ms={"all": 12.0})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("ocr.read", made)
    monkeypatch.setattr("config.commands.evaluate.known_forms", dict)

    def call(lines: list[str], *more: str) -> int:
        listed = tmp_path / "truth.jsonl"
        listed.write_bytes(b"\n".join(line.encode("utf-8", "surrogateescape") for line in lines))
        return main(["evaluate", str(listed), "--documents", str(tmp_path), *more])

    return call


def line(file: str, folder: Path | None = None, town: str = "Berlin") -> str:
    if folder is not None:
        (folder / file).write_bytes(b"x")
    return json.dumps({"filename": file, "fields": {"name": ["Jörg Muster"], "town": [town]}, "handwritten": ["town"]})


def test_a_broken_line_is_named_and_the_others_count(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    lines = [
        "{kein json: Geheim",
        line("a.tif", tmp_path),
        '{"filename": "\udcff.tif"}',
        line("a.tif"),
        '{"fields": {}}',
    ]
    assert run(lines, "--json", str(out)) == 3
    told = capsys.readouterr().err
    assert "truth.jsonl, Zeile 1: kein gültiges JSON" in told
    assert "truth.jsonl, Zeile 3: kein gültiges JSON" in told
    assert "truth.jsonl, Zeile 4: a.tif steht schon in Zeile 2" in told
    assert "truth.jsonl, Zeile 5: der Dateiname" in told
    assert "Geheim" not in told
    assert json.loads(out.read_text(encoding="utf-8"))["documents"] == 1


def test_a_missing_document_is_named_with_its_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["", line("a.tif", tmp_path), line("weg.tif")]) == 0
    assert "S032: weg.tif (truth.jsonl, Zeile 3)" in capsys.readouterr().err


def test_a_refused_document_is_named_once_and_its_fields_are_missed(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    assert run([line("kaputt.tif", tmp_path), line("a.tif", tmp_path)], "--json", str(out)) == 0
    assert capsys.readouterr().err.count("S006: kaputt.tif: Die Datei ist beschädigt.") == 1
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["lenient"]["all"]["missed"], found["lenient"]["all"]["right"]) == (2, 1)
    assert found["curve"][0]["documents"] == 0.5


def test_the_table_has_each_field_by_both_measures_and_both_hands(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([line("a.tif", tmp_path, town="BERN.")]) == 0
    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert ["name", "gedruckt", "1", "0", "1", "0", "0", "0", "1,000", "1", "0", "1,000"] in rows
    assert ["town", "Hand", "1", "0", "1", "0", "0", "0", "1,000", "0", "1", "0,000"] in rows


def test_report_and_curve_are_written(run: Run, tmp_path: Path) -> None:
    page, curve = tmp_path / "out.html", tmp_path / "out.png"
    assert run([line("a.tif", tmp_path)], "--html", str(page), "--plot", str(curve)) == 0
    assert curve.read_bytes().startswith(b"\x89PNG")
    shown = page.read_text(encoding="utf-8")
    assert "Berlin" in shown and "data:image/webp" in shown
    assert "Jörg Muster" not in shown, "what was read right is not shown"


@pytest.mark.parametrize("option", ["--json", "--html", "--plot"])
def test_it_says_before_it_reads_that_a_result_has_no_place(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert run([line("a.tif", tmp_path)], option, str(tmp_path / "nirgends" / "out")) == 3
    told = capsys.readouterr().err
    assert told.startswith("S013: ") and option in told


def test_a_comparison_with_itself_finds_nothing_and_may_overwrite_it(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    lines = [line("a.tif", tmp_path)]
    assert run(lines, "--json", str(out)) == 0
    assert run(lines, "--compare", str(out), "--json", str(out)) == 0
    assert (
        capsys.readouterr()
        .out.rstrip()
        .endswith(
            "In der Summe gleich: richtig 1 (vorher 1), ohne Prüfung 1 (vorher 1); neu sicher, aber falsch: keines."
        )
    )
    assert json.loads(out.read_text(encoding="utf-8"))["compare"]["changes"] == []


def test_worse_figures_are_no_error(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = tmp_path / "old.json"
    row = {"file": "a.tif", "field": "town", "outcome": "right", "sure": True}
    old.write_text(json.dumps({"readings": [row]}), encoding="utf-8")
    assert run([line("a.tif", tmp_path)], "--compare", str(old)) == 0
    told = capsys.readouterr().out
    assert "Schlechter: 1" in told and "In der Summe schlechter" in told


@pytest.mark.parametrize("content", [None, "kein json", "[]", '{"errors": []}'])
def test_a_comparison_with_no_result_is_wrong_usage(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    old = tmp_path / "old.json"
    if content is not None:
        old.write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        run([line("a.tif", tmp_path)], "--compare", str(old))
    assert ended.value.code == 2
    assert "old.json" in capsys.readouterr().err


def test_what_stands_in_the_way_of_all_documents_ends_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(*_: object, **__: object) -> Reading:
        raise EngineProblem("E001", "Sprachmodell fehlt.")

    monkeypatch.setattr("ocr.read", missing)
    assert run([line("a.tif", tmp_path)]) == 3
    assert capsys.readouterr().err.endswith("E001: Sprachmodell fehlt.\n")


def test_held_is_what_a_rule_keeps_for_a_person_whatever_the_confidence() -> None:
    empty = replace(field("b", None, 0.95, False), problems=(Note("L006", "Dieses Pflichtfeld ist leer."),))
    fields = (field("a", "x", 0.95, True), empty, field("c", "x", 0.5, False))
    held = answers_of(Reading("a.tif", "zeichen", "review", (), fields))
    assert {name: answer.held for name, answer in held.fields.items()} == {"a": False, "b": True, "c": False}
    assert not held.held
    assert answers_of(Reading("a.tif", None, "review", (), ())).held
    assert answers_of(Reading("a.tif", "zeichen", "review", (), (), (Note("L011", "mehrmals"),))).held


# Several processes


def read_there(task: Task) -> Any:
    """Stands in for the reading in a process: `dies` takes its process along."""
    if task.path.name == "dies":
        import os

        os._exit(9)
    if task.path.name == "engine":
        return "E001", "Sprachmodell fehlt."
    return reading.Found(task.truth, reading.Answers({}))


def tasks(*names: str) -> list[Task]:
    return [Task(Path(name), Truth(name, {})) for name in names]


def test_several_processes_give_the_order_of_the_list_and_one_that_dies_costs_one_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_read_there", read_there)
    found = list(reading.read_all(tasks("a", "dies", "b", "c"), {}, 2))
    assert [one.truth.file for one in found] == ["a", "dies", "b", "c"]
    assert [one.refused.code if one.refused else None for one in found] == [None, "S014", None, None]


def test_a_problem_of_a_process_comes_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_read_there", read_there)
    with pytest.raises(Problem, match="E001: Sprachmodell fehlt") as told:
        list(reading.read_all(tasks("a", "engine"), {}, 2))
    assert told.value.code == "E001"


# One real run


def test_a_generated_form_is_read_and_reported_in_another_process(tmp_path: Path) -> None:
    plan = samples.Plan(file_format="tiff_g4", hard=0.3, only_page=1)
    sample = samples.make(plan, np.random.default_rng(5), "hund", full=True)
    (tmp_path / sample.filename).write_bytes(sample.data)
    truth: dict[str, Any] = json.loads(json.dumps(sample.truth))
    truth["fields"]["dog_name"] = ["Kein Hund heißt so"]
    second = {"filename": "leer.tif", "template": "hundesteuer", "fields": {"dog_name": ["Rex"]}}
    (tmp_path / "leer.tif").write_bytes(b"")
    listed, out, page = tmp_path / "truth.jsonl", tmp_path / "out.json", tmp_path / "out.html"
    listed.write_text(json.dumps(truth) + "\n" + json.dumps(second), encoding="utf-8")
    options = [
        "--documents",
        str(tmp_path),
        "--json",
        str(out),
        "--html",
        str(page),
        "--jobs",
        "2",
        "--form",
        "hundesteuer",
    ]
    assert main(["evaluate", str(listed), *options]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["documents"] == 2
    assert found["lenient"]["all"]["right"] >= 9
    assert {"dog_name"} <= {error["field"] for error in found["errors"]}
    assert "Kein Hund heißt so" in page.read_text(encoding="utf-8")
    assert "S002" in page.read_text(encoding="utf-8")
