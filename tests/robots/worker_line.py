"""A worker for tests: hands out cases over a unix socket and writes down what the robot says."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


class FakeWorker:
    """Serves one robot at a time. `said` holds every question but "reserve", in order."""

    def __init__(self, path: Path, items: list[dict[str, Any]]) -> None:
        self.path = path
        self.said: list[dict[str, Any]] = []
        self.on_intent: Callable[[dict[str, Any]], Answer | None] = lambda question: {"ok": True}
        self.on_reserve: Callable[[dict[str, Any]], None] = lambda item: None
        self.on_receipt: Callable[[dict[str, Any]], None] = lambda question: None
        self._items = list(items)
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(str(path))
        self._server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def of(self, do: str) -> list[dict[str, Any]]:
        return [question for question in self.said if question["do"] == do]

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection, contextlib.suppress(ConnectionError), connection.makefile("rb") as lines:
                for line in lines:
                    answer = self._answer(json.loads(line))
                    if answer is None:
                        connection.shutdown(socket.SHUT_RDWR)
                        break
                    connection.sendall(json.dumps(answer).encode() + b"\n")

    def _answer(self, question: dict[str, Any]) -> Answer | None:
        if question["do"] == "reserve":
            item = self._items.pop(0) if self._items else None
            if item:
                self.on_reserve(item)
            return {"item": item}
        if question["do"] == "receipt":
            self.on_receipt(question)
        self.said.append(question)
        return self.on_intent(question) if question["do"] == "intent" else {"ok": True}
