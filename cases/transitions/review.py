"""What a clerk does: open, confirm, reject, put on hold, choose the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser

from cases.models import Case, State
from ocr.errors import StateProblem
from ocr.page import Note


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
    raise NotImplementedError


def unlock(case_id: UUID, user: AbstractBaseUser) -> None:
    """Let go of a case. Does nothing if this person does not hold it."""
    raise NotImplementedError


def confirm(
    case_id: UUID,
    user: AbstractBaseUser,
    values: Mapping[str, str | None],
    *,
    overrides: Mapping[str, str] | None = None,
) -> State:
    """Confirm or correct the values of the shown fields; fields not in `values` keep their value.

    REVIEW goes to READY, or to SECOND_REVIEW if the process asks for it; SECOND_REVIEW goes to READY unless values
    were changed in it, then another person looks once more. `overrides` gives a reason by field name for a rule
    that may be broken here (a missing required field as well). Empty text means "nothing on the paper" (None).

    Raises:
        RulesFailed: V020 with `.notes` by field name; nothing was stored.
        StateProblem: V001, V002, V003, V004 as in `lock`; V005 no form is chosen yet; V006 unknown field name.
    """
    raise NotImplementedError


def choose_form(case_id: UUID, user: AbstractBaseUser, form: str) -> State:
    """Say which form this is; the case is read again with it (RECEIVED).

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V007 the process does not know this form.
    """
    raise NotImplementedError


def reject(case_id: UUID, user: AbstractBaseUser, reason: str) -> State:
    """REJECTED, from REVIEW, SECOND_REVIEW, ON_HOLD or FAILED.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V008 without a reason.
    """
    raise NotImplementedError


def hold(case_id: UUID, user: AbstractBaseUser, until: date, reason: str = "") -> State:
    """ON_HOLD until a day; it comes back to REVIEW by itself on that day.

    Raises:
        StateProblem: V001, V002, V003 as in `lock`; V009 the day is not in the future.
    """
    raise NotImplementedError


def resume(case_id: UUID, user: AbstractBaseUser) -> State:
    """ON_HOLD back to REVIEW at once.

    Raises:
        StateProblem: V001 no such case; V002 it is not on hold.
    """
    raise NotImplementedError
