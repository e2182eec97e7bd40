"""From plain words to moments: spellings, read back, holidays, blackouts and the nights of clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.hours import OFFICE, Hours, close_first, open_together
from cases.when import NotUnderstood, Rule, read_closed, read_rule, read_times, said
from cases.when.rule import NEVER_CLOSED, WEEK, YEAR, Clause, Clock, Days

SPELLINGS = [line.split(" => ") for line in Path(__file__).with_name("spellings.txt").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("text", "back"), SPELLINGS)
def test_what_people_write_is_read_back_in_plain_words(text: str, back: str) -> None:
    assert said(read_rule(text)) == back
    assert said(read_rule(back)) == back, "and is understood again"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("bei Vollmond", "„bei“ ist nicht zu verstehen. Verstanden wird zum Beispiel: „täglich 22 Uhr“"),
        ("werktgas um 8", "Ist „werktags“ gemeint?"),
        ("Werktags, gegen Abend", "„gegen“ ist nicht zu verstehen"),
        ("", "Bitte angeben, wann."),
        ("werktags", "Es fehlt die Uhrzeit"),
        ("wöchentlich um 8 Uhr", "Es fehlt der Wochentag"),
        ("jeden zweiten Montag um 10 Uhr", "wovon gezählt wird"),
        ("um 25 Uhr", "ist keine Uhrzeit"),
        ("um 7:61", "ist keine Uhrzeit"),
        ("am 31.2. um 6 Uhr", "ist kein Tag eines Jahres"),
        ("am 32. des Monats um 6 Uhr", "ist kein Tag eines Monats"),
        ("am 24.12.2026 um 8 Uhr", "kommt nur einmal"),
        ("alle 0 Minuten", "möglich ist jede Minute bis alle 12 Stunden"),
        ("alle 13 Stunden", "möglich ist jede Minute bis alle 12 Stunden"),
        ("werktags 8 bis 8 Uhr", "beginnt und endet zur selben Zeit"),
        ("um 8 Uhr alle 10 Minuten", "nicht beides"),
        ("an Feiertagen um 8 Uhr", "über das Bundesland"),
        ("0 6 32 * *", "Tag: „32“ gibt es nicht (1 bis 31)"),
        ("0 6 * *", "hat 4 Angaben"),
        ("*/0 6 * * *", "hat keinen Schritt"),
        ("0 6 * * fri-mon", "endet, bevor es beginnt"),
        ("werktags 6 bis 20 Uhr", "wie oft, zum Beispiel „werktags 6 bis 20 Uhr, alle 10 Minuten“"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_would_be(text: str, answer: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        read_times(text)
    assert answer in str(refused.value)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE)


def next_times(words: str, after: str, count: int, closed: Hours = NEVER_CLOSED) -> list[str]:
    due = islice(read_times(words).due(at(after), closed), count)
    return [f"{one.astimezone(OFFICE):%Y-%m-%d %H:%M %Z}" for one in due]


def test_the_first_working_day_is_found_past_new_year_weekend_and_holiday() -> None:
    epiphany = next_times("jeden ersten Werktag im Monat um 6 Uhr", "2026-12-20 00:00", 2, read_closed((), "BW"))
    assert epiphany == ["2027-01-04 06:00 CET", "2027-02-01 06:00 CET"]
    labour_day = next_times("am ersten Werktag im Monat um 6 Uhr", "2025-04-20 00:00", 1, read_closed((), "BE"))
    assert labour_day == ["2025-05-02 06:00 CEST"], "the first of May is a holiday"
    assert next_times("am letzten Werktag im Monat um 6 Uhr", "2026-05-20 00:00", 1) == ["2026-05-29 06:00 CEST"]


def test_a_first_monday_that_is_a_holiday_is_left_out_and_not_moved() -> None:
    """The sixth of April 2026 is Easter Monday."""
    found = next_times("am ersten Montag im Monat um 6 Uhr", "2026-04-01 00:00", 1, read_closed((), "BW"))
    assert found == ["2026-05-04 06:00 CEST"]


def test_nothing_is_due_on_holidays_of_the_state() -> None:
    assert next_times("werktags um 8", "2027-01-05 12:00", 1, read_closed((), "BW")) == ["2027-01-07 08:00 CET"]
    assert next_times("werktags um 8", "2027-01-05 12:00", 1, read_closed((), "BE")) == ["2027-01-06 08:00 CET"]


def test_blackouts_are_written_by_day_or_by_week() -> None:
    closed = read_closed(["24.12.2026 12:00 bis 27.12.2026 6:00", "sonntags 2 bis 4 Uhr", "31.12.2026"])
    assert next_times("täglich 3 Uhr", "2026-12-24 00:00", 4, closed) == [
        *("2026-12-24 03:00 CET", "2026-12-28 03:00 CET", "2026-12-29 03:00 CET", "2026-12-30 03:00 CET"),
    ]
    assert next_times("täglich 3 Uhr", "2026-12-30 12:00", 1, closed) == ["2027-01-01 03:00 CET"]


@pytest.mark.parametrize("line", ["bei Ebbe", "31.2.2026", "27.12.2026 bis 24.12.2026", "am 24.12.", "täglich um 8"])
def test_a_blackout_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(NotUnderstood, match=f"Sperrzeit „{line}“"):
        read_closed([line])


def test_in_the_night_of_spring_a_time_that_does_not_exist_is_due_once_at_the_next_that_does() -> None:
    assert next_times("täglich um 2:30", "2026-03-28 12:00", 2) == ["2026-03-29 03:00 CEST", "2026-03-30 02:30 CEST"]
    every = next_times("1 bis 4 Uhr alle 30 Minuten", "2026-03-28 12:00", 6)
    night = ["2026-03-29 01:00 CET", "2026-03-29 01:30 CET", "2026-03-29 03:00 CEST", "2026-03-29 03:30 CEST"]
    assert every == [*night, "2026-03-29 04:00 CEST", "2026-03-30 01:00 CEST"]


def test_in_the_night_of_autumn_a_time_that_exists_twice_is_due_once() -> None:
    assert next_times("täglich um 2:30", "2026-10-24 12:00", 2) == ["2026-10-25 02:30 CEST", "2026-10-26 02:30 CET"]
    every = next_times("stündlich", "2026-10-25 00:30", 4)
    assert every == ["2026-10-25 01:00 CEST", "2026-10-25 02:00 CEST", "2026-10-25 03:00 CET", "2026-10-25 04:00 CET"]


def test_asked_between_the_two_equal_hours_the_second_is_not_due_again() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)  # 02:45 for the first time
    first = next(read_times("täglich um 2:30").due(between))
    assert first.astimezone(OFFICE).date() == date(2026, 10, 26)


def test_cron_takes_either_day_where_both_are_named() -> None:
    found = next_times("0 6 1 * 1", "2026-11-26 00:00", 3)
    assert found == ["2026-11-30 06:00 CET", "2026-12-01 06:00 CET", "2026-12-07 06:00 CET"]


def test_a_day_that_comes_every_four_years_is_found_and_one_that_never_comes_ends_the_search() -> None:
    assert next_times("am 29. Februar um 8 Uhr", "2026-11-26 00:00", 1) == ["2028-02-29 08:00 CET"]
    assert next_times("0 0 31 2 *", "2026-11-26 00:00", 1) == []


def test_words_become_opening_hours() -> None:
    hours = read_rule("montags bis donnerstags 7 bis 18 Uhr, freitags 7 bis 14 Uhr").hours(read_closed((), "BW"))
    assert hours.is_open(at("2026-11-26 17:59")) and not hours.is_open(at("2026-11-27 14:00"))
    assert not hours.is_open(at("2027-01-06 10:00")) and hours.state == "BW"


@pytest.mark.parametrize(
    "words", ["täglich um 8", "stündlich", "am 1. des Monats 8 bis 12 Uhr", "im Juli 8 bis 12 Uhr"]
)
def test_what_are_no_opening_hours_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="zum Beispiel"):
        read_rule(words).hours()


def test_of_two_opening_hours_the_narrower_holds() -> None:
    theirs, ours = (read_rule(words).hours() for words in ("Mo-Fr 6-20 Uhr", "Mo, Mi, Sa 18-22 Uhr"))
    opens = open_together(at("2026-11-26 12:00"), theirs, ours)
    assert opens == at("2026-11-30 18:00") and close_first(opens, theirs, ours) == at("2026-11-30 20:00")
    assert open_together(at("2026-11-26 12:00"), theirs, read_rule("sonntags 8-10 Uhr").hours()) is None


MINUTES = st.integers(0, 24 * 60)
CLOCKS = st.builds(Clock, points=st.lists(MINUTES, min_size=1, max_size=4).map(lambda m: tuple(sorted(set(m))))) | (
    st.builds(
        lambda start, length, step: Clock((), ((start, start + length),), step),
        *(st.integers(0, 24 * 60 - 1), st.integers(1, 24 * 60 - 1), st.integers(1, 12 * 60)),
    )
)
DAYS = st.builds(
    Days,
    weekdays=st.frozensets(st.integers(0, 6), min_size=1) | st.just(WEEK),
    months=st.frozensets(st.integers(1, 12), min_size=6) | st.just(YEAR),
    nth=st.just(frozenset()) | st.sampled_from([1, 2, -1]).map(lambda n: frozenset({n})),
    working=st.booleans(),
)
RULES = st.lists(st.builds(Clause, st.tuples(DAYS), CLOCKS), min_size=1, max_size=3).map(lambda c: Rule(tuple(c)))
NEAR_CLOCK_CHANGES = st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
BLACKOUTS = st.sampled_from(
    [(), ("sonntags 1 bis 4 Uhr",), ("22 bis 5 Uhr",), ("29.3.2026", "24.10.2026 bis 26.10.2026")]
)


@given(RULES, NEAR_CLOCK_CHANGES, st.integers(0, 3 * 24 * 60), BLACKOUTS, st.sampled_from(["", "BW"]))
@settings(max_examples=150, deadline=None)
def test_next_times_strictly_increase_and_never_hit_what_is_closed(
    rule: Rule, near: datetime, minutes: int, lines: tuple[str, ...], state: str
) -> None:
    after, closed = near + timedelta(minutes=minutes), read_closed(lines, state)
    found = list(islice(rule.due(after, closed), 60))
    assert all(earlier < later for earlier, later in pairwise([after, *found]))
    assert all(closed.is_open(moment) for moment in found)


@given(RULES, NEAR_CLOCK_CHANGES, st.integers(0, 3 * 24 * 60))
@settings(max_examples=100, deadline=None)
def test_looking_again_from_any_moment_goes_on_where_it_was(rule: Rule, near: datetime, minutes: int) -> None:
    """Nothing is skipped and nothing comes twice, wherever the looking was cut."""
    whole = list(islice(rule.due(near), 40))
    cut = near + timedelta(minutes=minutes)
    behind = [moment for moment in whole if moment > cut]
    assert list(islice(rule.due(cut), len(behind))) == behind


@given(RULES, NEAR_CLOCK_CHANGES)
@settings(max_examples=100, deadline=None)
def test_no_clock_time_is_due_twice_in_a_day(rule: Rule, near: datetime) -> None:
    found = [moment.astimezone(OFFICE).replace(tzinfo=None) for moment in islice(rule.due(near), 200)]
    assert len(found) == len(set(found))
