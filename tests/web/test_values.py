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


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1.234,56", "1234.56"),
        ("1234,5", "1234.50"),
        ("1 234,56 €", "1234.56"),
        ("EUR 1.234.567,00", "1234567.00"),
        ("12", "12.00"),
        ("1.234", "1234.00"),
        ("50,-", "50.00"),
        ("-3,20", "-3.20"),
        ("-0,00", "0.00"),
        ("12.5", "12.50"),
        ("$1,234.56", "1234.56"),
    ],
)
def test_an_amount_is_understood_as_people_write_it(typed: str, value: str) -> None:
    assert meant("money", typed) == value


@pytest.mark.parametrize(
    "typed", ["viel", "1,234", "1.23.4", "1.2345,00", "12,3,4", "1 2", "³,50", "1" * 16, "--5", "€"]
)
def test_what_is_no_amount_or_could_mean_two_is_refused(typed: str) -> None:
    with pytest.raises(NotSuchAValue, match=r"zum Beispiel 1\.234,56"):
        meant("money", typed)


def test_a_quantity_keeps_its_places() -> None:
    assert [meant("quantity", text) for text in ("1.250,5", "12", "0,125", "1 000")] == [
        "1250.5",
        "12",
        "0.125",
        "1000",
    ]
    with pytest.raises(NotSuchAValue, match="Zahl"):
        meant("quantity", "drei")


def test_numbers_are_shown_as_in_germany_and_mean_the_same_again() -> None:
    amounts = {"1234.56": "1.234,56", "0.50": "0,50", "-1234567.00": "-1.234.567,00", "12.00": "12,00"}
    for value, text in amounts.items():
        assert shown("money", value) == text
        assert meant("money", text) == value
    for value, text in {"1250.5": "1.250,5", "12": "12", "0.125": "0,125", "1000": "1.000"}.items():
        assert shown("quantity", value) == text
        assert meant("quantity", text) == value


def test_a_stored_value_that_is_no_number_is_shown_as_it_is() -> None:
    assert shown("money", "unleserlich") == "unleserlich"
