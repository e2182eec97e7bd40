"""The review screen, measured: `python -m bench.desk --rounds R --json OUT`.

The sample batch of the demo is really read; then somebody who knows what stands on the paper reviews every case in a
real Chromium, with the keyboard as the help page says. Counted by the page itself: keys and pointer actions. The
yardstick is typing every field of the paper: its signs, and one key to the next field. Cases that nobody could type
either (a page is missing, an unknown form) are left out.

Times, also taken by the page: from the key Enter until the next field is painted; from asking for the page until the
picture of the 300 dpi scan is painted; with them bytes and requests, with an empty and with a filled cache.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from bench.machine import describe

if TYPE_CHECKING:
    from cases.models import Case
    from tests.web.browser import Desk

Truth = Mapping[str, Sequence[str]]
"""Accepted values by field name, the normalised one first; none: nothing on the paper."""
ROOT = Path(__file__).resolve().parents[1]
NAME = "bench"
REASON = "so auf dem Papier"
WATCH = """
const kept = (name) => JSON.parse(sessionStorage.getItem(name) || '[]');
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify([...kept(name), value]));
const painted = (then) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = then;
  port2.postMessage(0);
});
addEventListener('keydown', (event) => {
  if (/^(Shift|Control|Alt)$/.test(event.key)) return;
  keep('keys', event.ctrlKey || event.altKey ? 2 : 1);
  const before = document.activeElement;
  if (event.key === 'Enter' && !event.ctrlKey && !event.altKey && before.closest('.item'))
    painted(() => { if (document.activeElement !== before) keep('enter', performance.now() - event.timeStamp); });
}, true);
addEventListener('pointerdown', () => keep('pointer', 1), true);
addEventListener('DOMContentLoaded', () => document.querySelector('.leaf img')?.decode()
  .then(() => painted(() => keep('image', performance.now()))));
"""
WEIGHT = """
const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
return [all.reduce((sum, one) => sum + one.transferSize, 0), all.filter((one) => one.transferSize).length];
"""
FIELD = """
const item = document.activeElement.closest('.item');
if (!item) return null;
const inputs = [...item.querySelectorAll('[name^="wert-"]')], first = inputs[0];
const buttons = (kind) => [...item.querySelectorAll(`[data-${kind}]`)].map((one) => one.dataset.fill);
return { name: item.dataset.field, kind: first.type, readings: buttons('reading'), suggestions: buttons('suggestion'),
  shown: first.type === 'radio' ? (inputs.find((one) => one.checked)?.value ?? '') : first.value };
