"""The arithmetic of an evaluation."""

import pytest

from ocr.curve import at
from ocr.evaluate import Answer, Answers, Truth, as_json, evaluate, outcome_of, truth_of


def truth(file="a.tif", hand=(), skip=(), **fields):
    return Truth(file, {k: tuple(v) for k, v in fields.items()}, frozenset(hand), frozenset(skip))


@pytest.mark.parametrize(
    ("value", "raw", "accepted", "strict", "lenient"),
    [
        ("Muster GmbH", "Muster GmbH", ["Muster GmbH"], "right", "right"),
        ("Muster  GmbH", None, ["Muster\nGmbH"], "right", "right"),
        ("MUSTER GMBH.", None, ["Muster GmbH"], "wrong", "right"),
        ("Muster AG", None, ["Muster GmbH"], "wrong", "wrong"),
        ("2009-06-05", "June 5, 2009", ["June 5, 2009", "2009/06/05"], "right", "right"),
        ("2009-06-05", "june 5 2009", ["June 5, 2009"], "wrong", "right"),
        ("2009-05-06", "6 May 09", ["June 5, 2009"], "wrong", "wrong"),
        ("5 939", None, ["5939"], "wrong", "right"),
        ("B", None, ["A", "B"], "right", "right"),
        (None, None, ["A"], "missed", "missed"),
        ("A", None, [], "invented", "invented"),
        (None, None, [], "empty", "empty"),
    ],
)
def test_strict_is_as_printed_and_lenient_folds(value, raw, accepted, strict, lenient):
    answer = Answer(value, raw)
    assert outcome_of(answer, accepted, strict=True) == strict
    assert outcome_of(answer, accepted, strict=False) == lenient


def report():
    return evaluate(
        [
            (
                truth("a.tif", hand=["date"], skip=["town"], name=["A"], date=["2020/01/02"], title=[], town=["X"]),
                Answers(
                    {"name": Answer("A", sure=True), "date": Answer(None), "title": Answer(None, sure=True)}, False, 100
                ),
            ),
            (
                truth("b.tif", name=["B"], date=["2020/01/02"], title=[]),
                Answers(
                    {
                        "name": Answer("C", sure=True),
                        "date": Answer("2020-01-02", sure=True),
                        "title": Answer("Chef", sure=True),
                    },
                    True,
                    300,
                ),
            ),
        ]
    )


def test_it_counts_right_wrong_missed_and_invented():
    found = as_json(report())
    whole = found["lenient"]["all"]
    assert (whole["right"], whole["wrong"], whole["missed"], whole["invented"]) == (2, 1, 1, 1)
    assert (whole["precision"], whole["recall"], whole["f1"]) == (0.5, 0.5, 0.5)
    assert found["documents"] == 2
    assert found["ms_per_document"] == 200


def test_printed_and_handwritten_are_counted_apart():
    score = as_json(report())["fields"]["date"]
    assert (score["handwritten"]["missed"], score["printed"]["right"]) == (1, 1)


def test_skipped_fields_are_left_out():
    assert "town" not in as_json(report())["fields"]


def test_through_are_shares_and_the_wrong_ones_among_what_passed():
    assert as_json(report())["through"] == {"documents": 0.5, "fields": 0.8333, "wrong": 0.4}


def test_every_error_is_named_with_its_file_and_field():
    errors = {(e["file"], e["field"], e["sure"]) for e in as_json(report())["errors"]}
    assert errors == {("a.tif", "date", False), ("b.tif", "name", True), ("b.tif", "title", True)}


def test_a_line_of_the_truth_file_prefers_the_tiff():
    row = {"filename": "x.pdf", "tiff": "x.tif", "fields": {"a": ["1"], "b": []}, "handwritten": ["a"]}
    read = truth_of(row)
    assert (read.file, read.fields, read.handwritten, read.skip) == (
        "x.tif",
        {"a": ("1",), "b": ()},
        {"a"},
        frozenset(),
    )


