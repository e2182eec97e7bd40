"""`laufzettel retention run`: erase what has reached the end of its time."""

from __future__ import annotations

import argparse

from config.commands import database_ready

HELP = "löscht Inhalte von Vorgängen, deren Frist abgelaufen ist (retention run)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["run"], metavar="run", help="jetzt löschen")


def run(args: argparse.Namespace) -> int:
    database_ready()
    from cases import retention
    from ocr.errors import StateProblem

    erased = retention.run()
    for reference in erased.cases:
        print(f"{reference}  gelöscht")
    print(f"{len(erased.cases)} Vorgänge gelöscht")
    if erased.failed:
        raise StateProblem(
            "V042",
            f"{len(erased.failed)} Vorgänge ließen sich nicht löschen: {', '.join(erased.failed)}. "
            "Bitte Rechte und Platz im Datenordner prüfen und den Befehl wiederholen.",
        )
    return 0
