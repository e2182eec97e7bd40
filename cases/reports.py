"""Reports by schedule: the numbers of one process as a file for a spreadsheet, without anything from its cases."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count
from django.utils.timezone import localtime

from cases import catalog
from cases.models import Case, Event, PlannedRun, State

FIRST_PERIOD = timedelta(days=30)
OPEN = [state for state in State if state not in (State.ENTERED, State.REJECTED, State.ERASED)]
AGES_DAYS = (2, 7, 14)
Row = tuple[str, str, int | str]
LEFT = (State.ENTERED, State.REJECTED, State.FAILED)


def path_of(run: PlannedRun) -> Path:
    name = f"{run.schedule.subject}-{localtime(run.due_at):%Y-%m-%d-%H%M%S}.csv"
    return Path(settings.DATA) / "reports" / run.schedule.subject / name


def write(run: PlannedRun) -> int:
    """Write the report of this run, from the one before until now; the number of its rows."""
    before = PlannedRun.objects.filter(
        schedule=run.schedule, outcome=PlannedRun.Outcome.DONE, due_at__lt=run.due_at
    ).first()
    found = rows(run.schedule.subject, before.due_at if before else run.due_at - FIRST_PERIOD, run.due_at)
    path = path_of(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(as_csv(found), encoding="utf-8-sig")
    fresh.replace(path)
    return len(found)


def rows(process: str, since: datetime, until: datetime) -> list[Row]:
    """Raises StateProblem V011 for an unknown process."""
    cases = Case.objects.filter(process=catalog.process(process).name)
    events = Event.objects.filter(case__process=process, at__gt=since, at__lte=until)
    left = events.filter(to_state__in=LEFT).values_list("to_state").annotate(Count("case", distinct=True))
    reached, states = dict(left), dict(cases.values_list("state").annotate(Count("pk")))
    found: list[Row] = [
        ("Zeitraum", "von", f"{localtime(since):%d.%m.%Y %H:%M}"),
        ("Zeitraum", "bis", f"{localtime(until):%d.%m.%Y %H:%M}"),
        ("Eingang", "Eingegangen", cases.filter(received_at__gt=since, received_at__lte=until).count()),
    ]
    found += [("Ausgang", str(state.label), reached.get(state, 0)) for state in LEFT]
    found += [("Zustand", str(state.label), states.get(state, 0)) for state in State]
    return found + ages(process, until)


def ages(process: str, now: datetime) -> list[Row]:
    """How old the open cases are, in days."""
    received = Case.objects.filter(process=process, state__in=OPEN).values_list("received_at", flat=True)
    days = sorted((now - at).days for at in received)
    found: list[Row] = []
    low = 0
    for high in AGES_DAYS:
        found.append(("Alter offener Vorgänge", f"{low} bis {high} Tage", sum(low <= day <= high for day in days)))
        low = high + 1
    found.append(("Alter offener Vorgänge", f"über {AGES_DAYS[-1]} Tage", sum(day >= low for day in days)))
    found.append(("Alter offener Vorgänge", "ältester in Tagen", days[-1] if days else 0))
    return found


def as_csv(found: list[Row]) -> str:
    """With semicolons, as spreadsheets in Germany expect it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([("Abschnitt", "Angabe", "Wert"), *found])
    return text.getvalue()
