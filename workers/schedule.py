"""The ticks of the house, kept in the database so that IT can change them."""

from __future__ import annotations

from django_celery_beat.models import IntervalSchedule, PeriodicTask

TICKS_S = {"sweep": 5, "take_inbox": 2, "retention": 3600, "look_at_schedules": 3, "count": 60}


def ensure_schedule() -> None:
    """Create missing ticks; what IT changed (interval, switched off) stays. Safe to call at every start."""
    for name, every_s in TICKS_S.items():
        if PeriodicTask.objects.filter(name=name).exists():
            PeriodicTask.objects.filter(name=name).update(task=name, queue="housekeeping", args="[]", kwargs="{}")
            continue
        interval, _ = IntervalSchedule.objects.get_or_create(every=every_s, period=IntervalSchedule.SECONDS)
        PeriodicTask.objects.create(name=name, task=name, interval=interval, queue="housekeeping")
