"""One module per command: HELP, add_arguments(parser), run(args) -> exit code."""

from __future__ import annotations

import os


def django_ready() -> None:
    """Load Django once; commands that need the database call this first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
