"""One core for everything that is measured, and what to say about the machine."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import cv2

ONE_THREAD = {
    "OMP_THREAD_LIMIT": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MAGICK_THREAD_LIMIT": "1",
}


def use_one_core(core: int | None = None) -> int:
    """Bind this process and all that it starts to one core (default: the last allowed one); returns the core."""
    os.environ.update(ONE_THREAD)
    cv2.setNumThreads(1)
    chosen = max(allowed_cores()) if core is None else core
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {chosen})
    return chosen


def allowed_cores() -> list[int]:
    """Cores that this process may use, where the system can say it."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def describe(core: int | None = None) -> dict[str, object]:
    """What a figure needs beside it to mean something. `core`: None where several work. `load`: others at work on the
    machine make times swing."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "core": core,
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "opencv": cv2.__version__,
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
