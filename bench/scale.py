"""What a case costs when many are there: `python -m bench.scale --cases 1000,10000,100000 --json OUT`.

Fills a throw-away database with so many finished cases (document, arrival, fields, trail, ledger), then takes a few new
ones through every step of database and broker, without reading and without a robot, which do not know how many
cases there are. `cpu_ms`: what this process and the database computed for a case, whatever else the machine did.
`--through N`: N sample scans through a whole embedded installation, split by stage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from bench.machine import describe
from bench.web import analyze, case_rows, insert

FIELDS = ("surname", "plz", "remark")
BATCH = 5_000
EVENTS = ("received", "reading_claimed", "read", "entry_claimed", "intent", "entered")
TABLES = ("case", "document", "arrival", "field", "event", "entry", "page")
Samples = dict[str, list[float]]
"""Milliseconds by step."""


def seed(count: int, already: int) -> None:
    """So many finished cases more, straight into the tables; the trail goes on from the chain head."""
    from cases import audit
    from cases.models import Arrival, Case, ChainHead, Counter, Document, Entry, Event, Field

    chance, now = random.Random(already), datetime.now(UTC)
    head, _ = ChainHead.objects.get_or_create(pk=1)
    number, previous = head.number, head.hash or audit.FIRST
    rows = case_rows(count, now, chance)
    done = already
    while batch := list(islice(rows, BATCH)):
        documents, events = [], []
        for case in batch:
            done += 1
            sha256 = hashlib.sha256(f"{done}".encode()).hexdigest()
            case |= {
                "reference": f"S{done:09d}",
                "document_id": sha256,
                "state": "entered",
                "process": "dogs",
                "fence": 2,
            }
            documents.append({"sha256": sha256, "size_bytes": 100_000, "stored_at": now})
            for kind in EVENTS:
                number += 1
                event = Event(number=number, at=now, case_id=case["id"], actor="bench", kind=kind, previous=previous)
                previous = event.hash = audit.hash_of(event)
                events.append({name: getattr(event, name) for name in
                               ("number", "at", "case_id", "actor", "kind", "previous", "hash")})  # fmt: skip
        insert(Document, documents)
        insert(Case, batch)
        insert(Arrival, [{"at": now, "process": "dogs", "file_name": "x", "sha256": case["document_id"],
                          "outcome": "new", "case_id": case["id"]} for case in batch])  # fmt: skip
        insert(Field, [{"case_id": case["id"], "position": position, "name": name, "value": "x", "confidence": 0.9,
                        "sure": True} for case in batch for position, name in enumerate(FIELDS)])  # fmt: skip
        insert(Entry, [{"case_id": case["id"], "target": "register", "fence": 2, "claimed_at": now,
                        "outcome": "entered", "finished_at": now - timedelta(days=2)} for case in batch])  # fmt: skip
        insert(Event, events)
    ChainHead.objects.filter(pk=1).update(number=number, hash=previous)
    Counter.objects.get_or_create(year=now.year)


def take_through(count: int, folder: Path, samples: Samples) -> None:
    """New cases through every step. Half of them are reviewed by a person."""
    from django.contrib.auth.models import User

    from cases import store, transitions
    from cases.models import State
    from cases.transitions import Receipt
    from tests.site import reading, scan
    from workers import sweep

    user, _ = User.objects.get_or_create(username="clerk")

    def timed(step: str, do: Callable[[], Any]) -> Any:
        begin = time.perf_counter()
        result = do()
        samples[step].append((time.perf_counter() - begin) * 1000)
        return result

    for number in range(count):
        path = scan(folder / "new.pdf", f"{number} {time.time_ns()}")
        case = timed("receive, with its nudge", lambda: transitions.receive(path, "dogs", "x.pdf")).case  # noqa: B023
        claim = timed("claim a reading", lambda: transitions.claim_reading(case.pk, "bench"))  # noqa: B023
        images = {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")}
        sure = number % 2 == 0
        read = reading(sure=sure)
        state = timed("record a reading, with its nudge", lambda: transitions.record_reading(claim, read, images))  # noqa: B023
        if state == State.REVIEW:
            timed("open for review", lambda: transitions.lock(case.pk, user))  # noqa: B023
            timed("confirm, with its nudge", lambda: transitions.confirm(case.pk, user, {"surname": "Öztürk"}))  # noqa: B023
        entry = timed("claim an entry", lambda: transitions.claim_entry("register", "bench"))
        timed("intent", lambda: transitions.journal_intent(entry.entry_id, entry.fence, "h"))  # noqa: B023
        receipt = Receipt("entered", "R", dict(entry.fields))
        timed("record an entry", lambda: transitions.record_entry(entry.entry_id, entry.fence, receipt))  # noqa: B023
        if number % 5 == 0:
            timed("a tick of the sweeper", sweep.sweep)


def cpu_s() -> float:
    """Seconds of CPU that this process and the database (its running processes) have used so far."""
    from django.db import connection

    used = time.process_time()
    if connection.vendor == "postgresql":
        pid = int((Path(connection.settings_dict["HOST"]) / "data" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in (str(pid), *children):
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime, stime: proc(5)
    return used


def rows_of(samples: Samples, cases: int, cpu_ms: float) -> list[dict[str, Any]]:
    rows = [
        {
            "name": name,
            "cases": cases,
            "median_ms": round(median(times), 2),
            "min_ms": round(min(times), 2),
            "ratio": {},
        }
        for name, times in samples.items()
    ]
    one = [
        name for name in samples if name not in ("a tick of the sweeper", "open for review", "confirm, with its nudge")
    ]
    whole = sum(median(samples[name]) for name in one)
    lowest = sum(min(samples[name]) for name in one)
    return [*rows, {"name": "a case without review", "cases": cases, "median_ms": round(whole, 2),
                    "min_ms": round(lowest, 2), "cpu_ms": round(cpu_ms, 2), "ratio": {}}]  # fmt: skip


def sizes() -> dict[str, int]:
    """Bytes of the tables with their indexes; of SQLite of the whole file."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return {"database": Path(connection.settings_dict["NAME"]).stat().st_size}
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute("SELECT PG_TOTAL_RELATION_SIZE(%s)", [f"cases_{table}"])
            (found[table],) = cursor.fetchone()
        cursor.execute("SELECT PG_DATABASE_SIZE(CURRENT_DATABASE())")
        (found["database"],) = cursor.fetchone()
    return found


