"""The Celery application. Messages are nudges: JSON, one opaque id, no results, no schedules inside the broker."""

from __future__ import annotations

import logging
import os
from typing import Any

import structlog
from celery import Celery, signals
from kombu import Queue

from workers import broker, progress, stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

VISIBILITY_S = 3600


def conf() -> dict[str, Any]:
    return {
        "broker_url": settings.BROKER,
        "broker_transport_options": {
            # Without these a worker hangs for ever after a network cut.
            "socket_timeout": 5,
            "socket_connect_timeout": 5,
            "health_check_interval": 10,
            "visibility_timeout": VISIBILITY_S,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_pool": "workers.pool:Pool",
        "worker_prefetch_multiplier": 1,
        "worker_max_tasks_per_child": 100,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": 10.0,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "task_create_missing_queues": True,
        "task_default_queue": "housekeeping",
        "task_queues": [Queue("read"), Queue("housekeeping")],
        "task_routes": {
            "read_case": {"queue": "read"},
            "sweep": {"queue": "housekeeping"},
            "take_inbox": {"queue": "housekeeping"},
            "count": {"queue": "housekeeping"},
            "retention": {"queue": "housekeeping"},
            "look_at_schedules": {"queue": "housekeeping"},
            "run_planned": {"queue": "housekeeping"},
        },
        "beat_scheduler": "workers.beat:Scheduler",
        "beat_max_loop_interval": 2,
        "timezone": "Europe/Berlin",
        "include": ["workers.tasks"],
    }


broker.install()
progress.watch()
application = Celery("laufzettel")
application.conf.update(conf())


@signals.setup_logging.connect
def log_to_stderr(**_: Any) -> None:
    """Our own lines. Celery's line for every tick says nothing, and its tracebacks quote what stood on the paper."""
    from cases.log import to_stderr

    to_stderr()
    for name in ("celery.app.trace", "celery.worker.strategy", "celery.beat"):
        logging.getLogger(name).setLevel(logging.CRITICAL if name == "celery.app.trace" else logging.WARNING)


@signals.task_failure.connect
def log_failure(sender: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    from cases.log import bug

    if exception is not None:
        structlog.get_logger(__name__).error("task_failed", task=getattr(sender, "name", ""), **bug(exception))


@signals.task_unknown.connect
def log_unknown(name: str = "", **_: Any) -> None:
    """Nobody of ours asks for a task that does not exist."""
    structlog.get_logger("security").warning("unknown_task", name=str(name)[:40])


@signals.worker_process_shutdown.connect
def send_spans(**_: Any) -> None:
    from cases import stages

    stages.flush()


@signals.worker_shutting_down.connect
def stop_taking_cases(**_: Any) -> None:
    """Robots finish the case they have and take no other."""
    stopping.announce()


@signals.worker_ready.connect
def look_around(sender: Any = None, **_: Any) -> None:
    """Ticks that piled up while nobody worked are worthless; one look now is not."""
    if "housekeeping" in {queue.name for queue in sender.task_consumer.queues}:
        with sender.app.connection_for_write() as connection:
            connection.default_channel.queue_purge("housekeeping")
        sender.app.send_task("sweep", queue="housekeeping")
