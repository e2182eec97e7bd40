"""What is shown for a value and what a typed text means."""

from __future__ import annotations

import pytest

from web.values import NotSuchAValue, meant, shown


@pytest.mark.parametrize("typed", ["07.03.2026", "7.3.2026", "7. 3. 2026", "07032026", "2026-03-07", " 07.03.2026 "])
def test_a_date_is_understood_as_people_write_it(typed: str) -> None:
    assert meant("date", typed) == "2026-03-07"


@pytest.mark.parametrize("typed", ["31.02.2026", "morgen", "07.03.26", "2026"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(NotSuchAValue, match="Datum"):
        meant("date", typed)


def test_what_is_shown_means_the_same_again() -> None:
    for kind, value in (("date", "1959-10-27"), ("iban", "DE02120300000000202051"), ("text", "Käthe Größ")):
        assert meant(kind, shown(kind, value)) == value


def test_an_empty_input_means_nothing_on_the_paper() -> None:
    assert meant("text", "  ") is None and shown("text", None) == ""


def test_a_box_is_yes_or_no() -> None:
    assert meant("checkbox", "ja") == "ja"
    with pytest.raises(NotSuchAValue):
        meant("checkbox", "vielleicht")
