"""Straight-through curve: what would pass at which confidence, and how much of it would be wrong. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One field or one document that may pass. `held`: kept for a person whatever its confidence (0..1)."""

    confidence: float
    good: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """What passes when everything from `threshold` on does.

    `fields`, `documents`: shares of all. `wrong`: share of wrong ones among the fields that pass;
    `documents_wrong`: share of documents with a wrong field among the documents that pass.
    """

    threshold: float
    fields: float
    documents: float
    wrong: float
    documents_wrong: float


def whole(parts: Iterable[Candidate], *, good: bool, held: bool) -> Candidate:
    """A document: as sure as the least sure of its fields, held when one of them is. `held`: a reason of its own."""
    listed = list(parts)
    confidence = min((part.confidence for part in listed), default=1.0)
    return Candidate(confidence, good, held or any(part.held for part in listed))


def curve(fields: Sequence[Candidate], documents: Sequence[Candidate]) -> list[Point]:
    """One point for every confidence that occurs, from the lowest to the highest."""
    thresholds = sorted({one.confidence for one in (*fields, *documents)})
    of_fields, of_documents = _passing(fields, thresholds), _passing(documents, thresholds)
    return [
        Point(threshold, share, whole_share, wrong, documents_wrong)
        for threshold, (share, wrong), (whole_share, documents_wrong) in zip(
            thresholds, of_fields, of_documents, strict=True
        )
    ]


def _passing(all_of: Sequence[Candidate], thresholds: Sequence[float]) -> list[tuple[float, float]]:
    """For each threshold: share that passes, share of wrong ones among those."""
    free = sorted(one.confidence for one in all_of if not one.held)
    wrong = sorted(one.confidence for one in all_of if not one.held and not one.good)
    shares = []
    for threshold in thresholds:
        passing, bad = len(free) - bisect_left(free, threshold), len(wrong) - bisect_left(wrong, threshold)
        shares.append((passing / len(all_of) if all_of else 0.0, bad / passing if passing else 0.0))
    return shares


def at(points: Sequence[Point], threshold: float) -> Point:
    """What passes from `threshold` on: the first point that is not below it; nothing where there is none."""
    return next((point for point in points if point.threshold >= threshold), Point(threshold, 0.0, 0.0, 0.0, 0.0))
