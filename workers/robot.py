"""Runs one robot process and serves it the cases of one target: one session, many cases.

The robot asks over a unix socket (one JSON object a line); every answer that allows something is in the database
before it is sent. However the robot ends, its whole process group is ended before its case is settled.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from cases import catalog, nudges, stages, store, transitions
from cases.clock import now
from cases.log import bug
from cases.models import Case, Run
from cases.processes import TargetSpec
from cases.transitions import EntryClaim, Failure, Receipt
from cases.transitions.entry import waiting_cases
from ocr.errors import Problem, StateProblem
from workers import identity, launch, progress, stopping

log = structlog.get_logger(__name__)
TICK_S = 0.2
LONGEST_LINE_BYTES = 1 << 20
EXIT_PATIENCE_S = 20.0
TORN = Failure("APPLICATION", "V037", "Die Übertragung ist abgerissen, weil der Roboter endete.")


def serve_case(case_id: UUID) -> None:
    """Answer a nudge: start a robot for the case's target, unless there is nothing to do or no session is free."""
    process = Case.objects.filter(pk=case_id).values_list("process", flat=True).first()
    spec = catalog.processes().get(process or "")
    if spec is not None and spec.target:
        serve_target(spec.target)


def serve_target(target: str) -> UUID | None:
    """One robot session for a target; the run's id, None when none was started."""
    spec = catalog.targets().get(target)
    if spec is None or stopping.is_announced() or not transitions.has_work(target):
        return None
    run = transitions.open_run(target, identity.me())
    if run is None:
        return None
    session = Session(run, spec)
    try:
        session.serve()
    except Problem as problem:  # robot.yaml without the task, for instance
        log.error("session_problem", run=str(run.pk), target=target, code=problem.code)
    except Exception as error:  # a bug of ours: the robot was ended, the sweeper settles what could not be settled
        log.error("session_bug", run=str(run.pk), target=target, **bug(error))
    nudge_next(target)
    return run.pk


def nudge_next(target: str) -> None:
    """More cases than one session takes: start the next session."""
    if stopping.is_announced():
        return
    for _, waiting in waiting_cases(target, now()):
        if first := waiting.order_by("received_at").first():
            nudges.send("enter", str(first.pk), f"enter.{target}")
            return


def mapping_of(claim: EntryClaim) -> dict[str, Any]:
    """Which field goes where, where the process says otherwise than the target."""
    process = Case.objects.filter(pk=claim.case_id).values_list("process", flat=True).first()
    spec = catalog.processes().get(process or "")
    return dict(spec.fields) if spec else {}


