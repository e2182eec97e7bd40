"""One module per command: HELP, add_arguments(parser), run(args) -> exit code."""

from __future__ import annotations

import os
from pathlib import Path


def django_ready() -> None:
    """Load Django once; commands that need the database call this first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def scanners_folder() -> Path:
    """Where the scanner profiles are. Settings are loaded only here: `demo` chooses its data folder before them."""
    from config import settings

    return Path(settings.SCANNERS)


def database_ready() -> None:
    """Load Django and make sure that there is a database to look into.

    Raises:
        Problem: B010 when this installation was never started.
    """
    django_ready()
    from django.db import connection

    from ocr.errors import Problem

    if "cases_chainhead" not in connection.introspection.table_names():
        raise Problem(
            "B010",
            "Die Datenbank ist noch nicht angelegt. Bitte zuerst „laufzettel serve“ "
            "(oder „python manage.py migrate“) ausführen.",
        )
