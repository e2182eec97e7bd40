"""The Django application of cases."""

from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Vorgänge"

    def ready(self) -> None:
        from cases.log import configure

        configure()
