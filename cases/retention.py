"""What has reached the end of its time: contents of cases, what robots wrote that belongs to no case any more, and what
ran by schedules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings

from cases import catalog, clock, store
from cases.log import bug
from cases.models import Case, PageMeasure, PlannedRun, Progress, Run, State, Trial
from cases.transitions import erase
from cases.transitions.erasure import ERASABLE
from cases.transitions.trials import erase_trial
from ocr.errors import StateProblem

log = structlog.get_logger(__name__)
RUN_DAYS = 7
PLANNED_RUN_DAYS = 90


@dataclass(frozen=True, slots=True)
class Erased:
    """References of the cases that were erased, and of those that could not be (the log says why)."""

    cases: tuple[str, ...]
    failed: tuple[str, ...]


def run(processes: Collection[str] | None = None) -> Erased:
    """Erase everything that is due, of these processes or of all. What cannot be erased holds nothing else up and is
    tried again next time.
    """
    due_now = [case for case in due() if processes is None or case.process in processes]
    failed = tuple(case.reference for case in due_now if not could_erase(case))
    for run_id in due_runs():
        store.erase_run(run_id)
    erase_trials()
    forget_measures()
    PlannedRun.objects.filter(finished_at__lt=clock.now() - timedelta(days=PLANNED_RUN_DAYS)).delete()
    return Erased(tuple(case.reference for case in due_now if case.reference not in failed), failed)


def due() -> Iterator[Case]:
    """ENTERED and REJECTED cases older than `erase_after_days` of their process. Without that setting: none."""
    now = clock.now()
    for name, spec in catalog.processes().items():
        if spec.erase_after_days is None:
            continue
        before = now - timedelta(days=spec.erase_after_days)
        yield from Case.objects.filter(process=name, state__in=ERASABLE, changed_at__lt=before).order_by("changed_at")


def could_erase(case: Case) -> bool:
    try:
        erase(case.pk)
    except StateProblem:
        return True  # somebody was quicker
    except Exception as error:  # a file that cannot be removed
        log.error("erasure_failed", case=str(case.pk), **bug(error))
        return False
    return True


def erase_trials() -> None:
    """Scans of the test bench whose day has come."""
    for trial_id in Trial.objects.filter(erase_at__lte=clock.now()).values_list("pk", flat=True):
        try:
            erase_trial(trial_id, actor="retention")
        except Exception as error:  # a file that cannot be removed
            log.error("trial_not_erased", trial=str(trial_id), **bug(error))


def due_runs() -> list[UUID]:
    """Robot runs that ended a week ago, whose folder is still there, and which hold nothing of a case that is kept."""
    there = [folder.name for folder in Path(settings.RUNS).glob("*-*-*-*-*")]
    old = Run.objects.filter(pk__in=there, ended_at__lt=clock.now() - timedelta(days=RUN_DAYS))
    return [run.pk for run in old if not run.entries.exclude(case__state=State.ERASED).exists()]


def forget_measures() -> None:
    """What pages told about their scanners, and what workers wrote that are gone, after MEASURES_DAYS."""
    before = clock.now() - timedelta(days=settings.MEASURES_DAYS)
    PageMeasure.objects.filter(at__lt=before).delete()
    Progress.objects.exclude(began_at__gte=before).exclude(finished_at__gte=before).delete()
