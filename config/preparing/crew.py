"""Several processes, each with one document at a time. A process that dies costs one document, not the run."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import traceback
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from config.preparing.documents import Document
from config.preparing.one import Job, OnPage, Outcome, discard, look, prepare
from ocr.page import Note

SPAWN = multiprocessing.get_context("spawn")
FAREWELL_S = 2.0
"""A process that has nothing more to do has so long to go by itself."""


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0))


@dataclass(slots=True)
class _Hand:
    """One process and the document it holds."""

    process: SpawnProcess
    channel: Connection
    document: Document
    dead: bool = False

    def ask(self, document: Document) -> None:
        self.document = document
        with contextlib.suppress(BrokenPipeError):  # it is dead; its channel says so when we listen
            self.channel.send(document)


def prepare_all(
    documents: list[Document], job: Job, jobs: int, resume: bool, on_page: OnPage
) -> Generator[Outcome, None, None]:
    """Prepare the documents in `jobs` processes; outcomes come as they are ready.

    With `resume` those that are done come first, and no process is started for them.

    Closing the iterator, also by Ctrl-C, ends all processes; none leaves an incomplete file.
    """
    waiting: deque[Document] = deque()
    for document in documents:
        if resume and (done := look(document, job)):
            yield done
        else:
            waiting.append(document)
    hands: dict[Connection, _Hand] = {}
    try:
        while waiting and len(hands) < jobs:
            _start(waiting.popleft(), job, hands)
        while hands:
            for channel in wait(list(hands)):
                hand = hands[channel]  # type: ignore[index]
                told = _listen(hand, on_page)
                if told is None:
                    continue
                yield told
                if waiting and not hand.dead:
                    hand.ask(waiting.popleft())
                    continue
                _end(hands.pop(hand.channel), job)
                if waiting:
                    _start(waiting.popleft(), job, hands)
    finally:
        for hand in hands.values():
            hand.process.terminate()
        for hand in hands.values():
            _end(hand, job)


DIED = Note(
    "S014",
    "Die Verarbeitung dieser Datei brach ab (Programmfehler oder zu wenig Speicher). "
    "Bitte die Datei einzeln noch einmal versuchen, sonst die IT rufen.",
)


def _start(document: Document, job: Job, hands: dict[Connection, _Hand]) -> None:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_serve, args=(theirs, job), daemon=True)
    resource_tracker.ensure_running()  # starts with the first process otherwise, and unblocks what is blocked here
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited: Ctrl-C is for the caller alone
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    theirs.close()
    hands[ours] = hand = _Hand(process, ours, document)
    hand.ask(document)


def _listen(hand: _Hand, on_page: OnPage) -> Outcome | None:
    """The outcome of the document, or None when one page of it was reported."""
    try:
        told = hand.channel.recv()
    except (EOFError, OSError):
        hand.dead = True
        return Outcome(hand.document, None, DIED)
    if isinstance(told, Outcome):
        return told
    on_page(None)
    return None


def _end(hand: _Hand, job: Job) -> None:
    """Wait for the end of a process; what it could not tidy up any more goes too."""
    hand.channel.close()
    hand.process.join(FAREWELL_S)
    if hand.process.is_alive():
        hand.process.kill()
        hand.process.join()
    discard(hand.document, job)


def _serve(channel: Connection, job: Job) -> None:
    """In the process: one document after the other until the caller hangs up.

    SIGTERM ends it wherever it is; the caller removes its temporary files.
    """
    report: OnPage = channel.send
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            channel.send(_prepared(channel.recv(), job, report))


def _prepared(document: Document, job: Job, report: OnPage) -> Outcome:
    try:
        return prepare(document, job, report)
    except (BrokenPipeError, ConnectionResetError):
        raise  # nobody listens any more
    except Exception:
        return Outcome(document, None, DIED, bug=traceback.format_exc())
