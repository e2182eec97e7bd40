"""The real broker and real workers: messages lost, workers killed, garbage in the queue."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cases import audit, nudges, transitions
from cases.models import Arrival, Case, Event, State
from cases.operations.broker import depth
from tests.processes import Broker, Processes, children_of
from tests.site import Site, scan
from workers import schedule, sweep

pytestmark = pytest.mark.django_db(transaction=True)
FAKE = "tests.workers.fake_office"
GARBAGE = [
    b"{{{",
    b"\xff\xfe\x00",
    b"[]",
    b'"text"',
    b"{}",
    b"[" * 5000,
    b'{"body": 1}',
    b'{"body": "e30=", "properties": {"delivery_info": null, "delivery_tag": "x"}, "headers": {}}',
]


@pytest.fixture
def case(office: Site, tmp_path: Path) -> Callable[..., Case]:
    def make(text: str) -> Case:
        path = scan(tmp_path / f"{Case.objects.count()}.pdf", text)
        arrival = transitions.receive(path, "papers", path.name)
        assert arrival.case
        return arrival.case

    return make


def state_is(case: Case, state: State) -> Callable[[], bool]:
    def ask() -> bool:
        case.refresh_from_db()
        return case.state == state

    return ask


def message(task: str, body: str, content_type: str = "application/json", encoding: str = "utf-8") -> bytes:
    import base64

    return json.dumps(
        {
            "body": base64.b64encode(body.encode()).decode(),
            "content-type": content_type,
            "content-encoding": encoding,
            "headers": {"lang": "py", "task": task, "id": "1", "retries": 0, "eta": None, "expires": None},
            "properties": {
                "delivery_mode": 2,
                "delivery_tag": f"t{time.monotonic_ns()}",
                "body_encoding": "base64",
                "delivery_info": {"exchange": "", "routing_key": "read"},
                "correlation_id": "1",
            },
        }
    ).encode()


def test_a_case_is_read_by_a_real_worker(broker, processes: Processes, office: Site, case, eventually) -> None:
    processes.worker("read", app=FAKE, environment=office.environment)
    eventually(state_is(case("x"), State.READY))


def test_a_lost_message_is_sent_again_by_the_sweeper(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    waiting = case("x")
    assert depth("read") == 1
    broker.client.flushall()
    assert depth("read") == 0
    processes.worker("read", app=FAKE, environment=office.environment)
    sweep.sweep()
    eventually(state_is(waiting, State.READY))


def test_the_sweeper_leaves_a_queue_that_holds_messages_alone(broker: Broker, case) -> None:
    case("x")
    sweep.sweep()
    sweep.sweep()
    assert depth("read") == 1


def test_without_a_broker_a_file_is_received_all_the_same(broker: Broker, case) -> None:
    broker.stop()
    assert case("x").state == State.RECEIVED
    sweep.sweep()
    broker.start()
    sweep.sweep()
    assert depth("read") == 1


def test_a_worker_killed_while_reading_loses_nothing(
    broker: Broker, processes: Processes, office: Site, case, eventually, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    slow = case(f"slow {gate}")
    first = processes.worker("read", app=FAKE, environment=office.environment)
    eventually(Path(f"{gate}.begun").exists)
    processes.kill(first)
    processes.worker("read,housekeeping", app=FAKE, environment=office.environment)
    eventually(state_is(slow, State.READY))
    kinds = list(Event.objects.filter(case=slow).values_list("kind", flat=True))
    assert kinds == ["received", "reading_claimed", "reading_taken_over", "reading_claimed", "read"]
    assert audit.verify() is None


def test_a_file_that_kills_the_pool_child_ends_in_front_of_a_person(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    deadly, other = case("kill"), case("x")
    processes.worker("read", app=FAKE, environment=office.environment)

    def parked() -> bool:
        sweep.sweep()
        return state_is(deadly, State.FAILED)()

    eventually(parked)
    eventually(state_is(other, State.READY))


def test_a_worker_survives_a_child_that_is_killed_while_it_waits_for_the_broker(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    broker.stop()
    worker = processes.worker("read", app=FAKE, environment=office.environment)
    eventually(lambda: children_of(worker.pid) != [] and "Cannot connect" in processes.log())
    os.kill(children_of(worker.pid)[0], signal.SIGKILL)
    broker.start()
    eventually(state_is(case("x"), State.READY))
    assert worker.poll() is None


def test_a_bug_is_logged_without_what_stood_on_the_paper(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    broken = case("bug")
    processes.worker("read", app=FAKE, environment=office.environment)
    eventually(lambda: "reading_bug" in processes.log())
    eventually(lambda: Event.objects.filter(case=broken, kind="reading_broke").exists())
    assert "ValueError" in processes.log() and "Öztürk" not in processes.log() and "\\u00d6zt" not in processes.log()


def test_garbage_in_the_queue_does_no_harm(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    worker = processes.worker("read", app=FAKE, environment=office.environment)
    eventually(lambda: "ready" in processes.log())
    for item in GARBAGE:
        broker.client.lpush("read", item)
    broker.client.lpush("read", message("read_case", "not json"))
    broker.client.lpush("read", message("os.system", '[["true"], {}, {}]'))
    broker.client.lpush("read", message("read_case", "gASVAA==", "application/x-python-serialize", "binary"))
    for arguments in ('[["../../etc"], {}, {}]', '[[{"a": 1}], {}, {}]', "[[], {}, {}]", '[[1, 2, 3], {"x": 1}, {}]'):
        broker.client.lpush("read", message("read_case", arguments))
    eventually(state_is(case("x"), State.READY))
    assert worker.poll() is None
    log = processes.log()
    assert log.count("garbage_dropped") == len(GARBAGE) + 1 and "strange_id" in log  # one more: not JSON
    assert "unknown_task" in log
    assert Case.objects.count() == 1


def test_a_forged_message_for_a_case_that_is_through_does_nothing(
    broker: Broker, processes: Processes, office: Site, case, eventually
) -> None:
    done = case("x")
    processes.worker("read", app=FAKE, environment=office.environment)
    eventually(state_is(done, State.READY))
    events = Event.objects.count()
    for _ in range(3):
        nudges.send("read_case", str(done.pk), "read")
    eventually(state_is(case("y"), State.READY))
    assert Event.objects.filter(case=done).count() == events


def test_the_same_file_dropped_twice_into_the_folder_is_one_case(
    broker: Broker, processes: Processes, office: Site, eventually, settings
) -> None:
    schedule.ensure_schedule()
    schedule.ensure_schedule()
    folder = Path(settings.INBOX) / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    processes.worker("read,housekeeping", app=FAKE, environment=office.environment)
    processes.beat(environment=office.environment)
    scan(folder / "a.pdf", "dropped")
    eventually(lambda: Case.objects.filter(state=State.READY).count() == 1)
    scan(folder / "b.pdf", "dropped")
    eventually(lambda: Arrival.objects.count() == 2)
    assert Case.objects.count() == 1 and not list(folder.glob("*.pdf"))
    assert set(Arrival.objects.values_list("outcome", flat=True)) == {"new", "duplicate"}


def test_a_worker_that_is_asked_to_stop_finishes_its_reading(
    broker: Broker, processes: Processes, office: Site, case, eventually, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    slow = case(f"slow {gate}")
    worker = processes.worker("read", app=FAKE, environment=office.environment)
    eventually(Path(f"{gate}.begun").exists)
    worker.terminate()
    eventually(lambda: "Warm shutdown" in processes.log() or "shutdown" in processes.log().lower())
    gate.touch()
    worker.wait(30)
    assert state_is(slow, State.READY)()


def test_messages_carry_an_id_and_nothing_else(broker: Broker, case) -> None:
    import base64

    made = case("x")
    (raw,) = broker.client.lrange("read", 0, -1)
    body = json.loads(base64.b64decode(json.loads(raw)["body"]))
    assert body[:2] == [[str(made.pk)], {}]
    assert b"pdf" not in raw and made.reference.encode() not in raw
