"""After a restore: the ledger is older than the targets. Nothing is submitted before somebody has looked.

What was in a robot's hands becomes unclear, or waits again; every target is stopped until a person has compared it with
the ledger. From then on the entry protocol finds what was entered since the backup, because it looks before it fills.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases import audit, catalog, clock
from cases.models import Case, Counter, Entry, Run, State
from cases.transitions import gates, step
from cases.transitions.entry import UNRESOLVED_NOTE, take_over_entry
from cases.transitions.reading import take_over_reading

PASSED = 10_000
"""So many numbers are passed over: they may have been given out after the backup, and stand in a target."""
ACTOR = "restore"


@dataclass(frozen=True, slots=True)
class Restored:
    """How many cases were taken out of robots' hands, and how many a person has to look up."""

    taken_over: int
    for_a_person: int
    stopped: tuple[str, ...]


def restored(actor: str, backup: Mapping[str, Any]) -> Restored:
    """Bring an old state back into service. Whoever calls this has made sure that nothing of before runs any more.

    `backup` says when it was made and how long its trail is at least; no contents.
    """
    with transaction.atomic():
        audit.append("restored", actor=actor, details=dict(backup))
        pass_numbers()
    stopped = gates.stop_targets(catalog.targets(), actor, "Rücksicherung: zuerst mit dem Zielsystem abgleichen")
    taken_over = [settle(entry) for entry in Entry.objects.filter(outcome=Entry.Outcome.OPEN)]
    for run in Run.objects.filter(ended_at=None):
        gates.end_run(run.pk, actor=ACTOR)
    for case in Case.objects.filter(state=State.RECEIVED, lease_until__isnull=False):
        take_over_reading(case.pk, case.fence)
    return Restored(len(taken_over), sum(map(doubt_all, catalog.targets())), tuple(stopped))


def settle(entry: Entry) -> State | None:
    """With an intent UNCLEAR, without one READY: a restore ends whatever robots there were."""
    return take_over_entry(entry.pk, process_gone=True)


def doubt_all(target: str) -> int:
    """Released cases of a target that cannot be searched: only a person can tell whether they stand there by now."""
    if catalog.targets()[target].can_search:
        return 0
    processes = [name for name, spec in catalog.processes().items() if spec.target == target]
    return sum(doubt(case) for case in Case.objects.filter(state=State.READY, process__in=processes))


def doubt(case: Case) -> bool:
    with transaction.atomic():
        case = step.locked(case.pk)
        if case.state != State.READY:
            return False
        changes = {"problems": step.notes([UNRESOLVED_NOTE]), "needs_person": True, **step.free_lease(case)}
        step.move(case, State.UNCLEAR, "doubted", actor=ACTOR, **changes)
    return True


def pass_numbers() -> None:
    """References go on behind those that may have been given out since the backup, this year and the last one."""
    year = timezone.localtime(clock.now()).year
    for one in (year - 1, year):
        counter, is_new = Counter.objects.get_or_create(year=one)
        if one == year or not is_new:
            counter.last += PASSED
            counter.save(update_fields=["last"])
