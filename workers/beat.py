"""Beat: django-celery-beat's scheduler, which also writes that it still runs."""

from __future__ import annotations

import socket
from typing import Any

from django_celery_beat.schedulers import DatabaseScheduler

from workers import progress


class Scheduler(DatabaseScheduler):  # type: ignore[misc]
    def tick(self, *given: Any, **named: Any) -> float:
        seconds: float = super().tick(*given, **named)
        progress.tick(f"beat@{socket.gethostname()}")
        return seconds