@dataclass(slots=True)
class Session:
    """One robot process, its line, and the case it holds."""

    run: Run
    spec: TargetSpec
    claim: EntryClaim | None = None
    recorded: bool = False
    asked: bool = False
    served: int = 0
    line: socket.socket | None = None
    buffer: bytes = b""
    claimed_s: float = 0.0
    renewed_s: float = field(default_factory=time.monotonic)
    finished_s: float | None = None
    stage: stages.Stage | None = None
    about: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def serve(self) -> None:
        """From start to end. Afterwards no process of the robot lives and no case is held, or the sweeper does it."""
        folder = store.run_folder(self.run.pk)
        store.make_folder(folder)
        address = launch.socket_address(self.run.pk)
        with launch.listening(address) as listener:
            robot: subprocess.Popen[bytes] | None = None
            try:
                robot = launch.start(self.spec, folder, address)
                group = {**identity.of_process(robot.pid), "socket": str(address)}
                if not transitions.name_processes(self.run.pk, group):
                    raise StateProblem("V021", "Die Sitzung wurde beendet, bevor ihr Roboter begann.")
                self.claimed_s = time.monotonic()
                self.talk(robot, listener)
            finally:
                self.end(robot, address)

    def talk(self, robot: subprocess.Popen[bytes], listener: socket.socket) -> None:
        """Until the robot ends, takes too long, or the lease is lost."""
        while True:
            ended = robot.poll() is not None
            readable = self.wait(listener, 0.0 if ended else TICK_S)
            if ended and not readable:
                return
            if not self.stay(robot):
                return

    def wait(self, listener: socket.socket, tick_s: float) -> bool:
        """Serve what arrives within `tick_s`; True when something did."""
        source = self.line or listener
        if not select.select([source], [], [], tick_s)[0]:
            return False
        if self.line is None:
            self.line, _ = listener.accept()
            self.line.settimeout(30)
            return True
        chunk = self.line.recv(65536)
        if not chunk:
            self.line.close()
            self.line, self.buffer = None, b""
            return False
        self.buffer += chunk
        while b"\n" in self.buffer:
            request, _, self.buffer = self.buffer.partition(b"\n")
            self.line.sendall(json.dumps(self.answer(request)).encode() + b"\n")
        if len(self.buffer) > LONGEST_LINE_BYTES:
            raise ValueError("the robot sends no line ends")
        return True

    def stay(self, robot: subprocess.Popen[bytes]) -> bool:
        """Renew the leases; False when the robot has to be ended."""
        at_s = time.monotonic()
        if at_s - self.renewed_s > self.spec.lease_s / 4:
            self.renewed_s = at_s
            if not transitions.renew_run(self.run.pk, self.spec.lease_s):
                log.warning("session_lost", run=str(self.run.pk))
                return False
            if self.claim and not self.recorded and not self.keep(self.claim):
                log.warning("lease_lost", case=str(self.claim.case_id), fence=self.claim.fence)
                return False
        if self.finished_s is not None:
            return at_s - self.finished_s < EXIT_PATIENCE_S
        if at_s - self.claimed_s > self.spec.item_timeout_s:
            log.warning("robot_too_slow", run=str(self.run.pk), pid=robot.pid)
            return False
        return True

    def keep(self, claim: EntryClaim) -> bool:
        """Prolong the lease of the case in hand."""
        return transitions.renew(claim.case_id, claim.fence, self.spec.lease_s)

    def answer(self, line: bytes) -> dict[str, Any]:
        """One answer. What the ledger refuses is refused to the robot, with the code."""
        try:
            request = json.loads(line)
            match request["do"]:
                case "reserve":
                    return self.reserve()
                case "intent":
                    return self.intent(str(request.get("item")), str(request["payload_hash"]))
                case "receipt":
                    return self.receipt(str(request.get("item")), request)
                case "release":
                    return self.release(str(request.get("item")), request)
        except StateProblem as problem:
            log.warning("robot_refused", run=str(self.run.pk), code=problem.code)
            return {"ok": False, "code": problem.code, "message": problem.message}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("robot_talks_nonsense", run=str(self.run.pk), **bug(error))
        return {"ok": False, "code": "V039", "message": "Der Worker hat die Anfrage des Roboters nicht verstanden."}

    def reserve(self) -> dict[str, Any]:
        """The next case, waiting a little for one; null when the session is over."""
        self.asked = True
        progress.step()
        if self.claim is not None:
            self.settle(None)
        self.claim = self.next_claim()
        if self.claim is None:
            self.finished_s = time.monotonic()
            return {"item": None}
        self.served += 1
        self.recorded = False
        self.finished_s, self.claimed_s = None, time.monotonic()
        claim = self.claim
        facts = {"target": claim.target, "mode": claim.mode}
        self.stage = self.about.enter_context(stages.stage("enter", claim.case_id, claim.reference, **facts))
        return {
            "item": {
                "id": str(claim.entry_id),
                "fence": claim.fence,
                "mode": claim.mode,
                "reference": claim.reference,
                "target": claim.target,
                "fields": dict(claim.fields),
                "mapping": mapping_of(claim),
            }
        }

    def next_claim(self) -> EntryClaim | None:
        end_s = time.monotonic() + self.spec.linger_s
        who = identity.me()
        while self.served < self.spec.cases_per_session and not stopping.is_announced():
            if claim := transitions.claim_entry(
                self.spec.name, f"{who['host']}/{who['pid']}", run_id=self.run.pk, identity=who
            ):
                return claim
            if time.monotonic() > end_s:
                return None
            time.sleep(TICK_S)
        return None

    def held(self, item: str) -> EntryClaim:
        if self.claim is None or str(self.claim.entry_id) != item:
            raise StateProblem("V021", "Dieser Vorgang gehört diesem Roboter nicht (mehr).")
        return self.claim

    def intent(self, item: str, payload_hash: str) -> dict[str, Any]:
        claim = self.held(item)
        transitions.journal_intent(claim.entry_id, claim.fence, payload_hash)
        return {"ok": True}

    def receipt(self, item: str, request: dict[str, Any]) -> dict[str, Any]:
        claim = self.held(item)
        receipt = receipt_of(request)
        state = transitions.record_entry(claim.entry_id, claim.fence, receipt)
        self.recorded = True
        log.info("receipt", case=str(claim.case_id), outcome=receipt.outcome, state=str(state))
        return {"ok": True}

    def release(self, item: str, request: dict[str, Any]) -> dict[str, Any]:
        self.held(item)
        self.settle(failure_of(request))
        self.claimed_s = time.monotonic()
        return {"ok": True}

    def settle(self, failure: Failure | None) -> None:
        """Give back what is held; its stage is over then."""
        try:
            self.give_back(failure)
        finally:
            self.about.close()
            self.stage = None

    def give_back(self, failure: Failure | None) -> None:
        claim, self.claim = self.claim, None
        if claim is None:
            return
        state = transitions.release_entry(claim.entry_id, claim.fence, failure)
        code = failure.code if failure else ""
        if self.stage is not None:
            self.stage.outcome = state
        log.info("released", case=str(claim.case_id), state=str(state), code=code, mode=claim.mode)

    def end(self, robot: subprocess.Popen[bytes] | None, address: Path) -> None:
        """Nothing of the robot lives on; then settle its case; then give the session back."""
        if self.line is not None:
            self.line.close()
        if robot is not None and not launch.end(robot, address):
            log.error("robot_does_not_end", run=str(self.run.pk), pid=robot.pid)
            return
        launch.tidy_up(self.run.pk)
        code = robot.returncode if robot is not None else None
        if not self.asked:
            log.error("robot_never_asked", run=str(self.run.pk), target=self.spec.name, exit_code=code)
            transitions.failed_to_start(self.spec.name, "V040")
        with contextlib.suppress(StateProblem):  # taken over meanwhile: nothing of ours any more
            self.settle(TORN)
        transitions.end_run(self.run.pk, actor="worker")
        log.info("session_over", run=str(self.run.pk), target=self.spec.name, cases=self.served, exit_code=code)


def receipt_of(request: dict[str, Any]) -> Receipt:
    """Raises ValueError for anything that is no receipt."""
    outcome, read_back = request["outcome"], request.get("read_back") or {}
    if outcome not in ("entered", "found", "none", "several", "different", "tried") or not isinstance(read_back, dict):
        raise ValueError("no receipt")
    number, picture = request.get("record_number"), request.get("screenshot")
    return Receipt(
        outcome=outcome,
        record_number=None if number is None else str(number),
        read_back={str(name): None if value is None else str(value) for name, value in read_back.items()},
        screenshot=None if picture is None else str(picture),
    )


def failure_of(request: dict[str, Any]) -> Failure | None:
    """None for a case that was done; everything that is not plainly BUSINESS counts as broken."""
    if request.get("state") == "DONE":
        return None
    said = request.get("exception") or {}
    kind = "BUSINESS" if said.get("type") == "BUSINESS" else "APPLICATION"
    message = str(said.get("message") or "Der Roboter hat abgebrochen.")[:1000]
    return Failure(kind, str(said.get("code") or "V041")[:20], message)  # type: ignore[arg-type]
