"""The slip on top of a case: every station it has passed, with the time, and those still to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from cases import catalog, pseudonyms
from cases.models import Case, Event, State
from ocr.spec import FieldSpec

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
    """One stamp: its name, when (None if still to come), and whether the case is there now."""

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
            passed["read"] = Station(gettext("Ausgelesen"), event.at, "done")
        passed.pop(event.to_state, None)
        passed[event.to_state] = Station(str(State(event.to_state).label), event.at, "done")
    here = passed.pop(case.state, None)
    now = Station(case.get_state_display(), here.at if here else None, "now")
    ahead = ROAD[NEXT_ON_ROAD.get(State(case.state), len(ROAD)) :]
    return [*passed.values(), now, *(Station(str(state.label), None, "ahead") for state in ahead)]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing about an event; `names` are titles from `config/`, which are German in every language."""

    words: str
    names: str = ""

    def __str__(self) -> str:
        return f"{self.words}: {self.names}" if self.names else self.words


@dataclass(frozen=True, slots=True)
class Stamp:
    """One event of a case as people may read it: what happened, by whom (people by their number), and to what."""

    at: datetime
    kind: str
    by: str
    what: tuple[Detail, ...]


MACHINES = {
    "inbox": _("Eingang"),
    "worker": _("Lesen und Übertragen"),
    "sweep": "Laufzettel",
    "retention": _("Löschfrist"),
}


def history(case: Case, events: Iterable[Event], specs: Mapping[str, FieldSpec]) -> list[Stamp]:
    """Everything that happened to a case, in order. Fields by their titles, never with their values."""
    events = list(events)
    shown = pseudonyms.shown(event.actor for event in events)
    return [Stamp(event.at, event.kind, by(shown[event.actor]), tuple(_what(case, event, specs))) for event in events]


def by(actor: str) -> str:
    """Who did something, in words; a machine by its work."""
    return gettext(MACHINES.get(actor.partition(":")[0], actor))


FIELD_LISTS = {
    "unsure": _("unsicher"),
    "changed": _("geändert"),
    "overridden": _("Regel übergangen"),
    "illegible": _("unleserlich"),
    "differing": _("verschieden erfasst"),
}


def _what(case: Case, event: Event, specs: Mapping[str, FieldSpec]) -> Iterable[Detail]:
    """The details of an event in words."""
    for name, word in FIELD_LISTS.items():
        if fields := [name for name in event.details.get(name) or () if isinstance(name, str)]:
            yield Detail(gettext(word), ", ".join(_title(field, specs) for field in fields))
    if key := event.details.get("reason"):
        yield Detail(gettext("Grund"), _reason(case, str(key)))
    if until := event.details.get("until"):
        day = formats.date_format(datetime.fromisoformat(str(until)), "SHORT_DATE_FORMAT")
        yield Detail(gettext("bis %(day)s") % {"day": day})
    if record := event.details.get("record"):
        yield Detail(gettext("Datensatz %(number)s") % {"number": record})
    if code := event.details.get("code"):
        yield Detail(gettext("Meldung %(code)s") % {"code": code})


def _title(name: str, specs: Mapping[str, FieldSpec]) -> str:
    return specs[name].title if name in specs else name


def _reason(case: Case, key: str) -> str:
    process = catalog.processes().get(case.process)
    return next((reason.title for reason in process.reasons if reason.key == key), key) if process else key
