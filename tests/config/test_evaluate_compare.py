"""Two evaluations side by side."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from config.evaluating.compare import Comparison, State, as_json, compare, states_of
from config.evaluating.tables import show_comparison, total

RIGHT, ASKED = State("right", True), State("right", False)
WRONG, SURE_WRONG = State("wrong", False), State("wrong", True)


def of(*states: State, file: str = "a.tif") -> dict[tuple[str, str], State]:
    return {(file, f"f{n}"): state for n, state in enumerate(states)}


@pytest.mark.parametrize(
    ("before", "after", "move"),
    [
        (WRONG, RIGHT, "better"),
        (ASKED, RIGHT, "better"),
        (SURE_WRONG, WRONG, "better"),
        (RIGHT, WRONG, "worse"),
        (WRONG, SURE_WRONG, "worse"),
        (RIGHT, ASKED, "worse"),
        (WRONG, State("missed", False), "other"),
    ],
)
def test_a_change_is_better_worse_or_neither(before: State, after: State, move: str) -> None:
    (change,) = compare(of(before), of(after)).changes
    assert (change.file, change.field, change.move) == ("a.tif", "f0", move)


def test_what_stayed_as_it_was_is_no_change() -> None:
    assert compare(of(RIGHT, WRONG), of(RIGHT, WRONG)).changes == []


def test_documents_and_fields_that_only_one_has_are_counted_and_left_out() -> None:
    old = of(RIGHT, RIGHT) | of(WRONG, file="old.tif")
    new = of(RIGHT) | of(SURE_WRONG, file="new.tif") | of(RIGHT, file="new2.tif")
    found = compare(old, new)
    assert (found.documents, found.only_old, found.only_new, found.fields_left_out) == (1, 1, 2, 1)
    assert (found.right, found.changes, found.new_sure_wrong) == ([1, 1], [], [])


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [((WRONG, RIGHT), (RIGHT, RIGHT), "besser"), ((RIGHT,), (WRONG,), "schlechter"), ((RIGHT,), (RIGHT,), "gleich")],
)
def test_the_last_line_says_whether_the_sum_is_better(
    before: tuple[State, ...], after: tuple[State, ...], verdict: str
) -> None:
    assert total(compare(of(*before), of(*after))).startswith(f"In der Summe {verdict}: ")


def test_the_last_line_is_bold_and_names_new_errors_that_nobody_sees() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120, markup=False, highlight=False)
    show_comparison(console, compare(of(WRONG, RIGHT), of(RIGHT, SURE_WRONG)), "old.json")
    last = shown.getvalue().rstrip().splitlines()[-1]
    assert "In der Summe gleich" in last
    assert "neu sicher, aber falsch: 1." in last
    assert "\x1b[1m" in last
    assert "richtig, sicher" in shown.getvalue()


def test_no_new_error_is_said_as_well() -> None:
    assert "neu sicher, aber falsch: keines." in total(compare(of(SURE_WRONG), of(SURE_WRONG)))


def test_without_a_field_in_common_nothing_is_called_equal() -> None:
    assert total(compare(of(RIGHT), of(RIGHT, file="b.tif"))).startswith("Nichts zu vergleichen")


def test_an_old_result_is_checked_before_it_is_believed() -> None:
    row = {"file": "a.tif", "field": "f0", "outcome": "right", "sure": True}
    assert states_of({"readings": [row]}) == of(RIGHT)
    for wrong in ([], {}, {"errors": []}, {"readings": [{**row, "outcome": "perfect"}]}, {"readings": ["a"]}):
        with pytest.raises(ValueError, match="readings"):
            states_of(wrong)


def test_the_json_of_a_comparison_holds_every_change() -> None:
    told = as_json(compare(of(RIGHT), of(SURE_WRONG)))
    assert told["new_sure_wrong"] == 1
    assert told["changes"] == [
        {
            "file": "a.tif",
            "field": "f0",
            "move": "worse",
            "before": {"outcome": "right", "sure": True},
            "after": {"outcome": "wrong", "sure": True},
        }
    ]
    assert as_json(Comparison())["changes"] == []
