"""Around a draft in the designer: what the machine proposes, and the steps that can be taken back."""

from __future__ import annotations

import uuid

from django.db import models

from cases.models.versions import Version


class Proposal(models.Model):
    """A blank form that a worker reads, so that a draft begins with what it shows.

    `open`: names of the proposed fields that no person has looked at yet. `problem`: why nothing could be proposed.
    `claimed_until`: a worker reads it, or was killed with it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="proposal")
    asked_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True, db_index=True)
    problem = models.CharField(max_length=300, blank=True)
    open = models.JSONField(default=list)


class DraftStep(models.Model):
    """One change of a draft: `text` is what it was before, or, once `undone`, what it was after it."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    what = models.CharField(max_length=120)
    text = models.TextField()
    undone = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="one_draft_step_per_number")]
