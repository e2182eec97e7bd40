"""The slip on top of a case: every station it has passed, with the time, and those still to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.models import Case, Event, State

ROAD = (State.RECEIVED, State.REVIEW, State.READY, State.ENTERED)
"""The normal way; what lies behind the present station on it is still to come."""

NEXT_ON_ROAD = {
    State.RECEIVED: 1,
    State.REVIEW: 2,
    State.SECOND_REVIEW: 2,
    State.ON_HOLD: 1,
    State.READY: 3,
    State.ENTERING: 3,
    State.UNCLEAR: 3,
    State.FAILED: 3,
}


@dataclass(frozen=True, slots=True)
class Station:
    """One stamp: German name, when (None if still to come), and whether the case is there now."""

    name: str
    at: datetime | None
    when: Literal["done", "now", "ahead"]


def stations(case: Case, events: Iterable[Event]) -> list[Station]:
    """The stations of a case in order; of repeated visits only the last one counts."""
    passed: dict[str, Station] = {}
    for event in events:
        if event.to_state in ("", event.from_state):
            continue
        if event.kind == "read":
            passed["read"] = Station("Ausgelesen", event.at, "done")
        passed.pop(event.to_state, None)
        passed[event.to_state] = Station(str(State(event.to_state).label), event.at, "done")
    here = passed.pop(case.state, None)
    now = Station(case.get_state_display(), here.at if here else None, "now")
    ahead = ROAD[NEXT_ON_ROAD.get(State(case.state), len(ROAD)) :]
    return [*passed.values(), now, *(Station(str(state.label), None, "ahead") for state in ahead)]
