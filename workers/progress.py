"""How far each process of a worker, and beat, has come: written by themselves, one statement when something begins and
one when it ends. A process that lives and makes no progress is seen by what it does not write.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

import structlog
from celery import signals
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

P = ParamSpec("P")
log = structlog.get_logger(__name__)
KEPT_S = 60.0
"""A row of a process that is not one of ours is left alone as long as something is written into it."""


class Here:
    """What this process remembers of itself."""

    node = ""
    written_s = float("-inf")
    consumer: Any = None


def watch() -> None:
    """Write from now on."""
    signals.task_prerun.connect(began)
    signals.task_postrun.connect(ended)
    signals.worker_ready.connect(remember)
    signals.heartbeat_sent.connect(consumer_runs)
    signals.worker_shutdown.connect(sign_off)


def never_in_the_way(write: Callable[P, None]) -> Callable[P, None]:
    """Work goes on where progress cannot be written."""

    @wraps(write)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            write(*args, **kwargs)
        except Exception as error:  # whatever the database raises
            log.warning("progress_not_written", error=type(error).__name__)

    return guarded


@never_in_the_way
def began(task: Any = None, **_: Any) -> None:
    Here.node = task.request.hostname or ""
    write(task=task.name[:40], began_at=Now())


@never_in_the_way
def ended(**_: Any) -> None:
    write(task="", finished_at=Now(), done=F("done") + 1)
    Here.node = ""


@never_in_the_way
def step() -> None:
    """One item of a task that has many; the next one begins."""
    if Here.node:
        write(began_at=Now())


def write(**changes: Any) -> None:
    from cases.models import Progress

    mine = Progress.objects.filter(node=Here.node, pid=os.getpid())
    if Here.node and not mine.update(**changes):
        Progress.objects.get_or_create(node=Here.node, pid=os.getpid())
        mine.update(**changes)


def remember(sender: Any = None, **_: Any) -> None:
    Here.consumer = sender


def consumer_runs(sender: Any = None, **_: Any) -> None:
    """Every two seconds from the loop that takes messages: where it hangs, nothing comes."""
    if tick(sender.eventer.hostname, children()):
        connection.close()  # children that are forked later must not inherit it


def children() -> Iterable[int]:
    pool = getattr(Here.consumer, "pool", None)
    found: Iterable[int] = (pool.info.get("processes") or ()) if pool is not None else ()
    return found


def tick(node: str, living: Iterable[int] = ()) -> bool:
    """At most every PROGRESS_S seconds: this process gives work out. False when there was no need to write."""
    if time.monotonic() - Here.written_s < settings.PROGRESS_S:
        return False
    Here.written_s = time.monotonic()
    note(node, (os.getpid(), *living))
    return True


@never_in_the_way
def note(node: str, living: Iterable[int]) -> None:
    from cases import clock
    from cases.models import Progress

    row, _ = Progress.objects.get_or_create(node=node, pid=os.getpid(), defaults={"began_at": Now()})
    before = clock.now() - timedelta(seconds=KEPT_S)
    others = Progress.objects.filter(node=node).exclude(pid__in=living).exclude(finished_at__gt=before)
    gone = dict(others.exclude(began_at__gt=before).values_list("pk", "done"))
    with transaction.atomic():
        if gone:
            Progress.objects.filter(pk__in=gone).delete()
        Progress.objects.filter(pk=row.pk).update(
            finished_at=Now(), every_s=settings.PROGRESS_S, done=F("done") + sum(gone.values())
        )


@never_in_the_way
def sign_off(sender: Any = None, **_: Any) -> None:
    """A worker that was asked to stop is not missed."""
    from cases.models import Progress

    Progress.objects.filter(node=sender.hostname).delete()
