"""`laufzettel forms check`: what is wrong in the descriptions of forms, processes, targets and scanners."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from config.commands import django_ready

HELP = "prüft die Beschreibungen von Formularen, Prozessen, Zielen und Scannern"
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("check",), help="check: alle Dateien lesen und sagen, was nicht stimmt")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 3 when something is wrong."""
    django_ready()
    from django.conf import settings

    from cases import rules
    from config.descriptions import Folders, check
    from ocr.kinds import kind_names

    folders = Folders(settings.FORMS, settings.PROCESSES, settings.TARGETS, settings.SCANNERS)
    seen = check(folders)
    read = {
        "forms": sorted(seen.forms),
        "processes": sorted(seen.processes),
        "targets": sorted(seen.targets),
        "scanners": sorted(seen.scanners),
    }
    if args.json:
        known = {"kinds": kind_names(), "rules": rules.names()}
        print(json.dumps({**read, "known": known, "problems": [asdict(f) for f in seen.findings]}, ensure_ascii=False))
    else:
        for title, names in zip(("Formulare", "Prozesse", "Ziele", "Scanner"), read.values(), strict=True):
            print(f"{title}: {', '.join(names) or 'keine'}")
    for finding in seen.findings:
        print(finding, file=sys.stderr)
    if seen.findings:
        return REFUSED
    if not args.json:
        print("Alles in Ordnung.")
    return 0
