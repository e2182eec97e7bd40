"""What a clerk does: open, confirm, reject, put on hold, choose the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from cases import audit, catalog, clock, nudges, rules
from cases.models import Case, Field, State
from cases.plain import plain
from cases.transitions import step
from cases.transitions.claims import LOCK_S
from ocr.errors import StateProblem
from ocr.page import Note
from ocr.spec import FormSpec

OPEN_STATES = (State.REVIEW, State.SECOND_REVIEW)
UNLOCKED: Mapping[str, Any] = {"locked_by": None, "locked_until": None}


class RulesFailed(StateProblem):
    """V020: values break rules or required fields are empty. `notes` says which, by field name."""

    def __init__(self, notes: Mapping[str, tuple[Note, ...]]) -> None:
        super().__init__("V020", "Bitte die markierten Felder berichtigen oder begründet übergehen.")
        self.notes = dict(notes)


def lock(case_id: UUID, user: AbstractBaseUser) -> Case:
    """Open a case for one person, for 15 minutes from the last call (call again to stay in it).

    Raises:
        StateProblem: V001 no such case; V002 it is not open for review; V003 another person has it open;
            V004 second review by the person of the first.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        was_mine = case.locked_by_id == user.pk
        case.locked_by_id = user.pk
        case.locked_until = clock.now() + timedelta(seconds=LOCK_S)
        case.save(update_fields=["locked_by", "locked_until"])
        if not was_mine:
            audit.append("opened", actor=step.person(user), case=case, from_state=case.state, to_state=case.state)
    return case


def unlock(case_id: UUID, user: AbstractBaseUser) -> None:
    """Let go of a case. Does nothing if this person does not hold it."""
    with transaction.atomic():
        if Case.objects.filter(pk=case_id, locked_by_id=user.pk).update(**UNLOCKED) == 0:
            return
        case = Case.objects.get(pk=case_id)
        audit.append("closed", actor=step.person(user), case=case, from_state=case.state, to_state=case.state)


def note_download(case_id: UUID, user: AbstractBaseUser) -> None:
    """Put down that a person takes the original out of the house. Raises StateProblem V001."""
    with transaction.atomic():
        case = step.locked(case_id)
        audit.append(
            "original_downloaded", actor=step.person(user), case=case, from_state=case.state, to_state=case.state
        )


