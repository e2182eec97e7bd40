"""What would pass without a person, and how much of it would be wrong: told by calibrations that have not seen it.

The calibrators and the thresholds are fitted anew without the documents that they judge, so the figures hold for other
documents of the same kinds of forms. Runs no engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ocr.confidence import Calibration, Sample, calibrate

PARTS = 5


@dataclass(frozen=True, slots=True)
class Through:
    """Of one form at one error budget: of `fields` pass `passing`, `wrong` of those are wrong; of `documents` pass
    `whole` with all their fields."""

    form: str
    budget: float
    fields: int
    passing: int
    wrong: int
    documents: int
    whole: int


def through(samples: Sequence[Sample], budgets: Sequence[float], parts: int = PARTS) -> list[Through]:
    """For each form and budget; each document is judged by the others."""
    verdicts: dict[tuple[str, float], list[tuple[str, bool, bool]]] = defaultdict(list)
    for judging, judged in _parted(samples, parts):
        calibration, _ = calibrate(judging)
        for budget in budgets:
            for sample in judged:
                verdicts[sample.form, budget].append(
                    (sample.document, _passes(sample, calibration, budget), sample.right)
                )
    return [_summed(form, budget, told) for (form, budget), told in sorted(verdicts.items())]


def _parted(samples: Sequence[Sample], parts: int) -> Iterator[tuple[list[Sample], list[Sample]]]:
    """(samples that judge, samples that are judged), each document judged once."""
    documents = sorted({sample.document for sample in samples})
    order = np.random.default_rng(1).permutation(len(documents))
    for part in range(parts):
        out = {documents[place] for place in order[part::parts]}
        if out:
            yield [s for s in samples if s.document not in out], [s for s in samples if s.document in out]


def _passes(sample: Sample, calibration: Calibration, budget: float) -> bool:
    calibrator = calibration.of(sample.group)
    limit = None if calibrator is None else calibrator.passes_from(budget)
    return calibrator is not None and limit is not None and calibrator.confidence(sample.evidence) >= limit


def _summed(form: str, budget: float, told: Sequence[tuple[str, bool, bool]]) -> Through:
    by_document: dict[str, list[bool]] = defaultdict(list)
    for document, passes, _ in told:
        by_document[document].append(passes)
    passing = [right for _, passes, right in told if passes]
    whole = sum(all(passed) for passed in by_document.values())
    return Through(form, budget, len(told), len(passing), passing.count(False), len(by_document), whole)