def test_nothing_read_at_all_is_zero_not_an_error():
    found = as_json(evaluate([(truth(name=["A"]), Answers({}))]))
    assert found["lenient"]["all"]["f1"] == 0
    assert found["through"] == {"documents": 0.0, "fields": 0.0, "wrong": 0.0}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"filename": "x.tif", "fields": {"a": "Muster"}}, "„a“"),
        ({"filename": "x.tif", "fields": {"a": [5]}}, "„a“"),
        ({"filename": "x.tif", "fields": {}, "skip": "a"}, "„skip“"),
        ({"filename": 5, "fields": {}}, "Dateiname"),
        ({"filename": "x.tif"}, "„fields“"),
        ({"filename": "x.tif", "fields": {}, "template": 5}, "„template“"),
        (["x.tif"], "Objekt"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_no_value(row, told):
    with pytest.raises(ValueError, match=told) as problem:
        truth_of(row)
    assert "Muster" not in str(problem.value)


@pytest.mark.parametrize(
    ("value", "accepted", "lenient"),
    [
        ("O5939", ["5939"], "wrong"),
        ("5-939", ["5939"], "right"),
        ("Muster", ["-"], "wrong"),
        ("Mu\u0308ller", ["M\u00fcller"], "right"),
        ("Muller", ["M\u00fcller"], "wrong"),
    ],
)
def test_lenient_folds_signs_but_no_letters(value, accepted, lenient):
    assert outcome_of(Answer(value), accepted, strict=False) == lenient


def test_strict_is_counted_for_each_field_too():
    found = as_json(evaluate([(truth(name=["Muster"]), Answers({"name": Answer("MUSTER")}))]))
    assert found["fields"]["name"]["printed"]["right"] == 1
    assert found["fields_strict"]["name"]["printed"]["right"] == 0
    assert found["fields_strict"]["name"]["printed"]["wrong"] == 1


def test_readings_say_what_became_of_every_field_without_its_contents():
    found = as_json(
        evaluate([(truth(name=["Muster"]), Answers({"name": Answer("Muster", sure=True, confidence=0.97)}))])
    )
    assert found["readings"] == [
        {"file": "a.tif", "field": "name", "outcome": "right", "sure": True, "confidence": 0.97}
    ]
    assert found["errors"] == []


def graded(*confidences, held=()):
    return {str(n): Answer("A", sure=c >= 0.9, confidence=c, held=n in held) for n, c in enumerate(confidences)}


def test_the_curve_says_for_every_confidence_what_would_pass_and_what_of_it_is_wrong():
    wanted = truth(**{"0": ["A"], "1": ["B"], "2": ["A"], "3": ["A"]})
    points = as_json(evaluate([(wanted, Answers(graded(0.95, 0.9, 0.9, 0.5)))]))["curve"]
    assert [(p["threshold"], p["fields"], p["wrong"]) for p in points] == [
        (0.5, 1.0, 0.25),
        (0.9, 0.75, 0.3333),
        (0.95, 0.25, 0.0),
    ]


def test_a_document_passes_when_the_least_sure_of_its_fields_does():
    good = truth("a.tif", **{"0": ["A"], "1": ["A"]})
    bad = truth("b.tif", **{"0": ["A"], "1": ["B"]})
    report = evaluate([(good, Answers(graded(0.95, 0.6))), (bad, Answers(graded(0.99, 0.9)))])
    points = {p["threshold"]: (p["documents"], p["documents_wrong"]) for p in as_json(report)["curve"]}
    assert points == {0.6: (1.0, 0.5), 0.9: (0.5, 1.0), 0.95: (0.0, 0.0), 0.99: (0.0, 0.0)}


def test_fields_without_a_truth_hold_their_document_back_too():
    report = evaluate([(truth(**{"0": ["A"]}), Answers(graded(0.95, 0.6)))])
    assert at(report.curve, 0.9).documents == 0
    assert at(report.curve, 0.9).fields == 1


def test_what_a_rule_holds_back_passes_at_no_threshold():
    wanted = truth(**{"0": ["A"], "1": ["A"]})
    held_field = evaluate([(wanted, Answers(graded(0.95, 0.95, held=[1])))]).curve
    assert {(p.fields, p.documents) for p in held_field} == {(0.5, 0.0)}
    held_document = evaluate([(wanted, Answers(graded(0.95, 0.95), held=True))]).curve
    assert {(p.fields, p.documents) for p in held_document} == {(1.0, 0.0)}


def test_at_the_threshold_of_the_judge_the_curve_is_what_passes_today():
    wanted = truth(**{"0": ["A"], "1": ["B"], "2": ["A"]})
    answers = graded(0.95, 0.92, 0.7)
    report = evaluate([(wanted, Answers(answers)), (truth("b.tif", **{"0": ["A"]}), Answers(graded(0.9), ready=True))])
    point, today = at(report.curve, 0.9), report.today
    assert (point.fields, point.wrong, point.documents) == (today.fields, today.wrong, today.documents)


def test_beyond_the_highest_confidence_nothing_passes():
    assert at([], 0.9).fields == 0
