"""What IT watches: progress of workers, measures of pages."""

from __future__ import annotations

from django.db import models


class Progress(models.Model):
    """How far one process of a worker, or beat, has come. It writes this itself, with every item.

    `task` is what it is at since `began_at`; empty while it waits for the next. A process that gives work out (the main
    process of a worker, beat) is at no task itself: it promises to write at least every `every_s` seconds, and
    `began_at` is when it started. `done` of children that ended is added to that of their main process.
    """

    node = models.CharField(max_length=120)
    pid = models.PositiveIntegerField()
    task = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    every_s = models.FloatField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "pid"], name="one_progress_per_process")]


class PageMeasure(models.Model):
    """What one page told about its scanner, and how long each stage took. Nothing of the case, so it outlives it.

    `scanner` is empty for a page that was never paper. `streaks_mm` from the left edge; `ms` by stage; of the whole
    reading ("reading") only at the first page.
    """

    at = models.DateTimeField()
    process = models.SlugField()
    scanner = models.SlugField()
    number = models.PositiveSmallIntegerField()
    blank = models.BooleanField()
    skew_deg = models.FloatField()
    focus_px = models.FloatField(null=True, blank=True)
    streaks_mm = models.JSONField(default=list)
    ms = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["scanner", "at"]), models.Index(fields=["at"])]
