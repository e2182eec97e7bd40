"""The pool of a worker: a child that ends while the worker is still reaching for the broker is replaced like any other.

Celery 5.7 ends the whole worker then: with "Could not start worker processes" once the broker answers, and with a
StopIteration when the broker is lost again before that, because a new child finds the old one's pipes taken.
"""

from __future__ import annotations

from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool


class Children(AsynPool):
    _registered_with_event_loop: bool  # missing in the stubs

    def maintain_pool(self) -> None:
        """Nobody is replaced before the event loop can give back the pipes of those that ended."""
        if self._registered_with_event_loop:
            super().maintain_pool()


class Pool(TaskPool):
    Pool = Children
    _pool: Children

    def did_start_ok(self) -> bool:
        """Asked once, when the event loop is about to begin."""
        self._pool.maintain_pool()
        return True
