"""Confidence that can be believed, thresholds from error budgets."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ocr.confidence import (
    ALL,
    ALL_MARKS,
    FEATURES,
    Around,
    Calibration,
    Sample,
    _fit_logistic,
    as_json,
    calibrate,
    calibrated,
    calibration_error,
    from_json,
    group_of,
    samples_of,
    upper_bound,
)
from ocr.errors import FormProblem
from ocr.page import EngineReading, FieldReading, Note
from ocr.spec import FieldSpec, FormSpec, load_form

DATE = FieldSpec(name="born", title="Geburtsdatum", kind="date", error_budget=0.02)


def reading(confidence: float = 0.97, **changed: object) -> FieldReading:
    engines = {"tesseract": EngineReading("03.04.1981", 0.95), "paddle": EngineReading("03.04.1981", 0.99)}
    made = FieldReading("born", "1981-04-03", "03.04.1981", confidence, True, 1, None, engines)
    return replace(made, **changed)  # type: ignore[arg-type]


def samples(count: int, seed: int = 0, group: str = "date", steep: float = 2.0) -> list[Sample]:
    """Made samples: the higher the score, the oftener right; six fields to a document."""
    rng = np.random.default_rng(seed)
    made = []
    for index in range(count):
        score = float(rng.normal(3.0, 1.5))
        right = bool(rng.random() < 1 / (1 + math.exp(-(steep * score - 1.0))))
        rest = (rng.random(), 0.0, 0.0, rng.random(), 0.5, 1.0, 0.0, 2.4, 3.0)
        made.append(Sample(f"d{index // 6}", "form", group, (score, *rest), right))
    return made


def test_a_confidence_is_the_share_of_right_ones_also_on_samples_never_seen() -> None:
    calibration, told = calibrate(samples(3000))
    shares = np.array([one.confidence for one in told])
    right = np.array([one.right for one in told], np.float64)
    assert calibration_error(shares, right) <= 0.03
    fresh = samples(3000, seed=1)
    model = calibration.groups["date"]
    again = np.array([model.confidence(one.evidence) for one in fresh])
    assert calibration_error(again, np.array([one.right for one in fresh], np.float64)) <= 0.03


def test_an_overconfident_score_is_brought_down() -> None:
    """All say 0.99, six of ten are right."""
    rng = np.random.default_rng(3)
    same = tuple([math.log(99.0)] + [1.0] * (len(FEATURES) - 1))
    made = [Sample(f"d{i}", "form", "date", same, bool(rng.random() < 0.6)) for i in range(400)]
    model = calibrate(made)[0].groups["date"]
    assert model.confidence(same) == pytest.approx(sum(s.right for s in made) / 400, abs=0.02)


def test_no_more_than_the_budget_is_wrong_among_what_passes_on_fresh_samples() -> None:
    model = calibrate(samples(6000))[0].groups["date"]
    fresh = samples(20_000, seed=5)
    for budget in (0.005, 0.01, 0.02, 0.05):
        threshold = model.threshold(budget)
        assert threshold is not None
        passed = [one for one in fresh if model.confidence(one.evidence) >= threshold]
        assert len(passed) > 1000
        assert sum(not one.right for one in passed) / len(passed) <= budget * 1.25


def test_a_tighter_budget_lets_fewer_pass() -> None:
    model = calibrate(samples(6000))[0].groups["date"]
    strict, loose = model.threshold(0.005), model.threshold(0.05)
    assert strict is not None
    assert loose is not None
    assert strict > loose


def test_a_budget_that_the_data_cannot_prove_lets_nothing_pass() -> None:
    """A hundred right ones say no more than: at most three in a hundred are wrong."""
    made = [replace(one, right=True) for one in samples(100)]
    model = calibrate(made)[0].groups["date"]
    assert model.threshold(0.001) is None
    assert model.threshold(0.03) is not None


@pytest.mark.parametrize(
    ("wrong", "count", "bound"), [(0, 299, 0.00997), (0, 2995, 0.0009997), (1, 300, 0.01571), (3, 20, 0.3437)]
)
def test_the_upper_bound_is_that_of_clopper_and_pearson(wrong: int, count: int, bound: float) -> None:
    assert upper_bound(wrong, count) == pytest.approx(bound, rel=2e-3)


@pytest.mark.parametrize(("wrong", "count"), [(0, 0), (5, 5)])
def test_without_a_right_one_anything_may_be_wrong(wrong: int, count: int) -> None:
    assert upper_bound(wrong, count) == 1.0


def test_a_kind_with_few_samples_is_judged_by_all_together() -> None:
    made = samples(600) + samples(20, seed=9, group="iban")
    calibration, told = calibrate(made)
    assert "iban" not in calibration.groups
    assert calibration.of("iban") is calibration.groups[ALL]
    assert sum(one.group == "iban" for one in told) == 20


@pytest.mark.parametrize("count", [500, 2000, 5000])
@pytest.mark.parametrize("wrong", [1, 2, 3, 5])
def test_a_fit_with_hardly_any_wrong_ones_does_not_run_away(count: int, wrong: int) -> None:
    """Whole Newton steps ended here with weights of 10^12: every confidence was 1, also that of the wrong ones."""
    rng = np.random.default_rng(1)
    evidence = rng.normal(0, 1, (count, 4))
    evidence[:, 0], evidence[:, 1] = rng.normal(4, 0.5, count), rng.random(count) < 0.02
    right = np.ones(count)
    right[:wrong], evidence[:wrong, 0], evidence[:wrong, 1] = 0, -2, 1
    model = _fit_logistic(evidence, right)
    assert max(abs(model.bias), *map(abs, model.weights)) < 20
    assert max(model(row) for row in evidence[:wrong]) < 0.7
    assert np.median([model(row) for row in evidence[wrong:]]) > 0.99


def test_marks_vouch_for_marks_and_texts_for_texts() -> None:
    """In too few samples of a kind the rest of its like says something, never the other."""
    texts = samples(400) + samples(20, seed=9, group="iban-comb")
    marks = samples(400, seed=10, group="checkbox") + samples(20, seed=11, group="barcode")
    few = samples(20, seed=12, group="absent")
    calibration, told = calibrate(texts + marks + few)
    assert set(calibration.groups) == {"date", "checkbox", ALL, ALL_MARKS}
    assert (calibration.groups[ALL].samples, calibration.groups[ALL_MARKS].samples) == (420, 420)
    assert calibration.of("iban-comb") is calibration.of("person-uneven") is calibration.groups[ALL]
    assert calibration.of("barcode") is calibration.of("signature") is calibration.groups[ALL_MARKS]
    assert calibration.of("absent") is calibration.of("empty") is None
    assert len(told) == 840


def test_values_in_combs_are_calibrated_apart() -> None:
    comb = FieldSpec(name="day", title="Tag", kind="date", box_mm=(10, 10, 50, 16), cells=8)
    free = FieldSpec(name="born", title="Geboren", kind="date", box_mm=(10, 30, 50, 36))
    one = reading()
    assert group_of(comb, one, Around(all_even=0.9)) == "date-comb"
    assert group_of(comb, one, Around(all_even=0.4)) == "date-comb-uneven"
    assert group_of(free, one, Around(all_even=0.4)) == "date-uneven"
    assert group_of(comb, FieldReading("day", None, None, 0.95, True, state="empty"), Around()) == "empty"


def judged(one: FieldReading, calibration: Calibration) -> FieldReading:
    """A document with this field alone."""
    (told,) = calibrated([DATE], [one], "deu", calibration)
    return told


def test_with_almost_no_samples_there_is_no_calibrator_and_the_field_asks() -> None:
    calibration, told = calibrate(samples(30))
    assert calibration.groups == {}
    assert told == ()
    asked = judged(reading(), calibration)
    assert not asked.sure
    assert [note.code for note in asked.problems] == ["L016"]


def test_fields_of_one_document_are_never_on_both_sides() -> None:
    """Each document has one answer that its other samples would give away."""
    rng = np.random.default_rng(2)
    made = []
    for document in range(60):
        mark, right = float(document), bool(rng.random() < 0.5)
        evidence = tuple([mark] + [0.0] * (len(FEATURES) - 1))
        made += [Sample(f"d{document}", "form", "date", evidence, right)] * 8
    _, told = calibrate(made)
    right_side = np.mean([(one.confidence > 0.5) == one.right for one in told])
    assert right_side < 0.75


def test_what_the_calibration_says_replaces_confidence_and_decision() -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    low, high = reading(0.55), reading(0.98)
    made = []
    for index in range(400):
        for one, share in ((low, 0.5), (high, 1.0)):
            truth = {"born": index % 100 < share * 100}
            made += samples_of(f"d{index}", spec, [one], truth)
    calibration, _ = calibrate(made)
    sure, asked = (judged(one, calibration) for one in (high, low))
    assert sure.sure
    assert sure.confidence > 0.98
    assert not asked.sure
    assert asked.confidence == pytest.approx(0.5, abs=0.05)
    assert sure.problems == ()
    assert [note.code for note in asked.problems] == ["L020"]


@pytest.mark.parametrize("code", ["L001", "L004", "L005", "L006", "L017", "L019"])
def test_a_note_that_a_person_must_look_is_stronger_than_any_figure(code: str) -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    made = [s for i in range(400) for s in samples_of(f"d{i}", spec, [reading()], {"born": True})]
    calibration, _ = calibrate(made)
    assert judged(reading(), calibration).sure
    assert not judged(reading(problems=(Note(code, "…"),)), calibration).sure


def test_a_reading_carries_what_its_confidence_was_told_from_unless_only_a_person_can_say() -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    calibration, _ = calibrate([s for i in range(400) for s in samples_of(f"d{i}", spec, [reading()], {"born": True})])
    told = judged(reading(), calibration)
    (sample,) = samples_of("d", spec, [reading()], {"born": True})
    assert (told.group, told.evidence) == (sample.group, sample.evidence)
    assert calibration.groups[told.group].confidence(told.evidence) == told.confidence
    for one in (reading(problems=(Note("L004", "…"),)), replace(reading(), value=None, state="illegible")):
        assert judged(one, calibration).group == ""


def test_empty_fields_are_calibrated_apart_from_values() -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    empty = FieldReading("born", None, None, 0.95, True, state="empty")
    made = []
    for index in range(200):
        made += samples_of(f"d{index}", spec, [reading()], {"born": True})
        made += samples_of(f"d{index}", spec, [empty], {"born": index % 10 > 0})
    calibration, _ = calibrate(made)
    assert judged(empty, calibration).confidence == pytest.approx(0.9, abs=0.03)
    assert judged(reading(), calibration).confidence > 0.98


def test_a_field_is_less_certain_where_the_rest_of_the_document_was_hard_to_read() -> None:
    town = FieldSpec(name="town", title="Town", kind="text", labels=("Town",))
    spec = FormSpec(name="form", title="Form", field=(DATE, town))
    clear, poor = other(0.98), other(0.3)
    made = []
    for index in range(400):
        for around, share in ((clear, 1.0), (poor, 0.7)):
            right = {"born": index % 100 < share * 100, "town": True}
            made += samples_of(f"{index}{around.confidence}", spec, [reading(), around], right)
    calibration, _ = calibrate(made)
    in_clear, in_poor = (calibrated(spec.field, [reading(), around], "deu", calibration)[0] for around in (clear, poor))
    assert in_clear.sure and in_clear.confidence > 0.98
    assert not in_poor.sure and in_poor.confidence == pytest.approx(0.7, abs=0.05)


def other(confidence: float) -> FieldReading:
    return FieldReading(
        "town", "Köln", "Köln", confidence, True, engines={"tesseract": EngineReading("Köln", confidence)}
    )


def test_a_hand_on_which_engines_agree_is_not_taken_for_print() -> None:
    """The same evidence, but for how even the writing is; of the hand's values every fifth is wrong."""
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    printed, hand = reading(even=0.9), reading(even=0.4)
    made = []
    for index in range(400):
        made += samples_of(f"p{index}", spec, [printed], {"born": True})
        made += samples_of(f"h{index}", spec, [hand], {"born": index % 5 > 0})
    calibration, _ = calibrate(made)
    assert set(calibration.groups) == {"date", "date-uneven", ALL}
    assert judged(printed, calibration).sure
    asked = judged(hand, calibration)
    assert not asked.sure
    assert asked.confidence == pytest.approx(0.8, abs=0.05)


