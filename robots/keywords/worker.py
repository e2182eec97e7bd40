"""The line to the worker that started this robot: one JSON object a line, question and answer."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def stop_signals_held() -> Iterator[None]:
    """SIGTERM and SIGINT wait until the block ends: half a question would put the line out of step.

    A thread started inside holds them for good, so that they reach the main thread.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class WorkerGone(ConnectionError):
    """The worker closed the line. Nothing may be sent to the target any more."""


class WorkerLine:
    """One connection. While `holding` a case, a worker that goes away takes this whole process group with it.

    A robot whose worker is gone may have lost its lease: another one may already be at the same case.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._answers = self._socket.makefile("rb")
        self.holding = False
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)  # so that the group is ours to end: robot, driver, browser
        with stop_signals_held():
            threading.Thread(target=self._watch, name="worker line", daemon=True).start()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Send a question and wait for its answer.

        Raises:
            WorkerGone: the line is closed and no case is held (with a case held this call never comes back).
        """
        with stop_signals_held():
            try:
                self._socket.sendall(json.dumps(question).encode() + b"\n")
                line = self._answers.readline()
            except OSError:
                line = b""
        if not line.endswith(b"\n"):
            self._gone()
            raise WorkerGone("Der Worker hat die Verbindung beendet.")
        answer = json.loads(line)
        if not isinstance(answer, dict):
            raise TypeError("the worker answers with JSON objects")
        return answer

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLRDHUP)
        poll.poll()
        self._gone()

    def _gone(self) -> None:
        if self.holding:
            os.killpg(0, signal.SIGKILL)
