"""A backup brought back: the trail is whole, originals have their bytes, what came since is not entered again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cases import audit, catalog, store, transitions
from cases.models import Case, Document, Entry, Event, Gate, State
from config import cli
from tests.site import Site, scan
from tests.workers.test_robot import FakeTarget, ready, run_all, target
from workers import sweep

__all__ = ["ready", "target"]
pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[[int], list[Case]]


@pytest.fixture
def data(office: Site, tmp_path: Path, settings: Any) -> Iterator[Path]:
    """An installation whose folders belong to this test."""
    settings.DATA = tmp_path / "data"
    for name in ("STORE", "INBOX", "RUNS", "SECRETS"):
        setattr(settings, name, settings.DATA / name.lower())
    settings.DATA.mkdir()
    settings.SECRETS.mkdir()
    (settings.SECRETS / "register.json").write_text("{}")
    (settings.DATA / "secret_key").write_text("k")
    yield settings.DATA
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'vor\\_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP SCHEMA "{name}" CASCADE')
    else:
        for path in Path(connection.settings_dict["NAME"]).parent.glob("*.vor-*"):
            path.unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def command(capsys: Any, *words: object) -> tuple[int, Any]:
    code = cli.main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, json.loads(out) if out.startswith("{") else out + err


def claimed(case: Case, *, intent: bool) -> None:
    claim = transitions.claim_entry("register", "test", case.pk)
    assert claim
    if intent:
        transitions.journal_intent(claim.entry_id, claim.fence, "h" * 64)


def go_on() -> None:
    """What a person and the house do after a restore."""
    assert transitions.start_target("register", "person:it")
    for _ in range(4):
        sweep.sweep()
        run_all()


def test_what_was_entered_after_the_backup_is_found_and_nothing_is_entered_twice(
    data: Path, folder: Path, office: Site, target: FakeTarget, ready: Make, capsys: Any, settings: Any
) -> None:
    """Four cases at the moment of the backup: entered, submitted but not recorded, claimed only, waiting."""
    office.target(sessions=4)
    settings.RUNS = data / "runs"
    done, submitted, claimed_only, waiting = ready(4)
    Case.objects.exclude(pk=done.pk).update(state=State.ON_HOLD)
    run_all()
    Case.objects.exclude(pk=done.pk).update(state=State.READY)
    claimed(submitted, intent=True)
    claimed(claimed_only, intent=False)
    assert command(capsys, "backup", folder, "--json")[0] == 0
    for entry in Entry.objects.filter(outcome="open"):  # the office goes on, and enters everything
        transitions.take_over_entry(entry.pk, process_gone=True)
    late = ready(1)[0]
    Entry.objects.filter(outcome="unclear").update(finished_at="2026-01-01T00:00Z")
    run_all(3)
    entered_before = sorted(target.references)
    assert len(entered_before) == 5 == len(set(entered_before))

    assert command(capsys, "restore", folder)[0] == 3, "there are cases: not without --yes"
    code, told = command(capsys, "restore", folder, "--yes", "--json")
    assert code == 0 and told["first_broken"] is None and told["taken_over"] == 2 and told["stopped"] == ["register"]
    assert audit.verify() is None
    states = dict(Case.objects.values_list("reference", "state"))
    assert states == {
        done.reference: State.ENTERED,
        submitted.reference: State.UNCLEAR,
        claimed_only.reference: State.READY,
        waiting.reference: State.READY,
    }
    sweep.sweep()
    run_all()
    assert dict(Case.objects.values_list("reference", "state")) == states, "nothing moves before a person says so"
    go_on()
    assert set(Case.objects.values_list("state", flat=True)) == {State.ENTERED}
    assert sorted(target.references) == entered_before, "found, and nothing entered again"
    for case in (submitted, claimed_only, waiting):
        assert case.entries.latest("fence").outcome == Entry.Outcome.FOUND
    assert late.reference not in states
    fresh = ready(1)[0]
    assert fresh.reference not in entered_before, "no number is given out twice"
    assert audit.verify() is None


def test_an_announced_submit_that_never_came_is_looked_for_twice_and_then_entered(
    data: Path, folder: Path, target: FakeTarget, ready: Make, capsys: Any
) -> None:
    (case,) = ready(1)
    claimed(case, intent=True)
    assert command(capsys, "backup", folder)[0] == 0
    assert command(capsys, "restore", folder, "--yes")[0] == 0
    go_on()
    assert target.references == [case.reference]
    assert list(case.entries.order_by("fence").values_list("mode", "outcome")) == [
        ("enter", "unclear"),
        ("resolve", "none"),
        ("enter", "entered"),
    ]


def test_where_nothing_can_be_searched_a_person_looks_before_anything_is_entered(
    data: Path, folder: Path, office: Site, target: FakeTarget, ready: Make, capsys: Any
) -> None:
    office.target(can_search="false")
    (case,) = ready(1)
    assert command(capsys, "backup", folder)[0] == 0
    assert command(capsys, "restore", folder, "--yes", "--json")[1]["for_a_person"] == 1
    go_on()
    case.refresh_from_db()
    assert case.state == State.UNCLEAR and case.needs_person and target.references == []


def test_originals_come_back_with_their_bytes_and_the_inbox_too(
    data: Path, folder: Path, ready: Make, capsys: Any, settings: Any
) -> None:
    ready(2)
    inbox = data / "inbox" / "dogs"
    inbox.mkdir(parents=True)
    scan(inbox / "neu\\n.pdf", "waits")
    code, told = command(capsys, "backup", folder, "--json")
    assert code == 0
    subprocess.run(["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"], cwd=told["place"], check=True)
    shutil.rmtree(data)
    data.mkdir()
    assert command(capsys, "restore", told["place"], "--yes")[0] == 0
    for document in Document.objects.all():
        assert hashlib.sha256(store.original_path(document.pk).read_bytes()).hexdigest() == document.pk
    assert Document.objects.count() == 2 and (inbox / "neu\\n.pdf").exists()
    assert not (data / "secret_key").exists(), "secrets only if asked"
    assert Event.objects.get(kind="restored").details["head"] != ""


def test_a_second_backup_shares_what_did_not_change_and_old_ones_go(
    data: Path, folder: Path, ready: Make, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.saving import reading

    ready(1)
    first = Path(command(capsys, "backup", folder, "--json")[1]["place"])
    ready(1)
    monkeypatch.setattr(reading, "NAME", "29991231T000000Z")
    told = command(capsys, "backup", folder, "--with-secrets", "--keep", "1", "--json")[1]
    assert told["shared"] >= 2 and told["removed"] == 1 and not first.exists()
    assert command(capsys, "restore", folder, "--check")[0] == 0
    assert (Path(told["place"]) / "secrets" / "register.json").stat().st_mode & 0o777 == 0o600
    assert (Path(told["place"]) / "secret_key").read_text() == "k"


def test_a_damaged_backup_changes_nothing(data: Path, folder: Path, ready: Make, capsys: Any) -> None:
    ready(1)
    place = Path(command(capsys, "backup", folder, "--json")[1]["place"])
    (original,) = (place / "data/store/originals").glob("*/*")
    original.write_bytes(b"other")
    events = Event.objects.count()
    code, said = command(capsys, "restore", folder, "--yes")
    assert code == 3 and "B021" in said and original.name in said
    assert Event.objects.count() == events


def test_a_database_that_cannot_be_loaded_leaves_the_old_one_in_place(
    data: Path, folder: Path, ready: Make, capsys: Any
) -> None:
    from config.saving import databases, sinks

    (case,) = ready(1)
    place = Path(command(capsys, "backup", folder, "--json")[1]["place"])
    saved = place / databases.NAMES[connection.vendor]
    saved.write_bytes(b"PGDMP no database")
    sums = sinks.read_sums(place) | {saved.name: hashlib.sha256(saved.read_bytes()).hexdigest()}
    sinks.write_sums(place / sinks.SUMS, sums)
    code, said = command(capsys, "restore", folder, "--yes")
    assert code == 3 and ("B021" in said or "B024" in said)
    case.refresh_from_db()
    assert case.state == State.READY


def test_an_original_that_went_bad_is_named_when_it_is_saved(
    data: Path, folder: Path, ready: Make, capsys: Any
) -> None:
    ready(1)
    (path,) = (data / "store" / "originals").glob("*/*")
    path.write_bytes(b"other")
    code, said = command(capsys, "backup", folder)
    assert code == 3 and f"B027: Das Schriftstück {path.name}" in said


def test_a_backup_that_breaks_off_leaves_nothing_that_looks_like_one(
    data: Path, folder: Path, ready: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config.saving import databases, reading

    def breaks(_: Path) -> Path:
        raise OSError("disk full")

    monkeypatch.setattr(databases, "save", breaks)
    with pytest.raises(OSError, match="disk full"):
        cli.main(["backup", str(folder)])
    assert reading.backups(folder) == [] and list(folder.iterdir()) == []


@pytest.mark.skipif(shutil.which("age") is None, reason="needs age: apt-get install age")
def test_an_encrypted_backup_opens_with_its_key_only(
    data: Path, folder: Path, ready: Make, capsys: Any, tmp_path: Path
) -> None:
    (case,) = ready(1)
    keys = [tmp_path / "right.key", tmp_path / "wrong.key"]
    for key in keys:
        subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", keys[0]], check=True, capture_output=True, text=True).stdout.strip()
    place = Path(command(capsys, "backup", folder, "--recipient", recipient, "--json")[1]["place"])
    assert list(folder.iterdir()) == [place] and case.reference.encode() not in place.read_bytes()
    assert command(capsys, "restore", folder, "--yes")[0] == 3
    code, said = command(capsys, "restore", folder, "--yes", "--identity", keys[1])
    assert code == 3 and "B024" in said
    assert command(capsys, "restore", folder, "--yes", "--identity", keys[0])[0] == 0
    case.refresh_from_db()
    assert case.state == State.READY and Gate.objects.get(pk="register").stopped_at
    assert catalog.targets().keys() == {"register"}
