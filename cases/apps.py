"""The Django application of cases."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Vorgänge"

    def ready(self) -> None:
        from cases.checks import check_configuration
        from cases.log import configure

        configure()
        checks.register(check_configuration)
