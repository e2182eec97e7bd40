"""The reading engines within the web process: one at a time, and never for longer than a person waits.

Why here and not in a worker: docs/decisions/0013-reading-again-in-the-web-process.md.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
ZONE_S, PAGE_S = 8.0, 20.0
"""How long one zone and the words of a page may take; the first time the models are loaded as well."""

_one_by_one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="engines")


def within(seconds: float, look: Callable[[], T]) -> T:
    """The result of `look`, which only reads pixels.

    Raises:
        TimeoutError: it takes longer (it ends by itself, unseen), or others wait before it.
    """
    future = _one_by_one.submit(look)
    try:
        return future.result(seconds)
    finally:
        future.cancel()
