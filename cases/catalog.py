"""What is configured now: forms, processes and targets, read again when a file changes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import structlog
from django.conf import settings
from django.utils import timezone

from cases.models import Version
from cases.processes import ProcessSpec, TargetSpec, load_processes, load_targets, parse
from ocr.confidence import Calibration, from_json, load_calibration
from ocr.errors import FormProblem, StateProblem
from ocr.spec import FormSpec, load_forms, parse_form
from ocr.towns import Towns, load_towns

log = structlog.get_logger(__name__)
NUMBER = re.compile(r" \((\d+)\)$")
"""How the version of a description that was taught in the browser ends: "2026-03 (4)"."""
Stamp = tuple[tuple[str, int, int] | tuple[str, str], ...]


def stamp(folder: Path) -> Stamp:
    """Names, sizes and times of the descriptions in a folder."""
    files = sorted(folder.glob("*.toml"))
    return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=32)
def _load(load: Callable[[Path], Mapping[str, object]], folder: Path, _stamp: Stamp) -> Mapping[str, object]:
    return load(folder)


def forms() -> Mapping[str, FormSpec]:
    """Those of the files, and over them the versions in service."""
    folder = Path(settings.FORMS)
    files: Mapping[str, FormSpec] = _load(load_forms, folder, stamp(folder))  # type: ignore[assignment]
    return {**files, **_sound(_form, Version.Kind.FORM)}


def form(name: str, version: str) -> FormSpec | None:
    """The description that read a case, also after a newer one came; what is in service where that one is gone."""
    now = forms().get(name)
    if now is not None and now.version == version:
        return now
    found = NUMBER.search(version)
    if not found:
        return now
    known = Version.objects.filter(kind=Version.Kind.FORM, name=name, number=found[1])
    key = known.values_list("pk", "decided_at").first()
    return _form(*key) if key else now


def processes() -> Mapping[str, ProcessSpec]:
    """Those of the files, and over them the versions in service."""
    folder = Path(settings.PROCESSES)
    files: Mapping[str, ProcessSpec] = _load(load_processes, folder, stamp(folder))  # type: ignore[assignment]
    return {**files, **_sound(_process, Version.Kind.PROCESS)}


Spec = TypeVar("Spec")


def _sound(load: Callable[[int, datetime | None], Spec], kind: str) -> dict[str, Spec]:
    """The versions in service. One whose text is no description any more leaves its name to the file."""
    found = {}
    for name, key in in_service(kind).items():
        try:
            found[name] = load(*key)
        except FormProblem as problem:
            log.error("version_broken", kind=kind, name=name, code=problem.code)
    return found


InService = dict[str, tuple[int, datetime | None]]
_looked: ContextVar[dict[str, InService] | None] = ContextVar("looked", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Within, versions are looked up once: the answer to one request speaks of one state."""
    token = _looked.set({})
    try:
        yield
    finally:
        _looked.reset(token)


def look_again() -> None:
    """After a version was released or withdrawn."""
    if (looked := _looked.get()) is not None:
        looked.clear()


def in_service(kind: str) -> InService:
    """By name, the approved version with the latest day that has come, and when it was approved."""
    looked = _looked.get()
    if looked is None:
        return _in_service(kind)
    if kind not in looked:
        looked[kind] = _in_service(kind)
    return looked[kind]


def _in_service(kind: str) -> InService:
    approved = Version.objects.filter(kind=kind, state=Version.State.APPROVED, serves_from__lte=timezone.now())
    rows = approved.order_by("serves_from", "decided_at", "number").values_list("name", "pk", "decided_at")
    return {name: (pk, decided_at) for name, pk, decided_at in rows}


def serving_form(name: str) -> Version | None:
    """The version of this form in service; None when it comes from a file."""
    key = in_service(Version.Kind.FORM).get(name)
    return Version.objects.get(pk=key[0]) if key else None


def is_on_trial(name: str) -> bool:
    """Whether the form is read and reviewed, but not entered."""
    version = serving_form(name)
    return version is not None and version.shadow


@lru_cache(maxsize=512)
def _form(pk: int, _decided_at: datetime | None) -> FormSpec:
    version = Version.objects.get(pk=pk)  # its text never changes once it is approved
    spec = parse_form(version.text, version.name)
    return spec.model_copy(update={"version": f"{spec.version[:30]} ({version.number})"})


@lru_cache(maxsize=512)
def _process(pk: int, _decided_at: datetime | None) -> ProcessSpec:
    version = Version.objects.get(pk=pk)
    return parse(version.text, version.name, ProcessSpec)


def calibration() -> Calibration | None:
    """The version in service, else the office's own file, else the one that comes along."""
    if found := _sound(_released_calibration, Version.Kind.CALIBRATION):
        return next(iter(found.values()))
    paths = tuple(Path(path) for path in settings.CALIBRATIONS)
    return _calibration(paths, tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths))


@lru_cache(maxsize=4)
def _released_calibration(pk: int, _decided_at: datetime | None) -> Calibration:
    try:
        return from_json(json.loads(Version.objects.get(pk=pk).text))
    except ValueError as error:
        raise FormProblem("F024", "Diese Schwellen passen nicht mehr zum Programm.") from error


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
