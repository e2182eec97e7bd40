"""What is configured now: forms, processes and targets, read again when a file changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from cases.processes import ProcessSpec, TargetSpec, load_processes, load_targets
from ocr.confidence import Calibration, load_calibration
from ocr.errors import StateProblem
from ocr.spec import FormSpec, load_forms
from ocr.towns import Towns, load_towns

Stamp = tuple[tuple[str, int, int] | tuple[str, str], ...]


def stamp(folder: Path) -> Stamp:
    """Names, sizes and times of the descriptions in a folder."""
    files = sorted(folder.glob("*.toml"))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=32)
def _load(load: Callable[[Path], Mapping[str, object]], folder: Path, _stamp: Stamp) -> Mapping[str, object]:
    return load(folder)


def forms() -> Mapping[str, FormSpec]:
    folder = Path(settings.FORMS)
    return _load(load_forms, folder, stamp(folder))  # type: ignore[return-value]


def processes() -> Mapping[str, ProcessSpec]:
    folder = Path(settings.PROCESSES)
    return _load(load_processes, folder, stamp(folder))  # type: ignore[return-value]


def calibration() -> Calibration | None:
    paths = tuple(Path(path) for path in settings.CALIBRATIONS)
    return _calibration(paths, tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths))


@lru_cache(maxsize=4)
def _calibration(paths: tuple[Path, ...], _times: tuple[int, ...]) -> Calibration | None:
    return load_calibration(*paths)


def towns() -> Towns:
    return load_towns(*settings.PLACES)


def targets() -> Mapping[str, TargetSpec]:
    folder = Path(settings.TARGETS)
    own = tuple((name, value) for name, value in os.environ.items() if name.startswith("LAUFZETTEL_TARGET_"))
    return _load(load_targets, folder, (*stamp(folder), *own))  # type: ignore[return-value]


def process(name: str) -> ProcessSpec:
    """Raises StateProblem V011 when there is no such process (any more)."""
    try:
        return processes()[name]
    except KeyError:
        known = ", ".join(processes()) or "keine"
        raise StateProblem("V011", f"Den Prozess „{name}“ gibt es nicht; bekannt sind: {known}.") from None
