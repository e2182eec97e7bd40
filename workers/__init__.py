"""The workers: reading, robots, housekeeping. `celery -A workers` finds the application as `workers.celery`."""

from workers.app import application as celery

__all__ = ["celery"]
