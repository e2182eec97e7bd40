"""Keeps field values and passwords out of output.xml, whatever a keyword or library logs.

Values travel as Robot Framework's `Secret`, which logs nothing. This is the second line: a text that a
library puts into a message or an error (Selenium quotes page source) is covered before it is written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

COVER = "•••"
SHORTEST = 4  # shorter ones (J, 1, 3+) tell nothing and would cover half of every message


class Veil:
    """A Robot Framework listener that knows the texts that must not be written."""

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self._lasting: set[str] = set()
        self._passing: set[str] = set()

    def cover(self, texts: Iterable[str | None]) -> None:
        """Cover these from now on (passwords)."""
        self._lasting |= _spellings(texts)

    def cover_case(self, texts: Iterable[str | None]) -> None:
        """Cover these, and no longer those of the case before."""
        self._passing = _spellings(texts)

    def covered(self, message: str) -> str:
        """The message without any of the texts."""
        for text in sorted(self._lasting | self._passing, key=len, reverse=True):
            message = message.replace(text, COVER)
        return message

    def log_message(self, message: Any) -> None:
        message.message = self.covered(message.message)

    def end_body_item(self, data: Any, result: Any) -> None:
        if getattr(result, "message", ""):
            result.message = self.covered(result.message)

    def end_test(self, data: Any, result: Any) -> None:
        result.message = self.covered(result.message)


def _spellings(texts: Iterable[str | None]) -> set[str]:
    """Each text as it stands and as Selenium logs it at level DEBUG: as Python's repr, JSON, JSON with \\u003C."""
    long_enough = {text for text in texts if text and len(text) >= SHORTEST}
    written = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in long_enough for ascii_only in (True, False)}
    quoted = {repr(text)[1:-1] for text in long_enough}
    return long_enough | quoted | written | {text.replace("<", "\\u003C") for text in written}


VEIL = Veil()
