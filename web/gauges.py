"""The figures of the operations page as metrics for Prometheus. No names, values, images; nobody's counts.

All come from the database at the moment of asking. Histograms are of the last hour or day, not since the start of a
process: their buckets are read as they are, without rate().
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Min
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from cases import operations, standing
from cases.models import Arrival, Case, Entry, Reconciliation, State
from cases.operations import Overview, times
from cases.operations.crew import Member
from cases.operations.queues import Queue
from cases.operations.robots import Target
from cases.operations.scanners import SIGNS, Device

PREFIX = "laufzettel"
DAY = timedelta(days=1)
ENTRY_BUCKETS_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0)
STAGE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
WAITING_BUCKETS_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 86_400.0)
AT_WORK = (State.RECEIVED, State.REVIEW, State.SECOND_REVIEW, State.READY, State.ENTERING, State.UNCLEAR, State.FAILED)

Thing = TypeVar("Thing")
Figure = tuple[str, str, Callable[[Thing], float | None]]


def office() -> Iterator[Metric]:
    """Everything."""
    seen = operations.overview()
    yield from cases_at_work(seen.now)
    yield arrivals(seen.now)
    yield failed(seen)
    yield from of_queues(seen)
    yield from of_crew(seen)
    yield from of_targets(seen)
    yield entry_seconds(seen.now)
    yield from of_scanners(seen)
    yield from of_house(seen)
    yield troubles(seen)
    yield histogram(
        "stage_seconds_last_hour", "Seconds of a stage of reading", "stage", STAGE_BUCKETS_S,
        times.stage_seconds(seen.now),
    )  # fmt: skip
    yield histogram(
        "queue_wait_seconds_last_hour", "Seconds until a worker took a case", "queue", WAITING_BUCKETS_S,
        times.waiting_seconds(seen.now),
    )  # fmt: skip


def gauge(name: str, words: str, labels: tuple[str, ...] = ()) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=labels)


def single(name: str, words: str, value: float | None) -> Metric:
    """Without a sample where the value is not known."""
    family = gauge(name, words)
    if value is not None:
        family.add_metric([], float(value))
    return family


def each(
    things: Iterable[Thing], label: str, name_of: Callable[[Thing], str], figures: Iterable[Figure[Thing]]
) -> Iterator[Metric]:
    """One family for each figure, with a sample for each thing of which it is known."""
    known = list(things)
    for name, words, figure in figures:
        family = gauge(name, words, (label,))
        for thing in known:
            if (value := figure(thing)) is not None:
                family.add_metric([name_of(thing)], float(value))
        yield family


def histogram(
    name: str, words: str, label: str, buckets: tuple[float, ...], found: Mapping[str, list[float]]
) -> Metric:
    family = HistogramMetricFamily(f"{PREFIX}_{name}", words, labels=(label,))
    for subject, seconds in sorted(found.items()):
        family.add_metric([subject], counted(seconds, buckets), sum(seconds))
    return family


def counted(seconds: list[float], buckets: tuple[float, ...]) -> list[tuple[str, float]]:
    ordered = sorted(seconds)
    return [*((str(at), float(bisect_right(ordered, at))) for at in buckets), ("+Inf", float(len(ordered)))]


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


def arrivals(now: datetime) -> Metric:
    """Files of the last 24 hours by what became of them."""
    family = gauge("arrivals_last_day", "Files that came in within 24 hours", ("process", "outcome"))
    recent = Arrival.objects.filter(at__gte=now - DAY).order_by()
    for row in recent.values("process", "outcome").annotate(count=Count("pk")):
        family.add_metric([row["process"], row["outcome"]], row["count"])
    return family


def failed(seen: Overview) -> Metric:
    family = gauge("failed_cases", "Cases that broke three times, by problem code", ("code",))
    for code, count in seen.failed.items():
        family.add_metric([code], count)
    return family


def of_queues(seen: Overview) -> Iterator[Metric]:
    def age_s(one: Queue) -> float | None:
        return (seen.now - one.oldest).total_seconds() if one.oldest else 0

    yield from each(
        seen.queues,
        "queue",
        lambda one: one.name,
        [
            ("queue_waiting", "Cases that wait", lambda one: one.waiting),
            ("queue_leases", "Cases that are being worked on", lambda one: one.leases),
            ("queue_messages", "Messages in the broker; no sample without a broker", lambda one: one.messages),
            ("queue_oldest_seconds", "Age of the oldest case that waits", age_s),
            ("queue_rate_per_hour", "Cases that leave, at the rate of the last quarter of an hour", rate_h),
            ("queue_empty_seconds", "Time until it is empty; no sample where nothing moves", empty_s),
        ],
    )


def rate_h(one: Queue) -> float:
    return one.rate_h


def empty_s(one: Queue) -> float | None:
    return None if one.empty_in is None else one.empty_in.total_seconds()


def of_crew(seen: Overview) -> Iterator[Metric]:
    def sign_s(one: Member) -> float | None:
        return (seen.now - one.sign_at).total_seconds() if one.sign_at else None

    def longest_s(one: Member) -> float:
        return max(((seen.now - item.since).total_seconds() for item in one.doing), default=0)

    yield from each(
        seen.workers,
        "node",
        lambda one: one.node,
        [
            ("worker_sign_age_seconds", "Time since a worker last gave work out", sign_s),
            ("worker_stuck", "1 for a worker that makes no progress", lambda one: one.condition == "stuck"),
            ("worker_processes", "Processes that work", lambda one: one.processes),
            ("worker_busy", "Processes that are at a task", lambda one: len(one.doing)),
            ("worker_longest_task_seconds", "How long the longest task has been going on", longest_s),
        ],
    )
    done = CounterMetricFamily(f"{PREFIX}_worker_tasks", "Tasks done since the worker was started", labels=("node",))
    for one in seen.workers:
        done.add_metric([one.node], one.done)
    yield done
    yield from each(
        seen.beats, "node", lambda one: one.node, [("beat_tick_age_seconds", "Time since the last tick", sign_s)]
    )


def of_targets(seen: Overview) -> Iterator[Metric]:
    """One row for each target; `condition` is 1 for the one that holds."""

    def receipt_s(one: Target) -> float | None:
        return (seen.now - one.last_at).total_seconds() if one.last_at else None

    condition = gauge("target_condition", "1 for the condition that holds", ("target", "condition"))
    for one in seen.targets:
        for word in standing.WORDS:
            condition.add_metric([one.standing.name, word], float(one.standing.condition == word))
    yield condition
    yield from each(
        seen.targets,
        "target",
        lambda one: one.standing.name,
        [
            ("target_waiting", "Cases that wait for a robot", lambda one: one.standing.waiting),
            ("target_sessions", "Robot sessions that are open", lambda one: one.standing.sessions),
            ("target_sessions_most", "Robot sessions that are allowed", lambda one: one.standing.most_sessions),
            ("target_sessions_silent", "Sessions that nobody renews", silent_sessions),
            ("target_failures", "Failures in a row", lambda one: one.standing.failures),
            ("target_failures_most", "Failures in a row that stop it", lambda one: one.stop_after),
            ("target_submits_under_way", "Submits without an outcome yet", lambda one: one.standing.under_way),
            ("target_attempts_last_day", "Attempts that ended within 24 hours", lambda one: one.attempts),
            ("target_broke_last_day", "Of these, those that broke for technical reasons", lambda one: one.broke),
            ("target_receipt_age_seconds", "Time since the newest outcome", receipt_s),
            ("target_findings", "Findings of the newest finished reconciliation", findings),
        ],
    )


def silent_sessions(one: Target) -> float:
    return sum(session.silent for session in one.sessions)


def findings(one: Target) -> float | None:
    finished = Reconciliation.objects.filter(target=one.standing.name, finished_at__isnull=False)
    last = finished.order_by("-asked_at").first()
    return None if last is None else len(last.findings)


def entry_seconds(now: datetime) -> Metric:
    """How long robots took for a case within the last 24 hours, by target and outcome."""
    family = HistogramMetricFamily(
        f"{PREFIX}_entry_seconds_last_day", "Seconds a robot held a case", labels=("target", "outcome")
    )
    seconds: dict[tuple[str, str], list[float]] = {}
    recent = Entry.objects.filter(finished_at__gte=now - DAY).order_by("-finished_at")[: times.MOST]
    for target, outcome, begin, end in recent.values_list("target", "outcome", "claimed_at", "finished_at"):
        if end is not None:
            seconds.setdefault((target, outcome), []).append((end - begin).total_seconds())
    for labels, took in sorted(seconds.items()):
        family.add_metric(labels, counted(took, ENTRY_BUCKETS_S), sum(took))
    return family


def of_scanners(seen: Overview) -> Iterator[Metric]:
    def page_s(one: Device) -> float:
        return (seen.now - one.last_at).total_seconds()

    yield from each(
        seen.scanners,
        "scanner",
        lambda one: one.name,
        [
            ("scanner_pages_last_day", "Pages within 24 hours", lambda one: one.pages_day),
            ("scanner_page_age_seconds", "Time since the newest page", page_s),
            ("scanner_streaked_ratio", "Share of the newest pages with a streak", lambda one: one.now.streaked),
            ("scanner_steady_streaks", "Streaks that stay at their place", lambda one: len(one.streaks)),
            ("scanner_focus_pixels", "Width of the edge of a stroke", lambda one: one.now.focus_px),
            ("scanner_skew_degrees", "Skew, without its sign", lambda one: one.now.skew_deg),
            ("scanner_blank_ratio", "Share of blank pages", lambda one: one.now.blank),
            ("scanner_blank_ratio_usual", "Share of blank pages before", lambda one: one.usual.blank),
            ("scanner_focus_pixels_usual", "Width of the edge of a stroke before", lambda one: one.usual.focus_px),
            ("scanner_skew_degrees_usual", "Skew before", lambda one: one.usual.skew_deg),
        ],
    )
    sign = gauge("scanner_sign", "1 for a sign that a person should look at the device", ("scanner", "sign"))
    for one in seen.scanners:
        for word in SIGNS:
            sign.add_metric([one.name, word], float(word in one.signs))
    yield sign


def of_house(seen: Overview) -> Iterator[Metric]:
    broker, database, disk = seen.broker, seen.database, seen.disk
    evicts = None if broker.eviction is None else float(broker.evicts)
    yield single("broker_up", "1 when the broker can be reached", float(broker.reachable))
    yield single("broker_append_only", "1 with an append-only file; no sample if unknown", broker.append_only)
    yield single("broker_evicts", "1 when a full broker throws messages away; no sample if unknown", evicts)
    yield single("broker_writes_well", "1 when its last write to disk went well", broker.writes_well)
    yield single("broker_used_bytes", "Memory that the broker uses", broker.used_bytes)
    yield single("broker_most_bytes", "Memory that it may use; no sample without a limit", broker.most_bytes)
    yield single("database_answer_seconds", "How long the database takes for an empty question", database.answer_s)
    yield single("database_bytes", "Size of the database", database.size_bytes)
    yield single("database_connections", "Connections to the database server", database.connections)
    yield single("database_connections_most", "Connections that it allows", database.most_connections)
    yield single("free_bytes", "Free space where the scans are kept", disk.free_bytes)
    yield single("whole_bytes", "Size of the disk where the scans are kept", disk.whole_bytes)


def troubles(seen: Overview) -> Metric:
    """What the page says in words."""
    family = gauge("trouble", "1 for everything that needs a person", ("kind", "subject"))
    for one in seen.troubles:
        family.add_metric([one.kind, one.subject], 1)
    return family
