"""The work basket with many cases: `python -m bench.web --cases N --database postgresql --json OUT`.

Seeds a database of its own (a throw-away PostgreSQL, or an SQLite file) with N invented cases in all states, then asks
for pages as a browser would, through the whole application but without a network. `--seed` only fills the database that
the environment names (LAUFZETTEL_DATA or LAUFZETTEL_PG_*), for trying things out by hand; it must hold no cases.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.machine import describe

SHARES = {
    "received": 0.002,
    "review": 0.2,
    "second_review": 0.02,
    "on_hold": 0.02,
    "unclear": 0.001,
    "failed": 0.002,
    "ready": 0.02,
    "entering": 0.0001,
    "rejected": 0.05,
    "erased": 0.05,
    "entered": 0.6349,
}
"""How the states of the invented cases are shared out."""
WAITING = ("review", "second_review", "on_hold", "unclear", "failed")
PROCESSES = ("hundesteuer", "kita", "wohngeld", "parkausweis")
UNSURE = ("geburtsdatum", "ersthund", "iban")
VERSIONS = ("2025-1", "2026-1")
FIELDS = 20
DAYS = 700
BATCH = 20_000
Row = tuple[Any, ...]


def seed(count: int, now: datetime, chance: random.Random) -> None:
    """Fill the database of the settings. Straight into the tables, past the transitions: there is no trail."""
    from cases.models import Case, Field

    if Case.objects.exists():
        raise SystemExit("There are cases in this database already. Please take an empty one.")
    rows = case_rows(count, now, chance)
    while batch := list(islice(rows, BATCH)):
        insert(Case, batch)
        insert(Field, list(field_rows(batch)))
    seed_numbers(count, now, chance)


def seed_numbers(count: int, now: datetime, chance: random.Random) -> None:
    """Daily sums and blind samples as so many cases leave them behind."""
    from cases import counting
    from cases.models import Day, FieldSample

    Day.objects.bulk_create(Day(**row) for row in day_rows(count, now))
    while counting.put_month_together():
        pass
    samples = sample_rows(count, now, chance)
    while batch := list(islice(samples, BATCH)):
        insert(FieldSample, batch)


def days_of(now: datetime) -> Iterator[dict[str, Any]]:
    """The columns of one day, process and version; form "" is what came in."""
    for ago in range(DAYS):
        for process in PROCESSES:
            for form, version in (("", ""), *(("antrag", name) for name in VERSIONS)):
                yield {"day": now.date() - timedelta(days=ago), "process": process, "form": form,
                       "form_version": version}  # fmt: skip


def day_rows(count: int, now: datetime) -> Iterator[dict[str, Any]]:
    each = count // (DAYS * len(PROCESSES))
    for key in days_of(now):
        share = each // len(VERSIONS) if key["form"] else 0
        why = {f"feld_{n}": {"": share // (9 + n), "L002": share // (10 + n), "L020": 1} for n in range(FIELDS)}
        yield key | {"received": 0 if share else each, "read": share, "through": share * 6 // 10, "blind": share // 20,
                     "released": share, "entered": share * 9 // 10, "rejected": share // 20,
                     "reasons": why if share else {}}  # fmt: skip


def sample_rows(count: int, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Of all fields 5 in 1,000, spread over the time; 1 in 200 of those is wrong."""
    samples = count * FIELDS // 200
    for number in range(samples):
        yield {
            "document": f"{number:016d}", "at": now - timedelta(days=DAYS) * (number / samples),
            "process": chance.choice(PROCESSES), "form": "antrag", "form_version": chance.choice(VERSIONS),
            "field": f"feld_{number % FIELDS}", "group": "text", "confidence": 0.99, "blind": True, "share": 0.005,
            "right": bool(chance.randrange(200)),
        }  # fmt: skip


def case_rows(count: int, now: datetime, chance: random.Random) -> Iterator[dict[str, Any]]:
    from cases import search_names
    from demo.people import FIRST_NAMES, LAST_NAMES

    states = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    step = timedelta(days=DAYS) / count
    for number, state in enumerate(states, 1):
        received = now - timedelta(days=DAYS) + step * number
        last, first = chance.choice(LAST_NAMES), chance.choice(FIRST_NAMES)
        yield {
            "id": uuid.UUID(int=chance.getrandbits(128), version=4),
            "reference": f"{received.year}-{number:06d}",
            "process": chance.choice(PROCESSES),
            "state": state,
            "form": "antrag",
            "search_name": "" if state == "erased" else search_names.folded(f"{last} {first}"),
            "received_at": received,
            "changed_at": received,
            "due_at": received + timedelta(days=chance.choice((14, 30)), hours=chance.randrange(24)),
            "hold_until": now.date() + timedelta(days=chance.randrange(-5, 60)) if state == "on_hold" else None,
        }


