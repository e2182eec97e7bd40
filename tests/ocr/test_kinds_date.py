"""Dates as people write them. Day-first on German forms, month-first on English ones."""

import datetime

import pytest

from ocr.kinds import kind
from ocr.kinds.date import GRAMMAR, parse, why_not


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("5th day of October, 1982", "1982-10-05"),
        ("this 4th day of November , 19 92", "1992-11-04"),
        ("20 Jan., '92", "1992-01-20"),
        ("12,31,12", "2012-12-31"),
        ("3.11.09", "2009-03-11"),
        ("05.11.2012", "2012-11-05"),
        ("05.112012", "2012-11-05"),
        ("13.11.2012", "2012-11-13"),
        ("5-17-16", "2016-05-17"),
        ("Jan. 23/2018", "2018-01-23"),
        ("Sept.1,1993", "1993-09-01"),
        ("DECEMBER 02, 2010", "2010-12-02"),
        ("2016/05/17", "2016-05-17"),
        ("Jue 1,2015", "2015-06-01"),
        ("1-4-93\n(12-92 Report)", "1993-01-04"),
        ("1\nAugust 9, 1991", "1991-08-09"),
        ("I 12 June 23, 1995", "1995-06-23"),
    ],
)
def test_it_reads_dates_of_english_forms(text, iso):
    assert parse(text, "eng").value == iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("23.11.2026", "2026-11-23"),
        ("3.4.26", "2026-04-03"),
        ("3. April 2026", "2026-04-03"),
        ("1. März 1985", "1985-03-01"),
        ("den 07.Dez.99", "1999-12-07"),
        ("04052019", "2019-05-04"),
        ("O4.O5.2019", "2019-05-04"),
        ("04/05/2019", "2019-05-04"),
        ("2026-11-23", "2026-11-23"),
    ],
)
def test_it_reads_dates_of_german_forms(text, iso):
    assert parse(text, "deu").value == iso


@pytest.mark.parametrize("text", ["", "keines", "31.02.2020", "99/99/99", "12", "IMG 4711", "2. Hund"])
def test_what_is_no_date_of_the_calendar_is_none(text):
    assert parse(text, "deu") is None


def test_a_two_digit_year_belongs_to_the_hundred_years_that_end_next_year():
    next_year = datetime.datetime.now(tz=datetime.UTC).year + 1
    assert parse(f"01.02.{next_year % 100:02d}", "deu").value == f"{next_year}-02-01"
    after = next_year + 1
    assert parse(f"01.02.{after % 100:02d}", "deu").value == f"{after - 100}-02-01"


def test_a_date_that_can_be_read_both_ways_is_less_certain():
    assert parse("05.11.2012", "eng").quality < parse("11/25/2012", "eng").quality


def test_the_order_of_the_other_country_counts_only_where_nothing_else_is_a_date():
    turned = parse("25/11/2012", "eng")
    assert (turned.value, turned.quality < 0.9) == ("2012-11-25", True)


def test_the_form_decides_the_order_through_the_registry():
    assert kind("date").parse("03.04.26", "deu").value == "2026-04-03"
    assert kind("date").parse("03/04/26", "eng").value == "2026-03-04"


@pytest.mark.parametrize("text", ["2/3/11", "05.11.2012", "June 5, 2009", "9th day of July, 1991", "3. April 2026"])
def test_the_grammar_knows_the_usual_spellings(text):
    import regex

    assert regex.fullmatch(GRAMMAR, text)
    assert regex.fullmatch(GRAMMAR, text[:-1], partial=True)
    assert not regex.fullmatch(GRAMMAR, "Anna " + text)


@pytest.mark.parametrize("text", ["31.02.2024", "29.2.2023", "31 04 2020".replace(" ", "."), "31022024", "30/02/24"])
def test_a_day_that_no_calendar_has_is_told_apart_from_what_is_not_legible(text):
    assert parse(text, "deu") is None
    assert why_not(text, "deu").code == "K026"


@pytest.mark.parametrize("text", ["29.02.2024", "31.01.2024", "99.99.2024", "Musterhausen", "31.02.1066", ""])
def test_what_is_a_date_or_is_none_at_all_has_no_such_note(text):
    assert why_not(text, "deu") is None


def test_an_english_form_may_mean_either_order():
    assert why_not("02/31/2024", "eng").code == "K026"
    assert why_not("02/31/2024", "deu") is None


def test_a_date_that_the_language_does_not_decide_says_so():
    assert [note.code for note in parse("05.11.2012", "eng").notes] == ["K027"]
    assert parse("05/11/2012", "eng").notes == ()
    assert parse("05.11.2012", "deu").notes == ()
    assert parse("11.11.2012", "eng").notes == ()


def test_only_english_forms_are_month_first():
    assert parse("03/04/2026", "fra").value == "2026-04-03"
