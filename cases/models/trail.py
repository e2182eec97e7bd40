"""The chained trail, and who people are in it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from cases.models.case import Case


class ChainHead(models.Model):
    """The newest event, in one row that is locked while the next one is written."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)


class Event(models.Model):
    """One station stamp. Hash-chained over the whole trail: `hash` covers the row and `previous`.

    `details` never holds field contents (values are hashed where a change must be provable).
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    actor = models.CharField(max_length=160)  # "person:" and the longest user name
    kind = models.SlugField()
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]
        indexes = [models.Index(fields=["kind", "at"])]


class Membership(models.Model):
    """A person works on a process. A process without members is open to everybody who has the role for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    process = models.SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "process"], name="one_membership_per_process")]

    def __str__(self) -> str:
        return self.process


class Pseudonym(models.Model):
    """The number under which a person of the trail is shown ("Person 3")."""

    number = models.BigAutoField(primary_key=True)
    user_name = models.CharField(max_length=150, unique=True)


class Disclosure(models.Model):
    """One person asks, with a reason, who a pseudonym is; another one lets it be shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pseudonym = models.ForeignKey(Pseudonym, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="disclosure_needs_two_people",
            )
        ]
