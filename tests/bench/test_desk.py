"""What the bench of the review screen counts as the same value, and as keys of a person who types everything."""

from __future__ import annotations

from bench.desk import plain, retyped, typed


def test_two_spellings_of_a_value_are_the_same() -> None:
    assert plain("1959-10-27") == plain("27.10.1959")
    assert plain("DE02 1203 0000 0000 2020 51") == plain("DE02120300000000202051")
    assert plain("0331-448690") != plain("0331 448690")


def test_retyping_counts_the_signs_of_each_field_and_one_key_to_the_next() -> None:
    truth = {"name": ["Uhl", "UHL"], "born": ["1959-10-27", "27.10.1959"], "box": ["ja"], "phone": []}
    assert typed(truth["born"]) == "27101959"
    assert retyped(truth) == (3 + 1) + (8 + 1) + (1 + 1) + (0 + 1)
