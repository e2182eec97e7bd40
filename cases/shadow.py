"""Shadow mode, summed up: how often a field that was read equals what a person entered. No contents."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Max, QuerySet
from django.utils import formats

from cases import catalog
from cases.models import Entry
from cases.transitions.entry import compared, differing


@dataclass(frozen=True, slots=True)
class FieldCount:
    """One field over all cases that were compared. `missing`: a person entered something, we have nothing."""

    name: str
    equal: int
    different: int
    missing: int

    @property
    def share(self) -> str:
        """Of equal ones, as people here read it."""
        percent = 100 * self.equal / (self.equal + self.different + self.missing)
        return f"{formats.number_format(percent, 1)} %"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`equal`, `different` cases; `several`: found more than once; `waiting`: nobody has entered them by hand yet."""

    equal: int
    different: int
    several: int
    waiting: int
    fields: tuple[FieldCount, ...]


def comparisons(most: int) -> dict[str, Comparison]:
    """Of every target in shadow mode, over its last `most` cases."""
    return {name: comparison(name, most) for name, spec in sorted(catalog.targets().items()) if spec.mode == "shadow"}


def comparison(target: str, most: int | None = None) -> Comparison:
    """Over the newest look at each of the last `most` cases (None: all); erased cases no longer count."""
    counts: Counter[str] = Counter()
    fields: Counter[tuple[str, str]] = Counter()
    for entry in _newest(target, most):
        seen = (entry.receipt or {}).get("read_back") or {}
        if entry.outcome in (Entry.Outcome.SEVERAL, Entry.Outcome.NONE):
            counts[entry.outcome] += 1
        elif seen:
            wrong = differing(entry.case, seen)
            counts["different" if wrong else "equal"] += 1
            ours = {field.name: field.value for field in entry.case.fields.all()}
            fields.update((name, _kind(ours.get(name), name in wrong)) for name in seen)
    names = sorted({name for name, _ in fields})
    return Comparison(
        equal=counts["equal"],
        different=counts["different"],
        several=counts[Entry.Outcome.SEVERAL],
        waiting=counts[Entry.Outcome.NONE],
        fields=tuple(
            FieldCount(name, *(fields[name, kind] for kind in ("equal", "different", "missing"))) for name in names
        ),
    )


def _kind(ours: str | None, is_wrong: bool) -> str:
    if not is_wrong:
        return "equal"
    return "different" if compared(ours) else "missing"


def _newest(target: str, most: int | None) -> QuerySet[Entry]:
    """The last finished look at each case."""
    rows = Entry.objects.filter(target=target, mode=Entry.Mode.SHADOW, finished_at__isnull=False)
    last = rows.order_by().values("case").annotate(newest=Max("pk")).order_by("-newest").values("newest")[:most]
    return (
        Entry.objects.filter(pk__in=list(last.values_list("newest", flat=True)))
        .select_related("case")
        .prefetch_related("case__fields")
    )
