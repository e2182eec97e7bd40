"""What leaves the house about a case at a stage: its reference and the stage, and nothing that stands on the paper."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from cases import stages
from cases.log import Lines
from cases.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def exporter(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """OpenTelemetry switched on, with a provider that is there already."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    stages.tracer.cache_clear()
    settings.OTEL = True
    yield kept
    stages.tracer.cache_clear()


def test_the_stages_of_a_case_are_one_trace(exporter: InMemorySpanExporter, received: Callable[..., Case]) -> None:
    case = received()
    with stages.stage("read", case.pk, case.reference, process="dogs") as about:
        about.outcome = "ready"
    first, second = exporter.get_finished_spans()
    assert [first.name, second.name] == ["laufzettel.receive", "laufzettel.read"]
    assert {first.context.trace_id, second.context.trace_id} == {case.pk.int}
    assert dict(second.attributes or {}) == {
        "laufzettel.process": "dogs", "laufzettel.reference": case.reference, "laufzettel.outcome": "ready",
    }  # fmt: skip
    assert second.start_time and second.end_time and second.start_time >= (first.end_time or 0)


def test_a_stage_that_breaks_tells_the_kind_of_its_error_only(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), stages.stage("read", None, "2026-000001"):
        raise ValueError("Öztürk")
    (span,) = exporter.get_finished_spans()
    assert (span.attributes or {})["laufzettel.error"] == "ValueError" and not span.status.is_ok
    assert "Öztürk" not in span.to_json() and not span.events


def test_nothing_is_told_where_it_is_switched_off(
    exporter: InMemorySpanExporter, settings: Any, received: Callable[..., Case]
) -> None:
    settings.OTEL = False
    received()
    assert exporter.get_finished_spans() == ()


def test_without_the_package_work_goes_on_and_the_log_says_how_to_get_it(
    settings: Any, received: Callable[..., Case], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.OTEL = True
    stages.missing.cache_clear()
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    received()
    received()
    assert caplog.text.count("tracing_is_not_installed") == 1


def written(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(Lines().format(record))
    return line


def test_lines_of_a_stage_carry_reference_and_stage(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), stages.stage("read", None, "2026-000001"):
        structlog.get_logger("cases.test").info("seen", code="S001")
        logging.getLogger("kombu").warning("connection %s", "lost")
        ours, theirs = (written(record) for record in caplog.records)
    assert (ours["event"], ours["code"], ours["stage"], ours["reference"]) == ("seen", "S001", "read", "2026-000001")
    assert (theirs["event"], theirs["level"], theirs["stage"]) == ("connection lost", "warning", "read")
    assert theirs["reference"] == "2026-000001" and theirs["timestamp"]


def test_an_error_of_others_is_logged_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("Öztürk")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /")
    (line,) = (written(record) for record in caplog.records)
    assert line["error"] == "ValueError" and line["stack"] and "Öztürk" not in json.dumps(line, ensure_ascii=False)
