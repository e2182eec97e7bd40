"""`laufzettel prepare` over folders: resumable, several processes, one bad file stops nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.cli import main
from config.preparing import crew
from config.preparing.crew import prepare_all
from config.preparing.documents import find_documents
from config.preparing.one import Job
from ocr.scanner import GENERIC
from tests.ocr.made_files import form_page, save, save_pages

PAGE = form_page(620, 877)
BLANK = np.full_like(PAGE, 255)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    (folder / "b").mkdir(parents=True)
    save_pages([PAGE, BLANK], folder / "a.tif", 75.0)
    save(PAGE, folder / "a.png", dpi=75.0)
    save(PAGE, folder / "b" / "a.tif", "1", 75.0)
    (folder / "b" / "kein-scan.txt").write_text("Notiz")
    (folder / ".versteckt.tif").write_text("nichts")
    (folder / "Thumbs.db").write_text("nichts")
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that need not import everything anew; the other tests start them as users do."""
    monkeypatch.setattr(crew, "SPAWN", multiprocessing.get_context("fork"))


def prepare(*arguments: object) -> int:
    return main(["prepare", *map(str, arguments)])


def document(folder: Path, capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """What `prepare FOLDER OUT --json` says, by the name of each report."""
    capsys.readouterr()
    prepare(folder, folder.parent / "out", "--json", "--jobs", 1, *arguments)
    told = json.loads(capsys.readouterr().out)
    return {"problems": told["problems"], **{found["json"]: found for found in told["documents"]}}


def test_a_folder_is_done_in_order_and_one_bad_file_stops_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder.parent / "out"
    assert prepare(folder, out, "--json", "--jobs", 2) == 3
    answer = capsys.readouterr()
    told = json.loads(answer.out)
    assert [found["json"] for found in told["documents"]] == ["a.json", "a_2.json", "b/a.json"]
    assert [len(found["pages"]) for found in told["documents"]] == [1, 2, 1]
    assert [(problem["code"], Path(problem["file"]).name) for problem in told["problems"]] == [
        ("S003", "kein-scan.txt")
    ]
    assert answer.err.startswith("S003: ") and "kein-scan.txt" in answer.err
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    pictures = {"a-001.png", "a_2-001.png", "a_2-002.png", "b/a-001.png"}
    assert files == pictures | {"a.json", "a_2.json", "b/a.json"}
    page = told["documents"][1]["pages"][1]
    assert (page["number"], page["sheet"], page["blank"], page["file"]) == (2, 2, True, "a_2-002.png")
    assert {"paper", "noise", "streaks_mm", "focus_px"} <= set(page["quality"])


def test_a_second_run_skips_what_is_done_until_something_changes(
    folder: Path, quick: None, capsys: pytest.CaptureFixture[str]
) -> None:
    out, reports = folder.parent / "out", ("a.json", "a_2.json", "b/a.json")
    (folder / "b" / "kein-scan.txt").unlink()
    first = document(folder, capsys)
    assert [first[name]["skipped"] for name in reports] == [False, False, False]
    os.utime(folder / "a.tif", (1, 1))  # another time, the same bytes
    save_pages([PAGE], folder / "b" / "a.tif", 75.0)
    (out / "a-001.png").unlink()
    second = document(folder, capsys)
    assert [second[name]["skipped"] for name in reports] == [False, True, False]
    assert second["a_2.json"]["pages"] == first["a_2.json"]["pages"]
    third = document(folder, capsys, "--scanner", "duplex")
    assert [third[name]["skipped"] for name in reports] == [False, False, False]
    assert prepare(folder, out, "--scanner", "duplex") == 0
    assert "3 Dokument(e) waren schon fertig" in capsys.readouterr().out
    again = document(folder, capsys, "--scanner", "duplex", "--again")
    assert [again[name]["skipped"] for name in reports] == [False, False, False]


def test_pages_of_an_earlier_run_go_when_the_document_has_fewer(folder: Path) -> None:
    out = folder.parent / "out"
    assert prepare(folder / "a.tif", out) == 0
    save_pages([PAGE], folder / "a.tif", 75.0)
    assert prepare(folder / "a.tif", out) == 0
    assert sorted(path.name for path in out.iterdir()) == ["a-001.png", "a.json"]
    assert prepare(folder / "a.tif", out, "--format", "pdf") == 0
    assert sorted(path.name for path in out.iterdir()) == ["a-001.png", "a.json", "a.pdf"], "another format adds"


def test_names_of_another_folder_s_documents_are_not_taken(folder: Path, quick: None, tmp_path: Path) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "a.tif", other / "a.tif")
    assert prepare(folder / "a.tif", folder / "b" / "a.tif", out) == 0
    assert prepare(other, out) == 0
    assert {path.name for path in out.glob("*.json")} == {"a.json", "a_2.json", "a_3.json"}
    assert [document.stem for document in find_documents([other], out)] == ["a_3"]


