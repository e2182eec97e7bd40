"""Writing a backup: the inbox first, then the database, then the files it speaks of.

In this order nothing can be missing: a file that was taken out of the inbox meanwhile is in the inbox of the backup and
comes in once more after a restore, as the same bytes again; a file that the database speaks of was stored before.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from cases.models import ChainHead
from config.saving import databases, reading
from config.saving.sinks import AgeSink, FolderSink, Sink

MANIFEST = "manifest.json"
NOTE = "backup.json"
OWN_FILES = ("calibration.json", "orte.csv")
LEFT_OUT = frozenset({"lock", "looks.json", "browser"})
"""Locks and looks of the inbox, the profile of a robot's browser: worth nothing elsewhere."""
DESCRIPTIONS = ("FORMS", "PROCESSES", "TARGETS", "SCANNERS")


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a backup. `damaged`: originals whose bytes are no longer those that came in."""

    place: Path
    files: int
    shared: int
    damaged: tuple[str, ...]


def save(folder: Path, *, recipients: list[str], with_secrets: bool, with_files: bool = True) -> Saved:
    """Write one backup below `folder`; nothing that is not whole ever has a backup's name.

    Raises:
        Problem: B024 a program that is needed is missing or fails.
        OSError: the folder cannot be written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = datetime.now(UTC)
    name = now.strftime(reading.NAME)
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix=".backup-") as made:
        workshop = Path(made)
        sink: Sink
        if recipients:
            sink = AgeSink(folder / f"{name}{reading.ENCRYPTED}", recipients, workshop)
        else:
            sink = FolderSink(folder / name, reading.newest_folder(folder))
        try:
            fill(sink, workshop, now, with_secrets, with_files)
            place = sink.finish()
        except BaseException:
            sink.give_up()
            raise
    note(now, place)
    damaged = [n.rpartition("/")[2] for n, digest in sink.sums.items() if is_original(n) and not n.endswith(digest)]
    return Saved(place, len(sink.sums), getattr(sink, "shared", 0), tuple(damaged))


def fill(sink: Sink, workshop: Path, now: datetime, with_secrets: bool, with_files: bool) -> None:
    add_tree(sink, Path(settings.INBOX), "data/inbox")
    manifest = workshop / MANIFEST
    manifest.write_text(json.dumps(about(now, with_secrets, with_files), indent=1), encoding="utf-8")
    sink.add(manifest, MANIFEST)
    database = databases.save(workshop)
    sink.add(database, database.name)
    database.unlink()
    if with_files:
        add_tree(sink, Path(settings.STORE), "data/store")
        add_tree(sink, Path(settings.RUNS), "data/runs")
    add_tree(sink, settings.DATA / "reports", "data/reports")
    for name in OWN_FILES:
        with suppress(FileNotFoundError):
            sink.add(settings.DATA / name, f"data/{name}")
    for word in DESCRIPTIONS:
        add_tree(sink, Path(getattr(settings, word)), f"descriptions/{word.lower()}")
    if with_secrets:
        add_tree(sink, Path(settings.SECRETS), "secrets")
        with suppress(FileNotFoundError):
            sink.add(settings.DATA / "secret_key", "secret_key")


def about(now: datetime, with_secrets: bool, with_files: bool) -> dict[str, object]:
    """What a restore has to know beforehand. The trail of the backup is at least so long."""
    applied = MigrationRecorder(connection).applied_migrations()
    head = ChainHead.objects.filter(pk=1).first()
    return {
        "laufzettel": version("laufzettel"),
        "made_at": now.isoformat(timespec="seconds"),
        "database": connection.vendor,
        "migrations": sorted(f"{app}.{name}" for app, name in applied),
        "events": head.number if head else 0,
        "head": head.hash if head else "",
        "secrets": with_secrets,
        "files": with_files,
    }


def add_tree(sink: Sink, folder: Path, name: str) -> None:
    for path in files_of(folder):
        with suppress(FileNotFoundError):  # taken out of the inbox, or erased, in this moment
            sink.add(path, f"{name}/{path.relative_to(folder)}")


def files_of(folder: Path) -> Iterator[Path]:
    """Plain files below a folder; what is being written at this moment (".name" in the store) is left out."""
    with suppress(FileNotFoundError):
        for path in sorted(folder.iterdir()):
            if path.name in LEFT_OUT or path.name == "__pycache__":
                continue
            if path.is_dir() and not path.is_symlink():
                yield from files_of(path)
            elif path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path


def is_original(name: str) -> bool:
    return name.startswith("data/store/originals/")


def note(now: datetime, place: Path) -> None:
    """When the last backup was made: `laufzettel doctor --production` looks here."""
    said = {"made_at": now.isoformat(timespec="seconds"), "place": str(place)}
    (settings.DATA / NOTE).write_text(json.dumps(said), encoding="utf-8")
