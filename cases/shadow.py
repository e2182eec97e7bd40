"""Shadow mode, summed up: how often a field that was read equals what a person entered. No contents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cases.models import Entry
from cases.transitions.entry import differing


@dataclass(frozen=True, slots=True)
class FieldCount:
    """One field over all cases that were compared."""

    name: str
    equal: int
    different: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`equal`, `different` cases; `several`: found more than once; `waiting`: nobody has entered them by hand yet."""

    equal: int
    different: int
    several: int
    waiting: int
    fields: tuple[FieldCount, ...]


def comparison(target: str) -> Comparison:
    """Over the newest look at each case; erased cases no longer count."""
    counts: Counter[str] = Counter()
    fields: Counter[tuple[str, bool]] = Counter()
    for entry in _newest(target):
        seen = (entry.receipt or {}).get("read_back") or {}
        if entry.outcome in (Entry.Outcome.SEVERAL, Entry.Outcome.NONE):
            counts[entry.outcome] += 1
        elif seen:
            wrong = differing(entry.case, seen)
            counts["different" if wrong else "equal"] += 1
            fields.update((name, name in wrong) for name in seen)
    names = sorted({name for name, _ in fields})
    return Comparison(
        equal=counts["equal"],
        different=counts["different"],
        several=counts[Entry.Outcome.SEVERAL],
        waiting=counts[Entry.Outcome.NONE],
        fields=tuple(FieldCount(name, fields[name, False], fields[name, True]) for name in names),
    )


def _newest(target: str) -> list[Entry]:
    """The last finished look at each case."""
    rows = Entry.objects.filter(target=target, mode=Entry.Mode.SHADOW, finished_at__isnull=False)
    rows = rows.order_by("pk").select_related("case").prefetch_related("case__fields")
    return list({entry.case_id: entry for entry in rows}.values())
