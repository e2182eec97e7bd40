"""What is wrong with forms, processes and targets, said at start-up: file, what is wrong, what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.checks import CheckMessage, Error

from cases import rules
from cases.processes import ProcessSpec, TargetSpec, load, load_targets
from ocr.errors import FormProblem
from ocr.spec import FormSpec, load_form

Spec = TypeVar("Spec")


def check_configuration(**_: Any) -> Sequence[CheckMessage]:
    """Django system check over config/forms, config/processes and config/targets."""
    found: list[CheckMessage] = []
    forms = collect(Path(settings.FORMS), load_form, "forms.E001", found)
    processes = collect(Path(settings.PROCESSES), lambda path: load(path, ProcessSpec), "processes.E001", found)
    targets = collect(Path(settings.TARGETS), lambda path: load(path, TargetSpec), "targets.E001", found)
    found += form_errors(forms)
    found += process_errors(processes, forms, targets)
    found += target_errors(targets)
    return found


def error(file: str, code: str, sentence: str) -> Error:
    return Error(sentence, obj=file, id=code)


def collect(folder: Path, read: Callable[[Path], Spec], code: str, found: list[CheckMessage]) -> dict[str, Spec]:
    """All sound descriptions of a folder; the others are added to `found`."""
    sound = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            sound[path.stem] = read(path)
        except FormProblem as problem:
            found.append(error(path.name, code, problem.message.removeprefix(f"{path.name}: ")))
    return sound


def form_errors(forms: Mapping[str, FormSpec]) -> Iterator[Error]:
    known = ", ".join(rules.names())
    for form in forms.values():
        names = [field.name for field in form.field]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield error(f"{form.name}.toml", "forms.E003", f"Das Feld „{name}“ steht mehrfach darin.")
        for field in form.field:
            for rule in field.rules:
                if rule not in rules.names():
                    sentence = f"Regel „{rule}“ gibt es nicht; bekannt sind: {known}"
                    yield error(f"{form.name}.toml", "forms.E002", sentence)


def process_errors(
    processes: Mapping[str, ProcessSpec], forms: Mapping[str, FormSpec], targets: Mapping[str, TargetSpec]
) -> Iterator[Error]:
    for process in processes.values():
        file = f"{process.name}.toml"
        for form in process.forms:
            if form not in forms:
                sentence = f"Formular „{form}“ gibt es nicht; bekannt sind: {listed(forms)}"
                yield error(file, "processes.E002", sentence)
        if process.target and process.target not in targets:
            sentence = f"Zielsystem „{process.target}“ gibt es nicht; bekannt sind: {listed(targets)}"
            yield error(file, "processes.E003", sentence)


def target_errors(targets: Mapping[str, TargetSpec]) -> Iterator[Error]:
    robots = {path.stem: path for path in Path(settings.ROBOTS).glob("*.robot")}
    for target in targets.values():
        if target.robot not in robots:
            sentence = f"Roboter „{target.robot}“ gibt es nicht; bekannt sind: {listed(robots)}"
            yield error(f"{target.name}.toml", "targets.E002", sentence)
    try:
        load_targets(Path(settings.TARGETS))
    except FormProblem as problem:
        file, _, sentence = problem.message.partition(": ")
        if file.removesuffix(".toml") in targets:
            yield error(file, "targets.E003", sentence)


def listed(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "keine"
