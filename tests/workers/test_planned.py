"""What is due by the schedules, with real workers and real beats where it matters."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django_celery_beat.models import IntervalSchedule

from cases import clock, reports, transitions
from cases.models import Arrival, Case, PlannedRun, Reconciliation, Schedule
from cases.transitions import Wish
from tests.processes import Broker, Processes
from tests.site import Site, scan
from workers import identity, inbox, planned, schedule, sweep, tasks

Outcome = PlannedRun.Outcome


def add(words: str, work: str = "report", subject: str = "dogs", **more: Any) -> Schedule:
    return transitions.add_schedule(Wish(work, subject, words, **more), "person:jana")


def stopped_for(one: Schedule, minutes: int) -> None:
    """As if nobody had looked for so long."""
    Schedule.objects.filter(pk=one.pk).update(looked_at=clock.now() - timedelta(minutes=minutes))


def run_waiting() -> None:
    for run_id in PlannedRun.objects.filter(started_at=None).values_list("pk", flat=True):
        tasks.run_planned(str(run_id))


def origins(broker: Broker) -> set[int]:
    """Which processes sent the messages that wait: celery's own header, gen<pid>@host."""
    waiting = [json.loads(message) for message in broker.client.lrange("housekeeping", 0, -1)]  # type: ignore[union-attr]
    return {int(re.findall(r"gen(\d+)@", message["headers"]["origin"])[0]) for message in waiting}


