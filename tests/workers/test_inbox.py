from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases import store, transitions
from cases.models import Arrival, Case
from tests.site import Site, scan
from workers import inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(office: Site, tmp_path: Path, settings, monkeypatch) -> Path:
    settings.INBOX = tmp_path / "inbox"
    settings.STORE = tmp_path / "store"
    monkeypatch.setattr(inbox, "STILL_S", 0.0)
    folder = settings.INBOX / "dogs"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def two_looks(monkeypatch) -> None:
    """A file counts as still only if an earlier tick saw it just so."""
    monkeypatch.setattr(inbox, "STILL_S", 1e-9)


def test_a_file_becomes_a_case_and_leaves_the_folder(folder: Path) -> None:
    path = scan(folder / "a.pdf")
    assert inbox.take_all() == 1
    assert not path.exists() and Case.objects.get().process == "dogs"
    assert Arrival.objects.get().file_name == "a.pdf"


def test_a_file_that_still_changes_is_left_alone(folder: Path, two_looks: None) -> None:
    path = scan(folder / "a.pdf")
    assert inbox.take_all() == 0
    path.write_bytes(path.read_bytes() + b"more")
    assert inbox.take_all() == 0
    assert inbox.take_all() == 1


def test_a_file_that_somebody_writes_is_left_alone(folder: Path) -> None:
    path = folder / "a.pdf"
    with path.open("wb") as writer:
        writer.write(b"%PDF-1.4\n")
        writer.flush()
        assert inbox.take_all() == 0
    assert inbox.take_all() == 1


def test_a_file_that_somebody_only_reads_is_taken(folder: Path) -> None:
    path = scan(folder / "a.pdf")
    with path.open("rb"):
        assert inbox.take_all() == 1


def test_hidden_and_unfinished_files_and_folders_are_left_alone(folder: Path) -> None:
    for name in (".a.pdf", "a.pdf.part", "~$a.docx", "a.tmp"):
        scan(folder / name)
    (folder / "sub").mkdir()
    os.mkfifo(folder / "pipe")
    assert inbox.take_all() == 0


def test_the_same_file_dropped_twice_is_one_case_and_two_arrivals(folder: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        scan(folder / name)
    assert inbox.take_all() == 2
    assert Case.objects.count() == 1
    assert sorted(Arrival.objects.values_list("outcome", flat=True)) == ["duplicate", "new"]


def test_what_is_no_scan_is_set_aside_with_its_reason(folder: Path) -> None:
    (folder / "brief.docx").write_bytes(b"PK\x03\x04")
    (folder / "leer.pdf").touch()
    assert inbox.take_all() == 2
    aside = folder / ".beiseite"
    assert (aside / "brief.docx").read_bytes() == b"PK\x03\x04"
    assert (aside / "brief.docx.reason.txt").read_text().startswith("S003: ")
    assert (aside / "leer.pdf.reason.txt").read_text().startswith("S002: ")
    assert Case.objects.count() == 0 and Arrival.objects.filter(outcome="set_aside").count() == 2


def test_two_files_of_one_name_are_both_kept_aside(folder: Path) -> None:
    for text in (b"one", b"two"):
        (folder / "x.txt").write_bytes(text)
        inbox.take_all()
    aside = folder / ".beiseite"
    assert {(aside / name).read_bytes() for name in ("x.txt", "x-2.txt")} == {b"one", b"two"}
    assert (aside / "x-2.txt.reason.txt").exists()


def test_a_link_is_set_aside_and_its_goal_untouched(folder: Path, tmp_path: Path) -> None:
    goal = scan(tmp_path / "secret.pdf")
    (folder / "link.pdf").symlink_to(goal)
    inbox.take_all()
    assert goal.exists() and Case.objects.count() == 0 and (folder / ".beiseite" / "link.pdf").is_symlink()


def test_a_crash_between_rename_and_receive_is_mended_at_the_next_tick(folder: Path) -> None:
    place = folder / ".in-arbeit" / "11111111-1111-1111-1111-111111111111"
    place.mkdir(parents=True)
    scan(place / "a.pdf")
    assert inbox.take_all() == 1
    assert Case.objects.count() == 1 and not place.exists()


def test_a_crash_between_receive_and_removal_leaves_one_arrival(folder: Path) -> None:
    place = folder / ".in-arbeit" / "11111111-1111-1111-1111-111111111111"
    place.mkdir(parents=True)
    path = scan(place / "a.pdf")
    transitions.receive(path, "dogs", "a.pdf", token=place.name)
    assert inbox.take_all() == 1
    assert Arrival.objects.count() == 1 and not place.exists()


def test_a_full_store_loses_nothing(folder: Path, monkeypatch) -> None:
    scan(folder / "a.pdf")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "keep_original", full)
        assert inbox.take_all() == 0
    assert Case.objects.count() == 0
    assert inbox.take_all() == 1 and Case.objects.count() == 1


def test_only_one_taker_works_on_a_folder(folder: Path) -> None:
    scan(folder / "a.pdf")
    (folder / ".in-arbeit").mkdir()
    code = (
        "import fcntl,sys; f=open(sys.argv[1],'w'); fcntl.flock(f,fcntl.LOCK_EX); print('x',flush=True); "
        "sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / ".in-arbeit" / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout and other.stdin
    other.stdout.readline()
    assert inbox.take_all() == 0
    other.kill()
    other.wait()
    assert inbox.take_all() == 1


def test_strange_names_are_taken_as_they_are(folder: Path) -> None:
    names = ["Müller & Söhne; rm -rf.pdf", "ä" * 100 + ".pdf", "a\nb.pdf", "--help.pdf"]
    for number, name in enumerate(names):
        scan(folder / name, str(number))
    assert inbox.take_all() == len(names)
    assert set(Arrival.objects.values_list("file_name", flat=True)) == set(names)


def test_a_name_that_is_no_utf8_is_taken_and_holds_nobody_up(folder: Path) -> None:
    scan(Path(os.fsdecode(os.fsencode(folder) + b"/M\xfcller.pdf")), "latin")
    (Path(os.fsdecode(os.fsencode(folder) + b"/k\xe4se.pdf"))).write_text("no scan")
    scan(folder / "z.pdf", "other")
    assert inbox.take_all() == 3
    assert set(Arrival.objects.values_list("file_name", flat=True)) == {"M\ufffdller.pdf", "k\ufffdse.pdf", "z.pdf"}


def test_a_long_name_is_set_aside_with_its_reason(folder: Path) -> None:
    for number in range(2):
        (folder / ("ä" * 120 + f"{number}.pdf")).write_text("no scan")
    scan(folder / "z.pdf", "other")
    assert inbox.take_all() == 3
    aside = folder / inbox.ASIDE
    assert len(list(aside.glob("*.pdf"))) == len(list(aside.glob("*.reason.txt"))) == 2


def test_a_file_that_breaks_the_program_holds_no_other_up(folder: Path, monkeypatch) -> None:
    for name in ("a.pdf", "b.pdf"):
        scan(folder / name, name)
    receive = transitions.receive

    def broken(path: Path, *args: Any, **options: Any) -> Arrival:
        if path.name == "a.pdf":
            raise RuntimeError("Öztürk")
        return receive(path, *args, **options)

    monkeypatch.setattr(transitions, "receive", broken)
    assert inbox.take_all() == 1
    monkeypatch.undo()
    assert inbox.take_all() == 1 and Case.objects.count() == 2
