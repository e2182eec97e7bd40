"""The end of a case's contents. What stays: reference, process, state, times and the trail, which holds none.

Its samples hold none either; they stay without a way back to the case.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from cases import blanks, store
from cases.models import Document, Entry, State, Trial, Version
from cases.transitions import step

ERASABLE = (State.ENTERED, State.REJECTED)


def erase(case_id: UUID, *, actor: str = "retention") -> State:
    """Erase values, images, original and robot output of an ENTERED or REJECTED case -> ERASED.

    Files go before the commit: a crash in between leaves a case that is erased again the next time, and so does a
    file that cannot be removed.

    Raises:
        StateProblem: V001 no such case; V002 not at its end.
        OSError: a file cannot be removed; the case stays as it is.
    """
    with transaction.atomic():
        lock_document(case_id)
        case = step.locked(case_id)
        step.expect(case, *ERASABLE)
        sha256 = case.document_id
        runs = set(case.entries.exclude(run=None).values_list("run_id", flat=True))
        case.pages.all().delete()
        case.fields.all().delete()
        case.drafts.all().delete()
        case.keyings.all().delete()
        case.samples.update(case=None)
        case.arrivals.update(file_name="", sha256="", token=None)
        Entry.objects.filter(case=case).update(receipt=None, payload_hash="")
        store.erase_pages(case.pk)
        for run in runs:
            store.erase_run(run)  # one run serves many cases; its output goes with the first of them
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
            search_name="",
        )
        if sha256 and Trial.objects.filter(document=sha256).delete()[0]:  # the same paper on the test bench
            blanks.erase(sha256)
        if sha256 and not Version.objects.filter(blank=sha256).exists():  # a blank form is nobody's application
            store.erase_original(sha256)
            Document.objects.filter(pk=sha256).delete()
    return state


def lock_document(case_id: UUID) -> None:
    """Document before case, as when the same bytes arrive again: else each would wait for the other."""
    Document.objects.select_for_update().filter(case=case_id).first()
