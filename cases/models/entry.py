"""The ledger of entries, the gates of the targets and the sessions of their robots."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case


class Run(models.Model):
    """One robot process and its session in a target. `ended_at` is set only when its processes are gone.

    `process_group` is {"pid", "start", "boot", "host", "pidns", "socket"} of the group's leader.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.SlugField()
    worker = models.JSONField(default=dict)
    process_group = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["target", "ended_at"])]


class Gate(models.Model):
    """One row for each target, locked while a session or case is claimed.

    `failures` counts failed attempts in a row; until `not_before` the target is left alone, because of `reason`.
    From `stopped_at` on nothing is submitted until a person starts it again. `stopped_by` is a person or "breaker",
    `stop_reason` a person's words or a problem code.
    """

    target = models.SlugField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=160, blank=True)
    stop_reason = models.CharField(max_length=200, blank=True)


class Entry(models.Model):
    """The ledger: one row for every attempt to enter a case into a target.

    `fence` is the fence number of the claim; a worker whose fence is not the case's newest may neither submit
    nor record. `intent_at` is set, durably, before the robot may press the submit button.
    `mode` is "enter"; every other one never submits. "resolve": look up what became of an unclear entry; "dry_run":
    everything but the submit; "shadow": compare with what a person entered.
    """

    class Mode(models.TextChoices):
        ENTER = "enter", _("übertragen")
        RESOLVE = "resolve", _("nachsehen")
        DRY_RUN = "dry_run", _("Probelauf")
        SHADOW = "shadow", _("Vergleichslauf")

    class Outcome(models.TextChoices):
        OPEN = "open", _("läuft")
        ENTERED = "entered", _("übertragen")
        FOUND = "found", _("war schon da")
        REJECTED = "rejected", _("vom Zielsystem abgelehnt")
        UNAVAILABLE = "unavailable", _("Zielsystem nicht erreichbar, nichts geschrieben")
        UNCLEAR = "unclear", _("Ergebnis unklar")
        CANCELLED = "cancelled", _("abgebrochen")
        NONE = "none", _("nicht gefunden")
        SEVERAL = "several", _("mehrfach gefunden")
        DIFFERENT = "different", _("mit anderen Werten gefunden")
        LOST = "lost", _("abgerissen, nichts geschrieben")
        TRIED = "tried", _("Probelauf bis vor das Absenden, nichts geschrieben")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    target = models.SlugField()
    fence = models.PositiveIntegerField()
    claimed_at = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ENTER)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    worker = models.CharField(max_length=120, blank=True)
    payload_hash = models.CharField(max_length=64, blank=True)
    intent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    record_number = models.CharField(max_length=80, blank=True)
    receipt = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "fence"], name="one_entry_per_fence"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(outcome="open"), name="one_open_entry_per_case"
            ),
        ]
        indexes = [models.Index(fields=["target", "finished_at"])]


class Reconciliation(models.Model):
    """One comparison of the ledger with a target. `since`: only what was recorded from then on; None = all.

    `findings` is a list of {"kind", "reference", "record_number", "fields", "code"}; never field contents.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.SlugField()
    since = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    listed = models.PositiveIntegerField(null=True, blank=True)
    checked = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["target", "asked_at"])]
