"""How a state looks: never by colour alone, always word and icon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import State


@dataclass(frozen=True, slots=True)
class Look:
    """Icon and tone of KERN (`kern-icon--<icon>`, `kern-badge--<tone>`)."""

    icon: str
    tone: str


LOOKS: Mapping[str, Look] = {
    State.RECEIVED: Look("mail", "info"),
    State.REVIEW: Look("edit", "warning"),
    State.SECOND_REVIEW: Look("visibility", "warning"),
    State.ON_HOLD: Look("calendar-today", "info"),
    State.READY: Look("check", "success"),
    State.ENTERING: Look("autorenew", "info"),
    State.UNCLEAR: Look("question-mark", "danger"),
    State.ENTERED: Look("success", "success"),
    State.REJECTED: Look("close", "danger"),
    State.FAILED: Look("danger", "danger"),
    State.ERASED: Look("delete", "info"),
}

TARGET_LOOKS: Mapping[str, Look] = {
    "running": Look("check", "success"),
    "paused": Look("autorenew", "warning"),
    "closed": Look("calendar-today", "info"),
    "stopped": Look("danger", "danger"),
}

CREW_LOOKS: Mapping[str, Look] = {
    "busy": Look("autorenew", "info"),
    "idle": Look("check", "success"),
    "stuck": Look("danger", "danger"),
}
