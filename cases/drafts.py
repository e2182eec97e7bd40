"""What people have typed and not yet confirmed: kept with every change, shown again to the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from cases.models import Case, Draft
from cases.plain import plain
from cases.transitions.review import OPEN_STATES, mine

Mark = Literal["", "empty", "illegible"]
LONGEST = 10_000
"""Letters of one answer that are kept; no field and no letter holds more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was typed for one field, `mark`: nothing is on the paper, or nobody can read it; `reason` for a rule."""

    text: str = ""
    mark: Mark = ""
    reason: str = ""


def keep(case_id: UUID, user: AbstractBaseUser, answers: Mapping[str, Answer | None]) -> None:
    """Keep the newest answers of a person by field name; None: the field is as the machine read it again.

    Raises:
        StateProblem: V001 to V004 as in `transitions.lock`: who may not decide the case keeps nothing in it.
    """
    with transaction.atomic():
        case = mine(case_id, user, *OPEN_STATES)
        for name, answer in answers.items():
            own = Draft.objects.filter(case=case, user_id=user.pk, name=name)
            if answer is None:
                own.delete()
            elif not own.update(answer=_row(answer)):
                Draft.objects.create(case=case, user_id=user.pk, name=name, answer=_row(answer))


def of(case: Case, user: AbstractBaseUser) -> dict[str, Answer]:
    """The answers that this person has typed so far, by field name."""
    rows = case.drafts.filter(user_id=user.pk).exclude(name__startswith=Draft.PANEL)
    return {row.name: Answer(**row.answer) for row in rows}


def in_panel(case: Case, user: AbstractBaseUser, panel: str) -> dict[str, str]:
    """What this person has typed so far into a panel, by the name of the input."""
    start = f"{Draft.PANEL}{panel}-"
    rows = case.drafts.filter(user_id=user.pk, name__startswith=start)
    return {row.name.removeprefix(start): row.answer["text"] for row in rows}


def _row(answer: Answer) -> dict[str, str]:
    return {name: str(plain(text))[:LONGEST] for name, text in asdict(answer).items()}
