"""Cases that broke three times, by the code that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.models import Case, State

MOST = 1000
"""So many are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Failed:
    """One case that waits for a decision."""

    case_id: UUID
    reference: str
    process: str
    since: datetime


def by_code() -> Mapping[str, list[Failed]]:
    """The newest first; a case without a code under ""."""
    rows = Case.objects.filter(state=State.FAILED).order_by("-changed_at", "-reference")
    found: dict[str, list[Failed]] = {}
    for key, reference, process, since, problems in rows.values_list(
        "pk", "reference", "process", "changed_at", "problems"
    )[:MOST]:
        code = problems[0]["code"] if problems else ""
        found.setdefault(code, []).append(Failed(key, reference, process, since))
    return dict(sorted(found.items(), key=lambda group: -len(group[1])))


def with_code(code: str) -> list[Failed]:
    return by_code().get(code, [])
