"""Faults of the stand-in, to rehearse what happens then. Off unless its folder holds `faults.json`.

The file is looked at with every call, so that a test switches at run time (`switch`): {"answer_lost": 1, "slow_s": 2}.
A number of times counts down; true stays until the file changes. Written anew, all counts begin again.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

EVENTS = {
    "maintenance": "every page says that the application is closed",
    "session_dropped": "the login is forgotten between page one and page two",
    "duplicate_dialog": "the submit is answered by „Ein ähnlicher Satz besteht schon“; nothing is stored",
    "answer_lost": "stored, and the line is cut without an answer",
    "error_after_save": "stored, and answered with error 500",
    "maintenance_after_save": "stored, and answered with the page of the maintenance",
    "session_dropped_after_save": "stored, and answered with the login page",
    "search_off": "the search says that it is switched off",
}
DURATIONS = {
    "slow_s": "every answer takes so long",
    "answer_late_s": "stored at once, answered after so long",
    "save_late_s": "the submit is stored only after so long, whether or not somebody still waits for the answer",
    "search_lag_s": "the search finds a record only so long after it was stored",
}
FILE = "faults.json"


def switch(folder: Path, **faults: float | bool) -> None:
    """Switch exactly these faults on, all others off. Raises ValueError for a name that is none."""
    if unknown := set(faults) - set(EVENTS) - set(DURATIONS):
        raise ValueError(f"no such fault: {', '.join(sorted(unknown))}")
    fresh = folder / f"{FILE}.{os.getpid()}-{threading.get_ident()}"
    fresh.write_text(json.dumps(faults), encoding="utf-8")
    fresh.replace(folder / FILE)


class Faults:
    """The switches as they stand now. Safe to ask from several threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._version: tuple[int, int] | None = None
        self._left: dict[str, float | bool] = {}
        self._lock = threading.Lock()

    def happens(self, name: str) -> bool:
        """Whether this fault happens now; uses up one of its times."""
        with self._lock:
            self._look()
            left = self._left.get(name, False)
            if left is not True and left > 0:
                self._left[name] = left - 1
            return left > 0

    def seconds(self, name: str) -> float:
        """How long this fault takes; 0 when it is off."""
        with self._lock:
            self._look()
            return float(self._left.get(name, 0))

    def wait(self, name: str) -> None:
        """Let so much time pass; switched off meanwhile, it is over."""
        began_s = time.monotonic()
        while (left_s := began_s + self.seconds(name) - time.monotonic()) > 0:
            time.sleep(min(left_s, 0.05))

    def _look(self) -> None:
        try:
            found = self._path.stat()
        except OSError:
            self._version, self._left = None, {}
            return
        if self._version != (found.st_ino, found.st_mtime_ns):
            self._version = (found.st_ino, found.st_mtime_ns)
            self._left = json.loads(self._path.read_text(encoding="utf-8"))
