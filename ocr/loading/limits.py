"""What one document may cost, and how the kernel is told."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for one document. Time counts only while a page is being made, not while the caller works.

    `document_s` is for the whole document; every finished page earns `earned_s` more, so that a long and
    healthy file is not cut off. `pixels` is for one page as the file announces it (A4 at 1200 dpi is 139
    million), colour pages may have `colour_pixels`: decoding takes three bytes a pixel, in colour six.
    """

    pixels: int = 200_000_000
    colour_pixels: int = 100_000_000
    pages: int = 2000
    file_bytes: int = 1024 * MIB
    memory_bytes: int = 700 * MIB
    page_s: float = 20.0
    document_s: float = 45.0
    earned_s: float = 0.25
    words_s: float = 8.0


DEFAULT = Limits()


def confine(limits: Limits) -> None:
    """Take from this process what a decoder does not need: memory, CPU time, files, core dumps."""
    now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    cpu_s = int(limits.document_s + limits.pages * limits.earned_s) + 1
    for what, soft in (
        (resource.RLIMIT_AS, now + limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, limits.pixels + 64 * MIB),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        value = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(what, (value, value))


def start_page_clock(limits: Limits) -> None:
    """End this process when the next page takes too long; no code of ours has to run for that."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, limits.page_s)


def stop_page_clock() -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)


def leave_network() -> bool:
    """Move this process into a network of its own without any interface; False where not allowed."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == 0:
        return True
    return bool(libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)


def die_with_parent(parent_pid: int) -> None:
    """End with process `parent_pid`; gain no privileges; be no target for debuggers of the same user."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if os.getppid() != parent_pid:  # it was faster
        os._exit(1)


def close_descriptors(keep: set[int]) -> None:
    """Close every descriptor above 2 that is not in `keep`."""
    for number in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if number > 2 and number not in keep:
            with contextlib.suppress(OSError):
                os.close(number)
