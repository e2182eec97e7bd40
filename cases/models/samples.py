"""Sure fields that a person was asked about all the same."""

from __future__ import annotations

from django.db import models

from cases.models.case import Case


class BlindSample(models.Model):
    """One sure field that a person was asked about all the same, without knowing why. Holds no content.

    `right` is None until the case is confirmed: was what the machine read what the person confirmed?
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="blind_samples")
    at = models.DateTimeField()
    process = models.SlugField()
    form = models.SlugField()
    form_version = models.CharField(max_length=40, blank=True)
    field = models.SlugField()
    confidence = models.FloatField()
    right = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "field"], name="one_blind_sample_per_field")]
        indexes = [models.Index(fields=["process", "at"])]
