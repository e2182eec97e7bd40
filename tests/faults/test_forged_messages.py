"""What others push into the queue of a target does nothing, stops nobody for long, and stands in the security log."""

from __future__ import annotations

import base64
import json
import pickle
import time
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Case, Entry, State
from tests.faults.office import Office, only_long
from tests.processes import Broker

QUEUE = "enter.demo"
GARBAGE = [b"{{{", b"\x80\x04\x95", pickle.dumps({"task": "enter"}), b"[]", b'{"body": 1}', b"[" * 5000]


def message(task: str, body: bytes, content_type: str = "application/json", encoding: str = "utf-8") -> bytes:
    delivery = {"exchange": "", "routing_key": QUEUE}
    properties = {"delivery_mode": 2, "delivery_tag": str(uuid4()), "body_encoding": "base64", "correlation_id": "1"}
    headers = {"lang": "py", "task": task, "id": str(uuid4()), "retries": 0, "eta": None, "expires": None}
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-type": content_type,
            "content-encoding": encoding,
            "headers": headers,
            "properties": properties | {"delivery_info": delivery},
        }
    ).encode()


def arguments(*given: object) -> bytes:
    return json.dumps([given, {}, {}]).encode()


@only_long
@pytest.mark.timeout(600)
def test_forged_messages_have_no_effect_and_are_put_on_record(office: Office, broker: Broker) -> None:
    done, cancelled = office.case(), office.case()
    transitions.cancel(cancelled.pk, User.objects.create(username="clerk"), "doppelt")
    office.target(linger_s=1)
    worker = office.housekeeper()
    office.eventually(lambda: Case.objects.get(pk=done.pk).state == State.ENTERED)
    attempts = Entry.objects.count()
    for item in GARBAGE:
        broker.client.lpush(QUEUE, item)
    loot = office.folder / "loot"
    attack = f"cos\nsystem\n(S'touch {loot}'\ntR.".encode()
    broker.client.lpush(QUEUE, message("enter", attack, "application/x-python-serialize", "binary"))
    broker.client.lpush(QUEUE, message("os.system", arguments(f"touch {loot}")))
    for given in ("../../etc/passwd", {"a": 1}, str(uuid4()), str(done.pk), str(cancelled.pk)):
        broker.client.lpush(QUEUE, message("enter", arguments(given)))
    pushed_s = time.monotonic()
    office.eventually(lambda: broker.client.llen(QUEUE) == 0, within_s=10)
    print(f"through with it after {time.monotonic() - pushed_s:.1f} s")
    office.eventually(lambda: office.processes.log().count('"strange_id"') == 2, within_s=10)
    assert Entry.objects.count() == attempts and not loot.exists()
    fresh = office.case()
    assert office.comes_to_rest().is_kept
    assert [office.records_of(case) for case in (done, cancelled, fresh)] == [1, 0, 1]
    assert worker.poll() is None
    security = [line for line in office.processes.log().splitlines() if '"logger": "security"' in line]
    assert sum("garbage_dropped" in line for line in security) == len(GARBAGE) + 1  # and the pickle
    assert sum("unknown_task" in line for line in security) == 1
