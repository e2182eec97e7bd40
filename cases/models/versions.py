"""Descriptions that are taught in the browser: versions, their release, and filled scans to try them on."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Document


class Version(models.Model):
    """One version of a form, a process or a calibration. Only a draft can be changed.

    `text` is the same TOML (calibration: JSON) that lies in a file under `config/`. In service is, of all approved ones
    of a name that are not withdrawn, the one with the latest `serves_from` that has come; to withdraw it rolls back.
    `shadow`: a form that is read and reviewed, but not entered. `first`: so many of its first cases go to a person
    whatever the machine thinks. `release` joins versions that are submitted, approved and withdrawn together (a form
    and its process). `blank`: the blank form that the description was made of. `note`: the author's remark;
    `reason`: why somebody gave it back, or took it out of service, last.
    """

    class Kind(models.TextChoices):
        FORM = "form", _("Formular")
        PROCESS = "process", _("Verfahren")
        CALIBRATION = "calibration", _("Schwellen")

    class State(models.TextChoices):
        DRAFT = "draft", _("Entwurf")
        SUBMITTED = "submitted", _("Zur Freigabe")
        APPROVED = "approved", _("Freigegeben")
        WITHDRAWN = "withdrawn", _("Zurückgezogen")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.SlugField()
    number = models.PositiveIntegerField()
    text = models.TextField()
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True, default="", db_default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    release = models.UUIDField(default=uuid.uuid4, db_index=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    serves_from = models.DateTimeField(null=True, blank=True)
    shadow = models.BooleanField(default=False)
    first = models.PositiveIntegerField(default=0)
    blank = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["kind", "name", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=models.Q(approver__isnull=True) | ~models.Q(approver=models.F("author")),
                name="approver_is_not_the_author",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(approver__isnull=False, serves_from__isnull=False, decided_at__isnull=False),
                name="approved_by_somebody_from_a_day_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}, {self.number}"


class Trial(models.Model):
    """A filled scan on which versions of a form are tried. It holds personal data and goes at `erase_at`.

    `truth` is what a person says stands on it: values by field, null for empty ones; None until somebody looked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    form = models.SlugField()
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    truth = models.JSONField(null=True, blank=True)
    added_at = models.DateTimeField()
    erase_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["form", "document"], name="one_trial_per_document")]


class TrialReading(models.Model):
    """What one version of the form read on a trial scan; None while it is being read (`cases.trials` for its shape).

    `claimed_until`: a worker reads it, or was killed with it.
    """

    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="readings")
    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(null=True, blank=True)
    problem = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "version"], name="one_reading_per_version")]
