"""Identifiers with something that checks them: BIC, tax id, tax number, IBAN; and what holds for every kind."""

import datetime

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.de import idnr
from stdnum.iso7064 import mod_11_10

from ocr.kinds import bic, iban, kind, kind_names, plz, tax_id, tax_number
from ocr.kinds.date import GRAMMAR as DATE
from ocr.kinds.date import parse as parse_date

TEXT_KINDS = [name for name in kind_names() if kind(name).parse is not None]


def codes(parsed):
    return [note.code for note in parsed.notes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SOLADES1SIG", "SOLADES1SIG"),
        ("COBA DE FF XXX", "COBADEFFXXX"),
        ("BIC: COBADEFFXXX", "COBADEFFXXX"),
        ("deutdedb", "DEUTDEDB"),
        ("GIBAATWWXXX", "GIBAATWWXXX"),
    ],
)
def test_it_reads_the_bic_of_a_known_bank(text, value):
    assert bic.parse(text) == kind("bic").parse(value, "deu")
    assert (bic.parse(text).value, bic.parse(text).quality) == (value, 1.0)


@pytest.mark.parametrize(
    "text", ["S0LADES1SIG", "SOLADESISIG", "SOLADES15IG", "5OLADES1SIG", "SOLAD3S1SIG"[:4] + "DESISIG"]
)
def test_a_repaired_bic_says_so(text):
    read = bic.parse(text)
    assert (read.value, read.quality, codes(read)) == ("SOLADES1SIG", 0.6, ["K007"])


def test_a_bic_that_no_register_knows_asks():
    read = bic.parse("ABCDDEXX")
    assert (read.value, read.quality, codes(read)) == ("ABCDDEXX", 0.7, ["K008"])


@pytest.mark.parametrize("text", ["", "Sparkasse", "SOLADES", "XXXX1234", "SOLAZZ1SIG", "SOLADES1SIGX"])
def test_what_is_no_bic_is_none(text):
    assert bic.parse(text) is None


@pytest.mark.parametrize("text", ["36 574 261 809", "36574261809", "36.574.261.809", " 36 574 261 809 |".strip(" |")])
def test_it_reads_a_tax_id(text):
    read = tax_id.parse(text)
    assert (read.value, read.quality, read.notes) == ("36574261809", 1.0, ())


def test_a_letter_in_a_tax_id_says_so():
    read = tax_id.parse("36 574 26l 8O9")
    assert (read.value, read.quality, codes(read)) == ("36574261809", 0.5, ["K003"])


@pytest.mark.parametrize("text", ["36574261890", "36554266806", "06574261809", "11111111111"])
def test_a_tax_id_that_does_not_fit_is_kept_as_read_and_said(text):
    read = tax_id.parse(text)
    assert (read.value, read.quality, codes(read)) == (text, 0.4, ["K010"])


@pytest.mark.parametrize("text", ["", "3657426180", "365742618090", "Anna", "93815/08152"])
def test_what_is_no_tax_id_is_none(text):
    assert tax_id.parse(text) is None


@given(st.permutations("0123456789"), st.integers(0, 8))
def test_one_wrong_digit_is_always_noticed_in_a_tax_id(order, twice):
    digits = list(order)
    digits[9] = digits[twice]
    if digits[0] == "0":
        digits = [*digits[1:], "0"]
    number = "".join(digits) + mod_11_10.calc_check_digit("".join(digits))
    assert idnr.is_valid(number)
    assert tax_id.parse(idnr.format(number)).quality == 1.0
    other = str((int(number[4]) + 1) % 10)
    assert tax_id.parse(number[:4] + other + number[5:]).quality < 0.9


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("93815/08152", "9381508152"),
        ("181/815/08155", "18181508155"),
        ("181/815/0815 5", "18181508155"),
        ("2893081508152", "2893081508152"),
    ],
)
def test_it_reads_a_tax_number(text, value):
    read = tax_number.parse(text)
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize("text", ["6693081508152", "0000000000000"])
def test_a_tax_number_in_no_layout_is_kept_and_said(text):
    read = tax_number.parse(text)
    assert (read.value, read.quality, codes(read)) == (text, 0.4, ["K011"])


@pytest.mark.parametrize("text", ["", "12/345", "123456789", "Anna"])
def test_what_is_no_tax_number_is_none(text):
    assert tax_number.parse(text) is None


