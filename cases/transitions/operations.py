"""What a person decides about cases that stopped: retry, send to review, cancel, settle an unclear outcome."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from cases import clock, nudges
from cases.models import Case, State
from cases.transitions import step
from ocr.errors import StateProblem

Settlement = Literal["entered", "not_there", "search_again", "reject"]


def retry_failed(case_id: UUID, user: AbstractBaseUser) -> State:
    """FAILED back to where it failed: RECEIVED (reading) or READY (entry), with its attempts counted from 0.

    Raises:
        StateProblem: V001 no such case; V002 it is not FAILED.
    """
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.FAILED)
        to = State.READY if case.entries.exists() else State.RECEIVED
        state = step.move(case, to, "retried", actor=step.person(user), **fresh_start(case))
        nudge(case)
    return state


def send_to_review(case_id: UUID, user: AbstractBaseUser) -> State:
    """FAILED or READY back to REVIEW, so that values can be changed. Raises StateProblem V001, V002."""
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.FAILED, State.READY)
        return step.move(case, State.REVIEW, "sent_to_review", actor=step.person(user), **fresh_start(case))


def let_go(case_id: UUID, user: AbstractBaseUser) -> State:
    """Enter a case that was read by a form on trial all the same. Raises StateProblem V001; V002 not kept back."""
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.READY)
        if not case.kept_back:
            raise StateProblem("V002", "Dieser Vorgang wird nicht zurückgehalten.")
        state = step.move(case, State.READY, "let_go", actor=step.person(user), kept_back=False)
        nudge(case)
    return state


def cancel(case_id: UUID, user: AbstractBaseUser, reason: str = "") -> State:
    """Stop a case for good (REJECTED). A case being entered is stopped before its submit if that is still possible:
    then ENTERING is returned, and the outcome shows itself.

    Raises:
        StateProblem: V001 no such case; V002 too late (entered, unclear, erased).
    """
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(
            case,
            State.RECEIVED,
            State.REVIEW,
            State.SECOND_REVIEW,
            State.ON_HOLD,
            State.READY,
            State.ENTERING,
            State.FAILED,
        )
        actor, words = step.person(user), reason.strip()
        if case.state == State.ENTERING:
            return step.move(case, State.ENTERING, "cancel_asked", actor=actor, cancelled=True, reason=words)
        return step.move(
            case,
            State.REJECTED,
            "cancelled",
            actor=actor,
            cancelled=True,
            reason=words,
            locked_by=None,
            locked_until=None,
            **step.free_lease(case),
        )


def settle_unclear(
    case_id: UUID, user: AbstractBaseUser, outcome: Settlement, *, record_number: str = "", reason: str = ""
) -> State:
    """A person says what became of an UNCLEAR case, having looked into the target.

    entered: the record is there (with `record_number`) -> ENTERED. not_there: -> READY, entered again.
    search_again: the robot looks once more. reject: -> REJECTED with `reason`.

    Raises:
        StateProblem: V001 no such case; V002 not UNCLEAR, or a robot is just looking; V008 reject without a
            reason; V010 entered without a record number.
    """
    number = record_number.strip()[:80]
    if outcome == "entered" and not number:
        raise StateProblem("V010", "Bitte die Nummer des Datensatzes im Zielsystem angeben.")
    if outcome == "reject" and not reason.strip():
        raise StateProblem("V008", "Bitte angeben, warum der Vorgang zurückgewiesen wird.")
    to = {
        "entered": State.ENTERED,
        "not_there": State.READY,
        "search_again": State.UNCLEAR,
        "reject": State.REJECTED,
    }[outcome]
    with transaction.atomic():
        case = step.locked(case_id)
        step.expect(case, State.UNCLEAR)
        if case.lease_until is not None:
            raise StateProblem("V002", "Der Roboter sieht gerade im Zielsystem nach. Bitte gleich noch einmal.")
        if to == State.READY and case.cancelled:
            to = State.REJECTED
        state = step.move(
            case,
            to,
            f"settled_{outcome}",
            actor=step.person(user),
            details={"record": number} if number else {},
            reason=reason.strip(),
            **fresh_start(case),
        )
        nudge(case)
    return state


def fresh_start(case: Case) -> dict[str, Any]:
    return {
        "attempts": 0,
        "problems": [],
        "needs_person": False,
        "not_before": clock.now(),
        **step.free_lease(case),
    }


def nudge(case: Case) -> None:
    if case.state == State.RECEIVED:
        nudges.read_case(case.pk)
    elif case.state in (State.READY, State.UNCLEAR) and (target := step.target_of(case)):
        nudges.enter(case.pk, target)
