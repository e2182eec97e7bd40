"""Thresholds from daily work, on invented offices whose true error is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ocr.confidence import (
    FEATURES,
    Calibration,
    Calibrator,
    Passing,
    Sample,
    Steps,
    as_json,
    from_json,
    upper_bound,
)
from ocr.thresholds import Change, Proposal, Seen, needed, propose

BUDGET = 0.01
SCORES = tuple(float(s) for s in range(11))
VALUES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.985, 0.99, 0.995, 0.998, 0.999)
LEARNED = Calibrator(5000, 4950, 0.001, Steps(SCORES, VALUES), (Passing(0.995, 3000, 5), Passing(0.9, 4000, 100)))
SERVICE = Calibration({"date": LEARNED}, {"form": 500})
BEFORE = 0.995


def sample(score: float, right: bool, group: str = "date", document: str = "d") -> Sample:
    return Sample(document, "form", group, (score, *[0.0] * (len(FEATURES) - 1)), right)


def blind(right: int, wrong: int, score: float = 8.0) -> list[Seen]:
    return [Seen(sample(score, index >= wrong), True, 20.0) for index in range(right + wrong)]


def asked(right: int, wrong: int, score: float = 7.0) -> list[Seen]:
    return [Seen(sample(score, index >= wrong), False, 1.0) for index in range(right + wrong)]


def told(seen: Sequence[Seen], service: Calibration = SERVICE) -> Change:
    (change,) = proposal(seen, service).changes
    return change


def proposal(seen: Sequence[Seen], service: Calibration = SERVICE, *budgets: float) -> Proposal:
    return propose(service, seen, {"date": budgets or (BUDGET,)})


def office(rng: np.random.Generator, count: int, wrong: float, share: float = 0.2) -> list[Seen]:
    """Fields of an office whose scores are spread evenly; of all of them `wrong` times as many are wrong as learned."""
    seen = []
    for score in rng.integers(0, 11, count):
        confidence = VALUES[score]
        sure = confidence >= BEFORE
        if not sure or rng.random() < share:
            right = bool(rng.random() > (1.0 - confidence) * wrong)
            seen.append(Seen(sample(float(score), right), sure, 1 / share if sure else 1.0))
    return seen


def true_error(at: float | None, wrong: float) -> float:
    passing = [min(1.0, (1.0 - value) * wrong) for value in VALUES if at is not None and value >= at]
    return sum(passing) / len(passing) if passing else 0.0


def test_too_few_samples_keep_the_threshold_and_say_how_many_are_missing() -> None:
    change = told(blind(100, 0))
    assert (change.verdict, change.before, change.after, change.missing) == ("kept", BEFORE, BEFORE, 199)
    assert not proposal(blind(100, 0)).differs
    assert proposal(blind(100, 0)).calibration == SERVICE


@pytest.mark.parametrize(("wrong", "budget"), [(0, 0.01), (3, 0.01), (0, 0.001), (1, 0.2)])
def test_the_number_that_is_needed_is_the_smallest_that_proves(wrong: int, budget: float) -> None:
    count = needed(wrong, budget)
    assert upper_bound(wrong, count) <= budget < upper_bound(wrong, count - 1)


def test_right_answers_to_fields_that_ask_prove_nothing_about_those_that_pass() -> None:
    change = told(asked(5000, 0))
    assert (change.verdict, change.after, change.bound_after) == ("kept", BEFORE, 1.0)


def test_corrections_are_no_alarm_for_fields_that_pass() -> None:
    change = told(blind(400, 0) + asked(100, 400))
    assert (change.verdict, change.after) == ("proven", BEFORE)


def test_a_threshold_goes_down_where_both_kinds_of_samples_prove_it() -> None:
    change = told(blind(500, 0) + asked(500, 0))
    assert change.verdict == "lowered"
    assert change.after == 0.99
    assert change.bound_after <= BUDGET
    assert change.passing_before == pytest.approx(10_000 / 10_500)
    assert change.passing_after == 1.0


def test_it_does_not_go_down_when_only_the_two_together_would_allow_it() -> None:
    seen = blind(3000, 0) + asked(300, 12)
    assert upper_bound(12, 3312) <= BUDGET
    assert told(seen).after == BEFORE


def test_an_alarm_counts_more_than_the_good_days_before_it() -> None:
    seen = blind(5000, 0) + blind(90, 10)[::-1]
    assert upper_bound(10, 5100) < BUDGET
    change = told(seen)
    assert (change.verdict, change.after) == ("asks", None)


def test_a_steady_excess_at_the_lower_end_raises_the_threshold() -> None:
    seen = [one for index in range(2970) for one in (blind(1, 0, 10.0) + ([] if index % 66 else blind(0, 1, 8.0)))]
    change = told(seen)
    assert (change.verdict, change.after) == ("raised", 0.999)


def test_a_group_that_nobody_learned_gets_thresholds_from_the_fields_that_ask() -> None:
    rng = np.random.default_rng(1)
    seen = []
    for index in range(3000):
        score = float(rng.normal(4.0, 2.0))
        right = bool(rng.random() < 1 / (1 + math.exp(-2.0 * score)))
        seen.append(Seen(sample(score, right, "empty-by-label", str(index)), False, 1.0))
    made = propose(SERVICE, seen, {"empty-by-label": (0.02,)})
    (change,) = made.changes
    assert (change.verdict, change.before) == ("new", None) and change.after is not None
    assert change.bound_after <= 0.02
    few = propose(SERVICE, seen[:40], {"empty-by-label": (0.02,)})
    assert few.changes == () and few.calibration == SERVICE


def test_what_was_decided_is_kept_in_the_file_and_obeyed() -> None:
    made = proposal(blind(90, 10), SERVICE, 0.001, BUDGET, 0.2)
    calibration = from_json(as_json(made.calibration))
    assert calibration == made.calibration
    group = calibration.groups["date"]
    assert group.passes_from(BUDGET) is None
    assert group.passes_from(0.2) == LEARNED.passes_from(0.2) == 0.9
    assert group.passes_from(0.05) is None, "a budget that nobody looked at is as strict as the next stricter one"
    assert "limits" not in as_json(SERVICE)["groups"]["date"]


def test_what_asks_after_an_alarm_may_pass_again_once_its_answers_prove_it() -> None:
    stopped = Calibration({"date": replace(LEARNED, limits=((BUDGET, None),))}, {})
    assert told(asked(300, 0, 10.0), stopped).after is None
    change = told(asked(2000, 0, 10.0), stopped)
    assert (change.verdict, change.after) == ("new", 0.999)


def test_an_engine_that_got_five_times_worse_is_noticed_within_three_hundred_blind_samples() -> None:
    noticed = false_alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        before = [Seen(sample(8.0, bool(rng.random() > 0.003)), True, 20.0) for _ in range(1000)]
        after = [Seen(sample(8.0, bool(rng.random() > 0.05)), True, 20.0) for _ in range(300)]
        false_alarms += told(before).verdict in ("asks", "raised")
        noticed += told(before + after).verdict in ("asks", "raised")
    assert noticed >= 57
    assert false_alarms <= 2


@pytest.mark.parametrize("wrong", [0.1, 0.5, 1.0, 3.0])
def test_no_proposal_lowers_a_threshold_below_what_the_true_error_allows(wrong: float) -> None:
    lowered = broken = 0
    for seed in range(30):
        change = told(office(np.random.default_rng(seed), 8000, wrong, 0.25))
        assert change.before is not None
        if change.after is not None and change.after < change.before:
            lowered += 1
            assert change.bound_after <= BUDGET
            broken += true_error(change.after, wrong) > BUDGET
    assert broken <= 2
    if wrong == 0.1:
        assert lowered >= 20, "an office that reads better than learned gains by its samples"


def test_the_bound_of_the_blind_sample_holds_where_it_is_told() -> None:
    missed = 0
    for seed in range(60):
        change = told(office(np.random.default_rng(seed), 3000, 2.0))
        missed += change.bound_before < true_error(BEFORE, 2.0)
    assert missed <= 6
