"""Who a pseudonym of the trail is: one person asks with a reason, another one lets it be shown. Both are on record."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from cases import audit, clock
from cases.models import Disclosure, Pseudonym
from cases.plain import plain
from cases.transitions import step
from ocr.errors import StateProblem

SHOWN_FOR = timedelta(hours=24)
"""For so long the two people see the name; then somebody has to ask again."""


def ask_disclosure(number: int, user: AbstractBaseUser, reason: str) -> Disclosure:
    """Ask who "Person `number`" is.

    Raises:
        StateProblem: V046 no such pseudonym; V047 without a reason.
    """
    words = plain(reason).strip()[:300]
    if not words:
        raise StateProblem("V047", "Bitte angeben, warum die Person benannt werden soll.")
    with transaction.atomic():
        pseudonym = Pseudonym.objects.filter(pk=number).first()
        if pseudonym is None:
            raise StateProblem("V046", f"„Person {number}“ gibt es im Protokoll nicht. Bitte die Nummer prüfen.")
        asked = Disclosure.objects.create(pseudonym=pseudonym, reason=words, asked_by_id=user.pk, asked_at=clock.now())
        details = {"disclosure": str(asked.pk), "person": number}
        audit.append("disclosure_asked", actor=step.person(user), details=details)
    return asked


def confirm_disclosure(disclosure_id: UUID, user: AbstractBaseUser) -> Disclosure:
    """Let the name be shown, to the one who asked and to this person.

    Raises:
        StateProblem: V048 no such request, or it was answered before; V049 the same person asked.
    """
    with transaction.atomic():
        asked = Disclosure.objects.select_for_update().filter(pk=disclosure_id, confirmed_by=None).first()
        if asked is None:
            raise StateProblem("V048", "Diese Anfrage ist schon beantwortet. Bitte die Seite neu laden.")
        if asked.asked_by_id == user.pk:
            raise StateProblem("V049", "Bestätigen muss eine andere Person als die, die gefragt hat.")
        asked.confirmed_by_id, asked.confirmed_at = user.pk, clock.now()
        asked.save(update_fields=["confirmed_by", "confirmed_at"])
        details = {"disclosure": str(asked.pk), "person": asked.pseudonym_id}
        audit.append("disclosure_confirmed", actor=step.person(user), details=details)
    return asked


def may_see_name(asked: Disclosure, user: AbstractBaseUser) -> bool:
    """Whether this person sees the name now: one of the two, and not too long ago."""
    if asked.confirmed_at is None or user.pk not in (asked.asked_by_id, asked.confirmed_by_id):
        return False
    return clock.now() < asked.confirmed_at + SHOWN_FOR
