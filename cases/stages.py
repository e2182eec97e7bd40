"""A case at a stage (receive, read, enter): its log lines carry reference and stage, and OpenTelemetry hears of it
where LAUFZETTEL_OTEL is set. Names, ids, codes and times; never what stands on the paper.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Stage:
    """What is known of it; `outcome` is a state or an outcome, in the words of the code."""

    name: str
    case_id: UUID | None
    reference: str
    facts: Mapping[str, str]
    outcome: object = None


@contextmanager
def stage(name: str, case_id: UUID | None = None, reference: str = "", **facts: str) -> Iterator[Stage]:
    about = Stage(name, case_id, reference, facts)
    start_ns, error = time.time_ns(), ""
    shown = {"stage": name, **({"reference": reference} if reference else {})}
    try:
        with structlog.contextvars.bound_contextvars(**shown):
            yield about
    except BaseException as raised:
        error = type(raised).__name__
        raise
    finally:
        if settings.OTEL:
            tell(about, start_ns, error)


def tell(about: Stage, start_ns: int, error: str) -> None:
    """One span, when the stage is over. All stages of a case are of one trace: its id is that of the case."""
    try:
        from opentelemetry import trace
    except ImportError:
        missing()
        return
    within = None
    if about.case_id is not None:
        low = about.case_id.int & (1 << 64) - 1
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        parent = trace.SpanContext(about.case_id.int, low or 1, is_remote=True, trace_flags=flags)
        within = trace.set_span_in_context(trace.NonRecordingSpan(parent))
    told = {**about.facts, "reference": about.reference, "outcome": str(about.outcome or ""), "error": error}
    attributes = {f"laufzettel.{key}": value for key, value in told.items() if value}
    span = tracer().start_span(f"laufzettel.{about.name}", within, attributes=attributes, start_time=start_ns)
    if error:
        span.set_status(trace.StatusCode.ERROR)
    span.end()


@lru_cache(maxsize=1)
def missing() -> None:
    log.warning("tracing_is_not_installed", fix="pip install --require-hashes --no-deps -r locks/otel.txt")


@lru_cache(maxsize=1)
def tracer() -> Any:
    """Of the provider that is there already, else of one of ours. Made in the process that uses it, after the fork."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider

    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource.create({"service.name": "laufzettel"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("laufzettel")


def flush() -> None:
    """Send what was not sent yet; before a process ends that Python does not see ending."""
    if tracer.cache_info().currsize:
        from opentelemetry import trace

        provider: Any = trace.get_tracer_provider()
        provider.force_flush(3000)
