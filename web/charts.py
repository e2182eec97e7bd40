"""Plots as geometry for inline SVG, in parts of 1000 that the page stretches. Words stand outside, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.reliability import BINS, Bin
from web import figures

SIZE = 1000.0
GAP = 0.2
"""Share of its place that a group of bars leaves free."""
ROUND = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15)


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across with its word; `top` in percent of the height."""

    top: float
    word: str

    @property
    def y(self) -> float:
        return self.top * SIZE / 100


@dataclass(frozen=True, slots=True)
class Chart:
    """`path`: a step line; `ends`: first, middle and last label below; `points`: their centres; `ideal`: where all
    points would lie; `counts`: a number below each tenth of the width.
    """

    ticks: tuple[Tick, ...]
    ends: tuple[str, ...]
    bars: tuple[Bar, ...] = ()
    path: str = ""
    points: tuple[tuple[float, float], ...] = ()
    ideal: str = ""
    counts: tuple[str, ...] = ()


def nice(most: int) -> int:
    """The end of an axis: a round number, and even, so that its middle is whole."""
    size = 1
    while True:
        for factor in ROUND:
            if factor * size >= most and factor * size % 2 == 0:
                return factor * size
        size *= 10


def pairs(labels: Sequence[str], values: Sequence[tuple[int, int]], kinds: tuple[str, str]) -> Chart:
    """Two bars for each label."""
    top = nice(max((max(pair) for pair in values), default=0))
    place = SIZE / max(1, len(values))
    width = place * (1 - GAP) / 2
    bars = [
        Bar(
            round(index * place + place * GAP / 2 + side * width, 2),
            round(SIZE - value / top * SIZE, 2),
            round(width, 2),
            round(value / top * SIZE, 2),
            kind,
        )
        for index, pair in enumerate(values)
        for side, (value, kind) in enumerate(zip(pair, kinds, strict=True))
        if value
    ]
    words = (figures.whole(top), figures.whole(top // 2), "0")
    return Chart(_ticks(words), ends(labels), tuple(bars))


def steps(labels: Sequence[str], shares: Sequence[float | None]) -> Chart:
    """A line of steps between 0 and 100 %; a gap where nothing is known."""
    place = SIZE / max(1, len(shares))
    parts, before = [], None
    for index, share in enumerate(shares):
        if share is not None:
            x, y = round(index * place, 2), round(SIZE - share * SIZE, 2)
            parts.append(f"M{x} {y}" if before is None else f"V{y}")
            parts.append(f"H{round(x + place, 2)}")
        before = share
    return Chart(
        _ticks(tuple(figures.percent(share, 0) for share in (1.0, 0.5, 0.0))), ends(labels), path="".join(parts)
    )


def reliability(found: Sequence[Bin], low: float) -> Chart:
    """Said confidence across, share of right ones up, both from `low` to 1; a bar for what the share may be."""

    def at(value: float) -> float:
        return round((min(1.0, max(low, value)) - low) / (1.0 - low) * SIZE, 2)

    reach = 3.0
    bands = [
        Bar(at(one.said) - reach, SIZE - at(one.most), 2 * reach, round(at(one.most) - at(one.least), 2), "band")
        for one in found
    ]
    words = tuple(figures.percent(value, 0) for value in (1.0, (1.0 + low) / 2, low))
    known = {one.number: figures.whole(one.count) for one in found}
    return Chart(
        _ticks(words),
        words[::-1],
        tuple(bands),
        points=tuple((at(one.said), SIZE - at(one.share)) for one in found),
        ideal=f"M0 {SIZE}L{SIZE} 0",
        counts=tuple(known.get(number, "") for number in range(BINS)),
    )


def _ticks(words: Sequence[str]) -> tuple[Tick, ...]:
    return tuple(Tick(100 * index / (len(words) - 1), word) for index, word in enumerate(words))


def ends(labels: Sequence[str]) -> tuple[str, ...]:
    """What stands below the axis."""
    if len(labels) < 3:
        return tuple(labels)
    return labels[0], labels[len(labels) // 2], labels[-1]
