"""Reading a case: claim, record, give back, take over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from cases import audit, catalog, clock, double_keying, nudges, rules, samples, search_names
from cases.models import Case, Field, Page, PageMeasure, State
from cases.plain import plain
from cases.transitions import step
from cases.transitions.claims import MAX_ATTEMPTS, READ_LEASE_S, Claim
from ocr.errors import Problem, StateProblem
from ocr.page import FieldReading, Note, Reading

RETRY_S = 15


def claim_reading(
    case_id: UUID | str, worker: str, *, identity: Mapping[str, Any] | None = None, lease_s: float = READ_LEASE_S
) -> Claim | None:
    """Take a RECEIVED case for reading; None when there is nothing to take (gone, leased, cancelled, not due).

    `identity` says which process holds the lease, so that its death can be seen before the lease runs out.
    """
    with transaction.atomic():
        now = clock.now()
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        due = Q(not_before__isnull=True) | Q(not_before__lte=now)
        claimed = Case.objects.filter(
            free, due, pk=case_id, state=State.RECEIVED, cancelled=False, attempts__lt=MAX_ATTEMPTS
        ).update(
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            lease_until=now + timedelta(seconds=lease_s),
            claimed_by=identity,
            not_before=None,
        )
        if claimed == 0:
            return None
        case = Case.objects.get(pk=case_id)
        audit.append(
            "reading_claimed",
            actor=f"worker:{worker}",
            case=case,
            from_state=State.RECEIVED,
            to_state=State.RECEIVED,
            details={"fence": case.fence, "attempt": case.attempts},
        )
    first = case.arrivals.order_by("pk").first()
    return Claim(
        case_id=case.pk,
        fence=case.fence,
        process=case.process,
        form=case.form,
        scanner=case.scanner,
        sha256=case.document_id or "",
        file_name=first.file_name if first else case.reference,
        worker=worker,
        reference=case.reference,
    )


def renew(case_id: UUID, fence: int, lease_s: float) -> bool:
    """Prolong a lease that has not run out; False when it is lost. No transition, so no event."""
    with transaction.atomic():
        now = clock.now()
        held = Case.objects.filter(pk=case_id, fence=fence, lease_until__gte=now)
        return held.update(lease_until=now + timedelta(seconds=lease_s)) == 1


def record_reading(claim: Claim, reading: Reading, images: Mapping[int, str]) -> State:
    """Store what was read: READY when every field is sure, every rule holds, nothing required is missing. Else REVIEW.

    `images` are the stored page images by page number.

    Raises:
        StateProblem: V013 when the lease was lost; nothing is stored.
    """
    form = catalog.forms().get(reading.form) if reading.form else None
    keyed = double_keying.names(form)
    fields = tuple(replace(f, sure=f.sure and f.name not in keyed) for f in reading.fields)
    values = {found.name: found.value for found in fields}
    broken = rules.check_values(form, values) if form else {}
    strange = tuple(form_notes(claim, reading))
    problems = (*reading.problems, *strange)
    passes = form is not None and reading.decision == "ready" and not broken and not strange
    complete = form is not None and all(spec.name in values for spec in form.field)
    with transaction.atomic():
        case = held(claim)
        blind = samples.draw(case, fields, broken)
        fields = samples.asking(fields, blind)
        sure = bool(fields) and all(found.sure for found in fields)
        to = State.READY if passes and complete and sure else State.REVIEW
        if write_pages(case, reading, images):
            write_measures(claim, reading)
        write_fields(case, fields, broken)
        if form:
            samples.keep(case, form, fields, blind, keyed | broken.keys())
        state = step.move(
            case,
            to,
            "read",
            actor=f"worker:{claim.worker}",
            details={
                "form": reading.form,
                "pages": len(reading.pages),
                "fields": len(fields),
                "unsure": [found.name for found in fields if not found.sure],
                "why": {found.name: [note.code for note in found.problems] for found in fields if not found.sure},
                "blind": sorted(blind),
                "broken": {name: [note.code for note in notes] for name, notes in broken.items()},
                "codes": [note.code for note in problems],
            },
            form=form.name if form else "",
            form_version=form.version if form else "",
            kept_back=form is not None and catalog.is_on_trial(form.name),
            guesses=list(reading.guesses),
            search_name=search_names.of(catalog.processes().get(case.process), values),
            problems=step.notes(problems),
            attempts=0,
            not_before=None,
            **step.free_lease(case),
        )
        target = step.target_of(case)
        if state == State.READY and target:
            nudges.enter(case.pk, target)
    return state


def form_notes(claim: Claim, reading: Reading) -> Iterable[Note]:
    """Why this form, or the lack of one, needs a person."""
    known = catalog.process(claim.process).forms
    if reading.form is None:
        if reading.problems:
            return
        yield Note("V014", "Das Formular wurde nicht erkannt. Bitte das Formular auswählen oder zurückweisen.")
    elif known and reading.form not in known:
        yield Note("V015", "Dieses Formular gehört nicht zu diesem Prozess. Bitte prüfen, wohin es gehört.")
    elif is_among_first(claim, reading.form):
        text = _("Dies ist einer der ersten Vorgänge mit einer neuen Fassung des Formulars. Bitte alle Felder prüfen.")
        yield Note("V056", text)


def is_among_first(claim: Claim, form: str) -> bool:
    """Whether the version in service wants a person to see this case. Counts too few rather than too many: cases that
    came before the version do not use up its first ones."""
    version = catalog.serving_form(form)
    if version is None or version.first == 0 or version.serves_from is None or version.decided_at is None:
        return False
    since = max(version.serves_from, version.decided_at)
    read = Case.objects.filter(form=form, received_at__gte=since).exclude(state=State.RECEIVED)
    return read.exclude(pk=claim.case_id).count() < version.first


def write_pages(case: Case, reading: Reading, images: Mapping[int, str]) -> bool:
    """Whether it was the first time."""
    replaced = case.pages.all().delete()[0]
    Page.objects.bulk_create(
        Page(
            case=case,
            number=page.number,
            image=images[page.number],
            width=page.width,
            height=page.height,
            dpi=page.dpi,
            skew_deg=page.skew_deg,
            rotated_deg=page.rotated_deg,
            blank=page.blank,
            sheet=page.sheet or page.number,
        )
        for page in reading.pages
    )
    return not replaced


def write_measures(claim: Claim, reading: Reading) -> None:
    """What the pages told about their scanner. A page that was never paper tells of none."""
    scanner = claim.scanner or catalog.process(claim.process).scanner
    whole = {"reading": reading.ms["all"]} if "all" in reading.ms else {}
    at = clock.now()
    PageMeasure.objects.bulk_create(
        PageMeasure(
            at=at,
            process=claim.process,
            scanner="" if page.words is not None else scanner,
            number=page.sheet or page.number,
            blank=page.blank,
            skew_deg=page.skew_deg,
            focus_px=page.quality.focus_px if page.quality else None,
            streaks_mm=list(page.quality.streaks_mm) if page.quality else [],
            ms={**page.ms, **(whole if page.number == 1 else {})},
        )
        for page in reading.pages
    )


def write_fields(case: Case, found: Iterable[FieldReading], broken: Mapping[str, tuple[Note, ...]]) -> None:
    case.fields.all().delete()
    Field.objects.bulk_create(
        Field(
            case=case,
            position=position,
            name=field.name,
            value=plain(field.value),
            read_value=plain(field.value),
            raw=plain(field.raw),
            state=field.state,
            confidence=field.confidence,
            sure=field.sure,
            page=field.page,
            box=field.box.as_list() if field.box else None,
            engines={
                name: {"text": plain(engine.text), "confidence": engine.confidence}
                for name, engine in field.engines.items()
            },
            problems=step.notes((*field.problems, *broken.get(field.name, ()))),
        )
        for position, field in enumerate(found)
    )


def record_reading_problem(claim: Claim, problem: Problem) -> State:
    """A Problem ended the reading. One that may pass is tried again (three times, then FAILED). One for a clerk goes
    to REVIEW, with the original to look at; one that no clerk can mend is FAILED at once.

    Raises:
        StateProblem: V013 when the lease was lost.
    """
    if problem.retry:
        return give_back_reading(claim, step.note_of(problem))
    with transaction.atomic():
        case = held(claim)
        return step.move(
            case,
            State.REVIEW if problem.audience == "clerk" else State.FAILED,
            "not_readable",
            actor=f"worker:{claim.worker}",
            details={"code": problem.code},
            problems=step.notes([step.note_of(problem)]),
            attempts=0,
            **step.free_lease(case),
        )


def give_back_reading(claim: Claim, note: Note) -> State:
    """Something broke: RECEIVED again after a pause, FAILED after the third time. Raises StateProblem V013."""
    with transaction.atomic():
        case = held(claim)
        return back_to_received(case, note, kind="reading_broke", actor=f"worker:{claim.worker}")


def take_over_reading(case_id: UUID, fence: int) -> State | None:
    """The sweeper's: end a reading whose worker is gone. None when that reading is over."""
    with transaction.atomic():
        case = step.locked(case_id)
        if case.state != State.RECEIVED or case.lease_until is None or case.fence != fence:
            return None
        note = Note("V016", "Das Lesen ist abgebrochen, weil ein Arbeitsprozess endete. Bitte die IT verständigen.")
        return back_to_received(case, note, kind="reading_taken_over", actor="sweep", pause_s=0)


def back_to_received(case: Case, note: Note, *, kind: str, actor: str, pause_s: float = RETRY_S) -> State:
    given_up = case.attempts >= MAX_ATTEMPTS
    details = {"code": note.code, "attempt": case.attempts, "fence": case.fence}
    changes = step.free_lease(case)
    if given_up:
        return step.move(case, State.FAILED, kind, actor=actor, details=details, problems=step.notes([note]), **changes)
    pause = timedelta(seconds=pause_s * case.attempts)
    if not pause:
        nudges.read_case(case.pk)
    not_before = clock.now() + pause if pause else None
    return step.move(case, State.RECEIVED, kind, actor=actor, details=details, not_before=not_before, **changes)


def held(claim: Claim) -> Case:
    """The case, locked, if the claim still holds. Raises StateProblem V013."""
    case = step.locked(claim.case_id)
    if case.fence != claim.fence or case.state != State.RECEIVED:
        raise StateProblem("V013", "Der Vorgang wurde inzwischen von einem anderen Arbeitsprozess übernommen.")
    return case
