"""Daily sums, carried on from the trail: each event is counted once. Nothing here knows who did something.

The reasons of finished months are added up besides, so that those of a long time are read as quickly as those of a day.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from cases.models import CountedUpTo, Day, Event, Month, State

BATCH = 2000
LONGEST_S = 30.0
"""A tick ends after so long; the next one goes on where it ended."""
SETTLED = timedelta(days=2)
"""A month is put together so long after its end; what is counted for it later goes to day and month."""
READ = ("read", "not_readable")
INTO = {State.READY: "released", State.ENTERED: "entered", State.REJECTED: "rejected"}
BLIND, UNSURE = "blind", "unsure"
"""Reasons without a problem code: drawn for the blind sample; asks without a note (double keying)."""
COLUMNS = ("number", "at", "kind", "from_state", "to_state", "details", "case_id", "case__process", "case__form",
           "case__form_version")  # fmt: skip


Reasons = dict[str, dict[str, int]]
"""As in `Day`: by field and code."""


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the sums."""

    day: date
    process: str
    form: str = ""
    form_version: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        return {"day": self.day, "process": self.process, "form": self.form, "form_version": self.form_version}


class Sums:
    """What a batch of events adds."""

    def __init__(self) -> None:
        self.days: dict[Key, Counter[str]] = defaultdict(Counter)
        self.reasons: dict[Key, Counter[tuple[str, str]]] = defaultdict(Counter)

    def add(self, event: Mapping[str, Any], *, first: bool) -> None:
        """`first`: a reading that is the first of its case."""
        day = timezone.localdate(at(event))
        key = Key(day, event["case__process"], event["case__form"], event["case__form_version"])
        if event["kind"] == "received":
            self.days[Key(day, event["case__process"])]["received"] += 1
        if event["kind"] in READ and first:
            self.add_reading(as_read(key, event["details"]), event["to_state"], event["details"])
        if event["from_state"] != event["to_state"] and (column := INTO.get(event["to_state"])):
            self.days[key][column] += 1

    def add_reading(self, key: Key, to: str, details: Mapping[str, Any]) -> None:
        sums, why = self.days[key], list(reasons(details))
        sums["read"] += 1
        sums["through"] += to == State.READY
        sums["blind"] += bool(why) and all(code == BLIND for _, code in why)
        self.reasons[key].update([*why, *((field, "") for field in {field for field, _ in why})])


def at(event: Mapping[str, Any]) -> datetime:
    moment: datetime = event["at"]
    return moment


def as_read(key: Key, details: Mapping[str, Any]) -> Key:
    """The form as the reading found it: a person may have chosen another one since."""
    form = details.get("form") or ""
    return key if form == key.form else Key(key.day, key.process, form)


def reasons(details: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Why a case went to a person, each (field, code) once; field "" for the case as a whole."""
    blind = set(details.get("blind", ()))
    notes: Mapping[str, Sequence[str]] = details.get("why", {})
    found = {("", code) for code in details.get("codes", ())}
    found |= {("", code) for code in [details.get("code")] if code}
    for name in details.get("unsure", ()):
        codes = [BLIND] if name in blind else notes.get(name) or [UNSURE]
        found |= {(name, code) for code in codes}
    found |= {(name, code) for name, codes in details.get("broken", {}).items() for code in codes}
    return sorted(found)


def carry_on() -> None:
    """Count what came since the last time and put months together, until nothing is left or the tick is over."""
    end_s = time.monotonic() + LONGEST_S
    while (carry_on_once() or put_month_together()) and time.monotonic() < end_s:
        pass


def carry_on_once() -> int:
    """Count the next events and remember up to which, in one transaction; how many there were."""
    with transaction.atomic():
        mark = locked_mark()
        events = list(Event.objects.filter(number__gt=mark.number).order_by("number").values(*COLUMNS)[:BATCH])
        if not events:
            return 0
        sums, first = Sums(), first_readings(events)
        for event in events:
            if event["case_id"]:
                sums.add(event, first=event["number"] in first)
        store(sums)
        mark.number = events[-1]["number"]
        mark.save(update_fields=["number"])
    return len(events)


def locked_mark() -> CountedUpTo:
    """Whoever holds it is the only one that changes sums."""
    CountedUpTo.objects.get_or_create(pk=1)
    return CountedUpTo.objects.select_for_update().get(pk=1)


def put_month_together() -> int:
    """Add up the oldest finished month with days that are in none, in one transaction; how many rows of days it had."""
    over = month_of(timezone.localdate() - SETTLED)
    with transaction.atomic():
        locked_mark()
        left = Day.objects.filter(in_month=False, day__lt=over)
        oldest = left.aggregate(day=Min("day"))["day"]
        if oldest is None:
            return 0
        days = left.filter(day__gte=month_of(oldest), day__lt=next_month(oldest))
        months: dict[Key, Reasons] = defaultdict(dict)
        for row in days:
            add_up(months[Key(month_of(oldest), row.process, row.form, row.form_version)], row.reasons)
        for key, found in months.items():
            add_to_month(key, found)
        return days.update(in_month=True)


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    return month_of(month_of(day) + timedelta(days=31))


def add_up(reasons: Reasons, more: Reasons) -> None:
    for field, codes in more.items():
        total = reasons.setdefault(field, {})
        for code, count in codes.items():
            total[code] = total.get(code, 0) + count


def add_to_month(key: Key, reasons: Reasons) -> None:
    """`key.day` is any day of the month."""
    columns = {name: value for name, value in key.columns.items() if name != "day"}
    row, _ = Month.objects.get_or_create(month=month_of(key.day), **columns)
    add_up(row.reasons, reasons)
    row.save(update_fields=["reasons"])


def first_readings(events: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Numbers of those readings before which there was none of the same case."""
    read: set[UUID] = {event["case_id"] for event in events if event["kind"] in READ}
    firsts = Event.objects.filter(case__in=read, kind__in=READ).order_by().values_list("case").annotate(Min("number"))
    return frozenset(number for _, number in firsts)


def store(sums: Sums) -> None:
    """Nobody else writes: the mark is locked."""
    for key, counts in sums.days.items():
        row, _ = Day.objects.get_or_create(**key.columns)
        for name, count in counts.items():
            setattr(row, name, getattr(row, name) + count)
        found: Reasons = defaultdict(dict)
        for (field, code), count in sums.reasons[key].items():
            found[field][code] = count
        add_up(row.reasons, found)
        row.save()
        if row.in_month:
            add_to_month(key, found)
