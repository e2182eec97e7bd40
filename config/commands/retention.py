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

    erased = retention.run()
    for reference in erased:
        print(f"{reference}  gelöscht")
    print(f"{len(erased)} Vorgänge gelöscht")
    return 0
