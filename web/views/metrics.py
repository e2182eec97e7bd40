"""`/metrics` for Prometheus: how much waits, how old, how targets stand. No names, values, images; nobody's counts."""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from cases import clock, standing
from cases.models import Arrival, Case, Entry, Reconciliation, State

PREFIX = "laufzettel"
DAY = timedelta(days=1)
ENTRY_BUCKETS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0)
AT_WORK = (State.RECEIVED, State.REVIEW, State.SECOND_REVIEW, State.READY, State.ENTERING, State.UNCLEAR, State.FAILED)
LOCAL = ("127.0.0.1", "::1")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """From this machine, or with `Authorization: Bearer` and LAUFZETTEL_METRICS_TOKEN."""
    if not may_look(request):
        raise PermissionDenied
    registry = CollectorRegistry()
    registry.register(Office())
    return HttpResponse(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def may_look(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    return request.META.get("REMOTE_ADDR") in LOCAL and not forwarded


class Office(Collector):
    """Every figure from the database at the moment of asking: nothing is lost when a process is started again."""

    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        yield from cases_at_work(now)
        yield from of_targets()
        yield arrivals(now)
        yield entry_seconds(now)
        yield free_bytes()


def gauge(name: str, words: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=labels)


def cases_at_work(now: datetime) -> Iterator[Metric]:
    """By process and state, and the age of the oldest; what is done is a history, not a queue."""
    count = gauge("cases", "Cases that are not done", ("process", "state"))
    oldest = gauge("oldest_case_seconds", "Age of the oldest case in this state", ("process", "state"))
    late = gauge("cases_late", "Cases beyond their deadline", ("process",))
    at_work = Case.objects.filter(state__in=AT_WORK).order_by()
    for row in at_work.values("process", "state").annotate(count=Count("pk"), oldest=Min("received_at")):
        count.add_metric([row["process"], row["state"]], row["count"])
        oldest.add_metric([row["process"], row["state"]], (now - row["oldest"]).total_seconds())
    for behind in at_work.filter(due_at__lt=now).values("process").annotate(count=Count("pk")):
        late.add_metric([behind["process"]], behind["count"])
    yield from (count, oldest, late)


def of_targets() -> Iterator[Metric]:
    """One row for each target; `condition` is 1 for the one that holds."""
    condition = gauge("target_condition", "1 for the condition that holds", ("target", "condition"))
    numbers = {
        "waiting": gauge("target_waiting", "Cases that wait for a robot", ("target",)),
        "sessions": gauge("target_sessions", "Robot sessions that are open", ("target",)),
        "failures": gauge("target_failures", "Failures in a row", ("target",)),
        "under_way": gauge("target_submits_under_way", "Submits without an outcome yet", ("target",)),
    }
    findings = gauge("target_findings", "Findings of the newest finished reconciliation", ("target",))
    for one in standing.targets():
        for word in standing.WORDS:
            condition.add_metric([one.name, word], float(one.condition == word))
        for name, family in numbers.items():
            family.add_metric([one.name], getattr(one, name))
        last = Reconciliation.objects.filter(target=one.name, finished_at__isnull=False).order_by("-asked_at").first()
        if last is not None:
            findings.add_metric([one.name], len(last.findings))
    yield from (condition, *numbers.values(), findings)


def arrivals(now: datetime) -> Metric:
    """Files of the last 24 hours by what became of them."""
    family = gauge("arrivals_last_day", "Files that came in within 24 hours", ("process", "outcome"))
    recent = Arrival.objects.filter(at__gte=now - DAY).order_by()
    for row in recent.values("process", "outcome").annotate(count=Count("pk")):
        family.add_metric([row["process"], row["outcome"]], row["count"])
    return family


def entry_seconds(now: datetime) -> Metric:
    """How long robots took for a case within the last 24 hours, by target and outcome."""
    family = HistogramMetricFamily(
        f"{PREFIX}_entry_seconds_last_day", "Seconds a robot held a case", labels=("target", "outcome")
    )
    seconds: dict[tuple[str, str], list[float]] = {}
    recent = Entry.objects.filter(finished_at__gte=now - DAY).order_by()
    for target, outcome, begin, end in recent.values_list("target", "outcome", "claimed_at", "finished_at").iterator():
        if end is not None:
            seconds.setdefault((target, outcome), []).append((end - begin).total_seconds())
    for labels, times in sorted(seconds.items()):
        counts = [(str(at), float(sum(t <= at for t in times))) for at in ENTRY_BUCKETS_S]
        family.add_metric(labels, [*counts, ("+Inf", float(len(times)))], sum(times))
    return family


def free_bytes() -> Metric:
    family = gauge("free_bytes", "Free space where the scans are kept")
    folder = next(path for path in (Path(settings.STORE), *Path(settings.STORE).parents) if path.exists())
    family.add_metric([], shutil.disk_usage(folder).free)
    return family