"""


def read_batch(folder: Path) -> Iterator[tuple[Case, Truth]]:
    """The cases of the sample batch that are whole, with what stands on their paper."""
    from cases import transitions
    from demo.samples import write_demo_batch
    from workers.reading import read_one

    paths = write_demo_batch(folder)
    lines = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for path, truth in zip(paths, map(json.loads, lines), strict=True):
        arrival = transitions.receive(Path(shutil.copy(path, folder / f"in-{path.name}")), "hundesteuer", path.name)
        if arrival.case is None or arrival.outcome != arrival.Outcome.NEW:
            continue
        read_one(arrival.case.pk)
        arrival.case.refresh_from_db()
        if truth["fields"] and "page" not in truth["note"].replace("pages swapped", ""):
            yield arrival.case, truth["fields"]


def review(desk: Desk, case: Case, truth: Truth) -> None:
    """Answer every field that asks, override what the paper itself has wrong, and finish."""
    from selenium.webdriver.common.keys import Keys

    open_case(desk, case)
    while field := desk.driver.execute_script(FIELD):
        answer(desk, field, truth)
        desk.keys(Keys.ENTER)
    if desk.find("[data-finish]") == desk.driver.switch_to.active_element:
        desk.keys(Keys.ENTER)
    else:
        desk.chord(Keys.CONTROL, Keys.ENTER)
    desk.until("#fehler, .note--success")
    for _ in truth:
        if not desk.driver.find_elements("css selector", "#fehler"):
            return
        desk.keys(Keys.TAB, Keys.ENTER)
        desk.chord(Keys.ALT, Keys.ENTER)
        desk.keys(REASON)
        desk.chord(Keys.CONTROL, Keys.ENTER)
        desk.until("#fehler, .note--success")
    raise SystemExit(f"{case} could not be finished.")


def answer(desk: Desk, field: Mapping[str, Any], truth: Truth) -> None:
    """Leave what is right, take a reading or a suggestion that is right, or type."""
    from selenium.webdriver.common.keys import Keys

    right = {plain(value) for value in truth[field["name"]]}
    offered = [*field["readings"], *["", ""]][:2] + field["suggestions"][:1]
    if plain(field["shown"]) in right or not (right or field["shown"]):
        if not right:
            desk.keys(Keys.TAB, Keys.SPACE)
    elif field["kind"] == "radio":
        desk.keys(Keys.ARROW_RIGHT if field["shown"] or "nein" in right else Keys.SPACE)
    elif not right:
        desk.keys(Keys.TAB, Keys.SPACE)
    elif found := [number for number, text in enumerate(offered, 1) if plain(text) in right]:
        desk.chord(Keys.ALT, str(found[0]))
    else:
        desk.keys(typed(truth[field["name"]]))


def plain(text: str) -> str:
    """Without blanks, and a day as in Germany: what two spellings of the same value have in common."""
    year, _, rest = text.partition("-")
    if len(year) == 4 and year.isdecimal() and rest.count("-") == 1:
        text = ".".join([*reversed(rest.split("-")), year])
    return "".join(text.split()).casefold()


def typed(values: Sequence[str]) -> str:
    """What a person types for a value: a day as eight digits, everything else without the blanks between groups."""
    value = values[0]
    parts = value.split("-")
    return "".join(reversed(parts)) if len(parts) == 3 and all(map(str.isdecimal, parts)) else value


def retyped(truth: Truth) -> int:
    """Keys for typing the whole paper: the signs of each field (one for a box) and one key to the next."""
    boxes = {"ja", "nein"}
    return sum((1 if values[0] in boxes else len(typed(values))) if values else 0 for values in truth.values()) + len(
        truth
    )


def open_case(desk: Desk, case: Case) -> None:
    desk.open(f"/vorgang/{case.pk}/")
    desk.until(".item--active, form.review:not(:has(.item--asks))")  # there is a doubt of the whole case, of no field
    wait_for_images(desk)


def wait_for_images(desk: Desk) -> None:
    desk.driver.execute_async_script(
        "const done = arguments[0], all = [...document.images].filter((i) => i.loading !== 'lazy');"
        "Promise.all(all.map((i) => i.decode().catch(() => {}))).then(() => setTimeout(done, 50));"
    )


def taken(desk: Desk, name: str) -> list[float]:
    """What the page kept under a name since it was last asked."""
    found: list[float] = json.loads(
        desk.driver.execute_script(
            "const text = sessionStorage.getItem(arguments[0]); sessionStorage.removeItem(arguments[0]); return text",
            name,
        )
        or "[]"
    )
    return found


def walk_through(desk: Desk, case: Case, cold: bool) -> tuple[int, int]:
    """Open a case and press Enter to its last field, deciding nothing; bytes and requests of the page."""
    from selenium.webdriver.common.keys import Keys

    desk.driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": cold})
    open_case(desk, case)
    weight: tuple[int, int] = tuple(desk.driver.execute_script(WEIGHT))
    while desk.driver.execute_script("return Boolean(document.activeElement.closest('.item'))"):
        desk.keys(Keys.ENTER)
    return weight


def measure(desk: Desk, cases: Sequence[tuple[Case, Truth]], rounds: int) -> list[dict[str, Any]]:
    desk.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    desk.driver.execute_cdp_cmd("Network.enable", {})
    waiting = [(case, truth) for case, truth in cases if case.state == "review"]
    weights: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
    images: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(rounds + 1):
        for case, _ in waiting:
            for cold in (True, False):
                weight = walk_through(desk, case, cold)
                found = taken(desk, "image")
                if turn:  # the first turn warms up
                    weights[cold].append(weight)
                    images[cold] += found
        if not turn:
            taken(desk, "enter")
    enter = taken(desk, "enter")
    taken(desk, "keys")
    keys, pointers = [], []
    for case, truth in waiting:
        review(desk, case, truth)
        keys.append(sum(taken(desk, "keys")))
        pointers.append(len(taken(desk, "pointer")))
    keys += [0.0] * (len(cases) - len(waiting))  # what the machine released needs no key
    by_hand = [retyped(truth) for _, truth in cases]
    return [
        count("keys a case, retyping everything", by_hand, {}),
        count("keys a case, review", keys, {"retyping": round(sum(keys) / sum(by_hand), 3)}),
        count("pointer actions a case, review", pointers, {}),
        row("Enter to the next field painted", enter),
        row("asking to the first image painted, empty cache", images[True]),
        row("asking to the first image painted, filled cache", images[False]),
        count("bytes of the page, empty cache", [size for size, _ in weights[True]], {}),
        count("bytes of the page, filled cache", [size for size, _ in weights[False]], {}),
        count("requests of the page, empty cache", [number for _, number in weights[True]], {}),
        count("requests of the page, filled cache", [number for _, number in weights[False]], {}),
    ]


def row(name: str, times: Sequence[float]) -> dict[str, Any]:
    return {"name": name, "median_ms": round(median(times), 1), "p95_ms": round(quantiles(times, n=20)[-1], 1),
            "min_ms": round(min(times), 1), "samples": len(times), "ratio": {}}  # fmt: skip


def count(name: str, numbers: Sequence[float], ratio: Mapping[str, float]) -> dict[str, Any]:
    return {"name": name, "median": round(median(numbers), 1), "min": round(min(numbers), 1),
            "max": round(max(numbers), 1), "samples": len(numbers), "ratio": dict(ratio)}  # fmt: skip


def not_as_on_paper(cases: Sequence[tuple[Case, Truth]]) -> int:
    """Fields whose value in force is not what stands on the paper."""
    return sum(
        not ({plain(value or "")} & {plain(text) for text in truth[name] or [""]})
        for case, truth in cases
        for name, value in case.fields.values_list("name", "value")
        if name in truth
    )


def wait_for_server(desk: Desk) -> None:
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.wait import WebDriverWait

    def answers(_: object) -> bool:
        desk.open("/anmelden/")
        return "Anmelden" in desk.driver.title

    WebDriverWait(desk.driver, 60, ignored_exceptions=[WebDriverException]).until(answers)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The application as `laufzettel serve` starts it, on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "--threads=8", "config.wsgi:application"]
    log = (folder / "web.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        log.close()


def start(folder: Path) -> None:
    os.environ |= {"LAUFZETTEL_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "config.settings",
                   "LAUFZETTEL_HOSTS": "127.0.0.1"}  # fmt: skip
    (folder / "data").mkdir()
    import django
    from django.core.management import call_command

    django.setup()
    from cases import nudges

    nudges.send = lambda *_: False  # there are no workers here
    call_command("migrate", verbosity=0, interactive=False)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.desk", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is opened for the times")
    parser.add_argument("--json", type=Path, metavar="OUT")
    args = parser.parse_args(argv)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-desk-")))
        start(folder)
        from django.contrib.auth.models import Group

        from tests.web.browser import DESK, Desk, chromium
        from tests.web.factories import person
        from web import roles

        cases = list(read_batch(folder / "batch"))
        roles.ensure_roles()
        person(NAME, *Group.objects.filter(name=roles.CLERK).values_list("name", flat=True))
        desk = Desk(stack.enter_context(chromium(folder / "profile")), stack.enter_context(served(folder)))
        desk.size(*DESK)
        wait_for_server(desk)
        desk.log_in(NAME)
        rows = measure(desk, cases, args.rounds)
        wrong = not_as_on_paper(cases)
    for each in rows:
        print(" ".join(f"{key} {value}" for key, value in each.items()))
    print(f"{len(cases)} cases; fields in force that are not as on the paper: {wrong}")
    if args.json:
        result = {"rows": rows, "machine": describe(), "rounds": args.rounds, "cases": len(cases), "wrong": wrong}
        args.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
