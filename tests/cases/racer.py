"""A process of its own that works on the database of the test run: `python -m tests.cases.racer JOB SITE GATE [ARG]`.

Waits until GATE exists, so that several begin at once. Prints what it did as one JSON list.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import django

TURNS = 30


def append(done: list[Any], _: Path) -> None:
    """Events from two threads."""
    from django.db import connection, transaction

    from cases import audit

    def write() -> None:
        try:
            for _ in range(TURNS):
                with transaction.atomic():
                    number = audit.append("raced", actor="test").number
                done.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def claim(done: list[Any], _: Path) -> None:
    """Every waiting case, in the same order as everybody."""
    from cases import transitions
    from cases.models import Case, State

    for case in Case.objects.filter(state=State.RECEIVED).order_by("reference"):
        if transitions.claim_reading(case.pk, "test"):
            done.append(str(case.pk))
    for case in Case.objects.filter(state=State.READY).order_by("reference"):
        if transitions.claim_entry("register", "test", case.pk):
            done.append(str(case.pk))


def receive(done: list[Any], file: Path) -> None:
    """The same bytes again and again."""
    from cases import transitions

    for _ in range(TURNS):
        done.append(str(transitions.receive(file, "dogs", file.name).case_id))


def review(done: list[Any], _: Path) -> None:
    """Open and close every case in review."""
    from django.contrib.auth.models import User

    from cases import transitions
    from cases.models import Case, State

    user = User.objects.get()
    for _ in range(TURNS):
        for case in Case.objects.filter(state=State.REVIEW):
            transitions.lock(case.pk, user)
            transitions.unlock(case.pk, user)
            done.append(str(case.pk))


def take(done: list[Any], name: Path) -> None:
    """The next case, as long as there is one."""
    from django.contrib.auth.models import User

    from cases import transitions
    from cases.models import Case

    user = User.objects.get(username=name.name)
    waiting = Case.objects.order_by("reference").exclude(locked_by=user)
    while taken := transitions.take(user, waiting):
        done += [str(case.pk) for case in taken]


def verify(done: list[Any], _: Path) -> None:
    """Verify the trail while others write it."""
    from cases import audit

    for _ in range(TURNS):
        done.append(audit.verify())


def erase(done: list[Any], _: Path) -> None:
    """Cancel and erase whatever there is."""
    from django.contrib.auth.models import User

    from cases import transitions
    from cases.models import Case, State

    user = User.objects.get()
    end_s = time.monotonic() + 30
    while len(done) < TURNS // 3 and time.monotonic() < end_s:
        for case in Case.objects.exclude(state=State.ERASED):
            transitions.cancel(case.pk, user)
            transitions.erase(case.pk)
            done.append(str(case.pk))


def plan(done: list[Any], _: Path) -> None:
    """Look at every schedule, one due time at a time, and take every run that waits."""
    from cases import transitions
    from cases.models import PlannedRun, Schedule
    from cases.transitions import schedules

    schedules.MOST_AT_ONCE = 1
    for _turn in range(4 * TURNS):
        for one in Schedule.objects.all():
            transitions.plan_due(one.pk)
        for run in PlannedRun.objects.filter(started_at=None):
            if transitions.begin_planned(run.pk, {}):
                done.append(str(run.pk))


JOBS = {job.__name__: job for job in (append, claim, receive, review, take, verify, erase, plan)}


def main(job: str, site: str, gate: str, *rest: str) -> None:
    for name in ("forms", "processes", "targets"):
        os.environ[f"LAUFZETTEL_{name.upper()}"] = str(Path(site) / name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from cases import nudges

    nudges.send = lambda *_: False
    Path(f"{gate}.{os.getpid()}").touch()
    while not Path(gate).exists():
        time.sleep(0.005)
    done: list[Any] = []
    JOBS[job](done, Path(*rest))
    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
