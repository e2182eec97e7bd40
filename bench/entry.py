"""Entering through the browser, measured: `python -m bench.entry --target demo --records N --rounds R --json OUT`.

The robot of `robot.yaml` enters N invented cases into the demo application in one session; its times are split into
find, fill, submit and read back. The floor is a bare HTTP client that sends the same requests in the same order.
Both take turns against the same running application. `--target tryton`: the same robot times with Tryton through its
web client, without a floor.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from bench.machine import describe
from demo.fachverfahren.form import NAMES
from tests.robots.harness import LOGIN, Robots, case, running_application
from tests.robots.tryton_office import person, running_tryton

STEPS = {"Find Entry": "find", "Fill Entry": "fill", "Submit Entry": "submit", "Read Entry": "read back"}
ALL, FLOOR = "robot, a record", "bare client, a record"
SESSION_S = 900
Samples = dict[str, list[float]]
"""Milliseconds by row."""


def robot_round(robots: Robots, items: Sequence[dict[str, Any]], samples: Samples) -> None:
    """One session of the robot; what begins the session (browser, login) is no part of a record's time."""
    process, worker, folder = robots.start(*items, task=items[0]["target"])
    process.communicate(timeout=SESSION_S)
    outcomes = [receipt["outcome"] for receipt in worker.of("receipt")]
    if outcomes != ["entered"] * len(items):
        raise SystemExit(f"The robot did not enter everything: {outcomes}")
    times = keyword_ms(folder / "output.xml")
    for name, step in STEPS.items():
        samples[f"robot, {step}"] += times[name]
    samples[ALL] += times["Handle Case"][1:]  # the first one opens the session


def keyword_ms(output: Path) -> dict[str, list[float]]:
    """Milliseconds of each call of our keywords, by name, from Robot Framework's own output."""
    found: dict[str, list[float]] = defaultdict(list)
    for keyword in ElementTree.parse(output).iter("kw"):  # noqa: S314 (written by our own robot)
        status = keyword.find("status")
        if status is None or status.get("status") == "NOT RUN":  # stands in a branch that was not taken
            continue
        if keyword.get("name") in {*STEPS, "Handle Case"}:
            found[str(keyword.get("name"))].append(float(status.get("elapsed", "nan")) * 1000)
    return found


class BareClient:
    """The same requests as the robot's browser, without a browser."""

    def __init__(self, url: str) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._open = urllib.request.build_opener(jar).open
        self._url = url.rstrip("/")
        self._send("/")
        self._send("/anmelden", {"benutzer": LOGIN["user"], "kennwort": LOGIN["password"]})

    def enter(self, values: Mapping[str, str]) -> None:
        """Search, page one, page two, overview, save, show."""
        self._send("/suche")
        self._send(f"/suche?{urlencode({'s_fremdref': values['fremdref'], 's_name': ''})}")
        self._send("/erfassung")
        for path in ("/erfassung/hund", "/erfassung/pruefen"):
            self._send(path, values)
        page = self._send("/erfassung/speichern", values)
        number = page.split('id="kassenzeichen">')[1].split("<")[0]
        self._send(f"/satz/{number}")

    def _send(self, path: str, values: Mapping[str, str] | None = None) -> str:
        data = urlencode(values).encode() if values is not None else None
        with self._open(self._url + path, data, 20) as answer:
            return str(answer.read().decode())


def floor_round(client: BareClient, values: Mapping[str, str], count: int, samples: Samples, start: int) -> None:
    for number in range(start, start + count):
        begin = time.perf_counter()
        client.enter({**values, "fremdref": f"2027-{number:06d}"})
        samples[FLOOR].append((time.perf_counter() - begin) * 1000)


def measure_demo(records: int, rounds: int) -> Samples:
    samples: Samples = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        room = Path(folder)
        (room / "application").mkdir()
        with running_application(room / "application") as application:
            robots, client = Robots(room, application.url), BareClient(application.url)
            try:
                for turn in range(rounds):
                    first = 1 + turn * records
                    robot_round(robots, [case(number) for number in range(first, first + records)], samples)
                    values = {name: application.records.all()[-1].values[name] for name in NAMES}
                    floor_round(client, values, records, samples, first)
            finally:
                robots.close()
    return samples


def measure_tryton(records: int, rounds: int) -> Samples:
    samples: Samples = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        room = Path(folder)
        (room / "tryton").mkdir()
        with running_tryton(room / "tryton") as tryton:
            robots = Robots(room, tryton.url)
            try:
                for first in range(1, records * rounds, records):
                    robot_round(robots, [person(number) for number in range(first, first + records)], samples)
            finally:
                robots.close()
    return samples


MEASURES = {"demo": measure_demo, "tryton": measure_tryton}


def rows_of(samples: Samples) -> list[dict[str, Any]]:
    floor = median(samples[FLOOR]) if FLOOR in samples else None
    return [
        {
            "name": name,
            "median_ms": round(median(times), 1),
            "min_ms": round(min(times), 1),
            "ratio": {"floor": round(median(times) / floor, 2)} if floor else {},
            "records": len(times),
        }
        for name, times in samples.items()
    ]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.entry", description=__doc__.splitlines()[0])
    parser.add_argument("--target", choices=MEASURES, default="demo", help="where to (demo)")
    parser.add_argument("--records", type=int, default=20, help="cases in one session (20)")
    parser.add_argument("--rounds", type=int, default=3, help="sessions (3)")
    parser.add_argument("--json", type=Path, metavar="OUT")
    args = parser.parse_args(argv)
    rows = rows_of(MEASURES[args.target](args.records, args.rounds))
    for row in rows:
        floor = f"{row['ratio']['floor']:>6} x floor" if row["ratio"] else ""
        print(f"{row['name']:<24} {row['median_ms']:>8} ms  {floor}")
    per_minute = 60_000 / next(row["median_ms"] for row in rows if row["name"] == ALL)
    print(f"{per_minute:.0f} records a minute through the browser, in one session")
    if args.json:
        result = {"rows": rows, "machine": describe(), "rounds": args.rounds, "records_per_minute": round(per_minute)}
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
