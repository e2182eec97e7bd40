"""When a target may be used."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from cases.hours import OFFICE, Hours, hours_of
from cases.processes import load_targets
from ocr.errors import FormProblem
from tests.site import TARGET


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE)


def hours(*opening: str, blackout: tuple[str, ...] = (), state: str = "") -> Hours:
    return hours_of(opening, blackout, state)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [("2026-11-25 05:59", False), ("2026-11-25 06:00", True), ("2026-11-25 20:00", False), ("2026-11-28 10:00", False)],
)
def test_opening_hours_hold_from_their_first_minute_to_before_their_last(moment: str, is_open: bool) -> None:
    assert hours("Mo-Fr 06:00-20:00").is_open(at(moment)) is is_open


def test_without_opening_hours_it_is_always_open() -> None:
    assert hours().is_open(at("2026-12-25 03:00"))


def test_a_span_past_midnight_belongs_to_the_day_it_begins() -> None:
    night = hours("Fr 22:00-05:00")
    assert night.is_open(at("2026-11-27 23:00")) and night.is_open(at("2026-11-28 04:59"))
    assert not night.is_open(at("2026-11-27 04:00")) and not night.is_open(at("2026-11-28 22:30"))


def test_days_may_run_over_the_weekend() -> None:
    assert hours("Sa-Mo 08:00-12:00").is_open(at("2026-11-30 09:00"))
    assert not hours("Sa-Mo 08:00-12:00").is_open(at("2026-12-01 09:00"))


def test_until_midnight_is_written_as_24_00() -> None:
    assert hours("Mo 18:00-24:00").is_open(at("2026-11-30 23:59"))
    assert not hours("Mo 18:00-24:00").is_open(at("2026-12-01 00:00"))


def test_blackouts_close_once_or_every_week() -> None:
    closed = hours("00:00-24:00", blackout=("So 02:00-04:00", "2026-12-24 12:00 bis 2026-12-27 06:00"))
    assert not closed.is_open(at("2026-11-29 03:00")) and not closed.is_open(at("2026-12-26 23:00"))
    assert closed.is_open(at("2026-12-24 11:59")) and closed.is_open(at("2026-12-27 06:00"))


def test_holidays_of_the_state_are_closed() -> None:
    assert not hours("Mo-Fr 06:00-20:00", state="BW").is_open(at("2027-01-06 10:00"))
    assert hours("Mo-Fr 06:00-20:00", state="BE").is_open(at("2027-01-06 10:00"))


def test_the_next_opening_is_found_past_weekend_blackout_and_holiday() -> None:
    shut = hours("Mo-Fr 06:00-20:00", blackout=("2026-12-24 00:00 bis 2026-12-29 09:30",), state="BW")
    assert shut.opens_at(at("2026-12-23 21:00")) == at("2026-12-29 09:30")
    assert hours("Mo-Fr 06:00-20:00").opens_at(at("2026-11-25 10:00")) == at("2026-11-25 10:00")


def test_local_time_counts_in_summer_and_winter() -> None:
    office = hours("06:00-20:00")
    assert office.is_open(datetime.fromisoformat("2026-07-01T04:30:00+00:00"))
    assert not office.is_open(datetime.fromisoformat("2026-12-01T04:30:00+00:00"))


@pytest.mark.parametrize(
    "line",
    [
        'opening = ["Mo bis Fr"]',
        'opening = ["25:00-26:00"]',
        'holidays = "XX"',
        'blackout = ["2026-12-24 12:00"]',
        'blackout = ["2026-12-24 12:00 bis 2026-12-23 12:00"]',
        'opening = ["Mo 08:00-12:00"]\nblackout = ["00:00-24:00"]',
    ],
)
def test_hours_that_cannot_be_read_are_told_at_the_start(tmp_path: Path, line: str) -> None:
    values = {"robot": "register", "sessions": 1, "lease_s": 60, "quiet_s": 0, "can_search": "true", "more": ""}
    (tmp_path / "register.toml").write_text(TARGET.format(**values) + line + "\n")
    with pytest.raises(FormProblem, match="F011"):
        load_targets(tmp_path)
