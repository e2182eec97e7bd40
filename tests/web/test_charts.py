"""Plots as geometry."""

from __future__ import annotations

from ocr.confidence import Told
from ocr.reliability import bins
from web import charts


def test_points_of_a_reliability_diagram_lie_where_confidence_and_share_meet() -> None:
    told = [Told("", 0.5, n < 5) for n in range(10)] + [Told("", 1.0, True)] * 10
    chart = charts.reliability(bins(told), 0.0)
    assert chart.points == ((500.0, 500.0), (1000.0, 0.0))
    assert chart.counts == ("", "", "", "", "", "10", "", "", "", "10")
    half, whole = chart.bars
    assert half.y < 500 < half.y + half.height and half.x < 500 < half.x + half.width
    assert (whole.y, round(whole.height)) == (0.0, 259), "0 of 10 wrong: at least 74.1 % right (Clopper and Pearson)"


def test_what_lies_below_the_part_that_is_shown_stays_at_its_edge() -> None:
    chart = charts.reliability(bins([Told("", 0.95, False)] * 4, 0.9), 0.9)
    assert chart.points == ((500.0, 1000.0),)
    assert all(bar.y >= 0 and bar.y + bar.height <= 1000 for bar in chart.bars)
