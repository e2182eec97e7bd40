"""Which cases have reached the end of their time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from cases import catalog, clock
from cases.models import Case
from cases.transitions import erase
from cases.transitions.erasure import ERASABLE


def due() -> Iterator[Case]:
    """ENTERED and REJECTED cases older than `erase_after_days` of their process. Without that setting: none."""
    now = clock.now()
    for name, spec in catalog.processes().items():
        if spec.erase_after_days is None:
            continue
        before = now - timedelta(days=spec.erase_after_days)
        yield from Case.objects.filter(process=name, state__in=ERASABLE, changed_at__lt=before).order_by("changed_at")


def run() -> list[str]:
    """Erase everything that is due; the references of what was erased."""
    erased = []
    for case in list(due()):
        erase(case.pk)
        erased.append(case.reference)
    return erased
