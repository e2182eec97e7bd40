"""Thresholds from daily work: what a blind sample and the answers to fields that ask say about those in service.

Two kinds of samples, never mixed: of fields that passed (`blind`, drawn at random) and of fields that asked (all of
them). Each bounds the error of its own kind; the error of both together is no larger than the larger bound. So a
threshold goes down only where both keep to the budget. Runs no engine. Why: docs/decisions/0020-thresholds.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ocr.confidence import LEAST_SAMPLES, LEVEL, POOLS, Calibration, Calibrator, Sample, at_most, calibrate, upper_bound

WINDOWS = (100, 300, 1000, 3000)
"""An engine that got worse is looked for among so many of the newest blind samples."""
ALARM = 1.0 - (1.0 - LEVEL) / len(WINDOWS)
BOTH = 1.0 - (1.0 - LEVEL) / 2
"""Two bounds hold together with LEVEL where each holds with this. Source: Bonferroni."""
STEPS = 20
"""So many thresholds are tried on the way down, the first that does not hold ends it. Source: fixed sequence testing,
Maurer et al. 1995: that many tries cost nothing then."""

Verdict = Literal["kept", "proven", "lowered", "raised", "asks", "new"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A sample of daily work. It stands for `weight` fields (drawn with the probability 1 / weight); 0 where not all of
    its time are there, so that it says nothing of shares.
    """

    sample: Sample
    blind: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Change:
    """One group at one budget, before and after. Thresholds: None = every field asks. `passing`: share of the fields
    that would pass. `count`, `wrong`: blind samples from the threshold before on.

    `bound`: of the error among fields that pass, by own samples, 1 without any. `missing`: so many more blind samples,
    all of them right, would prove the threshold.
    """

    group: str
    budget: float
    verdict: Verdict
    before: float | None
    after: float | None
    passing_before: float
    passing_after: float
    bound_before: float
    bound_after: float
    count: int
    wrong: int
    missing: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A calibration with thresholds as the samples allow them, and what changes."""

    calibration: Calibration
    changes: tuple[Change, ...]

    @property
    def differs(self) -> bool:
        return any(one.before != one.after for one in self.changes)


def propose(service: Calibration, seen: Iterable[Seen], budgets: Mapping[str, Sequence[float]]) -> Proposal:
    """Thresholds anew for each group with samples. `seen`: oldest first. `budgets`: those in use, by group."""
    by_group: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_group[one.sample.group].append(one)
    groups, changes = dict(service.groups), []
    for name, some in sorted(by_group.items()):
        known = service.of(name)
        calibrator = known or _learned(some)
        if calibrator is None:
            continue
        work = Work(calibrator, some)
        told = [work.change(name, budget, new=known is None) for budget in sorted(set(budgets.get(name, ())))]
        if known is None or any(one.before != one.after for one in told):
            groups[name] = replace(calibrator, limits=tuple((one.budget, one.after) for one in told))
        changes += told
    return Proposal(replace(service, groups=groups), tuple(changes))


def _learned(some: Sequence[Seen]) -> Calibrator | None:
    """For a group that has none: every field of it asks, so its samples are all there are, and no threshold is biased
    by what passed before."""
    if len(some) < LEAST_SAMPLES or any(one.blind for one in some):
        return None
    groups = calibrate([one.sample for one in some])[0].groups
    return next((one for name, one in groups.items() if name not in POOLS), None)


def needed(wrong: int, budget: float) -> int:
    """So many samples with `wrong` wrong ones prove the budget."""
    low = high = wrong + 1
    while not proves(wrong, high, budget):
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if proves(wrong, middle, budget) else (middle + 1, high)
    return high


def proves(wrong: int, count: int, budget: float, level: float = LEVEL) -> bool:
    """Whether the upper bound of the share of wrong ones is within the budget."""
    return wrong < count and at_most(wrong, count, budget) <= 1.0 - level


def contradicts(wrong: int, count: int, budget: float, level: float) -> bool:
    """Whether so many wrong ones are more than the budget explains."""
    return wrong > 0 and 1.0 - at_most(wrong - 1, count, budget) < 1.0 - level


def worse(right: Sequence[bool], budget: float) -> tuple[int, int] | None:
    """Of blind samples, oldest first: (wrong, count) of the smallest window that contradicts the budget."""
    for size in WINDOWS:
        newest = right[-size:]
        wrong = sum(not one for one in newest)
        if contradicts(wrong, len(newest), budget, ALARM):
            return wrong, len(newest)
    return None


class Work:
    """What daily work says of one group."""

    def __init__(self, calibrator: Calibrator, some: Sequence[Seen]) -> None:
        self.calibrator = calibrator
        self.told = np.array([calibrator.confidence(one.sample.evidence) for one in some])
        self.right = np.array([one.sample.right for one in some], bool)
        self.blind = np.array([one.blind for one in some], bool)
        self.weight = np.array([one.weight for one in some])

    def change(self, group: str, budget: float, *, new: bool) -> Change:
        before = None if new else self.calibrator.passes_from(budget)
        after, verdict = self._decided(before, budget)
        wrong, count = self._counted(before, self.blind)
        proven = before is not None and proves(wrong, count, budget)
        return Change(
            group,
            budget,
            verdict,
            before,
            after,
            self._passing(before),
            self._passing(after),
            0.0 if before is None else upper_bound(wrong, count),
            self._bound(before, after),
            count,
            wrong,
            0 if proven or before is None else max(0, needed(wrong, budget) - count),
        )

    def _decided(self, before: float | None, budget: float) -> tuple[float | None, Verdict]:
        if before is not None and (size := self._alarm(before, budget)) is not None:
            raised = self._raised(before, budget, size)
            return raised, "asks" if raised is None else "raised"
        lower = self._lowered(before, budget)
        if lower is not None:
            return lower, "new" if before is None else "lowered"
        return before, "proven" if before is not None and proves(*self._counted(before, self.blind), budget) else "kept"

    def _alarm(self, before: float, budget: float) -> int | None:
        """The smallest of the windows whose samples contradict the budget."""
        found = worse(self.right[self.blind & (self.told >= before)].tolist(), budget)
        return found[1] if found else None

    def _raised(self, before: float, budget: float, size: int) -> float | None:
        """The lowest threshold that the newest blind samples prove, from the top down."""
        newest = np.flatnonzero(self.blind & (self.told >= before))[-size:]
        told, right = self.told[newest], self.right[newest]
        return _way_down(_levels(told, budget, first=needed(2, budget)), lambda at: _holds(right, told, at, budget))

    def _lowered(self, before: float | None, budget: float) -> float | None:
        """The lowest threshold below that of before that both kinds of samples prove; None: none does."""
        asked = ~self.blind
        level = LEVEL if before is None else BOTH
        if before is not None and not _holds(self.right[self.blind], self.told[self.blind], before, budget, level):
            return None
        first = needed(2, budget) if before is None else 1
        below = self.told[asked] if before is None else self.told[asked & (self.told < before)]

        def holds(at: float) -> bool:
            kinds = (asked,) if before is None else (asked, self.blind)
            return all(_holds(self.right[kind], self.told[kind], at, budget, level) for kind in kinds)

        return _way_down(_levels(below, budget, first), holds)

    def _counted(self, at: float | None, kind: NDArray[np.bool_]) -> tuple[int, int]:
        """Of the samples of this kind that pass: (how many are wrong, how many there are)."""
        passes = kind & (self.told >= (2.0 if at is None else at))
        return int((passes & ~self.right).sum()), int(passes.sum())

    def _passing(self, at: float | None) -> float:
        """Source: Horvitz and Thompson 1952."""
        return 0.0 if at is None else float(self.weight[self.told >= at].sum() / max(1.0, self.weight.sum()))

    def _bound(self, before: float | None, after: float | None) -> float:
        """Of the error among fields that pass from `after` on."""
        if after is None:
            return 0.0
        kinds = [self.blind] if before is not None and after >= before else [self.blind, ~self.blind]
        if before is None:
            kinds = [~self.blind]
        level = BOTH if len(kinds) > 1 else LEVEL
        return max(upper_bound(*self._counted(after, kind), level) for kind in kinds)


def _holds(right: NDArray[np.bool_], told: NDArray[np.float64], at: float, budget: float, level: float = LEVEL) -> bool:
    passes = told >= at
    return proves(int((passes & ~right).sum()), int(passes.sum()), budget, level)


def _levels(told: NDArray[np.float64], budget: float, first: int) -> list[float]:
    """Thresholds to try, from the top down: chosen by how many samples lie above, never by whether they are right."""
    down = np.sort(told[told >= 1.0 - budget])[::-1]
    if len(down) < first:
        return []
    places = np.linspace(first - 1, len(down) - 1, STEPS).astype(int)
    return sorted({float(down[place]) for place in places}, reverse=True)


def _way_down(levels: Sequence[float], holds: Callable[[float], bool]) -> float | None:
    """The last that holds before the first that does not."""
    found = None
    for at in levels:
        if not holds(at):
            break
        found = at
    return found
