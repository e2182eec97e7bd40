"""The real worker with a made-up `ocr.read`, so that tests say how long a reading takes. `celery -A` this module.

A file's text is what happens: "slow PATH" waits until PATH is there the first time, "kill" ends the pool child,
"bug" raises, anything else is read at once.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import ocr
from ocr.page import Reading
from tests.site import reading
from workers import celery

__all__ = ["celery"]


def read(path: Path, *_: object, **__: object) -> Reading:
    word, _, rest = path.read_bytes().split(b"\n", 1)[1].decode().partition(" ")
    if word == "slow" and not Path(f"{rest}.begun").exists():
        Path(f"{rest}.begun").touch()
        while not Path(rest).exists():
            time.sleep(0.02)
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "bug":
        raise ValueError("Öztürk")
    return reading()


ocr.read = read  # type: ignore[assignment]
