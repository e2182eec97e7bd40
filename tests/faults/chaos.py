"""Kills and freezes whatever works, at random moments and at the dangerous one; brings it back as systemd would."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from subprocess import Popen

from cases.models import Entry, Run
from tests.faults.office import LEASE_S, Office, tell
from tests.processes import Broker, Processes, children_of
from workers import identity

WEIGHTS = {
    "kill_robot": 4,
    "kill_browser": 4,
    "freeze_robot": 3,
    "kill_pool_child": 3,
    "kill_broker": 2,
    "freeze_broker": 1,
    "kill_worker": 2,
    "freeze_worker": 1,
    "kill_beat": 1,
}
AIMED = 0.6
"""Share of the blows that wait for an intent without an outcome."""


class Chaos:
    """One course of events. `blows` counts what was hit."""

    def __init__(self, office: Office, broker: Broker, seed: int) -> None:
        self.office, self.broker = office, broker
        self.random = random.Random(seed)
        self.blows: Counter[str] = Counter()
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.worker: Popen[bytes] | None = office.housekeeper()
        self.beat: Popen[bytes] | None = office.beat()

    def rage(self, seconds: float) -> None:
        """For so long, from the first robot on; afterwards everything is there again and runs."""
        self.office.eventually(lambda: self.run() is not None)
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.pass_time(self.random.uniform(0.2, 2.0))
            if self.random.random() < AIMED:
                self.await_intent()
            (name,) = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            self.blows[name] += bool(getattr(self, name)())
        while self.later:
            self.pass_time(0.1)

    def look_after(self) -> None:
        """Start again what ended by itself."""
        if self.worker is not None and self.worker.poll() is not None:
            self.blows["worker_ended_by_itself"] += 1
            print(self.office.processes.log(self.office.processes.started.index(self.worker))[-3000:])
            self.start_worker()
        if self.beat is not None and self.beat.poll() is not None:
            self.blows["beat_ended_by_itself"] += 1
            self.start_beat()

    def await_intent(self) -> None:
        """Until a robot may be just submitting, three seconds at most."""
        end_s = time.monotonic() + 3
        while time.monotonic() < end_s and not Entry.objects.filter(outcome="open", intent_at__isnull=False).exists():
            self.pass_time(0.005)
        time.sleep(self.random.uniform(0, 0.15))

    def pass_time(self, seconds: float) -> None:
        """Wait, and do what has become due."""
        end_s = time.monotonic() + seconds
        while True:
            due = [act for at_s, act in self.later if at_s <= time.monotonic()]
            self.later = [one for one in self.later if one[1] not in due]
            for act in due:
                act()
            self.look_after()
            if time.monotonic() >= end_s:
                return
            time.sleep(0.005)

    def soon(self, act: Callable[[], None], longest_s: float) -> None:
        self.later.append((time.monotonic() + self.random.uniform(0.2, longest_s), act))

    def run(self) -> Run | None:
        return Run.objects.filter(ended_at=None, process_group__isnull=False).first()

    def kill_robot(self) -> bool:
        run = self.run()
        return run is not None and hit(int(run.process_group["pid"]), signal.SIGKILL)

    def kill_browser(self) -> bool:
        """Any process of the robot but itself: driver, browser, one of the browser's own children."""
        run = self.run()
        if run is None:
            return False
        others = sorted(set(identity.group_members(run.process_group)) - {int(run.process_group["pid"])})
        return bool(others) and hit(self.random.choice(others), signal.SIGKILL)

    def freeze_robot(self) -> bool:
        run = self.run()
        if run is None:
            return False
        tell(run, signal.SIGSTOP)
        self.soon(lambda: tell(run, signal.SIGCONT), 2 * LEASE_S)
        return True

    def kill_pool_child(self) -> bool:
        children = children_of(self.worker.pid) if self.worker else []
        return bool(children) and hit(self.random.choice(children), signal.SIGKILL)

    def kill_worker(self) -> bool:
        """With all its children; its robots end by themselves or are ended by the next one."""
        worker, self.worker = self.worker, None
        if worker is None:
            return False
        Processes.kill(worker)
        self.soon(self.start_worker, 2)
        return True

    def start_worker(self) -> None:
        self.worker = self.office.housekeeper()

    def freeze_worker(self) -> bool:
        worker = self.worker
        if worker is None:
            return False
        os.killpg(worker.pid, signal.SIGSTOP)
        self.soon(lambda: wake(worker), 2 * LEASE_S)
        return True

    def kill_broker(self) -> bool:
        """It comes back with nothing in it."""
        if not self.broker.runs:
            return False
        self.broker.stop()
        self.soon(self.broker.start, 3)
        return True

    def freeze_broker(self) -> bool:
        server = self.broker.process
        if server is None or not self.broker.runs:
            return False
        server.send_signal(signal.SIGSTOP)
        self.soon(lambda: server.send_signal(signal.SIGCONT), 2 * LEASE_S)
        return True

    def kill_beat(self) -> bool:
        beat, self.beat = self.beat, None
        if beat is None:
            return False
        Processes.kill(beat)
        self.soon(self.start_beat, 2)
        return True

    def start_beat(self) -> None:
        self.beat = self.office.beat()


def hit(pid: int, how: signal.Signals) -> bool:
    try:
        os.kill(pid, how)
    except ProcessLookupError:
        return False
    return True


def wake(worker: Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(worker.pid, signal.SIGCONT)
