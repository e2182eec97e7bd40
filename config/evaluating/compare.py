"""Two evaluations side by side, field by field: what got better, worse, what else changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Key = tuple[str, str]
"""File and field."""
GOOD = ("right", "empty")
KNOWN = (*GOOD, "wrong", "missed", "invented")
Move = Literal["better", "worse", "other"]


@dataclass(frozen=True, slots=True)
class State:
    """What became of one field in one evaluation."""

    outcome: str
    sure: bool

    @property
    def good(self) -> bool:
        return self.outcome in GOOD

    @property
    def sure_wrong(self) -> bool:
        return self.sure and not self.good

    @property
    def rank(self) -> int:
        """Right and sure, right and asked, wrong and asked, wrong and sure: each worse than the one before."""
        if self.good:
            return 3 if self.sure else 2
        return 0 if self.sure else 1


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not what it was."""

    file: str
    field: str
    before: State
    after: State

    @property
    def move(self) -> Move:
        if self.before.rank == self.after.rank:
            return "other"
        return "better" if self.after.rank > self.before.rank else "worse"


@dataclass(slots=True)
class Comparison:
    """`right`, `sure`: counts before and after over the `common` fields of `documents` documents.

    `only_old`, `only_new`: documents that only one of both has; `fields_left_out`: fields of common documents
    likewise. They count in nothing else.
    """

    documents: int = 0
    common: dict[str, int] = field(default_factory=dict)
    right: list[int] = field(default_factory=lambda: [0, 0])
    sure: list[int] = field(default_factory=lambda: [0, 0])
    changes: list[Change] = field(default_factory=list)
    only_old: int = 0
    only_new: int = 0
    fields_left_out: int = 0

    @property
    def new_sure_wrong(self) -> list[Change]:
        return [change for change in self.changes if change.after.sure_wrong and not change.before.sure_wrong]

    def moved(self, move: Move) -> list[Change]:
        return [change for change in self.changes if change.move == move]


def states_of(report: object) -> dict[Key, State]:
    """Every field of an evaluation written with `--json`.

    Raises:
        ValueError: when it is none, or one of an earlier version; in German.
    """
    rows = report.get("readings") if isinstance(report, Mapping) else None
    if not isinstance(rows, list):
        raise ValueError("kein Ergebnis von „laufzettel evaluate --json“ (oder von einer Fassung ohne „readings“)")
    return dict(_state(row) for row in rows)


def _state(row: object) -> tuple[Key, State]:
    if isinstance(row, Mapping):
        file, name, outcome, sure = (row.get(key) for key in ("file", "field", "outcome", "sure"))
        if isinstance(file, str) and isinstance(name, str) and outcome in KNOWN and isinstance(sure, bool):
            return (file, name), State(str(outcome), sure)
    raise ValueError("ein Eintrag von „readings“ ist unvollständig")


def compare(old: Mapping[Key, State], new: Mapping[Key, State]) -> Comparison:
    """The fields that both have, in the order of the new one."""
    old_files, new_files = {file for file, _ in old}, {file for file, _ in new}
    both = old_files & new_files
    found = Comparison(len(both), only_old=len(old_files - both), only_new=len(new_files - both))
    found.fields_left_out = sum(file in both for file, _ in old.keys() ^ new.keys())
    for key, after in new.items():
        before = old.get(key)
        if before is not None:
            _count(found, key, before, after)
    return found


def _count(found: Comparison, key: Key, before: State, after: State) -> None:
    found.common[key[1]] = found.common.get(key[1], 0) + 1
    for at, state in enumerate((before, after)):
        found.right[at] += state.good
        found.sure[at] += state.sure
    if before != after:
        found.changes.append(Change(*key, before, after))


def as_json(found: Comparison) -> dict[str, Any]:
    """For `--json`, under the key `compare`."""
    return {
        "documents": found.documents,
        "fields": sum(found.common.values()),
        "only_old": found.only_old,
        "only_new": found.only_new,
        "fields_left_out": found.fields_left_out,
        "right": found.right,
        "sure": found.sure,
        "new_sure_wrong": len(found.new_sure_wrong),
        "changes": [
            {
                "file": change.file,
                "field": change.field,
                "move": change.move,
                "before": {"outcome": change.before.outcome, "sure": change.before.sure},
                "after": {"outcome": change.after.outcome, "sure": change.after.sure},
            }
            for change in found.changes
        ],
    }
