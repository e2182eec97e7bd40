"""`laufzettel migrate`: database, roles and schedule as this version wants them. Before the services start."""

from __future__ import annotations

import argparse

from config.commands import django_ready

HELP = "bringt Datenbank, Rollen und Zeitplan auf den Stand dieses Programms (vor dem Start der Dienste)"
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="nur nennen, was aussteht; Rückgabe 3, wenn etwas aussteht"
    )


def run(args: argparse.Namespace) -> int:
    django_ready()
    waiting = pending()
    for name in waiting:
        print(name)
    if args.check:
        return REFUSED if waiting else 0
    from django.core.management import call_command

    from web.roles import ensure_roles
    from workers.schedule import ensure_schedule

    call_command("migrate", verbosity=0, interactive=False)
    ensure_roles()
    ensure_schedule()
    print(f"{len(waiting)} Änderungen an der Datenbank; Rollen und Zeitplan sind auf dem Stand.")
    return 0


def pending() -> list[str]:
    """Migrations that were not applied yet, in their order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
