"""The scanners by what their newest pages tell: dirty glass shows before it spoils a day.

Each device is compared with limits that hold for every one and with its own pages of before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, NamedTuple, get_args

from django.db.models import Count

from cases.models import PageMeasure
from ocr import calibrate

DAY = timedelta(days=1)
SEEN_WITHIN = timedelta(days=30)
NEWEST = 20
"""So many pages say how a device is now: ten with a streak at one place are enough."""
BEFORE = 480
"""So many older ones say how it usually is."""
FEW = 5
SKEWED_DEG = 2.0
TWICE = 2.0
MORE_BLANK = 0.3

Sign = Literal["streaks", "blurred", "skewed", "blank"]
SIGNS: tuple[Sign, ...] = get_args(Sign)


class Seen(NamedTuple):
    """One page as its scanner delivered it."""

    number: int
    blank: bool
    skew_deg: float
    focus_px: float | None
    streaks_mm: Sequence[float]


@dataclass(frozen=True, slots=True)
class Quality:
    """Of some pages. None where there was nothing to measure."""

    pages: int
    blank: float
    skew_deg: float | None
    focus_px: float | None
    streaked: float


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak that stays at its place: `pages` of `of` pages."""

    x_mm: float
    pages: int
    of: int


@dataclass(frozen=True, slots=True)
class Device:
    """One scanner profile: pages within a day, its newest pages and those before, and what is wrong with it."""

    name: str
    pages_day: int
    last_at: datetime
    now: Quality
    usual: Quality
    streaks: tuple[Streak, ...]
    signs: tuple[Sign, ...]


def devices(now: datetime) -> list[Device]:
    """All scanners that delivered within a month, by name."""
    recent = PageMeasure.objects.filter(at__gte=now - SEEN_WITHIN).exclude(scanner="").order_by()
    names = sorted(recent.values_list("scanner", flat=True).distinct())
    day = dict(recent.filter(at__gte=now - DAY).values_list("scanner").annotate(Count("pk")))
    return [device(name, day.get(name, 0), now) for name in names]


def device(name: str, pages_day: int, now: datetime) -> Device:
    rows = PageMeasure.objects.filter(scanner=name, at__gte=now - SEEN_WITHIN).order_by("-at", "-pk")
    found = list(rows.values_list("at", *Seen._fields)[: NEWEST + BEFORE])
    pages = [Seen(*row[1:]) for row in found]
    newest, before = pages[:NEWEST], pages[NEWEST:]
    of_now, usual = quality(newest), quality(before)
    streaks = tuple(
        Streak(x_mm, count, of)
        for x_mm, count, of, _ in calibrate.steady([(page.number, page.streaks_mm) for page in newest])
    )
    signs = tuple(wrong(of_now, usual, streaks))
    return Device(name, pages_day, found[0][0], of_now, usual, streaks, signs)


def quality(pages: Sequence[Seen]) -> Quality:
    written = [page for page in pages if not page.blank]
    focus = [page.focus_px for page in written if page.focus_px is not None]
    return Quality(
        pages=len(pages),
        blank=share(sum(page.blank for page in pages), len(pages)),
        skew_deg=median(abs(page.skew_deg) for page in written) if written else None,
        focus_px=median(focus) if focus else None,
        streaked=share(sum(bool(page.streaks_mm) for page in pages), len(pages)),
    )


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def wrong(now: Quality, usual: Quality, streaks: Sequence[Streak]) -> Iterator[Sign]:
    """What a person should look at. Half of the pages of a double-sided stack may be blank: only more than usual is."""
    if streaks:
        yield "streaks"
    if now.pages < FEW:
        return
    if now.focus_px is not None and now.focus_px > calibrate.SOFT_PX:
        yield "blurred"
    if now.skew_deg is not None and now.skew_deg > max(SKEWED_DEG, TWICE * (usual.skew_deg or 0.0)):
        yield "skewed"
    if usual.pages >= NEWEST and now.blank > usual.blank + MORE_BLANK:
        yield "blank"
