"""A draft in the designer: begun from a blank form, filled with what the machine proposes, changed step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases import catalog, clock, nudges, process_text, store
from cases.models import DraftStep, Proposal, Version
from cases.processes import ProcessSpec
from cases.transitions.intake import locked_document
from cases.transitions.versions import change_draft, new_draft
from cases.versions import BrokenVersion, read
from ocr.draft_names import slug
from ocr.errors import StateProblem
from ocr.spec import FormSpec
from ocr.spec_edit import alone
from ocr.spec_text import as_toml

MOST_STEPS = 100


def begin_form(
    blank: Path, file_name: str, author: AbstractBaseUser, *, title: str = "", language: str = "deu"
) -> Version:
    """A draft for the blank form in the file `blank`; a worker is asked to propose its fields.

    Raises:
        OSError: the file cannot be read or kept; nothing was changed.
    """
    name = unused_form_name(title or Path(file_name).stem)
    spec = FormSpec(name=name, title=title, language=(language,))
    kept = store.keep_original(blank)
    with transaction.atomic():
        version = new_draft(Version.Kind.FORM, name, as_toml(spec), author, blank=locked_document(kept))
        proposal = Proposal.objects.create(version=version, asked_at=clock.now())
        nudges.propose(proposal.pk)
    return version


def begin_process(name: str, text: str, author: AbstractBaseUser, form: Version) -> Version:
    """A draft of the process that a form belongs to; both are released together."""
    return new_draft(Version.Kind.PROCESS, name, text, author, release=form.release)


def begin_again(kind: str, name: str, author: AbstractBaseUser) -> Version:
    """A draft that begins with what is in service, so that it can be changed.

    Raises:
        StateProblem: V053 there is no such form or process in service (any more).
    """
    known: Mapping[str, FormSpec | ProcessSpec] = catalog.forms() if kind == Version.Kind.FORM else catalog.processes()
    if name not in known:
        raise StateProblem("V053", _("Diese Beschreibung ist nicht mehr in Betrieb. Bitte die Liste neu laden."))
    before = Version.objects.filter(kind=kind, name=name)
    blank = before.filter(blank__isnull=False).first()
    text = _text_in_service(kind, name) or _text_of(known[name])
    return new_draft(kind, name, text, author, blank=blank.blank if blank else None)


def _text_in_service(kind: str, name: str) -> str:
    """Empty where it comes from a file, or is no description any more."""
    key = catalog.in_service(kind).get(name)
    version = Version.objects.get(pk=key[0]) if key else None
    try:
        return version.text if version and read(version) else ""
    except BrokenVersion:
        return ""


def _text_of(spec: FormSpec | ProcessSpec) -> str:
    return as_toml(spec) if isinstance(spec, FormSpec) else process_text.as_toml(spec)


def unused_form_name(text: str) -> str:
    """A name for programs that neither a form nor a version of one has."""
    return _unused(text, Version.Kind.FORM, catalog.forms())


def unused_process_name(text: str) -> str:
    """A name for programs that neither a process nor a version of one has."""
    return _unused(text, Version.Kind.PROCESS, catalog.processes())


def _unused(text: str, kind: str, known: Iterable[str]) -> str:
    taken = {*known, *Version.objects.filter(kind=kind).values_list("name", flat=True)}
    stem = slug(text)
    return next(one for n in range(1, len(taken) + 2) if (one := stem if n == 1 else f"{stem}_{n}") not in taken)


def free_proposals() -> QuerySet[Proposal]:
    """Those that nobody reads now."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=clock.now())
    return Proposal.objects.filter(free, done_at=None).order_by("asked_at")


def claim_proposal(proposal_id: UUID, lease_s: float) -> Proposal | None:
    """The proposal for this worker alone; None where it is done or another one reads it."""
    until = clock.now() + timedelta(seconds=lease_s)
    claimed = free_proposals().order_by().filter(pk=proposal_id).update(claimed_until=until)
    return Proposal.objects.select_related("version").get(pk=proposal_id) if claimed else None


def record_proposal(proposal_id: UUID, spec: FormSpec) -> bool:
    """What the blank form shows becomes the draft; False when somebody was quicker."""
    with transaction.atomic():
        proposal = _open_proposal(proposal_id)
        if proposal is None:
            return False
        change_draft(proposal.version_id, as_toml(spec), proposal.version.author)
        proposal.done_at, proposal.open = clock.now(), [field.name for field in alone(spec)]
        proposal.save(update_fields=["done_at", "open"])
    return True


def give_up_proposal(proposal_id: UUID, problem: str) -> bool:
    """Nothing can be proposed; the owner is told why."""
    with transaction.atomic():
        proposal = _open_proposal(proposal_id)
        if proposal is None:
            return False
        proposal.done_at, proposal.problem = clock.now(), problem[:300]
        proposal.save(update_fields=["done_at", "problem"])
    return True


def _open_proposal(proposal_id: UUID) -> Proposal | None:
    found = Proposal.objects.select_for_update().filter(pk=proposal_id, done_at=None).first()
    return found if found and found.version.state == Version.State.DRAFT else None


def change_step(version_id: int, text: str, person: AbstractBaseUser, *, what: str, seen: datetime) -> Version:
    """One change of a draft that can be taken back; `what` was done, in words without field contents.

    Raises:
        StateProblem: as `change_draft`: no draft any more, or somebody else changed it after `seen`.
    """
    with transaction.atomic():
        version = _locked(version_id)
        before = version.text
        if before == text:
            return version
        changed = change_draft(version_id, text, person, seen=seen)
        version.steps.filter(undone=True).delete()
        last = version.steps.order_by("-number").values_list("number", flat=True).first() or 0
        DraftStep.objects.create(version=version, number=last + 1, what=what[:120], text=before)
        version.steps.filter(number__lte=last + 1 - MOST_STEPS).delete()
    return changed


def undo(version_id: int, person: AbstractBaseUser, *, seen: datetime) -> Version:
    """Take the last change back. Nothing happens where there is none. Raises StateProblem as `change_step`."""
    return _turn(version_id, person, seen, undone=False)


def redo(version_id: int, person: AbstractBaseUser, *, seen: datetime) -> Version:
    """Do again what was taken back last. Raises StateProblem as `change_step`."""
    return _turn(version_id, person, seen, undone=True)


def _turn(version_id: int, person: AbstractBaseUser, seen: datetime, *, undone: bool) -> Version:
    with transaction.atomic():
        version = _locked(version_id)
        step = version.steps.filter(undone=undone).order_by("number" if undone else "-number").first()
        if step is None:
            return version
        changed = change_draft(version_id, step.text, person, seen=seen)
        step.text, step.undone = version.text, not undone
        step.save(update_fields=["text", "undone"])
    return changed


def _locked(version_id: int) -> Version:
    version = Version.objects.select_for_update().filter(pk=version_id).first()
    if version is None:
        raise StateProblem("V053", _("Diesen Entwurf gibt es nicht mehr. Bitte die Liste der Formulare neu laden."))
    return version


def accept(version_id: int, names: Iterable[str]) -> None:
    """A person has looked at these proposed fields. No part of the description, so no change of it."""
    with transaction.atomic():
        proposal = Proposal.objects.select_for_update().filter(version_id=version_id).first()
        if proposal is not None:
            gone = set(names)
            proposal.open = [name for name in proposal.open if name not in gone]
            proposal.save(update_fields=["open"])
