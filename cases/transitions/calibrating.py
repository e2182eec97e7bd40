"""Thresholds from daily work, proposed as a version; two people decide on it as on any other."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from cases import audit, clock
from cases.models import Version
from cases.thresholds import NAME, Reckoned
from cases.transitions import step
from ocr.errors import StateProblem


def propose_thresholds(reckoned: Reckoned, author: AbstractBaseUser, note: str = "") -> Version:
    """A draft with these thresholds; it takes the place of an older draft of the same person.

    Raises:
        StateProblem: V081 when no threshold changes.
    """
    changes = [one for one in reckoned.proposal.changes if one.before != one.after]
    if not changes:
        raise StateProblem("V081", "Keine Schwelle ändert sich; es gibt nichts vorzuschlagen.")
    with transaction.atomic():
        calibrations = Version.objects.select_for_update().filter(kind=Version.Kind.CALIBRATION, name=NAME)
        numbers = [one.number for one in calibrations]
        now = clock.now()
        calibrations.filter(state=Version.State.DRAFT, author_id=author.pk).delete()
        version = Version.objects.create(
            kind=Version.Kind.CALIBRATION,
            name=NAME,
            number=max(numbers, default=0) + 1,
            text=reckoned.text,
            note=note,
            author_id=author.pk,
            created_at=now,
            changed_at=now,
        )
        audit.append(
            "thresholds_proposed",
            actor=step.person(author),
            details={
                "version": version.number,
                "blind": reckoned.blind,
                "asked": reckoned.asked,
                "changes": [[one.group, one.budget, one.before, one.after] for one in changes],
            },
        )
    return version
