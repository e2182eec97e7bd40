"""What the robot saw in the target, beside what the case says: for a person who has to decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Case, Entry, State
from cases.transitions.entry import differing
from ocr.spec import FieldSpec
from web import desk, values


@dataclass(frozen=True, slots=True)
class Pair:
    """One field in both places, as shown on the screen."""

    title: str
    ours: str
    theirs: str
    differs: bool


def seen_record(case: Case) -> Entry | None:
    """The newest attempt that saw something in the target, while its outcome is open."""
    if case.state != State.UNCLEAR:
        return None
    last = case.entries.exclude(outcome=Entry.Outcome.OPEN).order_by("-fence").first()
    return last if last is not None and last.receipt else None


def pairs(case: Case, entry: Entry, specs: Mapping[str, FieldSpec]) -> list[Pair]:
    """The fields that the target shows, those that differ first."""
    theirs = (entry.receipt or {}).get("read_back") or {}
    wrong = set(differing(case, theirs))
    found = [
        Pair(
            desk.title(row, specs.get(row.name)),
            _shown(row.value, specs.get(row.name)),
            _shown(theirs[row.name], specs.get(row.name)),
            row.name in wrong,
        )
        for row in case.fields.all()
        if row.name in theirs
    ]
    return sorted(found, key=lambda pair: not pair.differs)


def _shown(value: str | None, spec: FieldSpec | None) -> str:
    return values.readable(spec.kind if spec else "text", value) or "–"
