"""Two beats, and workers whose clocks are hours wrong. Leases go by the clock of the database, which PostgreSQL keeps
on its own; SQLite asks the clock of whoever asks, so there is one clock there."""

from __future__ import annotations

import pytest
from django.db import connection

from cases.models import Entry
from config.machine import faketime
from tests.faults.office import Office, figure, only_long

ITEMS = figure(4, 20)
FAKETIME = faketime()


@only_long
@pytest.mark.timeout(600)
def test_two_beats_lead_to_no_second_entry(office: Office) -> None:
    cases = [office.case() for _ in range(ITEMS)]
    office.house()
    office.beat()
    office.housekeeper()
    verdict = office.comes_to_rest(within_s=300)
    verdict.put_down("two beats, two workers")
    assert verdict.is_kept and verdict.entered == len(cases) == Entry.objects.count()


@pytest.mark.skipif(FAKETIME is None, reason="needs libfaketime: make faults")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("hours", [2, -2])
def test_a_worker_whose_clock_is_wrong_takes_nothing_from_the_others(office: Office, hours: int) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the clock of SQLite is that of the process: make faults brings PostgreSQL")
    office.target(sessions=2, cases_per_session=2)  # so that both workers get their share
    cases = [office.case() for _ in range(ITEMS)]
    office.house()
    wrong = {"LD_PRELOAD": str(FAKETIME), "FAKETIME": f"{hours:+d}h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    office.housekeeper(**wrong)
    office.beat(**wrong)
    verdict = office.comes_to_rest(within_s=300)
    workers = Entry.objects.values("worker").distinct().count()
    verdict.put_down("clock of one worker wrong", hours=hours, workers=workers)
    assert verdict.is_kept and verdict.entered == len(cases) == Entry.objects.count()
