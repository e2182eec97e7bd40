"""Filled scans on the test bench of a form: added, read by its versions, corrected, erased."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cases import audit, blanks, clock, nudges, store
from cases.models import Case, Document, Trial, TrialReading, Version
from cases.plain import plain
from cases.transitions import step
from cases.transitions.intake import locked_document
from ocr.errors import StateProblem

MOST = 50


def add_trial(version: Version, scan: Path, file_name: str, person: AbstractBaseUser) -> Trial:
    """Put a filled scan on the bench and have it read by this version. The same file twice is there once.

    Raises:
        StateProblem: V057 the bench is full.
        OSError: the file cannot be read or kept; nothing was changed.
    """
    kept = store.keep_original(scan)
    with transaction.atomic():
        Version.objects.select_for_update().get(pk=version.pk)
        document, now = locked_document(kept), clock.now()
        trial = Trial.objects.filter(form=version.name, document=document).first()
        if trial is None:
            if Trial.objects.filter(form=version.name).count() >= MOST:
                raise StateProblem(
                    "V057",
                    _("Mehr als %(most)s Scans fasst die Erprobung nicht. Bitte zuerst andere entfernen.")
                    % {"most": MOST},
                )
            trial = Trial.objects.create(
                form=version.name,
                document=document,
                file_name=plain(file_name)[:255],
                added_at=now,
                erase_at=now + timedelta(days=settings.TRIAL_DAYS),
            )
            _event("trial_added", trial, step.person(person))
        _ask(trial, version)
    return trial


def ask_trials(version: Version, person: AbstractBaseUser) -> int:
    """Have all scans read by this version that it has not read yet, could not read, or read as another text."""
    with transaction.atomic():
        Version.objects.select_for_update().get(pk=version.pk)
        asked = sum(_ask(trial, version) for trial in Trial.objects.filter(form=version.name))
        if asked:
            details = {"version": version.pk, "form": version.name, "number": version.number, "scans": asked}
            audit.append("trials_asked", actor=step.person(person), details=details)
    return asked


def stale(version: Version) -> Q:
    """Readings by this version that no longer say what it would read."""
    changed = Q(asked_at__lt=version.changed_at) if version.state == Version.State.DRAFT else Q(pk__in=())
    return Q(read_at__isnull=False) & (~Q(problem="") | changed)


def _ask(trial: Trial, version: Version) -> bool:
    now = clock.now()
    _reading, is_new = TrialReading.objects.get_or_create(trial=trial, version=version, defaults={"asked_at": now})
    again = TrialReading.objects.filter(stale(version), trial=trial, version=version).update(
        asked_at=now, claimed_until=None, read_at=None, result=None, problem=""
    )
    if is_new or again:
        nudges.try_scan(trial.pk)
    return is_new or bool(again)


def free_readings() -> QuerySet[TrialReading]:
    """Those that nobody reads now."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=clock.now())
    return TrialReading.objects.filter(free, read_at=None)


def waiting_trials() -> QuerySet[Trial]:
    return Trial.objects.filter(pk__in=free_readings().values("trial")).order_by("added_at")


def claim_trial(trial_id: UUID, lease_s: float) -> TrialReading | None:
    """The next reading of this scan for this worker alone; None where none is left."""
    until = clock.now() + timedelta(seconds=lease_s)
    for pk in free_readings().filter(trial_id=trial_id).order_by("pk").values_list("pk", flat=True):
        if free_readings().filter(pk=pk).update(claimed_until=until):
            return TrialReading.objects.select_related("trial", "version").get(pk=pk)
    return None


def record_trial(claim: TrialReading, result: Mapping[str, Any] | None, problem: str = "") -> bool:
    """Keep what was read, or the code of the problem; False when the claim was lost."""
    with transaction.atomic():
        mine = TrialReading.objects.filter(pk=claim.pk, read_at=None, claimed_until=claim.claimed_until)
        if not mine.update(read_at=clock.now(), claimed_until=None, result=result, problem=problem):
            return False
        _event("trial_read", claim.trial, "worker", version=claim.version_id, code=problem)
    return True


def correct_trial(trial_id: UUID, truth: Mapping[str, str | None], person: AbstractBaseUser) -> bool:
    """What a person says stands on the scan; False when it is gone."""
    with transaction.atomic():
        trial = Trial.objects.select_for_update().filter(pk=trial_id).first()
        if trial is None:
            return False
        trial.truth = {name: plain(value) for name, value in truth.items()}
        trial.save(update_fields=["truth"])
        _event("trial_corrected", trial, step.person(person), fields=len(truth))
    return True


def erase_trial(trial_id: UUID, *, actor: str) -> bool:
    """Erase a scan with all that was read on it; False when it is gone. Files go before the commit, as in `erase`.

    Raises:
        OSError: a file cannot be removed; the scan stays on the bench.
    """
    with transaction.atomic():
        sha256 = Trial.objects.filter(pk=trial_id).values("document")
        document = Document.objects.select_for_update().filter(pk__in=sha256).first()
        trial = Trial.objects.filter(pk=trial_id).first()
        if trial is None or document is None:
            return False
        _event("trial_erased", trial, actor)
        trial.delete()
        is_blank = Version.objects.filter(blank=document).exists()
        if not is_blank and not Trial.objects.filter(document=document).exists():
            blanks.erase(document.pk)
            if not Case.objects.filter(document=document).exists():
                store.erase_original(document.pk)
                document.delete()
    return True


def _event(kind: str, trial: Trial, actor: str, **more: Any) -> None:
    audit.append(kind, actor=actor, details={"trial": str(trial.pk), "form": trial.form, **more})
