"""`laufzettel demo`: everything embedded, a sample batch in, the result as a table, the review open."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from config.commands import django_ready

HELP = "Vorführung: alles eingebettet, zwölf Beispielscans hinein, Ergebnistabelle, Prüfung im Browser"
ROOT = Path(__file__).resolve().parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exit", action="store_true", help="danach beenden; 0 nur, wenn kein Dokument fehlt")
    parser.add_argument("--keep", action="store_true", help="Daten behalten: derselbe Stapel noch einmal")
    parser.add_argument("--seed", type=int, default=1, help="Zufallszahl des Beispielstapels")
    parser.add_argument("--host", default="127.0.0.1", help="Adresse der Weboberfläche")
    parser.add_argument("--port", type=int, default=8320, help="Anschluss der Weboberfläche")
    parser.add_argument("--patience", type=int, default=900, help="so viele Sekunden wird auf den Stapel gewartet")


def own_data_folder() -> Path:
    """The demo never touches an office's data: it has a folder of its own below the data folder."""
    folder = Path(os.environ.get("LAUFZETTEL_DATA", ROOT / "data")).resolve() / "demo"
    os.environ["LAUFZETTEL_DATA"] = str(folder)
    return folder


def empty(folder: Path) -> None:
    """Forget the last demo, but leave the lock and the logs."""
    for path in folder.iterdir() if folder.exists() else ():
        if path.name in {"serve.lock", "logs"}:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def run(args: argparse.Namespace) -> int:
    data = own_data_folder()
    data.mkdir(parents=True, exist_ok=True)
    from config.supervisor import Supervisor

    supervisor = Supervisor(data, {})
    if not args.keep:
        empty(data)
    django_ready()
    from config import show

    return show.run(supervisor, args)
