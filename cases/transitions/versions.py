"""Stand-in until the release of versions is merged."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Max

from cases import audit, clock
from cases.models import Document, Version
from cases.transitions import step
from ocr.errors import StateProblem


def new_draft(
    kind: str,
    name: str,
    text: str,
    author: AbstractBaseUser,
    *,
    note: str = "",
    blank: Document | None = None,
    release: uuid.UUID | None = None,
) -> Version:
    with transaction.atomic():
        last = Version.objects.filter(kind=kind, name=name).aggregate(n=Max("number"))["n"] or 0
        now = clock.now()
        version = Version.objects.create(
            kind=kind, name=name, number=last + 1, text=text, note=note, author_id=author.pk, created_at=now,
            changed_at=now, blank=blank, release=release or uuid.uuid4(),
        )  # fmt: skip
        audit.append("version_drafted", actor=step.person(author), details={"version": version.pk})
    return version


def change_draft(
    version_id: int, text: str, person: AbstractBaseUser, *, note: str | None = None, seen: datetime | None = None
) -> Version:
    with transaction.atomic():
        version = Version.objects.select_for_update().get(pk=version_id)
        if seen is not None and seen != version.changed_at:
            raise StateProblem("V099", "Jemand anderes hat den Entwurf inzwischen geändert.")
        version.text, version.changed_at = text, clock.now()
        version.save(update_fields=["text", "changed_at"])
        audit.append("version_changed", actor=step.person(person), details={"version": version.pk})
    return version
