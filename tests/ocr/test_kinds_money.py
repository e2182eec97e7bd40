"""Amounts of money and quantities, in German and English habits."""

from decimal import Decimal

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from ocr.kinds import kind, money, quantity

CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)


def codes(parsed):
    return [note.code for note in parsed.notes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,56 EUR", "1234.56"),
        ("€ 1.234,-", "1234.00"),
        ("1.234,-- €", "1234.00"),
        ("500,– €", "500.00"),
        ("12,50", "12.50"),
        ("12,50 Euro", "12.50"),
        ("12,50EUR", "12.50"),
        ("1 234,56", "1234.56"),
        ("1'234,50", "1234.50"),
        ("1.234.567,89", "1234567.89"),
        ("1.234", "1234.00"),
        ("1234", "1234.00"),
        ("0,00", "0.00"),
        ("007,50", "7.50"),
        ("-12,50", "-12.50"),
        ("− 12,50 €", "-12.50"),
        ("€ -12,50", "-12.50"),
        ("+12,50", "12.50"),
        ("**12,50**", "12.50"),
        ("12, 50", "12.50"),
        (".1.234,56.", "1234.56"),
        ("| 12,50 _", "12.50"),
        ("-0,00", "0.00"),
    ],
)
def test_it_reads_amounts_of_german_forms(text, value):
    read = money.parse(text, "deu")
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,234.56", "1234.56"),
        ("US$ 1,234", "1234.00"),
        ("U.S. $ 100.00", "100.00"),
        ("£12.50", "12.50"),
        ("1,234,567.89", "1234567.89"),
        ("-12.50", "-12.50"),
        ("5 dollars", "5.00"),
    ],
)
def test_it_reads_amounts_of_english_forms(text, value):
    read = kind("money").parse(text, "eng")
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize(
    ("text", "language", "value", "code"),
    [
        ("1,234.56", "deu", "1234.56", "K012"),
        ("12.50", "deu", "12.50", "K012"),
        ("1,234", "deu", "1234.00", "K012"),
        ("12,5", "deu", "12.50", "K012"),
        ("12 50", "deu", "12.50", "K012"),
        ("12,50-", "deu", "-12.50", "K012"),
        ("1.234,56", "eng", "1234.56", "K012"),
        ("(12.50)", "eng", "-12.50", "K012"),
        ("l2,5O", "deu", "12.50", "K003"),
        ("1.2S4,00", "deu", "1254.00", "K003"),
        ("$ 5", "deu", "5.00", "K013"),
        ("100,00 DM", "deu", "100.00", "K013"),
        ("100 CHF", "deu", "100.00", "K013"),
        ("€ 5.00", "eng", "5.00", "K013"),
    ],
)
def test_an_amount_that_may_mean_something_else_says_so_and_asks(text, language, value, code):
    read = money.parse(text, language)
    assert read.value == value
    assert read.quality < 0.9
    assert code in codes(read)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "EUR",
        "keine",
        "1.23.456",
        "1.2 34,56",
        "12,505,3",
        "1..2",
        "--",
        "12,50 E",
        "1" * 30,
        "3. März",
        "SOLL",
        "€-",
    ],
)
def test_what_is_no_amount_is_none(text):
    assert money.parse(text, "deu") is None


def german(amount):
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@given(CENTS, st.sampled_from(["{}", "{} EUR", "€ {}", "{}€", " {} Euro "]))
def test_what_a_german_form_writes_is_read_back(amount, frame):
    read = money.parse(frame.format(german(amount)), "deu")
    assert (Decimal(read.value), read.quality) == (amount, 1.0)


@given(CENTS, st.sampled_from(["{}", "${}", "USD {}"]))
def test_what_an_english_form_writes_is_read_back(amount, frame):
    read = money.parse(frame.format(f"{amount:,.2f}"), "eng")
    assert (Decimal(read.value), read.quality) == (amount, 1.0)


@given(st.text("0123456789.,- €'Ol", max_size=14), st.sampled_from(["deu", "eng"]))
def test_a_value_is_always_a_plain_number_of_the_digits_that_were_read(text, language):
    read = money.parse(text, language)
    assert read is None or (regex.fullmatch(r"-?\d+\.\d\d", read.value) and len(read.value) <= len(text) + 4)


@given(CENTS)
def test_what_it_is_sure_of_is_never_another_amount_with_the_signs_lost(amount):
    read = money.parse(german(amount).replace(",", " "), "deu")
    assert read is None or read.quality < 0.9 or Decimal(read.value) == amount


@pytest.mark.parametrize("text", ["1.234,56 EUR", "€ 1.234,-", "12,50", "-12,50", "1234", "1 234,56 €"])
def test_the_grammar_knows_the_usual_spellings(text):
    assert regex.fullmatch(money.GRAMMAR, text)
    assert not regex.fullmatch(money.GRAMMAR, "Anna " + text)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("3", "deu", "3"),
        ("1.250", "deu", "1250"),
        ("2,5", "deu", "2.5"),
        ("1.250,75", "deu", "1250.75"),
        ("-4", "deu", "-4"),
        ("007", "deu", "7"),
        ("1,250.75", "eng", "1250.75"),
        ("2.5", "eng", "2.5"),
    ],
)
def test_it_reads_quantities(text, language, value):
    read = quantity.parse(text, language)
    assert (read.value, read.quality) == (value, 1.0)


@pytest.mark.parametrize(
    ("text", "value"), [("2.5", "2.5"), ("1,250", "1.250"), ("1,250.5", "1250.5"), ("l2", "12"), ("3O", "30")]
)
def test_a_doubtful_quantity_asks(text, value):
    read = quantity.parse(text, "deu")
    assert (read.value, read.quality < 0.9, len(read.notes)) == (value, True, 1)


@pytest.mark.parametrize("text", ["", "drei", "1.2.3", "3 Hunde", "Ol"])
def test_what_is_no_quantity_is_none(text):
    assert quantity.parse(text, "deu") is None
