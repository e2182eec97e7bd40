"""Text kinds of this file: IBAN, PLZ, telephone, mail, digits. A repaired reading always says so."""

import pytest

from ocr.kinds import digits, email, iban, phone, plz

VALID = "DE89370400440532013000"  # Source: the example of the ISO 13616 registry


def test_it_takes_an_iban_as_written():
    read = iban.parse("DE89 3704 0044 0532 0130 00")
    assert (read.value, read.quality, read.notes) == (VALID, 1.0, ())


@pytest.mark.parametrize(
    "text",
    [
        "DE89 37O4 0044 0532 0130 00",
        "DE89 3704 0044 O532 OI3O OO",
        "DEB9 3704 0044 0532 0130 00",
        "OE89370400440532013000",
        "DE89 3704 0044 05321 0130 00",
    ],
)
def test_a_repaired_iban_is_never_silently_sure(text):
    read = iban.parse(text)
    assert read.value == VALID
    assert read.quality <= 0.6
    assert [note.code for note in read.notes] == ["K001"]


def test_a_wrong_check_digit_is_kept_as_read_and_said():
    read = iban.parse("DE88 3704 0044 0532 0130 00")
    assert read.value == "DE88370400440532013000"
    assert read.quality < 0.5
    assert [note.code for note in read.notes] == ["K002"]


def test_strokes_of_the_comb_are_no_letters():
    assert iban.parse("DE89|3704|0044|0532|0130|00").value == VALID


@pytest.mark.parametrize("text", ["", "Müller", "12345", "IBAN", "Sparkasse Musterlingen"])
def test_it_does_not_see_an_iban_in_other_text(text):
    assert iban.parse(text) is None


def test_foreign_ibans_are_known():
    assert iban.parse("AT61 1904 3002 3457 3201").quality == 1.0


def test_digits_keep_leading_zeros_and_lose_separators():
    assert digits.parse("00 12-34.5").value == "0012345"


def test_letters_taken_for_digits_lower_the_quality():
    read = digits.parse("276O98100B12345")
    assert read.value == "276098100812345"
    assert read.quality == 0.5
    assert read.notes


@pytest.mark.parametrize("text", ["", "Bello", "SOBI", "  "])
def test_words_are_no_digits(text):
    assert digits.parse(text) is None


@pytest.mark.parametrize(("text", "value"), [("78462", "78462"), ("7 8 4 6 2", "78462"), ("D-01067", "01067")])
def test_it_reads_a_plz(text, value):
    read = plz.parse(text)
    assert (read.value, read.quality) == (value, 1.0)


@pytest.mark.parametrize("text", ["7846", "784621", "Konst", ""])
def test_it_refuses_what_is_no_plz(text):
    assert plz.parse(text) is None


def test_a_plz_in_a_region_that_does_not_exist_is_doubted():
    assert plz.parse("05123").quality < 0.5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("07531 123456", "07531 123456"),
        ("07531/123456", "07531 123456"),
        ("(07531) 12 34 56", "07531 123456"),
        ("030 - 23 12 51 23", "030 23125123"),
        ("+49 171 3920012", "+49 171 3920012"),
        ("+49 (0)171 39200-12", "+49 171 3920012"),
        ("0049 171 3920012", "+49 171 3920012"),
        ("01713920012", "0171 3920012"),
        ("+49 4066969847", "+49 40 66969847"),
        ("08 9999 98123", "089 99998123"),
        ("07531123456", "07531123456"),
        ("+41 44 1234567", "+41 44 1234567"),
    ],
)
def test_it_reads_telephone_numbers_in_every_habit(text, value):
    read = phone.parse(text)
    assert (read.value, read.quality) == (value, 1.0)


def test_a_letter_in_a_telephone_number_is_doubted():
    read = phone.parse("O7531 123456")
    assert read.value == "07531 123456"
    assert read.quality == 0.5


@pytest.mark.parametrize("text", ["", "Konstanz", "12", "+49", "07531 12+34"])
def test_it_refuses_what_is_no_telephone_number(text):
    assert phone.parse(text) is None


def test_it_reads_a_mail_address_in_lower_case():
    assert email.parse("Anna.Gross@Example.org").value == "anna.gross@example.org"


@pytest.mark.parametrize("text", ["I.koehler@example.org", "l.koehler@example.org"])
def test_a_capital_i_among_small_letters_is_an_l(text):
    assert email.parse(text).value == "l.koehler@example.org"


def test_capitals_at_the_beginning_of_names_are_just_capitals():
    assert email.parse("Ilse.Koehler@Example.org").value == "ilse.koehler@example.org"


@pytest.mark.parametrize(
    "text", ["anna.gross©example.org", "anna.gross(at)example.org", "anna.gross@example,org", "anna.gross@exampleorg"]
)
def test_a_repaired_mail_address_says_so(text):
    read = email.parse(text)
    assert read.value == "anna.gross@example.org"
    assert read.quality == 0.5
    assert read.notes


@pytest.mark.parametrize("text", ["", "anna", "anna@", "anna.example.org", "a b c"])
def test_it_refuses_what_is_no_mail_address(text):
    assert email.parse(text) is None
