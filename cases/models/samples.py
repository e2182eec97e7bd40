"""What the answers of people tell about the reading, without contents."""

from __future__ import annotations

from django.db import models

from cases.models.case import Case


class FieldSample(models.Model):
    """One field that a person was asked about: what its confidence was told from, whether it was right. No content.

    `blind`: it was sure, and drawn with the probability `share` to be looked at all the same, without the person
    knowing why. The others ask anyway (`share` 1). `right` is None until the case is confirmed: was what the machine
    read what the person confirmed? `document` keeps together what belongs together once the case is erased.
    """

    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.CASCADE, related_name="samples")
    document = models.CharField(max_length=16)
    at = models.DateTimeField()
    process = models.SlugField()
    form = models.SlugField()
    form_version = models.CharField(max_length=40, blank=True)
    field = models.SlugField()
    group = models.SlugField()
    confidence = models.FloatField()
    evidence = models.JSONField(default=list)
    blind = models.BooleanField()
    share = models.FloatField()
    right = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "field"], name="one_sample_per_field")]
        indexes = [
            models.Index(
                fields=["process", "at", "form", "form_version", "field", "right"],
                condition=models.Q(blind=True, right__isnull=False),
                name="blind_samples_by_field",
            ),
            models.Index(fields=["at"], name="samples_by_time"),
        ]