def field_rows(cases: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for case in cases:
        if case["state"] in WAITING:
            for position, name in enumerate(UNSURE):
                yield {"case_id": case["id"], "position": position, "name": name, "value": "1", "confidence": 0.5,
                       "sure": False, "page": 1}  # fmt: skip


def insert(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """All rows with the same columns; what they leave out has its default. PostgreSQL takes them by COPY."""
    from django.db import connection

    if connection.vendor != "postgresql":
        model.objects.bulk_create([model(**row) for row in rows])
        return
    fields = [field for field in model._meta.concrete_fields if field.attname in rows[0] or not field.primary_key]
    like = model(**rows[0])
    usual = {f.attname: f.get_db_prep_save(getattr(like, f.attname), connection) for f in fields}
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor, cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([row.get(field.attname, usual[field.attname]) for field in fields])


def measure(rounds: int, chance: random.Random) -> list[dict[str, Any]]:
    """Times of the pages in milliseconds, each asked for `rounds` times in turn. `own_cpu_ms` is what the application
    itself computed: on a busy machine the rest is mostly waiting for a core.
    """
    from django.contrib.auth.models import Group, User
    from django.test import Client
    from django.utils import timezone

    from cases.models import Case, Membership
    from demo.people import LAST_NAMES
    from web import roles

    roles.ensure_roles()
    names = ("clerk", "assigned")
    clients = {}
    for name in names:
        user = User.objects.create_user(f"bench-{name}")
        user.groups.set(Group.objects.filter(name__in=[roles.CLERK, roles.SECOND]))
        clients[name] = Client(HTTP_HOST="localhost")
        clients[name].force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    clerk = clients["clerk"]
    owner = Client(HTTP_HOST="localhost")
    person = User.objects.create_user("bench-owner")
    person.groups.set(Group.objects.filter(name=roles.OWNER))
    owner.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    today = timezone.localdate()

    def get(client: Client, address: str) -> Callable[[], int]:
        return lambda: client.get(address).status_code

    def by_name() -> int:
        return clerk.get("/", {"q": chance.choice(LAST_NAMES)}).status_code

    pages: dict[str, Callable[[], int]] = {
        "basket": get(clerk, "/"),
        "basket, page 40": get(clerk, "/?seite=40"),
        "basket, one state": get(clerk, "/?zustand=review"),
        "basket, on hold": get(clerk, "/?zustand=on_hold"),
        "basket, one process": get(clerk, "/?verfahren=kita"),
        "search: name": by_name,
        "search: two letters": get(clerk, "/?q=mu"),
        "search: number": get(clerk, f"/?q={Case.objects.filter(state='review').earliest('received_at')}"),
        "search: nothing found": get(clerk, "/?q=gibtesnicht"),
        "all cases": get(clerk, "/vorgaenge/"),
        "all cases, name": lambda: clerk.get("/vorgaenge/", {"q": chance.choice(LAST_NAMES)}).status_code,
        "all cases, an owner": get(owner, "/vorgaenge/"),
        "next case": get(clerk, "/naechster/"),
        "groups of the serial review": get(clerk, "/gruppenpruefung/"),
        "numbers, 30 days": get(owner, "/zahlen/"),
        "numbers, a year": get(owner, f"/zahlen/?von={today - timedelta(days=364)}"),
        "numbers, one version": get(owner, "/zahlen/?verfahren=kita&fassung=antrag%7C2026-1"),
        "numbers as CSV, a year": get(owner, f"/zahlen/verlauf.csv?von={today - timedelta(days=364)}"),
    }
    rows = timed(pages, rounds)
    for process in PROCESSES[1:]:
        Membership.objects.create(user=User.objects.get(username="bench-clerk"), process=process)
    Membership.objects.create(user=User.objects.get(username="bench-assigned"), process=PROCESSES[1])
    assigned = {
        "basket, two of four processes": get(clients["assigned"], "/"),
        "next case, two of four processes": get(clients["assigned"], "/naechster/"),
    }
    return rows + timed(assigned, rounds)


def counting(rounds: int) -> list[dict[str, Any]]:
    """The tick that carries the trail on into daily sums: `BATCH` events each time, five of each case."""
    from cases import counting as sums
    from cases.models import Case, Event

    events: list[Event] = []
    there = Event.objects.count()
    details = {"form": "antrag", "unsure": list(UNSURE), "why": {name: ["L002", "L020"] for name in UNSURE}}
    way = (
        ("received", "received"),
        ("claimed", "received"),
        ("read", "review"),
        ("confirmed", "ready"),
        ("in", "entered"),
    )
    for case in Case.objects.order_by("received_at")[: (rounds + 1) * sums.BATCH // len(way)]:
        before = ""
        for kind, to in way:
            number = there + len(events) + 1
            told = details if kind == "read" else {}
            events.append(Event(number=number, at=case.received_at, case=case, actor="bench", kind=kind, details=told,
                                from_state=before, to_state=to, previous="", hash=str(number)))  # fmt: skip
            before = to
    Event.objects.bulk_create(events)
    return timed({f"count {sums.BATCH} events": lambda: 200 if sums.carry_on_once() else 500}, rounds)


def timed(pages: dict[str, Callable[[], int]], rounds: int) -> list[dict[str, Any]]:
    samples: dict[str, list[float]] = {name: [] for name in pages}
    own: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(rounds + 1):
        for name, ask in pages.items():
            begin, begin_own = time.perf_counter(), time.process_time()
            status = ask()
            own[name].append((time.process_time() - begin_own) * 1000)
            ms = (time.perf_counter() - begin) * 1000
            if status not in (200, 302):
                raise SystemExit(f"{name}: {status}")
            if turn:  # the first turn warms up
                samples[name].append(ms)
    return [
        {
            "name": name,
            "median_ms": round(median(times), 1),
            "p95_ms": round(quantiles(times, n=20)[-1], 1),
            "min_ms": round(min(times), 1),
            "own_cpu_ms": round(median(own[name]), 1),
            "ratio": {},
        }
        for name, times in samples.items()
    ]


def set_up(folder: Path, database: str, stack: ExitStack) -> None:
    """A database of our own, empty and migrated, and a form and processes that the cases name."""
    from config.machine import postgres_programs
    from tests.postgres import PORT, server

    os.environ["LAUFZETTEL_DATA"] = str(folder / "data")
    os.environ["LAUFZETTEL_PROCESSES"] = str(folder / "processes")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    (folder / "data").mkdir()
    (folder / "processes").mkdir()
    for name in PROCESSES:
        text = f'name = "{name}"\ntitle = "{name.capitalize()}"\n'
        (folder / "processes" / f"{name}.toml").write_text(text, encoding="utf-8")
    if database == "postgresql":
        programs = postgres_programs()
        if programs is None:
            raise SystemExit("PostgreSQL is missing: python3 config/machine.py bring postgres")
        host = stack.enter_context(server(programs))
        place = {"NAME": "postgres", "USER": "laufzettel", "HOST": str(host), "PORT": PORT}
        os.environ.update({f"LAUFZETTEL_PG_{name}": value for name, value in place.items()})


def start() -> None:
    import django
    from django.core.management import call_command
    from django.urls import get_resolver

    django.setup()
    get_resolver().url_patterns  # noqa: B018  (everything is imported now, and stays as it is while this runs)
    call_command("migrate", verbosity=0, interactive=False)


def analyze() -> None:
    """Statistics for the planner, which a live database gathers by itself."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.web", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=100_000, metavar="N")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seed", action="store_true", help="only fill the database of the environment")
    parser.add_argument("--json", type=Path, metavar="OUT")
    args = parser.parse_args(argv)
    now, chance = datetime.now(UTC), random.Random(20260)
    with ExitStack() as stack:
        if args.seed:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
            start()
            seed(args.cases, now, chance)
            return 0
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-web-")))
        set_up(folder, args.database, stack)
        start()
        begin = time.perf_counter()
        seed(args.cases, now, chance)
        seeded_s = time.perf_counter() - begin
        analyze()
        rows = measure(args.rounds, chance) + counting(args.rounds)
        from django.db import connections

        connections.close_all()
    for row in rows:
        print(f"{row['name']:<32} {row['median_ms']:>8} ms  p95 {row['p95_ms']:>8} ms  own {row['own_cpu_ms']:>6} ms")
    if args.json:
        result = {
            "rows": rows,
            "machine": describe(),
            "rounds": args.rounds,
            "cases": args.cases,
            "database": args.database,
            "seeded_s": round(seeded_s),
        }
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
