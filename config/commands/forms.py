"""`laufzettel forms check`: what is wrong in the descriptions; `forms draft`: a first one, of a blank form."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from config.commands import django_ready

if TYPE_CHECKING:
    from cases.checking import Finding

HELP = "prüft die Beschreibungen von Formularen, Prozessen, Zielen und Scannern; entwirft die eines neuen Formulars"
REFUSED, USAGE = 3, 2
REMARKS = (
    "Entwurf aus dem leeren Formular {file}. Bitte lesen und berichtigen: name, title und kind sind geraten.",
    "Was niemand braucht, löschen. Pflichtfelder: required = true. Regeln: rules = [...]. (docs/howto/new-form.md)",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="AKTION", required=True)
    check = actions.add_parser("check", help="alle Dateien lesen und sagen, was nicht stimmt")
    check.add_argument("file", type=Path, nargs="?", metavar="DATEI", help="nur diese Beschreibung eines Formulars")
    check.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")
    draft = actions.add_parser("draft", help="aus einem leeren Formular eine erste Beschreibung machen")
    draft.add_argument("file", type=Path, metavar="DATEI", help="das leere Formular, am besten die PDF-Datei")
    draft.add_argument("--name", help="Name des Formulars (sonst nach der Datei)")
    draft.add_argument("--title", default="", help="Titel (sonst die größte Überschrift)")
    draft.add_argument("--language", action="append", metavar="SPRACHE", help="deu, eng, …; mehrfach möglich")
    draft.add_argument("--out", type=Path, metavar="ORDNER", help="Ordner für NAME.toml (sonst Standardausgabe)")


def run(args: argparse.Namespace) -> int:
    """0 when all is well, 3 when something is wrong."""
    return _check(args) if args.action == "check" else _draft(args)


def _draft(args: argparse.Namespace) -> int:
    from ocr.draft import draft
    from ocr.draft_names import slug
    from ocr.spec_text import as_toml

    name = args.name or slug(args.file.stem)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        print(f"--name „{name}“: nur Kleinbuchstaben, Ziffern und _ (zum Beispiel hundesteuer).", file=sys.stderr)
        return USAGE
    target = args.out / f"{name}.toml" if args.out else None
    if target and target.exists():
        print(f"{target} gibt es schon. Bitte einen anderen --name wählen oder die Datei weglegen.", file=sys.stderr)
        return REFUSED
    spec = draft(args.file, name, args.title, tuple(args.language or ("deu",)))
    text = as_toml(spec, [remark.format(file=args.file.name) for remark in REMARKS])
    if target is None:
        print(text, end="")
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    print(f"{target}: {len(spec.field)} Felder, {len(spec.anchor)} Anker auf {spec.pages} Seiten.")
    return 0


def _check(args: argparse.Namespace) -> int:
    django_ready()
    from django.conf import settings

    from cases import rules
    from config.descriptions import Folders, check, check_form
    from ocr.kinds import kind_names

    if args.file:
        found = check_form(args.file)
        if args.json:
            print(json.dumps({"problems": [asdict(one) for one in found]}, ensure_ascii=False))
        return _told(found, as_json=args.json)
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
    return _told(seen.findings, as_json=args.json)


def _told(findings: Sequence[Finding], *, as_json: bool) -> int:
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        return REFUSED
    if not as_json:
        print("Alles in Ordnung.")
    return 0
