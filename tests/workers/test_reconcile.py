"""Ledger against target, both ways."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cases import clock, transitions
from cases.models import Case, Counter, Entry, Event, Reconciliation, Run, State
from config import cli
from tests.site import Site
from tests.workers.test_robot import FakeTarget, ready, run_all, target
from workers import reconcile, sweep

__all__ = ["ready", "target"]
pytestmark = pytest.mark.django_db(transaction=True)


def compare(**more: Any) -> dict[str, Any]:
    """Findings by reference."""
    asked = transitions.ask_reconciliation("register", "console:test", **more)
    one = reconcile.reconcile(asked.pk)
    assert one is not None
    return {finding["reference"]: finding for finding in one.findings}


def rewrite(target: FakeTarget, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """What somebody does in the target behind our back."""
    path = target.folder / "records.jsonl"
    records = [json.loads(line) for line in path.read_text().splitlines()]
    change(records)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))


@pytest.fixture
def entered(target: FakeTarget, ready: Callable[[int], list[Case]]) -> list[Case]:
    cases = ready(4)
    run_all()
    assert set(Case.objects.values_list("state", flat=True)) == {State.ENTERED}
    return sorted(cases, key=lambda case: case.reference)


def test_an_equal_target_gives_no_finding(entered: list[Case]) -> None:
    assert compare() == {}
    one = Reconciliation.objects.get()
    assert (one.checked, one.listed) == (4, 4) and Event.objects.filter(kind="reconciled").count() == 1
    assert not Run.objects.filter(ended_at=None).exists()


def test_what_differs_is_found_both_ways(entered: list[Case], target: FakeTarget) -> None:
    def change(records: list[dict[str, Any]]) -> None:
        records[1]["fields"]["surname"] = "Anders"
        records.append({**records[2], "number": "R9"})
        records.append({"number": "R10", "reference": "2026-000900", "fields": {}})
        del records[0]

    rewrite(target, change)
    found = compare()
    kinds = {reference: (one["kind"], one["fields"]) for reference, one in found.items()}
    assert kinds == {
        entered[0].reference: ("missing", []),
        entered[1].reference: ("different", ["surname"]),
        entered[2].reference: ("several", []),
        "2026-000900": ("unknown", []),
    }
    assert "Anders" not in json.dumps(Reconciliation.objects.get().findings)
    assert set(Case.objects.values_list("state", flat=True)) == {State.ENTERED}, "a reconciliation changes no case"


def test_after_an_older_backup_nothing_is_entered_again(entered: list[Case], target: FakeTarget) -> None:
    """The ledger forgot two entries and one case: the target still has them."""
    Entry.objects.filter(case__in=entered[:2]).delete()
    Case.objects.filter(pk__in=[case.pk for case in entered[:2]]).update(state=State.READY, attempts=0)
    rewrite(target, lambda records: records.append({"number": "R9", "reference": "2026-000777", "fields": {}}))
    found = compare()
    assert {one["kind"] for one in found.values()} == {"not_recorded", "unknown"}
    assert Counter.objects.get(year=2026).last == 777, "a reference that stands there is never given out again"
    run_all(2)
    assert set(Case.objects.values_list("state", flat=True)) == {State.ENTERED}
    assert len(target.references) == 5 and len(set(target.references)) == 5


def test_a_mistyped_reference_does_not_drive_the_counter_away(entered: list[Case], target: FakeTarget) -> None:
    before = Counter.objects.get(year=2026).last
    rewrite(target, lambda records: records.append({"number": "R9", "reference": "2026-999999", "fields": {}}))
    assert compare()["2026-999999"]["kind"] == "unknown"
    assert Counter.objects.get(year=2026).last == before


def test_a_target_without_a_list_is_looked_up_record_by_record(entered: list[Case], target: FakeTarget) -> None:
    target.plan("no list")
    rewrite(target, lambda records: records.pop(0))
    assert [one["kind"] for one in compare().values()] == ["missing"]
    assert Reconciliation.objects.get().listed is None


def test_only_what_was_recorded_since_is_looked_up(entered: list[Case]) -> None:
    Entry.objects.filter(case=entered[0]).update(finished_at=clock.now() - timedelta(days=9))
    compare(since=clock.now() - timedelta(days=1))
    assert Reconciliation.objects.get().checked == 3


def test_a_robot_that_dies_leaves_findings_and_no_session(entered: list[Case], target: FakeTarget) -> None:
    target.plan(start="crash")
    assert {one["kind"] for one in compare().values()} == {"not_checked"}
    assert not Run.objects.filter(ended_at=None).exists()


def test_of_an_erased_case_only_the_presence_is_known(entered: list[Case], target: FakeTarget) -> None:
    transitions.erase(entered[0].pk)
    assert compare() == {}
    rewrite(target, lambda records: records.pop(0))
    assert compare()[entered[0].reference]["kind"] == "missing"


def test_a_stopped_target_is_compared_later(entered: list[Case]) -> None:
    transitions.stop_targets(["register"], "person:ida", "Wartung")
    asked = transitions.ask_reconciliation("register", "sweep")
    assert reconcile.reconcile(asked.pk) is None
    transitions.start_target("register", "person:ida")
    assert reconcile.reconcile(asked.pk) is not None
    assert reconcile.reconcile(asked.pk) is None, "only once"


def test_the_sweeper_asks_once_a_day_and_only_for_what_is_new(entered: list[Case], office: Site) -> None:
    sweep.ask_due_reconciliations()
    assert not Reconciliation.objects.exists(), "just entered"
    Entry.objects.update(finished_at=clock.now() - timedelta(hours=25))
    sweep.ask_due_reconciliations()
    sweep.ask_due_reconciliations()
    assert Reconciliation.objects.count() == 1
    Reconciliation.objects.update(asked_at=clock.now() - timedelta(hours=24, minutes=1))
    Entry.objects.update(finished_at=clock.now() - timedelta(hours=30))
    sweep.ask_due_reconciliations()
    assert Reconciliation.objects.count() == 1, "nothing new since"


def test_the_command_names_what_differs(entered: list[Case], target: FakeTarget, capsys: Any) -> None:
    assert cli.main(["reconcile", "register"]) == 0
    assert "Kein Unterschied" in capsys.readouterr().out
    rewrite(target, lambda records: records.pop(0))
    assert cli.main(["reconcile", "register", "--json"]) == 3
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["kind"], finding["reference"]) == ("missing", entered[0].reference)
    assert cli.main(["reconcile", "register", "--since", "2100-01-01"]) == 0
    transitions.stop_targets(["register"], "person:ida", "Wartung")
    assert cli.main(["reconcile", "register"]) == 3
    assert "V029" in capsys.readouterr().err
    assert cli.main(["reconcile", "sap"]) == 3
    assert "V028" in capsys.readouterr().err
