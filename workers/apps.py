"""Makes the Celery application of this project the current one wherever Django is loaded."""

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers"

    def ready(self) -> None:
        from workers.app import application

        application.set_default()