def runs_in(log: str) -> list[str]:
    """Which runs a worker says that it did."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [line["run"] for line in lines if line.get("event") == "planned_run"]


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_workers_run_each_due_time_exactly_once(
    office: Site, broker: Broker, processes: Processes, eventually: Callable[..., None]
) -> None:
    every, newest = add("jede Minute", catch_up="all"), add("jede Minute", subject="papers", catch_up="once")
    schedule.ensure_schedule()
    IntervalSchedule.objects.filter(every=schedule.TICKS_S["look_at_schedules"]).update(every=1)
    beats = [processes.beat(environment=office.environment) for _ in range(2)]
    eventually(lambda: origins(broker) >= {beat.pid for beat in beats})
    for _ in range(2):
        processes.worker("housekeeping", concurrency=2, environment=office.environment)
    eventually(lambda: all("ready." in processes.log(number) for number in (2, 3)))
    for one in (every, newest):
        stopped_for(one, 60)
    eventually(lambda: every.runs.count() >= 60 and not PlannedRun.objects.filter(finished_at=None).exists())
    assert [beat.poll() for beat in beats] == [None, None]
    processes.end()
    due = list(every.runs.order_by("due_at").values_list("due_at", flat=True))
    assert {later - earlier for earlier, later in pairwise(due)} == {timedelta(minutes=1)}, "none missing, none twice"
    assert set(every.runs.values_list("outcome", "attempts")) == {("done", 1)}
    assert set(newest.runs.filter(attempts=0).values_list("outcome", flat=True)) == {Outcome.SKIPPED}
    ran = Counter(str(key) for key in PlannedRun.objects.filter(attempts=1).values_list("pk", flat=True))
    assert ran.total() < 60 + 10, "of the other schedule only the newest"
    assert Counter(runs_in(processes.log(2)) + runs_in(processes.log(3))) == ran, "each by one worker, once"
    assert all(reports.path_of(run).is_file() for run in every.runs.all())


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_worker_is_killed_is_done_by_another(
    office: Site, broker: Broker, processes: Processes, eventually: Callable[..., None]
) -> None:
    run = transitions.run_now(add("täglich 3 Uhr").pk, "person:jana")
    dead = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    held = transitions.begin_planned(run.pk, identity.of_process(dead.pid))
    assert held
    planned.take_over()
    assert not PlannedRun.objects.filter(started_at=None).exists(), "it lives: the run is its own"
    processes.worker("housekeeping", environment=office.environment)
    eventually(lambda: "ready." in processes.log())
    dead.communicate(b"\n")
    planned.look()
    eventually(lambda: PlannedRun.objects.filter(outcome=Outcome.DONE, attempts=2).exists())
    assert not transitions.finish_planned(held, Outcome.BROKEN)


@pytest.mark.django_db
def test_a_lost_nudge_costs_time_and_no_run(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    run = transitions.run_now(add("täglich 3 Uhr").pk, "person:jana")
    with monkeypatch.context() as patch:  # undone before `no_broker_waits` is
        patch.setattr("cases.operations.broker.depth", lambda _: 0)
        patch.setattr("cases.nudges.send", lambda task, key, queue: sent.append(f"{task} {key} {queue}"))
        planned.look()
    assert sent == [f"run_planned {run.pk} housekeeping"]


@pytest.fixture
def folder(office: Site, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.INBOX, settings.STORE = tmp_path / "inbox", tmp_path / "store"
    monkeypatch.setattr(inbox, "STILL_S", 1e-9)  # still, if an earlier look saw it just so
    folder = tmp_path / "inbox" / "dogs"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.django_db
def test_a_folder_with_a_schedule_is_only_looked_at_until_its_time(folder: Path) -> None:
    one = add("täglich 6 Uhr", "intake")
    scan(folder / "a.pdf")
    (folder.parent / "papers").mkdir()
    scan(folder.parent / "papers" / "b.pdf", "2")
    assert [inbox.take_all() for _ in range(3)] == [0, 1, 0], "the other folder is taken as always"
    assert (folder / "a.pdf").exists() and Case.objects.get().process == "papers"
    transitions.run_now(one.pk, "person:jana")
    run_waiting()
    assert not (folder / "a.pdf").exists() and Case.objects.filter(process="dogs").count() == 1
    assert one.runs.get().count == 1 and Arrival.objects.count() == 2


@pytest.mark.django_db
def test_what_was_taken_before_a_crash_is_finished_whatever_the_schedule_says(folder: Path) -> None:
    place = folder / inbox.TAKEN / str(uuid4())
    place.mkdir(parents=True)
    scan(place / "a.pdf")
    add("täglich 6 Uhr", "intake")
    assert inbox.take_all() == 1 and Case.objects.get().process == "dogs"


@pytest.mark.django_db
def test_without_its_schedule_a_folder_is_taken_at_once_again(folder: Path) -> None:
    one = add("täglich 6 Uhr", "intake")
    scan(folder / "a.pdf")
    assert [inbox.take_all() for _ in range(2)] == [0, 0]
    transitions.delete_schedule(one.pk, "person:jana")
    assert inbox.take_all() == 1


@pytest.mark.django_db
def test_a_scheduled_reconciliation_takes_the_place_of_the_targets_own_interval(office: Site) -> None:
    office.target(more="reconcile_every_h = 1")
    one = add("täglich 5 Uhr", "reconciliation", "register")
    sweep.ask_due_reconciliations()
    assert not Reconciliation.objects.exists()
    transitions.run_now(one.pk, "person:jana")
    run_waiting()
    asked = Reconciliation.objects.get()
    assert (asked.target, asked.asked_by) == ("register", "schedule") and one.runs.get().outcome == Outcome.DONE


@pytest.mark.django_db
def test_the_hourly_tick_leaves_processes_with_a_schedule_to_it(office: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[str]] = []
    monkeypatch.setattr("cases.retention.run", lambda processes=None: asked.append(set(processes)))
    add("täglich 3 Uhr", "retention", "dogs")
    tasks.erase_due()
    assert asked == [{"papers", "strict"}]


@pytest.mark.django_db
@pytest.mark.parametrize(("work", "subject", "code"), [("report", "gone", "V011"), ("reconciliation", "gone", "V028")])
def test_what_breaks_is_on_record_with_its_code(office: Site, work: str, subject: str, code: str) -> None:
    one = add("täglich 3 Uhr", work, subject)
    transitions.run_now(one.pk, "person:jana")
    run_waiting()
    assert list(one.runs.values_list("outcome", "code")) == [("broken", code)]


@pytest.mark.django_db
def test_words_of_an_older_release_hinder_no_other_schedule(office: Site) -> None:
    wrong, right = add("stündlich"), add("jede Minute")
    Schedule.objects.filter(pk=wrong.pk).update(words="wie immer")
    for one in (wrong, right):
        stopped_for(one, 5)
    planned.plan_all()
    assert right.runs.exists() and not wrong.runs.exists()
