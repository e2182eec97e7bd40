"""Reliability: of the fields that are said to be right with some confidence, how many are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.confidence import Told, upper_bound

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Fields of similar confidence, from `first` to `last`; `said` is their mean confidence."""

    number: int
    first: float
    last: float
    said: float
    count: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.count

    @property
    def least(self) -> float:
        """The share of right ones is hardly lower (95 %). Source: Clopper and Pearson 1934."""
        return 1.0 - upper_bound(self.count - self.right, self.count)

    @property
    def most(self) -> float:
        """The share of right ones is hardly higher (95 %)."""
        return upper_bound(self.right, self.count)


def bins(told: Sequence[Told], low: float = 0.0) -> list[Bin]:
    """Tenths from `low` to 1, those with a field in them."""
    found = []
    for number in range(BINS):
        first, last = (low + (1.0 - low) * step / BINS for step in (number, number + 1))
        is_end = number + 1 == BINS
        here = [one for one in told if first <= one.confidence < last or (is_end and one.confidence >= last)]
        if here:
            said = sum(one.confidence for one in here) / len(here)
            found.append(Bin(number, first, last, said, len(here), sum(one.right for one in here)))
    return found
