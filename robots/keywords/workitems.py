"""rpaframework's work items over the line to the worker (`RPA_WORKITEMS_ADAPTER`)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from RPA.Robocorp.WorkItems import BaseAdapter, EmptyQueue, State

from robots.keywords.problems import MESSAGES, Kind
from robots.keywords.veil import VEIL
from robots.keywords.worker import WorkerLine


class Payload(dict[str, Any]):
    """The fields of a case. rpaframework writes payloads into its log; this one shows no values."""

    def __repr__(self) -> str:
        return f"Payload({', '.join(map(str, self))})"

    __str__ = __repr__


class SlipAdapter(BaseAdapter):
    """Reserve, intent, receipt, release. The payload of an item is its `fields`; an output is its receipt."""

    def __init__(self) -> None:
        self._line = WorkerLine(Path(os.environ["LAUFZETTEL_SOCKET"]))
        self._item: dict[str, Any] = {}
        self._asked_for: Any = None
        self.intent_journaled = False

    @property
    def item(self) -> dict[str, Any]:
        """The reserved item as the worker sent it: id, fence, mode, reference, target, fields."""
        return self._item

    def reserve_input(self) -> str:
        item = self._line.ask({"do": "reserve"})["item"]
        if item is None:
            raise EmptyQueue("Keine weiteren Vorgänge")
        self._item = {**item, "id": str(item["id"])}
        self._asked_for = item["id"]  # told back exactly as it came
        self.intent_journaled = False
        self._line.holding = True
        return str(item["id"])

    def release_input(self, item_id: str, state: State, exception: dict[str, Any] | None = None) -> None:
        done = state is State.DONE
        told = None if done else self._explained(exception or {})
        self._tell({"do": "release", "state": "DONE" if done else "FAILED", "exception": told})
        self._line.holding = False

    def journal_intent(self, payload_hash: str) -> dict[str, Any]:
        """Have the worker write down, durably, that we are about to submit. `{"ok": bool, "code", "message"}`."""
        self.intent_journaled = True  # from here on: a stop signal may come before the answer does
        answer = self._tell({"do": "intent", "payload_hash": payload_hash})
        self.intent_journaled = answer.get("ok") is True
        return answer

    def create_output(self, parent_id: str, payload: Any = None) -> str:
        answer = self._tell({"do": "receipt", **(payload or {})})
        if answer.get("ok") is not True:
            raise RuntimeError(f"the worker does not take the receipt: {answer.get('code', '')}")
        return f"{parent_id}-receipt"

    def load_payload(self, item_id: str) -> Payload:
        return Payload(self._item.get("fields", {}))

    def save_payload(self, item_id: str, payload: Any) -> None:
        raise NotImplementedError("a case is changed by people only; hand results on with Create Output Work Item")

    def list_files(self, item_id: str) -> list[str]:
        return []

    def get_file(self, item_id: str, name: str) -> bytes:
        raise FileNotFoundError(name)

    def add_file(self, item_id: str, name: str, *, original_name: str, content: bytes) -> None:
        path = Path(os.environ["ROBOT_ARTIFACTS"]) / Path(name).name
        path.touch(mode=0o600)
        path.write_bytes(content)

    def remove_file(self, item_id: str, name: str) -> None:
        raise NotImplementedError("files of a case are removed with the case")

    def _explained(self, exception: dict[str, Any]) -> dict[str, str]:
        """Kind, code and message, also where rpaframework gave up by itself (a stop signal, a robot without codes)."""
        kind: Kind = "BUSINESS" if exception.get("type") == "BUSINESS" else "APPLICATION"
        usual = "Z010" if kind == "BUSINESS" else "Z020" if self.intent_journaled else "Z004"
        code = exception.get("code")
        message = exception.get("message") if code or kind == "BUSINESS" else None
        return {"type": kind, "code": code or usual, "message": VEIL.covered(message or MESSAGES[usual])}

    def _tell(self, question: dict[str, Any]) -> dict[str, Any]:
        return self._line.ask({"do": question.pop("do"), "item": self._asked_for, **question})
