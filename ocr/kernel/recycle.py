"""Memory of pages used again: fresh memory must be cleared by the system, which takes as long as a whole step."""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref

import numpy as np
from numpy.typing import NDArray

KEPT = 6
"""So many blocks are kept at most: grey and bits of three pages."""
LARGEST_BYTES = 64 * 1024 * 1024
ROUND_BYTES = 256 * 1024
"""Pages of nearly the same size share their blocks."""

_free: list[mmap.mmap] = []


def recycled(shape: tuple[int, int]) -> NDArray[np.uint8]:
    """An array whose content is anything: every byte must be written. Its memory is used again once nobody has it."""
    size = -(-max(1, shape[0] * shape[1]) // ROUND_BYTES) * ROUND_BYTES
    if size > LARGEST_BYTES:
        return np.empty(shape, np.uint8)
    block = next((block for block in reversed(_free) if len(block) == size), None)  # the one still in the cache
    try:
        if block is not None:
            _free.remove(block)
    except ValueError:  # another thread was faster
        block = None
    if block is None:
        block = mmap.mmap(-1, size)
        if hasattr(mmap, "MADV_HUGEPAGE"):
            block.madvise(mmap.MADV_HUGEPAGE)
    holder = (ctypes.c_uint8 * size).from_buffer(block)
    weakref.finalize(holder, _give_back, block)
    return np.ndarray(shape, np.uint8, buffer=memoryview(holder).cast("B"))


def _give_back(block: mmap.mmap) -> None:
    _free.append(block)
    if len(_free) > KEPT:
        _free.pop(0)  # the one that nobody has wanted for longest


os.register_at_fork(after_in_child=_free.clear)