def test_empty_beside_a_label_is_not_vouched_for_by_other_fields() -> None:
    """In a box of the form nothing else can stand; beside a label the value may only not have been found."""
    boxed = FieldSpec(name="boxed", title="Im Feld", kind="date", box_mm=(10, 10, 50, 16), error_budget=0.02)
    spec = FormSpec(name="form", title="Form", field=(DATE, boxed))
    label, box = (FieldReading(name, None, None, 0.95, True, state="empty") for name in ("born", "boxed"))
    made = []
    for index in range(400):
        made += samples_of(f"d{index}", spec, [box], {"boxed": True})
    calibration, _ = calibrate(made)
    beside, inside = calibrated(spec.field, [label, box], "deu", calibration)
    assert inside.sure
    assert not beside.sure
    assert [note.code for note in beside.problems] == ["L016"]


def test_no_field_passes_that_is_more_doubtful_than_its_budget() -> None:
    """At a large budget the kind as a whole keeps to it, but not the doubtful half of it."""
    made = samples(4000)
    model = calibrate(made)[0].groups["date"]
    assert model.threshold(0.05) is not None
    assert model.passes_from(0.05) >= 0.95


def test_illegible_fields_ask_in_any_case_and_are_no_samples() -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    nothing = FieldReading("born", None, "~~", 0.0, False, state="illegible")
    assert samples_of("d", spec, [nothing], {"born": False}) == []
    calibration, _ = calibrate(samples(600))
    assert not judged(nothing, calibration).sure


