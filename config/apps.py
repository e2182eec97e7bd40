"""The start-up check: what is wrong in forms, processes, targets and scanners, and what is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks


class DescriptionsConfig(AppConfig):
    name = "config"
    verbose_name = "Beschreibungen"

    def ready(self) -> None:
        checks.register(check_descriptions)


def check_descriptions(**_: Any) -> Sequence[checks.CheckMessage]:
    """Django system check over everything that people write below config/."""
    from config.descriptions import Folders, check

    folders = Folders(
        forms=Path(settings.FORMS),
        processes=Path(settings.PROCESSES),
        targets=Path(settings.TARGETS),
        scanners=Path(settings.SCANNERS),
        robots=Path(settings.ROBOTS),
    )
    return [checks.Error(found.message, obj=found.file, id=found.code) for found in check(folders).findings]
