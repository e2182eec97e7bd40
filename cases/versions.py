"""What a version describes, and what keeps it from being put into service."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import catalog, checking
from cases.checking import UNREADABLE, Finding
from cases.models import Proposal, Trial, Version
from cases.processes import ProcessSpec, parse
from ocr.confidence import from_json
from ocr.errors import FormProblem
from ocr.spec import FormSpec, parse_form

Kind = Version.Kind
OUTDATED = "Diese Schwellen passen nicht mehr zum Programm."


class BrokenVersion(FormProblem):
    """The text of a version is no description (any more): it was written for another release of the program."""

    def __init__(self, version: Version, problem: FormProblem) -> None:
        super().__init__(problem.code, problem.message)
        self.version = version


def form_of(version: Version) -> FormSpec:
    """The form that a version describes. Raises BrokenVersion F001."""
    try:
        return parse_form(version.text, called(version))
    except FormProblem as problem:
        raise BrokenVersion(version, problem) from problem


def process_of(version: Version) -> ProcessSpec:
    """The process that a version describes. Raises BrokenVersion F010."""
    try:
        return parse(version.text, called(version), ProcessSpec)
    except FormProblem as problem:
        raise BrokenVersion(version, problem) from problem


def read(version: Version) -> FormSpec | ProcessSpec:
    """What a form or process version describes. Raises BrokenVersion."""
    return form_of(version) if version.kind == Kind.FORM else process_of(version)


def called(version: Version) -> str:
    return f"{version.name} ({version.number})"


def errors(versions: Sequence[Version]) -> list[Finding]:
    """What is wrong if these go into service together, by the checks of `laufzettel forms check`."""
    forms, processes = dict(catalog.forms()), []
    found: list[Finding] = []
    for version in versions:
        try:
            if version.kind == Kind.FORM:
                forms[version.name] = form_of(version)
                found += [replace(one, file=called(version)) for one in checking.of_form(forms[version.name])]
            elif version.kind == Kind.PROCESS:
                processes.append((called(version), process_of(version)))
            else:
                from_json(json.loads(version.text))
        except FormProblem as problem:
            found.append(Finding(called(version), UNREADABLE, detail(problem)))
        except (ValueError, KeyError, TypeError):
            found.append(Finding(called(version), UNREADABLE, OUTDATED))
    for name, process in processes:
        wrong = [*checking.of_process(process, known(forms)), *checking.of_fields(process, forms)]
        found += [replace(one, file=name) for one in wrong]
    return found


def detail(problem: FormProblem) -> str:
    """What is wrong in the text, without the name of a file that there is not."""
    return problem.message.partition(": ")[2].removesuffix(" Bitte die Datei berichtigen.")


def known(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names that a process may name."""
    scanners = tuple(sorted(path.stem for path in Path(settings.SCANNERS).glob("*.toml")))
    return {"forms": tuple(forms), "targets": tuple(catalog.targets()), "scanners": scanners}


def warnings(versions: Sequence[Version]) -> list[str]:
    """What a person should have looked at before these go into service. None of it keeps them from it."""
    return [sentence for version in versions if version.kind == Kind.FORM for sentence in _of_form(version, versions)]


def _of_form(version: Version, versions: Sequence[Version]) -> Iterator[str]:
    try:
        form = form_of(version)
    except BrokenVersion:
        return
    if not form.field:
        yield _("Das Formular hat kein Feld. Aus ihm wird nichts gelesen.")
    if unseen := len(proposed_now(version, form)):
        yield ngettext(
            "Ein vorgeschlagenes Feld hat noch niemand angesehen. Bitte im Entwurf übernehmen oder löschen.",
            "%(count)s vorgeschlagene Felder hat noch niemand angesehen. Bitte im Entwurf übernehmen oder löschen.",
            unseen,
        ) % {"count": unseen}
    if not _has_a_process(form.name, versions):
        yield _("Kein Verfahren nennt dieses Formular. Es wird erst gelesen, wenn eines es kennt.")
    if not Trial.objects.filter(form=form.name, truth__isnull=False).exists():
        yield _("Die Fassung ist nicht erprobt. Fünf angesehene Scans in der Erprobung zeigen, wie gut sie liest.")


def _has_a_process(form: str, versions: Sequence[Version]) -> bool:
    processes = dict(catalog.processes())
    for version in versions:
        try:
            processes |= {version.name: process_of(version)} if version.kind == Kind.PROCESS else {}
        except BrokenVersion:
            continue
    return any(not process.forms or form in process.forms for process in processes.values())


def proposed_now(version: Version, spec: FormSpec) -> frozenset[str]:
    """The fields of the draft that the machine proposed and nobody has looked at yet."""
    proposal = Proposal.objects.filter(version=version).first()
    return frozenset(proposal.open if proposal else ()) & spec.fields_by_name.keys()
