"""How long things took within the last hour, for histograms. Of very many only the newest count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from cases import catalog
from cases.models import Entry, Event, PageMeasure, State

HOUR = timedelta(hours=1)
MOST = 5000


def stage_seconds(now: datetime) -> Mapping[str, list[float]]:
    """By stage of a reading; "reading" is the whole of it."""
    found: dict[str, list[float]] = {}
    recent = PageMeasure.objects.filter(at__gte=now - HOUR).order_by("-at", "-pk")
    for stages in recent.values_list("ms", flat=True)[:MOST]:
        for stage, ms in stages.items():
            found.setdefault(stage, []).append(ms / 1000)
    return found


def waiting_seconds(now: datetime) -> Mapping[str, list[float]]:
    """By queue: from the moment a case could be worked on until a worker took it the first time."""
    claimed = Event.objects.filter(kind="reading_claimed", at__gte=now - HOUR, case__isnull=False)
    reading = claimed.order_by("-at").values_list("at", "case__received_at", "details")[:MOST]
    found = {"read": [(at - since).total_seconds() for at, since, details in reading if details.get("attempt") == 1]}
    released = Event.objects.filter(case=OuterRef("case"), to_state=State.READY, at__lte=OuterRef("claimed_at"))
    newest = released.exclude(from_state=State.READY).order_by("-number").values("at")[:1]
    entries = Entry.objects.filter(target__in=list(catalog.targets()), finished_at__gte=now - HOUR, mode="enter")
    rows = entries.annotate(since=Subquery(newest)).filter(since__isnull=False).order_by("-finished_at")
    for target, at, ready_at in rows.values_list("target", "claimed_at", "since")[:MOST]:
        found.setdefault(f"enter.{target}", []).append((at - ready_at).total_seconds())
    return found