def test_an_original_and_files_of_others_are_never_written_over(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "a.tif").read_bytes()
    assert prepare(folder / "a.tif", folder, "--format", "multitiff") == 3
    assert capsys.readouterr().err.startswith("S015: ")
    assert (folder / "a.tif").read_bytes() == before
    (folder / "a.json").write_text('{"Charge": 7}')
    assert prepare(folder / "a.tif", folder) == 3
    assert capsys.readouterr().err.startswith("S015: ")
    assert (folder / "a.json").read_text() == '{"Charge": 7}'
    assert not list(folder.glob(".laufzettel*"))


def test_an_empty_folder_and_a_wrong_number_of_processes_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare(tmp_path, tmp_path) == 3
    assert capsys.readouterr().err.startswith("S016: ")
    with pytest.raises(SystemExit) as ended:
        prepare(tmp_path, tmp_path, "--jobs", 0)
    assert ended.value.code == 2


def test_what_lies_in_the_output_folder_is_no_input(folder: Path) -> None:
    (folder / "out").mkdir()
    save(PAGE, folder / "out" / "x.png")
    found = [document.path.name for document in find_documents([folder], folder / "out")]
    assert found == ["a.png", "a.tif", "a.tif", "kein-scan.txt"]


def test_a_process_that_dies_costs_one_document(quick: None, tmp_path: Path) -> None:
    save_pages([PAGE] * 30, tmp_path / "a.tif", 75.0)
    for name in "bc":
        save(PAGE, tmp_path / f"{name}.png", dpi=75.0)
    killed: list[int | None] = []

    def kill_once(_total: int | None) -> None:
        for process in multiprocessing.active_children() if not killed else ():
            killed.append(process.pid)
            process.kill()

    out = tmp_path / "out"
    job = Job(out, GENERIC, "png")
    outcomes = list(prepare_all(find_documents([tmp_path], out), job, 1, True, kill_once))
    assert killed
    assert [outcome.problem.code if outcome.problem else None for outcome in outcomes] == ["S014", None, None]
    assert sorted(path.name for path in out.iterdir()) == [
        "b-001.png", "b.json", "c-001.png", "c.json",
    ]  # fmt: skip
    again = list(prepare_all(find_documents([tmp_path], out), job, 1, True, lambda _total: None))
    assert sorted(outcome.skipped for outcome in again) == [False, True, True]
    assert not list(out.glob(".laufzettel*"))


def test_ctrl_c_ends_at_once_and_the_next_run_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scans, out = tmp_path / "scans", tmp_path / "out"
    scans.mkdir()
    save_pages([form_page()] * 2, scans / "000.tif")
    for number in range(1, 400):
        os.link(scans / "000.tif", scans / f"{number:03d}.tif")
    command = [sys.executable, "-m", "config.cli", "prepare", str(scans), str(out), "--format", "tiff"]
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # what a job in the background does not hear
    running = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, text=True)
    signal.signal(signal.SIGINT, heard)
    while len(list(out.glob("*.json"))) < 2:
        assert running.poll() is None
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)
    start = time.monotonic()
    _, told = running.communicate(timeout=20)
    assert time.monotonic() - start < 5, "it waited for something"
    assert (running.returncode, told) == (130, "Abgebrochen.\n")
    done = {path.stem for path in out.glob("*.json")}
    assert 2 <= len(done) < 400
    assert {path.name[:3] for path in out.iterdir()} == done, "half documents or temporary files are left"
    for path in scans.iterdir():  # the rest would only take time
        if path.stem not in done and path.stem != "399":
            path.unlink()
    assert prepare(scans, out, "--format", "tiff") == 0
    assert f"{len(done)} Dokument(e) waren schon fertig" in capsys.readouterr().out
