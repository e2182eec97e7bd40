"""What is done when."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Schedule(models.Model):
    """When something of the house is done. `subject` is a process or a target, `words` what the owner wrote.

    Due times up to `looked_at` are dealt with. `catch_up`: what becomes of those that nobody saw when they came.
    `entry` is no work but the hours in which a target may be used; it has no runs.
    """

    class Work(models.TextChoices):
        INTAKE = "intake", _("Eingang abholen")
        ENTRY = "entry", _("Übertragen erlaubt")
        RECONCILIATION = "reconciliation", _("Abgleich")
        RETENTION = "retention", _("Aufbewahrung: Fälliges löschen")
        REPORT = "report", _("Bericht")

    class CatchUp(models.TextChoices):
        SKIP = "skip", _("entfallen lassen")
        ONCE = "once", _("einmal nachholen")
        ALL = "all", _("alle nachholen")

    work = models.CharField(max_length=16, choices=Work.choices)
    subject = models.SlugField()
    words = models.CharField(max_length=200)
    holidays = models.CharField(max_length=2, blank=True)
    blackout = models.JSONField(default=list)
    catch_up = models.CharField(max_length=4, choices=CatchUp.choices, default=CatchUp.ONCE)
    paused = models.BooleanField(default=False)
    looked_at = models.DateTimeField()

    class Meta:
        ordering = ["work", "subject", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(work="entry"), name="one_entry_window_per_target"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_work_display()}, {self.subject}"


class PlannedRun(models.Model):
    """One due time of a schedule; its row can be inserted only once, and is claimed by setting `started_at`.

    `worker` holds the claim (workers.identity), `attempts` counts how often it was taken. `count`: how many files,
    cases or rows it dealt with; `code`: the problem that broke it.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("erledigt")
        BROKEN = "broken", _("gescheitert")
        SKIPPED = "skipped", _("entfallen")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    due_at = models.DateTimeField()
    by_hand = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    worker = models.JSONField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField(null=True, blank=True)
    code = models.CharField(max_length=16, blank=True)

    class Meta:
        ordering = ["-due_at"]
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="one_run_per_due_time")]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(started_at__isnull=True), name="runs_that_wait")]
