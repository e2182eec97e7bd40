"""Checks everything that people write: forms, processes, targets and scanners, against what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from cases.checking import UNREADABLE, Finding, of_fields, of_form, of_process, unknown
from cases.processes import ProcessSpec, TargetSpec, load
from ocr.errors import FormProblem
from ocr.scanner import Scanner, load_scanner
from ocr.spec import FormSpec, load_form

ROOT = Path(__file__).resolve().parents[1]
Spec = TypeVar("Spec")


@dataclass(frozen=True, slots=True)
class Folders:
    """Where the descriptions and the robots lie."""

    forms: Path = ROOT / "config" / "forms"
    processes: Path = ROOT / "config" / "processes"
    targets: Path = ROOT / "config" / "targets"
    scanners: Path = ROOT / "config" / "scanners"
    robots: Path = ROOT / "robots"


@dataclass(frozen=True, slots=True)
class Descriptions:
    """What could be read, by file name without suffix, and everything that is wrong."""

    forms: Mapping[str, FormSpec]
    processes: Mapping[str, ProcessSpec]
    targets: Mapping[str, TargetSpec]
    scanners: Mapping[str, Scanner]
    findings: tuple[Finding, ...] = field(default=())


def check(folders: Folders) -> Descriptions:
    """Read all descriptions. Nothing is raised: everything that is wrong becomes a finding."""
    wrong: list[Finding] = []
    forms = _read(folders.forms, load_form, wrong)
    processes = _read(folders.processes, lambda path: load(path, ProcessSpec), wrong)
    targets = _read(folders.targets, lambda path: load(path, TargetSpec), wrong)
    scanners = _read(folders.scanners, lambda path: load_scanner(path.stem, folders.scanners), wrong)
    for form in forms.values():
        wrong += of_form(form)
    # A file that could not be read is a finding already; what names it is not wrong for that.
    named = {kind: names(getattr(folders, kind)) for kind in ("forms", "targets", "scanners")}
    for process in processes.values():
        wrong += of_process(process, named)
        wrong += of_fields(process, forms)
    for target in targets.values():
        wrong += _check_target(target, folders.robots)
    return Descriptions(forms, processes, targets, scanners, tuple(wrong))


def check_form(path: Path) -> list[Finding]:
    """What is wrong in one form, wherever its file lies."""
    try:
        return list(of_form(load_form(path)))
    except FormProblem as problem:
        return [Finding(path.name, UNREADABLE, problem.message.removeprefix(f"{path.name}: "))]


def names(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def _read(folder: Path, load_file: Callable[[Path], Spec], wrong: list[Finding]) -> dict[str, Spec]:
    found: dict[str, Spec] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.stem] = load_file(path)
        except FormProblem as problem:
            message = problem.message.removeprefix(f"{path.name}: ")
            wrong.append(Finding(path.name, UNREADABLE, message))
    return found


def _check_target(target: TargetSpec, robots: Path) -> Iterator[Finding]:
    if not (robots / f"{target.robot}.robot").is_file():
        known = sorted(path.stem for path in robots.glob("*.robot"))
        yield Finding(f"{target.name}.toml", "forms.E009", unknown("Roboter", target.robot, known))
