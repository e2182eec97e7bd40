from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cases import transitions
from cases.models import Arrival, Case, Event
from cases.transitions import EntryClaim
from config import cli
from tests.site import Site, scan

pytestmark = pytest.mark.django_db


def test_intake_takes_files_and_names_the_refused_ones(site: Site, tmp_path: Path, capsys) -> None:
    good, bad = scan(tmp_path / "a.pdf"), tmp_path / "b.txt"
    bad.write_text("hello")
    assert cli.main(["intake", str(good), str(bad), str(good), "--process", "dogs"]) == 3
    out, err = capsys.readouterr()
    assert [line.split("\t")[1] for line in out.splitlines()] == ["Neuer Vorgang", "Doppelt eingegangen"]
    assert err.startswith("S003: ") and "b.txt" in err
    assert set(Arrival.objects.values_list("outcome", flat=True)) == {"new", "duplicate", "set_aside"}


def test_intake_asks_for_the_process_when_there_are_several(site: Site, tmp_path: Path, capsys) -> None:
    assert cli.main(["intake", str(scan(tmp_path / "a.pdf"))]) == 3
    assert "V011" in capsys.readouterr().err and Case.objects.count() == 0


def test_cases_prints_one_json_document(read: Callable[..., Case], capsys) -> None:
    case = read(sure=False)
    assert cli.main(["cases", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["cases"]
    assert (row["reference"], row["state"], row["form"]) == (case.reference, "review", "dog")
    assert cli.main(["cases", "--state", "ready", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"cases": []}


def test_cases_names_the_known_states(site: Site, db: None, capsys) -> None:
    assert cli.main(["cases", "--state", "lost"]) == 3
    assert "review" in capsys.readouterr().err


def test_queue_tells_what_waits_without_a_broker(received: Callable[..., Case], read: Callable[..., Case], capsys):
    received()
    read()
    assert cli.main(["queue", "--json"]) == 0
    queues = json.loads(capsys.readouterr().out)["queues"]
    assert queues["read"]["waiting"] == 1 and queues["enter.register"]["waiting"] == 1
    assert queues["read"]["messages"] is None


def test_audit_verify_names_the_first_broken_event(received: Callable[..., Case], capsys) -> None:
    received()
    received()
    assert cli.main(["audit", "verify"]) == 0
    Event.objects.filter(number=2).update(actor="x")
    assert cli.main(["audit", "verify", "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[-1])["first_broken"] == 2 and "Ereignis 2" in err


def test_retention_run_says_what_it_erased(site: Site, db: None, capsys) -> None:
    assert cli.main(["retention", "run"]) == 0
    assert "0 Vorgänge" in capsys.readouterr().out


def test_an_installation_that_was_never_started_says_so(site: Site, db: None, capsys, monkeypatch) -> None:
    monkeypatch.setattr("django.db.connection.introspection.table_names", list)
    assert cli.main(["cases"]) == 3
    assert "B010" in capsys.readouterr().err


def test_target_stop_waits_for_what_is_under_way(claimed: Callable[[], EntryClaim], capsys) -> None:
    claim = claimed()
    transitions.journal_intent(claim.entry_id, claim.fence, "x")
    assert cli.main(["target", "stop", "--all", "--reason", "falsche Daten", "--wait", "0"]) == 3
    assert "1 zuvor abgesendete" in capsys.readouterr().out
    transitions.take_over_entry(claim.entry_id, process_gone=True)
    assert cli.main(["target", "stop", "register", "--reason", "falsche Daten"]) == 0
    assert "Bestätigt" in capsys.readouterr().out
    assert cli.main(["target", "list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["targets"]
    assert (row["condition"], row["reason"]) == ("stopped", "falsche Daten")
    assert cli.main(["target", "start", "register"]) == 0
    assert cli.main(["target", "list"]) == 0
    assert "in Betrieb" in capsys.readouterr().out


def test_target_names_the_known_ones(site: Site, db: None, capsys) -> None:
    assert cli.main(["target", "start", "sap"]) == 3
    assert "V028" in capsys.readouterr().err
    assert cli.main(["target", "start"]) == 3
    assert "register" in capsys.readouterr().err
