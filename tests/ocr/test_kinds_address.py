"""Street and house number, postal code and town, whole addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr.confidence import NEVER_SURE
from ocr.kinds import address, plz_town, street

NAMES = st.sampled_from(["Hauptstraße", "Im Äußeren Grund", "Schulstr.", "Karl-Marx-Allee", "Straße des 17. Juni"])
TOWNS = st.sampled_from(["Sigmaringen", "Frankfurt (Oder)", "Halle/Saale", "St. Ingbert", "Rottach-Egern", "Ulm"])
NUMBERS = st.builds("{}{}{}".format, st.integers(1, 999), st.sampled_from(["", "a", "H"]), st.sampled_from(["", "-14"]))


def codes(parsed):
    return [note.code for note in parsed.notes]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hauptstraße 12", "Hauptstraße 12"),
        ("Hauptstr. 12a", "Hauptstr. 12a"),
        ("Hauptstr.12", "Hauptstr. 12"),
        ("Hauptstraße12", "Hauptstraße 12"),
        ("Hauptstraße, 12", "Hauptstraße 12"),
        ("Hauptstraße 12 A", "Hauptstraße 12A"),
        ("Hauptstraße 12 - 14", "Hauptstraße 12-14"),
        ("Hauptstraße 12a-c", "Hauptstraße 12a-c"),
        ("Weg 5 1/2", "Weg 5 1/2"),
        ("Straße des 17. Juni 135", "Straße des 17. Juni 135"),
        ("C4,12", "C 4, 12"),
        ("Postfach 12 34", "Postfach 12 34"),
        ("12 High Street", "12 High Street"),
        ("| Hauptstraße  12 _", "Hauptstraße 12"),
        ("Hauptstraße 12.", "Hauptstraße 12"),
    ],
)
def test_it_reads_street_and_number(text, value):
    read = street.parse(text)
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Hauptstraße l2", "Hauptstraße 12"),
        ("Hauptstraße 1O", "Hauptstraße 10"),
        ("Schulstr. I3", "Schulstr. 13"),
        ("Schulstr.l3", "Schulstr. 13"),
        ("Schulstr. l", "Schulstr. 1"),
    ],
)
def test_a_letter_taken_for_a_house_number_says_so(text, value):
    read = street.parse(text)
    assert (read.value, read.quality, codes(read)) == (value, 0.5, ["K003"])


@pytest.mark.parametrize(("text", "codes"), [("Am Wall 12S", ["K028"]), ("Am Wall 1 Z", ["K028"]), ("Am Wall 12b", []),
                                             ("Am Wall 12", [])])  # fmt: skip
def test_a_letter_like_a_digit_behind_the_number_asks(text: str, codes: list[str]) -> None:
    assert [note.code for note in street.parse(text).notes] == codes
    assert set(codes) <= NEVER_SURE


@pytest.mark.parametrize("text", ["Am Markt", "An der Allee SO", "Allee 3 / 2. OG"])
def test_a_street_without_a_number_asks(text):
    read = street.parse(text)
    assert (read.value, read.quality, codes(read)) == (text, 0.8, ["K016"])


@pytest.mark.parametrize("text", ["", "12345", "|", "1 2"])
def test_what_is_no_street_is_none(text):
    assert street.parse(text) is None


@given(NAMES, NUMBERS)
def test_a_street_is_read_back_as_it_was_written(name, number):
    read = street.parse(f"{name} {number}")
    assert (read.value, read.quality) == (f"{name} {number}", 1.0)
    assert street.parse(read.value) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("72488 Sigmaringen", "72488 Sigmaringen"),
        ("D-72488 Sigmaringen", "72488 Sigmaringen"),
        ("DE 72488 Sigmaringen", "72488 Sigmaringen"),
        ("72488Sigmaringen", "72488 Sigmaringen"),
        ("7 2 4 8 8 Sigmaringen", "72488 Sigmaringen"),
        ("72488, Sigmaringen.", "72488 Sigmaringen"),
        ("15230 Frankfurt (Oder)", "15230 Frankfurt (Oder)"),
        ("06108 Halle/Saale", "06108 Halle/Saale"),
        ("66386 St. Ingbert", "66386 St. Ingbert"),
        ("01067 Dresden", "01067 Dresden"),
        ("72488\nSigmaringen", "72488 Sigmaringen"),
    ],
)
def test_it_reads_postal_code_and_town(text, value):
    read = plz_town.parse(text)
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize(
    ("text", "value", "code"),
    [
        ("7Z488 Sigmaringen", "72488 Sigmaringen", "K003"),
        ("O1067 Dresden", "01067 Dresden", "K003"),
        ("Sigmaringen 72488", "72488 Sigmaringen", "K014"),
        ("72488 Sigmar1ngen", "72488 Sigmar1ngen", "K015"),
        ("72488 sigmaringen", "72488 sigmaringen", "K015"),
    ],
)
def test_a_town_that_had_to_be_interpreted_asks(text, value, code):
    read = plz_town.parse(text)
    assert (read.value, read.quality < 0.9, codes(read)) == (value, True, [code])


def test_a_postal_code_that_is_not_given_out_is_doubted():
    assert plz_town.parse("05123 Nirgends").quality <= 0.3


@pytest.mark.parametrize("text", ["", "72488", "Sigmaringen", "7248 Sigmaringen", "724888 Sigmaringen", "12345 6789"])
def test_what_is_no_postal_code_with_town_is_none(text):
    assert plz_town.parse(text) is None


@given(st.integers(1067, 99998).map("{:05d}".format), TOWNS)
def test_postal_code_and_town_are_read_back_as_they_were_written(code, town):
    read = plz_town.parse(f"{code} {town}")
    assert read.value == f"{code} {town}"
    assert plz_town.parse(read.value) == read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Anna Muster\nHauptstr.12a\nD-72488  Sigmaringen", "Anna Muster\nHauptstr. 12a\n72488 Sigmaringen"),
        ("Hauptstr. 12, 72488 Sigmaringen", "Hauptstr. 12\n72488 Sigmaringen"),
        ("Muster GmbH\nz. Hd. Anna Muster\nPostfach 12\n72488 Sigmaringen\nDeutschland",) * 2,
    ],
)
def test_it_reads_an_address_line_by_line(text, value):
    read = address.parse(text, "deu")
    assert (read.value, read.quality, read.notes) == (value, 1.0, ())


@pytest.mark.parametrize(
    ("text", "code"), [("Anna Muster\nAm Markt", "K017"), ("Anna Muster\nHauptstr. l2\n72488 Sigmaringen", "K003")]
)
def test_an_address_is_as_sure_as_its_weakest_line(text, code):
    read = address.parse(text, "deu")
    assert read.quality < 0.9
    assert code in codes(read)


def test_an_address_of_an_english_form_stays_as_it_is_written():
    assert address.parse("1 Main St\nBoston, MA 02110", "eng").value == "1 Main St\nBoston, MA 02110"
