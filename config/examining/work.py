"""Whether anybody works: a worker for every queue, the ticks of beat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django_celery_beat.models import PeriodicTask

from cases import catalog, clock
from config.examining.broker import QUICK
from config.finding import Finding, judged
from workers.app import application

PATIENCE_S = 2.0
LONGEST_SILENCE = timedelta(minutes=10)
"""Beat writes down every three minutes what it has sent."""


def findings() -> Iterator[Finding]:
    with application.connection_for_write(settings.BROKER, transport_options=QUICK) as line:
        line.ensure_connection(max_retries=1, timeout=3)
        answers = application.control.inspect(timeout=PATIENCE_S, connection=line).active_queues() or {}
    served = {str(queue["name"]) for queues in answers.values() for queue in queues}
    units = {"read": "laufzettel-read", "housekeeping": "laufzettel-housekeeping"}
    units |= {f"enter.{name}": f"laufzettel-robot@{name}" for name in catalog.targets()}
    for queue, unit in units.items():
        ok = queue in served
        detail = "wird bedient" if ok else "niemand arbeitet daran"
        yield judged(f"Warteschlange {queue}", ok, detail, f"systemctl enable --now {unit}")
    last = PeriodicTask.objects.filter(name="sweep").values_list("last_run_at", flat=True).first()
    ticking = last is not None and clock.now() - last < LONGEST_SILENCE
    said = f"zuletzt {last:%d.%m.%Y %H:%M} UTC" if last else "noch nie"
    yield judged("Zeitplan", ticking, said, "systemctl enable --now laufzettel-beat")
