"""One step of a case: lock the row, change it, write the event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser

from cases import audit, catalog, clock
from cases.models import Case, State
from cases.plain import plain
from ocr.errors import Problem, StateProblem
from ocr.page import Note


def locked(case_id: UUID | str) -> Case:
    """The case, its row locked until the transaction ends. Raises StateProblem V001 when there is none."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise StateProblem("V001", "Diesen Vorgang gibt es nicht. Bitte die Liste neu laden.")
    return case


def expect(case: Case, *states: State) -> None:
    """Raises StateProblem V002 when the case is in none of `states`."""
    if case.state not in states:
        raise StateProblem(
            "V002",
            f"Der Vorgang {case.reference} ist inzwischen „{State(case.state).label}“; "
            "dieser Schritt ist dort nicht möglich. Bitte die Liste neu laden.",
        )


def move(
    case: Case,
    to: State,
    kind: str,
    *,
    actor: str,
    details: Mapping[str, Any] | None = None,
    **changes: Any,
) -> State:
    """Change the locked case and write its one event."""
    before = case.state
    for name, value in changes.items():
        setattr(case, name, plain(value))
    case.state = to
    case.changed_at = clock.now()
    case.save(update_fields=[*changes, "state", "changed_at"])
    audit.append(kind, actor=actor, case=case, from_state=before, to_state=to, details=details)
    return to


def free_lease(case: Case) -> dict[str, Any]:
    """Changes that end every claim: whoever still works on the case has lost it."""
    return {"fence": case.fence + 1, "lease_until": None, "claimed_by": None}


def person(user: AbstractBaseUser) -> str:
    return f"person:{user.get_username()}"


def notes(found: Iterable[Note]) -> list[dict[str, str]]:
    """Notes as they are stored in Case.problems and Field.problems."""
    return [{"code": plain(note.code), "message": plain(note.message)} for note in found]


def note_of(problem: Problem) -> Note:
    return Note(problem.code, problem.message)


def target_of(case: Case) -> str | None:
    """The target of the case's process, None when it has none (READY is its end then)."""
    spec = catalog.processes().get(case.process)
    return spec.target if spec else None
