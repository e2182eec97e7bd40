"""The line to the worker that started this robot: one JSON object a line, question and answer."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import threading
from pathlib import Path
from typing import Any


class WorkerGone(ConnectionError):
    """The worker closed the line. Nothing may be sent to the target any more."""


class WorkerLine:
    """One connection. While `holding` a case, a worker that goes away takes this whole process group with it.

    A robot whose worker is gone may have lost its lease: another one may already be at the same case.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._stream = self._socket.makefile("rwb")
        self._lock = threading.Lock()
        self.holding = False
        if os.getpgrp() != os.getpid():
            os.setpgid(0, 0)  # so that the group is ours to end: robot, driver, browser
        threading.Thread(target=self._watch, name="worker line", daemon=True).start()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Send a question and wait for its answer.

        Raises:
            WorkerGone: the line is closed and no case is held (with a case held this call never comes back).
        """
        try:
            with self._lock:
                self._stream.write(json.dumps(question).encode() + b"\n")
                self._stream.flush()
                line = self._stream.readline()
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
