"""Several processes at once on one database, whichever it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User

from cases import audit, clock, store, transitions
from cases.models import Arrival, Case, Entry, Event, Schedule, State
from cases.transitions import Wish
from tests.cases.conftest import record
from tests.site import Site, make_site, scan

pytestmark = pytest.mark.django_db(transaction=True)
Race = Callable[..., list[list[Any]]]


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Site:
    """Descriptions of its own; the store is that of the test run, which the other processes share."""
    site = make_site(tmp_path / "site")
    for name in ("forms", "processes", "targets"):
        setattr(settings, name.upper(), site.root / name)
    return site


@pytest.fixture
def race(site: Site, tmp_path: Path, eventually: Callable[..., None]) -> Race:
    """Starts processes, lets them begin at once, and returns what each did. Fails if one of them does."""

    def run(*jobs: tuple[str, ...]) -> list[list[Any]]:
        gate = tmp_path / "gate"
        racers = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.cases.racer", job, str(site.root), str(gate), *rest],
                cwd=django_settings.ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for job, *rest in jobs
        ]
        try:
            eventually(lambda: len(list(tmp_path.glob("gate.*"))) == len(racers) or any(r.poll() for r in racers))
            gate.touch()
            said = [racer.communicate(timeout=90) for racer in racers]
        finally:
            for racer in racers:
                racer.kill()
        assert [racer.returncode for racer in racers] == [0] * len(racers), [errors for _, errors in said]
        return [json.loads(output) for output, _ in said]

    return run


def test_events_of_several_processes_make_one_unbroken_chain(race: Race) -> None:
    numbers = [number for done in race(("append",), ("append",)) for number in done]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)) and len(numbers) == 120
    assert audit.verify() is None


def test_a_trail_that_is_being_written_verifies(race: Race) -> None:
    _, found = race(("append",), ("verify",))
    assert set(found) == {None}


def test_a_case_is_claimed_by_one_process_only(race: Race, site: Site, received, tmp_path: Path) -> None:
    site.target(sessions=20)
    cases = [received() for _ in range(16)]
    for case in cases[:8]:
        claim = transitions.claim_reading(case.pk, "test")
        assert claim
        record(claim)
    claimed = [case for done in race(("claim",), ("claim",)) for case in done]
    assert sorted(claimed) == sorted(str(case.pk) for case in cases)
    assert Entry.objects.count() == 8 and Event.objects.filter(kind="reading_claimed").count() == 16


def test_two_people_who_ask_for_the_next_case_never_get_the_same(race: Race, received: Callable[..., Case]) -> None:
    for name in ("anna", "bernd"):
        User.objects.create_user(name)
    cases = [received() for _ in range(30)]
    Case.objects.update(state=State.REVIEW)
    taken = race(("take", "anna"), ("take", "bernd"))
    assert sorted(taken[0] + taken[1]) == sorted(str(case.pk) for case in cases), "each one once"
    assert audit.verify() is None


def test_a_file_that_arrives_again_while_its_case_is_reviewed_hinders_nobody(
    race: Race, site: Site, tmp_path: Path, anna: User
) -> None:
    file = scan(tmp_path / "same.pdf", str(tmp_path))
    arrival = transitions.receive(file, "dogs", file.name)
    assert arrival.case
    claim = transitions.claim_reading(arrival.case.pk, "test")
    assert claim and record(claim, sure=False) == State.REVIEW
    received, reviewed = race(("receive", str(file)), ("review",))
    assert len(received) == len(reviewed) == 30
    assert Case.objects.count() == 1 and Arrival.objects.count() == 31
    assert audit.verify() is None


def test_a_file_that_arrives_while_its_case_is_erased_is_a_new_case_with_its_bytes(
    race: Race, site: Site, tmp_path: Path, anna: User
) -> None:
    file = scan(tmp_path / "same.pdf", str(tmp_path))
    race(("receive", str(file)), ("receive", str(file)), ("erase",))
    transitions.receive(file, "dogs", file.name)
    assert Arrival.objects.count() == 61
    (case,) = Case.objects.exclude(state=State.ERASED)
    assert case.document_id and store.original_path(case.document_id).read_bytes() == file.read_bytes()
    assert audit.verify() is None


def test_two_that_look_at_the_same_schedule_insert_and_take_every_due_time_once(race: Race, site: Site) -> None:
    one = transitions.add_schedule(Wish("report", "dogs", "jede Minute", catch_up="all"), "person:jana")
    begun = clock.now()
    Schedule.objects.update(looked_at=begun - timedelta(minutes=40))
    taken = race(("plan",), ("plan",))
    due = list(one.runs.order_by("due_at").values_list("due_at", flat=True))
    assert len(due) >= 40 and {later - earlier for earlier, later in pairwise(due)} == {timedelta(minutes=1)}
    assert sorted(taken[0] + taken[1]) == sorted(str(run.pk) for run in one.runs.all())
    assert set(one.runs.values_list("attempts", flat=True)) == {1}
