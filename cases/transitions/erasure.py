"""The end of a case's contents. What stays: reference, process, state, times and the trail, which holds none."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from cases import store
from cases.models import Document, Entry, State
from cases.transitions import step

ERASABLE = (State.ENTERED, State.REJECTED)


def erase(case_id: UUID, *, actor: str = "retention") -> State:
    """Erase values, images, original and robot output of an ENTERED or REJECTED case -> ERASED.

    Files go before the commit: a crash in between leaves a case that is erased again the next time.

    Raises:
        StateProblem: V001 no such case; V002 not at its end.
    """
    with transaction.atomic():
        lock_document(case_id)
        case = step.locked(case_id)
        step.expect(case, *ERASABLE)
        sha256 = case.document_id
        runs = {str(pk) for pk in case.entries.exclude(run=None).values_list("run_id", flat=True)}
        case.pages.all().delete()
        case.fields.all().delete()
        case.arrivals.update(file_name="", sha256="", token=None)
        Entry.objects.filter(case=case).update(receipt=None, payload_hash="")
        store.erase_pages(case.pk)
        for run in runs:
            # One run serves many cases; its output is erased with the first of them.
            shutil.rmtree(Path(settings.RUNS) / run, ignore_errors=True)
        state = step.move(
            case,
            State.ERASED,
            "erased",
            actor=actor,
            details={"runs": len(runs)},
            document=None,
            problems=[],
            guesses=[],
            reason="",
            salt="",
        )
        if sha256:
            store.erase_original(sha256)
            Document.objects.filter(pk=sha256).delete()
    return state


def lock_document(case_id: UUID) -> None:
    """Document before case, as when the same bytes arrive again: else each would wait for the other."""
    Document.objects.select_for_update().filter(case=case_id).first()
