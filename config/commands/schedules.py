"""`laufzettel schedules`: what runs when; run now, pause, resume."""

from __future__ import annotations

import argparse
import getpass
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from config.commands import database_ready

if TYPE_CHECKING:
    from cases.models import PlannedRun, Schedule

HELP = "zeigt die Zeitpläne und ihre nächsten Läufe, führt aus, hält an, setzt fort"
COUNT = 5
NEEDS_NUMBER = ("run", "pause", "resume")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        choices=["list", "next", *NEEDS_NUMBER],
        metavar="AKTION",
        help="list: alle; next: nächste Läufe; run: jetzt ausführen; pause: anhalten; resume: fortsetzen",
    )
    parser.add_argument(
        "schedule", nargs="?", metavar="NUMMER|SATZ", help="Nummer eines Zeitplans; bei next auch ein Satz in „…“"
    )
    parser.add_argument("--holidays", default="", metavar="LAND", help="bei einem Satz: Land der Feiertage (BW, …)")
    parser.add_argument("--count", type=int, default=COUNT, metavar="ANZAHL", help="bei next: wie viele (5)")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    database_ready()
    rows = _next(args) if args.action in ("list", "next") else [_act(args)]
    if args.json:
        print(json.dumps({"schedules": rows}, ensure_ascii=False))
        return 0
    for row in rows:
        for line in _lines(row):
            print(line)
    return 0


def _next(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Schedules, or a sentence, with what comes next. Raises StateProblem V070, V071."""
    from cases import schedules
    from cases.models import Schedule

    if args.action == "next" and args.schedule and not args.schedule.isdecimal():
        return [_of_sentence(args.schedule, args.holidays, args.count)]
    some = [_one(args.schedule)] if args.schedule else list(Schedule.objects.all())
    last = schedules.last_runs(some)
    return [_as_json(one, 1 if args.action == "list" else args.count, last.get(one.pk)) for one in some]


def _act(args: argparse.Namespace) -> dict[str, Any]:
    from cases import transitions

    one, actor = _one(args.schedule), f"console:{getpass.getuser()}"
    steps = {"run": transitions.run_now, "pause": transitions.pause_schedule, "resume": transitions.resume_schedule}
    steps[args.action](one.pk, actor)
    one.refresh_from_db()
    return _as_json(one, 1)


def _one(number: str | None) -> Schedule:
    """Raises StateProblem V070 when there is no such schedule."""
    from cases.models import Schedule
    from ocr.errors import StateProblem

    known = {str(one.pk): one for one in Schedule.objects.all()}
    if number not in known:
        listed = ", ".join(known) or "keine"
        raise StateProblem("V070", f"Zeitplan „{number or ''}“ gibt es nicht; bekannt sind: {listed}.")
    return known[number]


def _of_sentence(words: str, holidays: str, count: int) -> dict[str, Any]:
    from cases import clock, schedules
    from ocr.errors import StateProblem

    try:
        plan = schedules.plan_of("report", words, holidays)
    except ValueError as error:
        raise StateProblem("V071", str(error)) from error
    times = schedules.next_times(plan, clock.now(), count)
    return {"words": plan.words, "next": [at.isoformat() for at in times]}


def _as_json(one: Schedule, count: int, last: PlannedRun | None = None) -> dict[str, Any]:
    from cases import clock, schedules

    row: dict[str, Any] = {
        "id": one.pk,
        "work": one.work,
        "subject": one.subject,
        "title": str(one),
        "words": one.words,
        "holidays": one.holidays,
        "blackout": one.blackout,
        "catch_up": one.catch_up,
        "paused": one.paused,
        "next": [],
        "last": {"due": last.due_at.isoformat(), "outcome": last.outcome, "code": last.code} if last else None,
    }
    try:
        plan = schedules.plan(one)
    except ValueError:
        return row
    coming = [] if one.paused else schedules.coming(one.work, one.subject, plan, clock.now(), count)
    row["words"], row["next"] = plan.words, [at.isoformat() for at, _until in coming]
    if one.work == "entry":
        row["until"] = [until.isoformat() if until else None for _at, until in coming]
    return row


def _lines(row: dict[str, Any]) -> list[str]:
    """For people: local time."""
    from cases.models import PlannedRun

    coming = [_local(at) for at in row["next"]]
    if "id" not in row:
        return [row["words"], *(f"  {at}" for at in coming)]
    head = f"{row['id']:>4}  {row['title']}: {row['words']}" + ("  (angehalten)" if row["paused"] else "")
    ends = [_local(until) if until else "auf Weiteres" for until in row.get("until", ())]
    found = [head, *(f"      {at}" + (f" bis {ends[n]}" if ends else "") for n, at in enumerate(coming))]
    if row["last"]:
        outcome = PlannedRun.Outcome(row["last"]["outcome"]).label
        found.append(f"      zuletzt {_local(row['last']['due'])} {outcome} {row['last']['code']}".rstrip())
    return found


def _local(iso: str) -> str:
    from django.utils.timezone import localtime

    return f"{localtime(datetime.fromisoformat(iso)):%d.%m.%Y %H:%M}"