def confirm(
    case_id: UUID,
    user: AbstractBaseUser,
    values: Mapping[str, str | None],
    *,
    overrides: Mapping[str, str] | None = None,
) -> State:
    """Confirm or correct the values of the shown fields; fields not in `values` keep their value and their notes, and
    nobody answers for them.

    REVIEW goes to READY, or to SECOND_REVIEW if the process asks for it; SECOND_REVIEW goes to READY unless values
    were changed in it, then another person looks once more. `overrides` gives a reason by field name for a rule
    that may be broken here (a missing required field as well). Empty text means "nothing on the paper" (None).

    Raises:
        RulesFailed: V020 with `.notes` by field name; nothing was stored.
        StateProblem: V001, V002, V003, V004 as in `lock`; V005 no form is chosen yet; V006 unknown field name.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        revision = revise(case, values, overrides or {})
        write_values(case, user, revision)
        second = case.state == State.SECOND_REVIEW
        wants_second = catalog.process(case.process).second_review and not second
        again = second and bool(revision.changed)
        state = step.move(
            case,
            State.SECOND_REVIEW if wants_second or again else State.READY,
            "confirmed_again" if second else "confirmed",
            actor=step.person(user),
            details=revision.details,
            problems=[],
            attempts=0,
            not_before=None,
            reviewer_id=case.reviewer_id if second and not again else user.pk,
            second_reviewer_id=user.pk if second and not again else None,
            **UNLOCKED,
        )
        target = step.target_of(case)
        if state == State.READY and target:
            nudges.enter(case.pk, target)
    return state


@dataclass(frozen=True, slots=True)
class Revision:
    """The values in force after a confirmation, which of them a person was `shown`, what changed, and which broken
    rules the person answers for.
    """

    values: Mapping[str, str | None]
    shown: frozenset[str]
    changed: tuple[str, ...]
    overridden: Mapping[str, tuple[Note, ...]]
    details: Mapping[str, Any]


def revise(case: Case, values: Mapping[str, str | None], overrides: Mapping[str, str]) -> Revision:
    form = form_of(case)
    unknown = sorted(set(values) - set(form.fields_by_name))
    if unknown:
        raise StateProblem("V006", f"Das Formular hat kein Feld „{unknown[0]}“. Bitte die Seite neu laden.")
    before = {field.name: field.value for field in case.fields.all()}
    given = {name: tidy(value) for name, value in values.items()}
    after = {name: given.get(name, before.get(name)) for name in form.fields_by_name}
    broken = rules.check_values(form, after)
    reasons = {name: reason.strip() for name, reason in overrides.items() if reason.strip()}
    if unanswered := {name: notes for name, notes in broken.items() if name not in reasons}:
        raise RulesFailed(unanswered)
    changed = tuple(name for name in after if after[name] != before.get(name))
    details = {
        "changed": {
            name: [audit.fingerprint(case, before.get(name)), audit.fingerprint(case, after[name])] for name in changed
        },
        "overridden": {name: [note.code for note in notes] for name, notes in broken.items()},
    }
    overridden = {
        name: (*notes, Note(rules.OVERRIDDEN, f"Begründet übergangen: {reasons[name]}"))
        for name, notes in broken.items()
    }
    return Revision(after, frozenset(given) | frozenset(overridden), changed, overridden, details)


def tidy(value: str | None) -> str | None:
    text: str = plain(value or "")
    return text.strip() or None


def form_of(case: Case) -> FormSpec:
    form = catalog.forms().get(case.form)
    if form is None:
        raise StateProblem("V005", "Zu diesem Vorgang ist noch kein Formular gewählt. Bitte zuerst eines auswählen.")
    return form


def write_values(case: Case, user: AbstractBaseUser, revision: Revision) -> None:
    """Every field of the form gets a row; what the machine read stays as it is."""
    there = {field.name: field for field in case.fields.all()}
    for position, (name, value) in enumerate(revision.values.items()):
        if name in there and name not in revision.shown:
            continue
        field = there.get(name) or Field(case=case, name=name, position=position, confidence=0.0, sure=False)
        if name in revision.shown:
            field.value = value
            field.problems = step.notes(revision.overridden.get(name, ()))
            field.confirmed_by_id = user.pk
        field.save()


def choose_form(case_id: UUID, user: AbstractBaseUser, form: str) -> State:
    """Say which form this is; the case is read again with it (RECEIVED).

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V007 the process does not know this form.
    """
    with transaction.atomic():
        case = mine(case_id, user, State.REVIEW)
        known = catalog.process(case.process).forms or tuple(catalog.forms())
        if form not in known or form not in catalog.forms():
            raise StateProblem("V007", f"Dieser Prozess kennt das Formular nicht; bekannt sind: {', '.join(known)}.")
        state = step.move(
            case,
            State.RECEIVED,
            "form_chosen",
            actor=step.person(user),
            details={"form": form},
            form=form,
            problems=[],
            attempts=0,
            not_before=None,
            **UNLOCKED,
            **step.free_lease(case),
        )
        nudges.read_case(case.pk)
    return state


def reject(case_id: UUID, user: AbstractBaseUser, reason: str) -> State:
    """REJECTED, from REVIEW, SECOND_REVIEW, ON_HOLD or FAILED.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V008 without a reason.
    """
    if not reason.strip():
        raise StateProblem("V008", "Bitte angeben, warum der Vorgang zurückgewiesen wird.")
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES, State.ON_HOLD, State.FAILED)
        actor = step.person(user)
        return step.move(
            case, State.REJECTED, "rejected", actor=actor, reason=reason.strip(), hold_until=None, **UNLOCKED
        )


def hold(case_id: UUID, user: AbstractBaseUser, until: date, reason: str = "") -> State:
    """ON_HOLD until a day; it comes back to REVIEW by itself on that day.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V009 the day is not in the future.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        if until <= timezone.localdate(clock.now()):
            raise StateProblem("V009", "Bitte einen Tag in der Zukunft angeben.")
        details = {"until": until.isoformat()}
        return step.move(
            case,
            State.ON_HOLD,
            "held",
            actor=step.person(user),
            details=details,
            hold_until=until,
            reason=reason.strip(),
            **UNLOCKED,
        )


def resume(case_id: UUID, user: AbstractBaseUser) -> State:
    """ON_HOLD back to REVIEW at once.

    Raises:
        StateProblem: V001 no such case; V002 it is not on hold.
    """
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.ON_HOLD)
        return step.move(case, State.REVIEW, "resumed", actor=step.person(user), hold_until=None)


def resume_due(case_id: UUID) -> State | None:
    """The sweeper's: back to REVIEW when the day has come; None when it has not."""
    with transaction.atomic():
        case = step.locked(case_id)
        today = timezone.localdate(clock.now())
        if case.state != State.ON_HOLD or (case.hold_until and case.hold_until > today):
            return None
        return step.move(case, State.REVIEW, "hold_due", actor="sweep", hold_until=None)


def mine(case_id: UUID, user: AbstractBaseUser, *states: State) -> Case:
    """The locked row of a case that this person may work on now.

    Raises:
        StateProblem: V001, V002, V003, V004.
    """
    case = step.locked(case_id)
    step.expect(case, *states)
    now = clock.now()
    if case.locked_by_id not in (None, user.pk) and case.locked_until and case.locked_until > now:
        raise StateProblem("V003", "Diesen Vorgang bearbeitet gerade eine andere Person. Bitte später öffnen.")
    if case.state == State.SECOND_REVIEW and case.reviewer_id == user.pk:
        raise StateProblem("V004", "Die Zweitprüfung muss eine andere Person vornehmen als die erste Prüfung.")
    return case
