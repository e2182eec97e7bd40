"""Speaks a robot's side of the line. `behaviour.json` beside robot.yaml says what it does with each case.

The target is the file `records.jsonl`: one line for each record.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RECORDS = HERE / "records.jsonl"


class Line:
    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.environ["LAUFZETTEL_SOCKET"])
        self.stream = self.socket.makefile("rwb")

    def ask(self, **question: object) -> dict:
        self.stream.write(json.dumps(question).encode() + b"\n")
        self.stream.flush()
        return json.loads(self.stream.readline())


def records() -> list[dict]:
    return [json.loads(line) for line in RECORDS.read_text().splitlines()] if RECORDS.exists() else []


def submit(item: dict) -> str:
    number = f"R{len(records()) + 1}"
    with RECORDS.open("a") as target:
        target.write(json.dumps({"number": number, "reference": item["reference"], "fields": item["fields"]}) + "\n")
    return number


def wait_for(name: str) -> None:
    (HERE / f"{name}.waiting").touch()
    while not (HERE / name).exists():
        time.sleep(0.02)


def handle(line: Line, item: dict, how: str) -> None:
    if item["mode"] == "list":
        listed = {record["number"]: record["reference"] for record in records()}
        answer = {"outcome": "none"} if how == "no list" else {"outcome": "listed", "records": listed}
        line.ask(do="receipt", item=item["id"], **answer)
        line.ask(do="release", item=item["id"], state="DONE", exception=None)
        return
    found = [record for record in records() if record["reference"] == item["reference"]]
    if found or item["mode"] == "resolve":
        record = found[0] if found else None
        outcome = "none" if not found else "several" if len(found) > 1 else "found"
        if record and record["fields"] != item["fields"]:
            outcome = "different"
        number, fields = (record["number"], record["fields"]) if record else (None, {})
        line.ask(do="receipt", item=item["id"], outcome=outcome, record_number=number, read_back=fields)
        line.ask(do="release", item=item["id"], state="DONE", exception=None)
        return
    if how in ("business", "application"):
        exception = {"type": how.upper(), "code": "Z010" if how == "business" else "Z004", "message": "PLZ unbekannt"}
        line.ask(do="release", item=item["id"], state="FAILED", exception=exception)
        return
    if how == "die before intent":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "wait before intent":
        wait_for("go")
    answer = line.ask(do="intent", item=item["id"], payload_hash="h" * 64)
    if not answer["ok"]:
        (HERE / "refused").write_text(answer["code"])
        exception = {"type": "APPLICATION", "code": "Z007", "message": "nicht freigegeben"}
        line.ask(do="release", item=item["id"], state="FAILED", exception=exception)
        return
    if how == "die before submit":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "wait before submit":
        wait_for("go")
    number = submit(item)
    if how == "die after submit":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "wait after submit":
        wait_for("go")
    line.ask(do="receipt", item=item["id"], outcome="entered", record_number=number, read_back=item["fields"])
    line.ask(do="release", item=item["id"], state="DONE", exception=None)


def main() -> int:
    plan = json.loads((HERE / "behaviour.json").read_text())
    with (HERE / "starts").open("a") as starts:
        starts.write(f"{os.getpid()}\n")
    (HERE / "environment.json").write_text(json.dumps(dict(os.environ)))
    if plan.get("start") == "crash":
        return 1
    if plan.get("start") == "browser":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    line = Line()
    if plan.get("start") == "nonsense":
        line.stream.write(b"{{{\n")
        line.stream.flush()
        assert json.loads(line.stream.readline())["ok"] is False
    tries: list[str] = plan.get("cases", [])
    while (item := line.ask(do="reserve")["item"]) is not None:
        how = tries.pop(0) if tries else plan.get("then", "enter")
        (HERE / "behaviour.json").write_text(json.dumps({**plan, "cases": tries}))
        handle(line, item, how)
    return 0


if __name__ == "__main__":
    sys.exit(main())
