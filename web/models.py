"""What a person has set for the own screen."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Preference(models.Model):
    """One person's keys: only those that differ from the usual ones, by action; and whether any work at all. And the
    language, empty as long as none was chosen.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="preference"
    )
    keys = models.JSONField(default=dict)
    keys_on = models.BooleanField(default=True)
    language = models.CharField(max_length=5, blank=True)
