"""`laufzettel serve`: everything embedded, for one office."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import time
from types import FrameType

from config.commands import django_ready

HELP = "startet alles eingebettet für ein Büro: Broker, Worker, Zeitplan, Weboberfläche"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="Adresse der Weboberfläche (Vorgabe: nur dieser Rechner)")
    parser.add_argument("--port", type=int, default=8320, help="Anschluss der Weboberfläche (Vorgabe: 8320)")
    parser.add_argument("--demo-target", action="store_true", help="auch das Fachverfahren der Vorführung starten")


def stop_on_signals() -> None:
    """SIGTERM ends the command like Ctrl-C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def people_known() -> bool:
    from django.contrib.auth import get_user_model

    return bool(get_user_model().objects.exists())


def run(args: argparse.Namespace) -> int:
    django_ready()
    from django.conf import settings

    from config import embedded
    from config.supervisor import Supervisor

    embedded.prepare()
    supervisor = Supervisor(settings.DATA, {})
    stop_on_signals()
    try:
        addresses = embedded.start_all(supervisor, host=args.host, port=args.port, with_demo_target=args.demo_target)
        print(f"Laufzettel läuft: {addresses.web}  (Ende mit Strg-C; Meldungen in {supervisor.logs})", flush=True)
        if not people_known():
            there = f"LAUFZETTEL_DATA={shlex.quote(str(settings.DATA))} " if "LAUFZETTEL_DATA" in os.environ else ""
            first = f"{there}.venv/bin/python manage.py createsuperuser"
            print(f"Noch kann sich niemand anmelden. Erste Person anlegen: {first}")
            print(f"Sie vergibt Rollen unter {addresses.web}verwaltung/", flush=True)
        while True:
            for name in supervisor.look_after():
                print(f"Dienst „{name}“ war beendet und wurde neu gestartet.", flush=True)
            time.sleep(1.0)
    except KeyboardInterrupt:
        print("Wird beendet …", flush=True)
        return 0
    finally:
        supervisor.stop()
