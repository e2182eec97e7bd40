"""How a file becomes a case."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from cases import audit, catalog, clock, nudges, stages, store
from cases.models import Arrival, Case, Counter, Document, State
from ocr.errors import Problem

LONGEST_NAME = 255
MOST_PASSED = 100_000
"""A number farther ahead than this was mistyped by somebody in the target."""


def receive(
    source: Path,
    process: str,
    file_name: str,
    *,
    token: str | None = None,
    scanner: str = "",
    actor: str = "intake",
) -> Arrival:
    """Keep the bytes of `source` durably and open a case for them (RECEIVED).

    The same bytes again are flagged as a duplicate of the one case they belong to. With `token` (one taking of
    one file), a repetition after a crash changes nothing and returns the arrival of the first time. `scanner` names
    another profile than the process's own. The caller may remove `source` once this has returned.

    Raises:
        StateProblem: V011 unknown process.
        OSError: `source` cannot be read or the store cannot be written; nothing was changed.
    """
    with stages.stage("receive", process=process) as about:
        arrival = keep(source, process, file_name, token, scanner, actor)
        about.outcome = arrival.outcome
        if arrival.case:
            about.case_id, about.reference = arrival.case.pk, arrival.case.reference
    return arrival


def keep(source: Path, process: str, file_name: str, token: str | None, scanner: str, actor: str) -> Arrival:
    spec = catalog.process(process)
    kept = store.keep_original(source)
    with transaction.atomic():
        if token and (before := Arrival.objects.filter(token=token).first()):
            return before
        at = clock.now()
        document = locked_document(kept)
        if not store.original_path(kept.sha256).exists():
            store.keep_original(source)  # a case with the same bytes was erased in this moment
        # Locked before the chain head, as in every step: this row's key is looked at when the transaction ends.
        case = Case.objects.select_for_update().filter(document=document).first()
        is_new = case is None
        if case is None:
            due_at = at + timedelta(days=spec.deadline_days)
            case = Case.objects.create(
                reference=next_reference(at),
                process=process,
                document=document,
                scanner=scanner,
                received_at=at,
                changed_at=at,
                due_at=due_at,
            )
        arrival = Arrival.objects.create(
            at=at,
            process=process,
            file_name=readable(file_name),
            sha256=kept.sha256,
            outcome=Arrival.Outcome.NEW if is_new else Arrival.Outcome.DUPLICATE,
            case=case,
            token=token,
        )
        audit.append(
            "received" if is_new else "arrived_again",
            actor=actor,
            case=case,
            from_state="" if is_new else case.state,
            to_state=State.RECEIVED if is_new else case.state,
            details={
                "arrival": arrival.pk,
                "document": audit.fingerprint(case, kept.sha256),
                "process": process,
            },
        )
        if is_new:
            nudges.read_case(case.pk)
    return arrival


def locked_document(kept: store.Kept) -> Document:
    """The document's row, locked: erasing takes the same lock before it removes the original."""
    while True:
        Document.objects.get_or_create(sha256=kept.sha256, defaults={"size_bytes": kept.size_bytes})
        if document := Document.objects.select_for_update().filter(pk=kept.sha256).first():
            return document


def set_aside(
    process: str, file_name: str, sha256: str, problem: Problem, *, token: str | None = None, actor: str = "inbox"
) -> Arrival:
    """Record a file that cannot become a case; it stays where the person who put it there finds it."""
    with transaction.atomic():
        if token and (before := Arrival.objects.filter(token=token).first()):
            return before
        arrival = Arrival.objects.create(
            at=clock.now(),
            process=process,
            file_name=readable(file_name),
            sha256=sha256,
            outcome=Arrival.Outcome.SET_ASIDE,
            problem_code=problem.code,
            token=token,
        )
        audit.append(
            "set_aside", actor=actor, details={"arrival": arrival.pk, "process": process, "code": problem.code}
        )
    return arrival


def readable(file_name: str) -> str:
    """A name from any disk as text that every database takes: what is no UTF-8 becomes a question mark sign."""
    return os.fsencode(file_name).decode("utf-8", "replace").replace("\0", "")[-LONGEST_NAME:]


def pass_references(given: Iterable[str]) -> None:
    """These were given out once: count on from them, should the counter be behind (a database of yesterday)."""
    for reference in given:
        year, _, number = reference.partition("-")
        if len(year) != 4 or not (year + number).isdecimal():
            continue
        Counter.objects.get_or_create(year=int(year))
        behind = Counter.objects.filter(year=int(year), last__lt=int(number), last__gt=int(number) - MOST_PASSED)
        behind.update(last=int(number))


def next_reference(at: datetime) -> str:
    """The next number of this year, e.g. 2026-000012. Gaps are possible, doubles are not."""
    year = timezone.localtime(at).year
    Counter.objects.get_or_create(year=year)
    counter = Counter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{year}-{counter.last:06d}"