def test_a_valid_iban_of_no_bank_asks():
    number = next(n for c in range(2, 99) if iban.standard.is_valid(n := f"DE{c:02d}999999990000000001"))
    read = iban.parse(number)
    assert (read.value, read.quality, codes(read)) == (number, 0.8, ["K020"])


@pytest.mark.parametrize(
    ("grammar", "text"),
    [
        (iban.GRAMMAR, "DE89 3704 0044 0532 0130 00"),
        (iban.GRAMMAR, "DE89370400440532013000"),
        (iban.GRAMMAR, "AT61 1904 3002 3457 3201"),
        (bic.GRAMMAR, "SOLADES1SIG"),
        (bic.GRAMMAR, "COBA DE FF XXX"),
        (plz.GRAMMAR, "72488"),
        (plz.GRAMMAR, "7 2 4 8 8"),
        (tax_id.GRAMMAR, "36 574 261 809"),
        (tax_number.GRAMMAR, "93815/08152"),
        (tax_number.GRAMMAR, "181/815/08155"),
        (tax_number.GRAMMAR, "2893081508152"),
    ],
)
def test_a_grammar_grows_letter_by_letter_to_the_spelling(grammar, text):
    assert regex.fullmatch(grammar, text)
    assert all(regex.fullmatch(grammar, text[:n], partial=True) for n in range(len(text)))
    assert not regex.fullmatch(grammar, "?" + text)


@pytest.mark.parametrize("name", TEXT_KINDS)
@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=40) | st.text("0123456789OlISBZ .,/-DE\n€äM", max_size=40))
def test_no_text_breaks_a_kind(name, text):
    for language in ("deu", "eng"):
        read = kind(name).parse(text, language)
        assert read is None or (read.value and 0 <= read.quality <= 1)


@pytest.mark.parametrize("name", TEXT_KINDS)
@pytest.mark.parametrize("text", ["", " ", "\n\n", "1" * 6000, "x" * 3000, "0 " * 3000, "²½٣", "5 Mai " + "9" * 5000])
def test_not_even_odd_text_breaks_a_kind(name, text):
    read = kind(name).parse(text, "deu")
    assert read is None or len(read.value) <= len(text) + 4


DAYS = st.dates(datetime.date(1930, 1, 1), datetime.date(2026, 12, 31))
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


GERMAN = ["{0:%d.%m.%Y}", "{0.day}.{0.month}.{0.year}", "{0.day}. {1} {0.year}", "den {0.day}. {1} {0.year}"]


@given(DAYS, st.sampled_from([*GERMAN, "{0:%Y-%m-%d}", "{0:%d.%m.%y}", "{0:%d %m %Y}", "{0:%d%m%Y}"]))
def test_a_date_of_a_german_form_is_read_back(day, spelling):
    text = spelling.format(day, MONTHS[day.month - 1])
    assert parse_date(text, "deu").value == day.isoformat() or day.year < 1928


@given(
    DAYS,
    st.sampled_from(["{0.month}/{0.day}/{0.year}", "{1} {0.day}, {0.year}", "{0.day} {1} {0.year}", "{0:%b %d, %Y}"]),
)
def test_a_date_of_an_english_form_is_read_back(day, spelling):
    text = spelling.format(day, day.strftime("%B"))
    assert parse_date(text, "eng").value == day.isoformat()
    assert regex.fullmatch(DATE, text)


@pytest.mark.parametrize(
    "text", ["31.02.2020", "30. Februar 2020", "29.02.2023", "31. April 2019", "00.01.2020", "31st June 2009"]
)
def test_a_day_that_does_not_exist_is_refused(text):
    assert parse_date(text, "deu") is None


@pytest.mark.parametrize(
    ("text", "language", "iso", "code"),
    [
        ("12.25.2012", "deu", "2012-12-25", "K018"),
        ("25/12/2012", "eng", "2012-12-25", "K018"),
        ("3. Mörz 2024", "deu", "2024-03-03", "K019"),
        ("O4.O5.2019", "deu", "2019-05-04", "K003"),
        ("October 51982", "eng", "1982-10-05", "K012"),
        ("04.052019", "deu", "2019-05-04", "K012"),
    ],
)
def test_a_date_that_had_to_be_interpreted_says_so(text, language, iso, code):
    read = parse_date(text, language)
    assert (read.value, read.quality < 0.9, codes(read)) == (iso, True, [code])
