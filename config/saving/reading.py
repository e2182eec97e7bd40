"""Finding, checking and bringing back a backup."""

from __future__ import annotations

import fcntl
import json
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from cases import store
from cases.models import Case, Document, Event, State
from config.saving import databases
from config.saving.sinks import CHUNK_BYTES, Hashing, read_sums
from ocr.errors import Problem

NAME = "%Y%m%dT%H%M%SZ"
PATTERN = "[0-9]*T[0-9]*Z"
ENCRYPTED = ".tar.age"
PLACES = {"data/inbox/": "INBOX", "data/store/": "STORE", "data/runs/": "RUNS", "data/": "DATA", "secrets/": "SECRETS"}
"""Which setting says where files of a backup belong; the first beginning that fits counts."""


def newest_folder(folder: Path) -> Path | None:
    """The newest readable backup below `folder`."""
    return max((path for path in folder.glob(PATTERN) if (path / "manifest.json").exists()), default=None)


def backups(folder: Path) -> list[Path]:
    """All backups below `folder`, oldest first."""
    found = [path for path in folder.glob(PATTERN + "*") if path.is_dir() or path.name.endswith(ENCRYPTED)]
    return sorted(found, key=lambda path: path.name)


def find(asked: Path) -> Path:
    """The backup that is meant: itself, or the newest one in the folder. Raises Problem B020."""
    if (asked / "manifest.json").exists() or (asked.is_file() and asked.name.endswith(ENCRYPTED)):
        return asked
    found = backups(asked) if asked.is_dir() else []
    if not found:
        raise Problem("B020", f"In {asked} liegt keine vollständige Sicherung von Laufzettel.")
    return found[-1]


def manifest(folder: Path) -> dict[str, Any]:
    """What the backup says of itself, if it can be brought back here.

    Raises:
        Problem: B020 no backup; B023 of another kind of database; B025 made by a newer program.
    """
    try:
        said: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        kind, migrations = said["database"], said["migrations"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Problem("B020", f"In {folder} liegt keine vollständige Sicherung von Laufzettel.") from error
    if kind != connection.vendor:
        raise Problem("B023", f"Die Sicherung ist von {kind}, diese Einrichtung benutzt {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if newer := [name for name in migrations if name not in known]:
        raise Problem("B025", f"Die Sicherung ist von einem neueren Programm; hier unbekannt: {', '.join(newer[:3])}.")
    return said


def check(folder: Path) -> dict[str, str]:
    """Every file there, with the bytes it had; their sums. Raises Problem B021, with the first names."""
    try:
        sums = read_sums(folder)
    except (OSError, ValueError) as error:
        raise Problem("B021", f"In {folder} fehlt die Liste der Prüfsummen, oder sie ist unleserlich.") from error
    wrong = [name for name, digest in sums.items() if sum_of(folder / name) != digest]
    if wrong or "manifest.json" not in sums:
        raise Problem("B021", f"Die Sicherung ist beschädigt: {len(wrong)} Dateien, zuerst {', '.join(wrong[:3])}.")
    return sums


def sum_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            reader = Hashing(file)
            while reader.read(CHUNK_BYTES):
                pass
    except OSError:
        return ""
    return reader.hexdigest()


def expect_stopped() -> None:
    """Raises Problem B026 when something of this installation still runs."""
    lock = settings.DATA / "serve.lock"
    with suppress(FileNotFoundError), lock.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise running("„laufzettel serve“") from None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = CURRENT_DATABASE() "
                "AND pid <> PG_BACKEND_PID() AND backend_type = 'client backend'"
            )
            (others,) = cursor.fetchone()
    else:
        connections.close_all()
        others = holders(Path(connection.settings_dict["NAME"]))
    if others:
        raise running(f"{others} Verbindungen zur Datenbank")
    if workers := workers_that_answer():
        raise running(f"Worker {', '.join(workers)}")


def running(what: str) -> Problem:
    return Problem("B026", f"Es läuft noch etwas: {what}. Bitte zuerst alles anhalten, auf allen Rechnern.")


def holders(path: Path) -> int:
    """Processes of this machine that have a file open."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            count += any(handle.readlink() == path for handle in folder.iterdir())
    return count


def workers_that_answer() -> list[str]:
    """Nobody answers where there is no broker."""
    from config.examining.broker import QUICK
    from workers.app import application

    try:
        with application.connection_for_write(transport_options=QUICK) as line:
            line.ensure_connection(max_retries=1, timeout=2)
            answers = application.control.ping(timeout=1, connection=line) or []
    except Exception:  # whatever the transport raises: there is no broker to ask
        return []
    return sorted(name for answer in answers for name in answer)


def is_empty() -> bool:
    """Whether this installation holds nothing that a restore would replace."""
    tables = connection.introspection.table_names()
    used = "cases_case" in tables and (Case.objects.exists() or Event.objects.exists())
    return not used and not any((Path(settings.STORE) / "originals").glob("*/*"))


def bring_back(folder: Path, sums: dict[str, str], stamp: str) -> str:
    """Files first, then the database in one step; the name under which the old database stays."""
    for name in sorted(sums):
        if place := place_of(name):
            copy(folder / name, place)
    return databases.put_back(folder / databases.NAMES[connection.vendor], stamp)


def place_of(name: str) -> Path | None:
    """Where a file of a backup belongs here; None for what is no file of the installation."""
    if name == "secret_key":
        return None if (settings.DATA / name).exists() else settings.DATA / name
    for beginning, setting in PLACES.items():
        if name.startswith(beginning):
            place: Path = Path(getattr(settings, setting)) / name.removeprefix(beginning)
            return None if setting == "SECRETS" and place.exists() else place
    return None


def copy(source: Path, place: Path) -> None:
    """With the times it had, which the next backup goes by."""
    store.make_folder(place.parent)

    def write(target: Any) -> None:
        with source.open("rb") as saved:
            shutil.copyfileobj(saved, target, CHUNK_BYTES)

    fresh = store.write_fresh(place.parent, write)
    shutil.copystat(source, fresh)
    fresh.chmod(settings.FILE_MODE)
    store.settle(fresh, place)


def without_original() -> list[str]:
    """References of cases whose original is not in the store: erased, or lost, after the database was saved."""
    missing = [doc.pk for doc in Document.objects.iterator() if not store.original_path(doc.pk).exists()]
    cases = Case.objects.filter(document__in=missing).exclude(state=State.ERASED)
    return list(cases.order_by("reference").values_list("reference", flat=True))


def other_descriptions(folder: Path) -> list[str]:
    """Descriptions (forms, processes, targets, scanners) that are not here as they were in the backup."""
    found = []
    for word in ("FORMS", "PROCESSES", "TARGETS", "SCANNERS"):
        saved = folder / "descriptions" / word.lower()
        for path in sorted(saved.rglob("*.toml")):
            name = path.relative_to(saved)
            if sum_of(path) != sum_of(Path(getattr(settings, word)) / name):
                found.append(f"{word.lower()}/{name}")
    return found
