"""The arithmetic of an evaluation."""

import pytest

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
