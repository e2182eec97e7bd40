"""`laufzettel restore`: bring a backup back. Afterwards every target is stopped until a person has compared it."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.commands import django_ready

if TYPE_CHECKING:
    from cases.transitions import Restored

HELP = "bringt eine Sicherung zurück (docs/howto/backup.md); alles andere muss angehalten sein"
REFUSED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, metavar="ORDNER", help="eine Sicherung, oder der Ordner, in dem sie liegen (die neueste)"
    )
    parser.add_argument("--identity", type=Path, metavar="DATEI", help="Schlüssel einer mit age verschlüsselten")
    parser.add_argument("--yes", action="store_true", help="auch dann, wenn hier schon Vorgänge sind")
    parser.add_argument("--check", action="store_true", help="nur prüfen, ob die Sicherung unversehrt ist")
    parser.add_argument("--json", action="store_true", help="ein JSON-Dokument auf der Standardausgabe")


def run(args: argparse.Namespace) -> int:
    """Exit code 3 when originals are missing afterwards, or the trail is broken."""
    django_ready()
    from django.conf import settings

    from config.saving import reading, sinks
    from ocr.errors import Problem

    found = reading.find(args.folder)
    if found.is_dir():
        return restore(found, args)
    if args.identity is None:
        raise Problem("B020", "Diese Sicherung ist verschlüsselt. Bitte den Schlüssel angeben: --identity DATEI.")
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".restore-") as folder:
        sinks.decrypt(found, args.identity, Path(folder))
        return restore(Path(folder), args)


def restore(folder: Path, args: argparse.Namespace) -> int:
    from config.saving import reading
    from ocr.errors import Problem

    about = reading.manifest(folder)
    sums = reading.check(folder)
    if args.check:
        print(json.dumps({"files": len(sums), **about}) if args.json else f"Unversehrt: {len(sums)} Dateien.")
        return 0
    if not args.yes and not reading.is_empty():
        raise Problem("B022", "Hier sind schon Vorgänge. Sie würden ersetzt; wenn das gewollt ist: --yes.")
    reading.expect_stopped()
    return tell(bring_back(folder, sums, about), args.json)


def bring_back(folder: Path, sums: dict[str, str], about: dict[str, Any]) -> dict[str, Any]:
    from django.contrib.sessions.models import Session

    from cases import audit
    from config import embedded
    from config.saving import reading

    stamp = datetime.now(UTC).strftime(reading.NAME)
    embedded.prepare_folders()
    aside = reading.bring_back(folder, sums, stamp)
    embedded.prepare()
    Session.objects.all().delete()  # who was logged in then need not be so now
    done = into_service(about)
    return {
        "made_at": about["made_at"],
        "files": len(sums),
        "old_database": aside,
        "taken_over": done.taken_over,
        "for_a_person": done.for_a_person,
        "stopped": list(done.stopped),
        "without_original": reading.without_original(),
        "other_descriptions": reading.other_descriptions(folder),
        "first_broken": audit.verify(),
    }


def into_service(about: dict[str, Any]) -> Restored:
    from cases import transitions

    said = {"made_at": str(about["made_at"]), "events": int(about["events"]), "head": str(about["head"])}
    return transitions.restored(f"console:{getpass.getuser()}", said)


def tell(done: dict[str, Any], as_json: bool) -> int:
    if as_json:
        print(json.dumps(done, ensure_ascii=False))
    else:
        print(f"Zurückgebracht: der Stand vom {done['made_at']}, {done['files']} Dateien.")
        print(f"Die vorige Datenbank liegt als {done['old_database']} daneben; bitte löschen, wenn alles stimmt.")
        under_way, by_hand = done["taken_over"], done["for_a_person"]
        print(f"{under_way} Übertragungen waren unterwegs, {by_hand} Vorgänge muss jemand im Zielsystem nachsehen.")
        if done["stopped"]:
            print(f"Angehalten: {', '.join(done['stopped'])}. Wie es weitergeht, steht in docs/howto/backup.md.")
        if done["other_descriptions"]:
            print(f"Anders als in der Sicherung beschrieben: {', '.join(done['other_descriptions'])}")
    for reference in done["without_original"]:
        print(f"B027: Zum Vorgang {reference} fehlt das Schriftstück.", file=sys.stderr)
    if done["first_broken"] is not None:
        print(f"V019: Ereignis {done['first_broken']} ist das erste, das fehlt oder verändert wurde.", file=sys.stderr)
    return REFUSED if done["without_original"] or done["first_broken"] is not None else 0
