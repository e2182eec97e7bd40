"""`laufzettel backup`: database, originals and everything that belongs to them, into a folder of its own."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from config.commands import database_ready

HELP = "sichert Datenbank, Schriftstücke und Eingang in einen Ordner (docs/howto/backup.md)"
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="ORDNER", help="darin entsteht je Sicherung ein Ordner mit Datum")
    parser.add_argument(
        "--recipient", action="append", default=[], metavar="AGE1…",
        help="mit age für diesen Schlüssel verschlüsseln, in eine Datei; mehrfach möglich",
    )  # fmt: skip
    parser.add_argument("--with-secrets", action="store_true", help="auch Zugangsdaten der Roboter und secret_key")
    parser.add_argument(
        "--without-files", action="store_true",
        help="nur die Datenbank und den Eingang (die Schriftstücke sichert der Speicher selbst)",
    )  # fmt: skip
    parser.add_argument("--keep", type=int, metavar="N", help="danach nur die neuesten N Sicherungen behalten")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """Exit code 3 when an original is damaged; the backup is written all the same."""
    database_ready()
    from config.saving import reading, writing
    from ocr.errors import Problem

    if args.keep is not None and args.keep < 1:
        raise Problem("B020", "Mindestens eine Sicherung muss bleiben: --keep 1 oder mehr.")
    saved = writing.save(
        args.folder,
        recipients=args.recipient,
        with_secrets=args.with_secrets,
        with_files=not args.without_files,
    )
    old = reading.backups(args.folder)[: -args.keep] if args.keep else []
    for path in old:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if args.json:
        said = {"place": str(saved.place), "files": saved.files, "shared": saved.shared, "removed": len(old)}
        print(json.dumps({**said, "damaged": list(saved.damaged)}))
    else:
        print(f"Gesichert: {saved.place} ({saved.files} Dateien, {saved.shared} davon unverändert seit der vorigen)")
        print(f"Entfernt: {len(old)} ältere Sicherungen" if old else "", end="\n" if old else "")
    for sha256 in saved.damaged:
        print(f"B027: Das Schriftstück {sha256} ist im Speicher beschädigt.", file=sys.stderr)
    return REFUSED if saved.damaged else 0
