"""An installation of 0.1 (migrations up to 0009) with a case in every state, made of raw rows; then what becomes of it.

`python -m tests.cases.upgrade fill|check SITE`, in a process of its own with a database of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

NOW = datetime.now(UTC).replace(microsecond=123000)
FIRST = "0" * 64
BYTES = b"%%PDF-1.4\n0.1 %d"
STATES = (
    "received", "review", "second_review", "on_hold", "ready", "entering", "unclear", "entered", "rejected", "failed",
)  # fmt: skip


def case_id(state: str) -> uuid.UUID:
    return uuid.UUID(int=STATES.index(state) + 1, version=4)


def insert(table: str, **row: Any) -> None:
    from django.db import connection

    names = ", ".join(row)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", [raw(value) for value in row.values()])


def raw(value: Any) -> Any:
    """As 0.1 wrote it."""
    from django.db import connection

    sqlite = connection.vendor == "sqlite"
    match value:
        case uuid.UUID():
            return value.hex if sqlite else value
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S.%f") if sqlite else value
        case dict() | list():
            return json.dumps(value)
    return value


class Trail:
    """The hash chain as 0.1 made it: written down here once more, so that a change of it is noticed."""

    def __init__(self) -> None:
        self.number, self.hash = 0, FIRST

    def append(self, case: uuid.UUID, kind: str, before: str, after: str) -> None:
        self.number += 1
        row = {
            "number": self.number,
            "at": NOW.isoformat(timespec="microseconds"),
            "case": str(case),
            "actor": "worker:old",
            "kind": kind,
            "from": before,
            "to": after,
            "details": {"n": self.number, "ä": None},
            "previous": self.hash,
        }
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        previous, self.hash = self.hash, hashlib.sha256(text.encode("ascii")).hexdigest()
        insert(
            "cases_event", number=self.number, at=NOW, case_id=case, actor="worker:old", kind=kind, from_state=before,
            to_state=after, details=row["details"], previous=previous, hash=self.hash,
        )  # fmt: skip


def fill() -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", "auth", verbosity=0)
    call_command("migrate", "cases", "0009", verbosity=0)
    user = User.objects.create(username="anna")
    with transaction.atomic():
        trail = Trail()
        for state in STATES:
            a_case(state, user.pk)
            trail.append(case_id(state), "received", "", "received")
            trail.append(case_id(state), "moved", "received", state)
        insert("cases_chainhead", id=1, number=trail.number, hash=trail.hash)
        insert("cases_counter", year=NOW.year, last=len(STATES))
        insert("cases_draft", name="plz", answer={"text": "44135", "mark": "", "reason": ""},
               case_id=case_id("review"), user_id=user.pk)  # fmt: skip
        insert("cases_membership", process="dogs", user_id=user.pk)


def a_case(state: str, user: int) -> None:
    number, pk = STATES.index(state) + 1, case_id(state)
    original = BYTES % number
    sha256 = hashlib.sha256(original).hexdigest()
    put(Path("originals") / sha256[:2] / sha256, original)
    insert("cases_document", sha256=sha256, size_bytes=len(original), stored_at=NOW)
    read = state != "received"
    insert(
        "cases_case", id=pk, reference=f"{NOW.year}-{number:06d}", process="dogs", document_id=sha256, salt="s" * 32,
        scanner="", form="dog" if read else "", form_version="1" if read else "", guesses=["dog"], state=state,
        problems=[], received_at=NOW - timedelta(days=2), changed_at=NOW, due_at=NOW + timedelta(days=10),
        attempts=int(read), fence=1,
        hold_until=(NOW - timedelta(days=1)).date() if state == "on_hold" else None, needs_person=state == "unclear",
        lease_until=NOW - timedelta(hours=1) if state == "entering" else None, reason="", search_name="oeztuerk",
        cancelled=False, reviewer_id=user if state == "second_review" else None,
    )  # fmt: skip
    insert("cases_arrival", at=NOW, process="dogs", file_name=f"{number}.pdf", sha256=sha256, outcome="new",
           problem_code="", token=str(pk), case_id=pk)  # fmt: skip
    if read:
        values = {"surname": "Öztürk", "plz": "44135", "remark": None}
        for position, (name, value) in enumerate(values.items()):
            insert("cases_field", case_id=pk, position=position, name=name, value=value, read_value=value, raw=value,
                   state="read" if value else "empty", confidence=0.5, sure=False, page=1, box=[1, 2, 30, 40],
                   engines={}, problems=[])  # fmt: skip
        image = Path("pages") / str(pk) / "1" / "1.png"
        put(image, white_page())
        insert("cases_page", case_id=pk, number=1, image=str(image), width=30, height=40, dpi=300.0, skew_deg=0.0,
               rotated_deg=0, blank=False, sheet=1)  # fmt: skip
    if state in ("entering", "unclear", "entered"):
        outcome = {"entering": "open", "unclear": "unclear", "entered": "entered"}[state]
        insert("cases_entry", case_id=pk, target="register", fence=1, claimed_at=NOW, mode="enter", worker="old/1",
               payload_hash="h" * 64, intent_at=NOW, outcome=outcome, record_number="R1" if state == "entered" else "",
               finished_at=None if outcome == "open" else NOW - timedelta(hours=1))  # fmt: skip


def put(relative: Path, content: bytes) -> None:
    from django.conf import settings

    path = Path(settings.STORE) / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def white_page() -> bytes:
    import cv2
    import numpy as np

    return cv2.imencode(".png", np.full((40, 30), 255, np.uint8))[1].tobytes()


def check() -> None:
    """Everything opens, moves on and verifies."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from cases import audit, store
    from cases.models import Case
    from config import cli
    from web import roles

    assert cli.main(["migrate"]) == 0
    assert cli.main(["migrate", "--check"]) == 0
    assert audit.verify() is None, "the trail of 0.1"
    anna, bernd = User.objects.get(username="anna"), User.objects.create(username="bernd")
    Case.objects.get(pk=case_id("review")).drafts.get(user=anna)
    auditor = User.objects.create(username="carla")
    auditor.groups.set(Group.objects.filter(name=roles.AUDITOR))
    client = Client(HTTP_HOST="localhost")
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    for address in ("/vorgaenge/", *(f"/vorgang/{case.pk}/" for case in Case.objects.all())):
        assert client.get(address).status_code == 200, address
    for case in Case.objects.all():
        assert hashlib.sha256(store.open_original(str(case.document_id)).read()).hexdigest() == case.document_id
    move(anna, bernd)
    assert audit.verify() is None, "the trail, gone on with"
    print(json.dumps(dict(Case.objects.values_list("reference", "state"))))


