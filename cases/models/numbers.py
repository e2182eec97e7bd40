"""What is counted day by day. No person is in these tables, and none may ever be."""

from __future__ import annotations

from django.db import models


class Day(models.Model):
    """What happened on one day (local date) with cases of one process and version of a form ("" = not known yet).

    `read`: read for the first time; of those `through` went on without a person, and `blind` would have but for the
    blind sample. `released`, `entered`, `rejected`: cases that came into that state.

    `reasons`: in how many cases a field asked at that reading, {field: {code: count}}. Field "" is the case as a whole;
    a code is that of `docs/problems`, "blind" or "unsure", and "" counts the cases, for whatever reasons.
    `in_month`: they are in `Month` as well.
    """

    day = models.DateField()
    process = models.SlugField()
    form = models.SlugField(blank=True)
    form_version = models.CharField(max_length=40, blank=True)
    received = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    through = models.PositiveIntegerField(default=0)
    blind = models.PositiveIntegerField(default=0)
    released = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    in_month = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "day", "form", "form_version"], name="one_row_per_day")
        ]


class Month(models.Model):
    """The reasons of those days of a month that are `in_month`, added up. `month` is its first day."""

    month = models.DateField()
    process = models.SlugField()
    form = models.SlugField(blank=True)
    form_version = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["process", "month", "form", "form_version"], name="one_row_per_month")
        ]


class CountedUpTo(models.Model):
    """The number of the newest event that is in the sums: one row, locked while they are carried on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
