"""What `laufzettel doctor --production` looks at: is this installation one that the promise of entry can stand on?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from config.examining import broker, database, machine, settings, work
from config.finding import Finding

CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (
    settings.findings,
    database.findings,
    broker.findings,
    machine.findings,
    work.findings,
)


NAMES = {
    "settings": "Einstellungen",
    "database": "Datenbank",
    "broker": "Broker",
    "machine": "Rechner",
    "work": "Dienste",
}


def production() -> list[Finding]:
    """Every finding; a check that cannot be made is one."""
    return [finding for check in CHECKS for finding in made(check)]


def made(check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(check())
    except Exception as error:  # the others go on; its message may name addresses and users
        name = NAMES[check.__module__.rpartition(".")[2]]
        return [Finding(name, False, f"nicht zu prüfen: {type(error).__name__}", "zuerst die Befunde darüber beheben")]
