"""Tells the pool's children that their worker is asked to stop: one byte of memory shared since the fork."""

from __future__ import annotations

import mmap

SHARED = mmap.mmap(-1, 1)


def announce() -> None:
    SHARED[0] = 1


def is_announced() -> bool:
    return bool(SHARED[0])
