"""`/metrics` for Prometheus: every figure of the operations page."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from web import gauges

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
    """Worked out when it is asked: nothing is lost when a process is started again."""

    def collect(self) -> Iterator[Metric]:
        yield from gauges.office()