def set_up(folder: Path, database: str, stack: ExitStack) -> None:
    """A database of our own (durable as in production), a broker, an office."""
    from config.machine import postgres_programs
    from tests import postgres
    from tests.processes import Broker
    from tests.site import make_site

    site = make_site(folder / "site")
    site.target(sessions=1000)
    os.environ.update(
        site.environment | {"LAUFZETTEL_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "config.settings"}
    )
    (folder / "data").mkdir()
    broker = Broker(folder / "b.sock", folder / "broker", options=["--appendonly", "yes"])
    os.environ["LAUFZETTEL_BROKER"] = f"redis+socket://{folder / 'b.sock'}"
    broker.start()
    stack.callback(broker.stop)
    if database == "postgresql":
        programs = postgres_programs()
        if programs is None:
            raise SystemExit("PostgreSQL is missing: python3 config/machine.py bring postgres")
        postgres.QUICK = {"listen_addresses": "", "shared_buffers": "512MB", "max_wal_size": "4GB"}
        host = stack.enter_context(postgres.server(programs))
        place = {"NAME": "postgres", "USER": "laufzettel", "HOST": str(host), "PORT": postgres.PORT}
        os.environ.update({f"LAUFZETTEL_PG_{name}": value for name, value in place.items()})


def grow(
    stages: Sequence[int], rounds: int, folder: Path
) -> Iterator[tuple[int, list[dict[str, Any]], dict[str, int]]]:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    there = 0
    for stage in stages:
        begin = time.perf_counter()
        seed(stage - there, there)
        analyze()
        there = stage
        print(f"{stage} cases seeded in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        take_through(3, folder, defaultdict(list))  # warm
        samples: Samples = defaultdict(list)
        begin_s = cpu_s()
        take_through(rounds, folder, samples)
        yield stage, rows_of(samples, stage, (cpu_s() - begin_s) / rounds * 1000), sizes()


def through(count: int, folder: Path) -> dict[str, Any]:
    """Sample scans through a whole embedded installation with its stand-in target; seconds by stage from the trail."""
    os.environ.update({"LAUFZETTEL_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "config.settings"})
    import django

    django.setup()
    from django.conf import settings

    from cases import transitions
    from cases.models import Case, State
    from config import embedded
    from config.supervisor import Supervisor
    from demo import samples

    samples.main(["--out", str(folder / "scans"), "--count", str(count), "--seed", "77", "--hand", "0"])
    settings.DATA.mkdir(parents=True, exist_ok=True)
    embedded.prepare()
    supervisor = Supervisor(settings.DATA, {})
    try:
        embedded.start_all(supervisor, host="127.0.0.1", port=8399, with_demo_target=True)
        begin = time.perf_counter()
        for path in sorted((folder / "scans").glob("*.tif")):
            transitions.receive(path, "hundesteuer", path.name)
        under_way = (State.RECEIVED, State.READY, State.ENTERING, State.UNCLEAR)
        read_s = 0.0
        while Case.objects.filter(state__in=under_way).exists():
            supervisor.look_after()
            if not read_s and not Case.objects.filter(state=State.RECEIVED).exists():
                read_s = time.perf_counter() - begin
            time.sleep(0.1)
        all_s = time.perf_counter() - begin
    finally:
        supervisor.stop()
    entered = Case.objects.filter(state=State.ENTERED).count()
    return {
        "cases": count,
        "entered": entered,
        "to_a_person": count - entered,
        "all_read_s": round(read_s, 1),
        "all_s": round(all_s, 1),
        "read_a_minute": round(count / read_s * 60, 1) if read_s else None,
        "cases_a_minute": round(count / all_s * 60, 1),
        "stages_s": stages_of_cases(),
    }


def stages_of_cases() -> dict[str, float]:
    """Medians between the stamps of the trail."""
    from cases.models import Case

    gaps: Samples = defaultdict(list)
    for case in Case.objects.all():
        at = dict(case.events.order_by("-number").values_list("kind", "at"))
        for name, first, second in (
            ("waits to be read", "received", "reading_claimed"),
            ("is read", "reading_claimed", "read"),
            ("waits for a robot", "read", "entry_claimed"),
            ("found missing and filled in", "entry_claimed", "intent"),
            ("submitted and read back", "intent", "entered"),
        ):
            if first in at and second in at:
                gaps[name].append((at[second] - at[first]).total_seconds())
    return {name: round(median(times), 2) for name, times in gaps.items()}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", default="1000,10000,100000", metavar="N,N,…")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--through", type=int, metavar="N", help="only: N scans through everything")
    parser.add_argument("--json", type=Path, metavar="OUT")
    args = parser.parse_args(argv)
    result: dict[str, Any] = {"rows": [], "machine": describe(), "rounds": args.rounds, "database": args.database}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lz-scale-")))
        if args.through:
            result["through"] = through(args.through, folder)
            print(json.dumps(result["through"], indent=1))
        else:
            set_up(folder, args.database, stack)
            result["bytes"] = {}
            for stage, rows, found in grow([int(word) for word in args.cases.split(",")], args.rounds, folder):
                result["rows"] += rows
                result["bytes"][stage] = found
                for row in rows:
                    cpu = f"cpu {row['cpu_ms']:>8} ms" if "cpu_ms" in row else ""
                    times = f"{row['median_ms']:>8} ms  min {row['min_ms']:>8} ms"
                    print(f"{stage:>9}  {row['name']:<34} {times}  {cpu}", flush=True)
                print(f"{stage:>9}  {found}", flush=True)
            from django.db import connections

            connections.close_all()
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
