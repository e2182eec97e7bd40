"""The caller's side: one warm reader process for each calling process, started when first needed."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from ocr.loading import wire
from ocr.loading.order import Order

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "1",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",  # a page of pixels in 2 MB pieces: 5 ms less than in 4 kB pieces
}
"""All that the reader gets to see; it clears even that once it runs."""

_lock = threading.Lock()
_control: socket.socket | None = None
_process: subprocess.Popen[bytes] | None = None
_usual_bytes = 0


def hand_over(file_fd: int, order: Order) -> socket.socket:
    """Have a fresh child read the open file; the channel on which it answers.

    Raises:
        OSError: the reader process cannot be started.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        request = asdict(order) | {"usual_bytes": _usual_bytes}
        for last_try in (False, True):
            try:
                wire.send(_warm(), request, [file_fd, theirs.fileno()])
                return ours
            except OSError:  # the reader is gone (killed, out of memory): start another, once
                _drop()
                if last_try:
                    ours.close()
                    raise
    raise AssertionError("not reached")


def expect(page_bytes: int) -> None:
    """Documents of this process begin with a page of about so many bytes: the next child has memory ready."""
    global _usual_bytes
    _usual_bytes = page_bytes


def _warm() -> socket.socket:
    global _control, _process
    with _lock:
        if _control is None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                _process = subprocess.Popen(
                    [sys.executable, "-m", "ocr.loading.reader", str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    env=ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            _control = ours
        return _control


def _drop() -> None:
    global _control, _process
    with _lock:
        if _control is not None:
            _control.close()
        if _process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                _process.wait(1.0)
        _control = _process = None


def _forget_after_fork() -> None:
    """A forked worker gets a reader of its own; it must not hold the end of its parent's open."""
    global _control, _process, _lock
    _lock = threading.Lock()
    if _control is not None:
        _control.close()
    if _process is not None:
        _process.returncode = 0  # not our child any more: nothing to wait for
    _control = _process = None


os.register_at_fork(after_in_child=_forget_after_fork)
