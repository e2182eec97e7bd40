"""What a person decides about cases that stopped: retry, send to review, cancel, settle an unclear outcome."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser

from cases.models import State

Settlement = Literal["entered", "not_there", "search_again", "reject"]


def retry_failed(case_id: UUID, user: AbstractBaseUser) -> State:
    """FAILED back to where it failed: RECEIVED (reading) or READY (entry), with its attempts counted from 0.

    Raises:
        StateProblem: V001 no such case; V002 it is not FAILED.
    """
    raise NotImplementedError


def send_to_review(case_id: UUID, user: AbstractBaseUser) -> State:
    """FAILED or READY back to REVIEW, so that values can be changed. Raises StateProblem V001, V002."""
    raise NotImplementedError


def cancel(case_id: UUID, user: AbstractBaseUser, reason: str = "") -> State:
    """Stop a case for good (REJECTED). A case being entered is stopped before its submit if that is still possible:
    then ENTERING is returned, and the outcome shows itself.

    Raises:
        StateProblem: V001 no such case; V002 too late (entered, unclear, erased).
    """
    raise NotImplementedError


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
    raise NotImplementedError
