"""Reading the documents of the list, in one or in several processes. Of their pages only the cuts are kept."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import ocr
from config.evaluating.cuts import Cut, cut_of
from config.places import known_towns
from ocr.confidence import NEVER_SURE, Calibration
from ocr.errors import Problem, ScanProblem
from ocr.evaluate import Answer, Answers, Truth, results_of
from ocr.page import FieldReading, Note, Reading
from ocr.spec import FormSpec

Specs = Mapping[str, FormSpec]
SPAWN = multiprocessing.get_context("spawn")
DIED = Note("S014", "Die Verarbeitung dieser Datei brach ab (Programmfehler oder zu wenig Speicher).")


@dataclass(frozen=True, slots=True)
class Task:
    """One document to read. `cuts`: with a picture of every error. `calibration`: None = as the reading itself says."""

    path: Path
    truth: Truth
    cuts: bool = False
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was read on one document: nothing where the file was `refused`. Only fields with an error have cuts."""

    truth: Truth
    answers: Answers
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    form: str | None = None
    refused: Note | None = None


def read_all(tasks: Sequence[Task], specs: Specs, jobs: int) -> Iterator[Found]:
    """All documents in the order of the list. A document whose process dies counts as refused.

    Raises:
        Problem: what stands in the way of every document (an engine is missing).
    """
    if jobs <= 1:
        yield from (read_one(task, specs) for task in tasks)
        return
    pool = _pool(min(jobs, len(tasks)), specs)
    try:
        for task, future in [(task, pool.submit(_read_there, task)) for task in tasks]:
            yield _result(future) or _read_alone(task, specs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def read_one(task: Task, specs: Specs) -> Found:
    """One document; what was refused has no fields, so that they count as missed."""
    try:
        towns = known_towns() if task.calibration else None  # no evidence that calibrators learn from
        reading = ocr.read(task.path, specs, calibration=task.calibration, towns=towns)
    except ScanProblem as problem:
        return _refused(task, Note(problem.code, problem.message))
    answers = answers_of(reading)
    fields = {one.name: one for one in reading.fields}
    wrong = [one.field for one in results_of(task.truth, answers) if not one.good] if task.cuts else []
    cuts = {name: _cut(name, reading, fields, specs) for name in wrong}
    kept = {name: cut for name, cut in cuts.items() if cut is not None}
    return Found(task.truth, answers, fields, kept, reading.form)


def answers_of(reading: Reading) -> Answers:
    """What the evaluation counts. Held is what a rule keeps for a person whatever the confidence."""
    fields = {f.name: Answer(f.value, f.raw, f.sure, f.confidence, held=_held(f)) for f in reading.fields}
    held = reading.form is None or bool(reading.problems)
    return Answers(fields, reading.decision == "ready", reading.ms.get("all", 0.0), held)


def _held(field: FieldReading) -> bool:
    return any(note.code in NEVER_SURE for note in field.problems)


def _cut(name: str, reading: Reading, fields: Mapping[str, FieldReading], specs: Specs) -> Cut | None:
    form = specs.get(reading.form or "")
    spec = form.fields_by_name.get(name) if form else None
    return cut_of(fields.get(name), reading.pages, spec.page if spec else 1)


def _refused(task: Task, note: Note) -> Found:
    return Found(task.truth, Answers({}, held=True), refused=note)


# In several processes


def _pool(jobs: int, specs: Specs) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(jobs, SPAWN, initializer=_begin, initargs=(dict(specs),))


_known: dict[str, FormSpec] = {}
"""The forms, once in each process."""


def _begin(specs: Specs) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the caller, who ends the processes
    os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = "1"
    _known.update(specs)


def _read_there(task: Task) -> Found | tuple[str, str]:
    """A problem goes back as code and message: the exception itself does not survive the way between processes."""
    try:
        return read_one(task, _known)
    except Problem as problem:
        return problem.code, problem.message


def _result(future: Future[Found | tuple[str, str]]) -> Found | None:
    """What the process found; None when a process died, with this document or another."""
    try:
        told = future.result()
    except BrokenProcessPool:
        return None
    if isinstance(told, Found):
        return told
    raise Problem(*told)


def _read_alone(task: Task, specs: Specs) -> Found:
    """Once more in a process of its own, so that each document answers only for itself."""
    with _pool(1, specs) as pool:
        try:
            return _result(pool.submit(_read_there, task)) or _refused(task, DIED)
        except BrokenProcessPool:
            return _refused(task, DIED)