def test_it_is_kept_as_json_and_comes_back_the_same() -> None:
    calibration, _ = calibrate(samples(900) + samples(120, seed=4, group="name"))
    assert from_json(as_json(calibration)) == calibration


def test_a_file_for_other_evidence_is_refused() -> None:
    data = as_json(calibrate(samples(200))[0])
    with pytest.raises(ValueError, match="Merkmale"):
        from_json({**data, "features": ["score"]})
    with pytest.raises(ValueError, match="unvollständig"):
        from_json({"features": list(FEATURES), "groups": {"date": {}}, "forms": {}})


def test_samples_hold_nothing_of_what_was_read() -> None:
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    (sample,) = samples_of("d1", spec, [reading()], {"born": True})
    assert "1981" not in repr(sample)
    assert len(sample.evidence) == len(FEATURES)


def test_a_form_sets_the_budget_of_the_fields_that_set_none(tmp_path: Path) -> None:
    head = 'name = "x"\ntitle = "X"\nerror_budget = 0.02\n'
    fields = '[[field]]\nname = "a"\ntitle = "A"\n[[field]]\nname = "b"\ntitle = "B"\nerror_budget = 0.001\n'
    (tmp_path / "x.toml").write_text(head + fields)
    assert [one.error_budget for one in load_form(tmp_path / "x.toml").field] == [0.02, 0.001]
    (tmp_path / "x.toml").write_text(head.replace("0.02", "2") + fields)
    with pytest.raises(FormProblem, match="F001"):
        load_form(tmp_path / "x.toml")


def test_a_field_that_is_itself_doubtful_asks_however_good_its_kind_is() -> None:
    """One doubtful field among so many good ones would keep within the budget."""
    spec = FormSpec(name="form", title="Form", field=(DATE,))
    made = [s for i in range(2000) for s in samples_of(f"g{i}", spec, [reading(0.98)], {"born": True})]
    made += [s for i in range(16) for s in samples_of(f"b{i}", spec, [reading(0.3)], {"born": i < 6})]
    calibration, _ = calibrate(made)
    assert calibration.groups["date"].threshold(DATE.error_budget) < 0.7
    assert not judged(reading(0.3), calibration).sure and judged(reading(0.98), calibration).sure
