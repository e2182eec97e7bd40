"""What would pass is told by calibrations that have not seen the document."""

from __future__ import annotations

import numpy as np

from ocr.confidence import FEATURES, Sample
from ocr.held_out import through


def samples(documents: int, right_share: float, form: str = "form", seed: int = 0) -> list[Sample]:
    """Ten fields a document, all with the same evidence: only the share of right ones can be known."""
    rng = np.random.default_rng(seed)
    evidence = (3.0, *[0.5] * (len(FEATURES) - 1))
    return [
        Sample(f"{form}{document}", form, "date", evidence, bool(rng.random() < right_share))
        for document in range(documents)
        for _ in range(10)
    ]


def test_what_is_nearly_always_right_passes_and_its_errors_are_counted() -> None:
    (one,) = through(samples(200, 0.998), [0.01])
    assert (one.fields, one.passing, one.documents, one.whole) == (2000, 2000, 200, 200)
    assert one.wrong == sum(not sample.right for sample in samples(200, 0.998))


def test_what_is_too_often_wrong_asks_at_a_small_budget_and_passes_at_a_large_one() -> None:
    small, large = through(samples(200, 0.95), [0.01, 0.1])
    assert (small.passing, small.whole) == (0, 0)
    assert large.passing == 2000
    assert 60 < large.wrong < 140


def test_too_few_documents_let_nothing_pass() -> None:
    (one,) = through(samples(4, 1.0), [0.01])
    assert (one.fields, one.passing, one.documents) == (40, 0, 4)


def test_forms_are_told_apart() -> None:
    told = through(samples(100, 1.0) + samples(50, 1.0, form="other"), [0.02])
    assert [(one.form, one.documents) for one in told] == [("form", 100), ("other", 50)]