def move(anna: Any, bernd: Any) -> None:
    """Each case its next step."""
    from cases import transitions
    from cases.models import Case, State
    from cases.transitions import Receipt
    from tests.cases.conftest import record
    from workers import sweep

    claim = transitions.claim_reading(case_id("received"), "new")
    assert claim and record(claim) == State.READY
    for name, user in (("review", anna), ("second_review", bernd)):
        transitions.lock(case_id(name), user)
        state = transitions.confirm(case_id(name), user, {"surname": "Öztürk"})
        assert state == State.READY, (name, state)
    transitions.retry_failed(case_id("failed"), anna)
    sweep.sweep()
    states = {name: Case.objects.get(pk=case_id(name)).state for name in ("on_hold", "entering", "failed")}
    assert states == {"on_hold": State.REVIEW, "entering": State.UNCLEAR, "failed": State.RECEIVED}, states
    assert transitions.settle_unclear(case_id("unclear"), anna, "search_again") == State.UNCLEAR
    for name, outcome in (("entering", "found"), ("unclear", "found"), ("ready", "entered")):
        entry = transitions.claim_entry("register", "new", case_id(name))
        assert entry, name
        if outcome == "entered":
            transitions.journal_intent(entry.entry_id, entry.fence, "h" * 64)
        receipt = Receipt(outcome, "R2", dict(entry.fields))  # type: ignore[arg-type]
        assert transitions.record_entry(entry.entry_id, entry.fence, receipt) == State.ENTERED
    for name in ("entered", "rejected"):
        transitions.erase(case_id(name))


def main(step: str, site: str) -> None:
    for name in ("forms", "processes", "targets"):
        os.environ[f"LAUFZETTEL_{name.upper()}"] = str(Path(site) / name)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from cases import nudges

    nudges.send = lambda *_: False
    {"fill": fill, "check": check}[step]()


if __name__ == "__main__":
    main(*sys.argv[1:])
