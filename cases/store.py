"""Files under settings.STORE. Originals lie under their hash and never change; page images can be made again."""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings

CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored original: its SHA-256 in hex and its size."""

    sha256: str
    size_bytes: int


def keep_original(source: Path) -> Kept:
    """Copy `source` into the store, durably, before this returns. The same bytes twice are kept once.

    Raises:
        OSError: the source cannot be read or the store cannot be written; nothing is left behind.
    """
    digest = hashlib.sha256()

    def copy(target: IO[bytes]) -> None:
        with source.open("rb") as incoming:
            while chunk := incoming.read(CHUNK_BYTES):
                digest.update(chunk)
                target.write(chunk)

    folder = Path(settings.STORE) / "originals"
    fresh = write_fresh(folder, copy)
    size_bytes = fresh.stat().st_size
    final = original_path(digest.hexdigest())
    make_folder(final.parent)
    # Replacing is safe: same name, same bytes. It also heals a file that was damaged or removed.
    settle(fresh, final)
    return Kept(digest.hexdigest(), size_bytes)


def original_path(sha256: str) -> Path:
    """Where the original with this hash lies (whether or not it is there)."""
    return Path(settings.STORE) / "originals" / sha256[:2] / sha256


def open_original(sha256: str) -> BinaryIO:
    """The original for reading. Raises FileNotFoundError."""
    return original_path(sha256).open("rb")


def keep_page(case_id: uuid.UUID, fence: int, number: int, png: bytes) -> str:
    """Store one page image; returns its path below the store. Each claim writes a folder of its own."""
    relative = Path("pages") / str(case_id) / str(fence) / f"{number}.png"
    final = Path(settings.STORE) / relative
    make_folder(final.parent)
    settle(write_fresh(final.parent, lambda target: target.write(png)), final)
    return str(relative)


def page_path(case_id: uuid.UUID | str, number: int) -> Path:
    """The PNG of page `number` (from 1) of a case. Raises Page.DoesNotExist."""
    from cases.models import Page

    return Path(settings.STORE) / Page.objects.get(case_id=case_id, number=number).image


def erase_pages(case_id: uuid.UUID) -> None:
    """Raises OSError when something stays: then the case is not erased."""
    remove_folder(Path(settings.STORE) / "pages" / str(case_id))


def erase_original(sha256: str) -> None:
    original_path(sha256).unlink(missing_ok=True)


def run_folder(run_id: uuid.UUID | str) -> Path:
    """What a robot wrote: console, output.xml, pictures of results, the browser's profile while it runs."""
    return Path(settings.RUNS) / str(run_id)


def erase_run(run_id: uuid.UUID | str) -> None:
    """Raises OSError when something stays."""
    remove_folder(run_folder(run_id))


def remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def make_folder(folder: Path) -> None:
    """Make a folder closed to others, and make its name durable."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    if settings.SHARED:
        folder.chmod(settings.FOLDER_MODE)  # past the umask
    sync_folder(folder.parent)


def write_fresh(folder: Path, write: Callable[[IO[bytes]], object]) -> Path:
    """A new file in `folder` with what `write` puts into it, synced to disk; removed again if `write` fails."""
    make_folder(folder)
    fresh = folder / f".{uuid.uuid4().hex}"
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            os.fchmod(target.fileno(), settings.FILE_MODE)
            write(target)
            target.flush()
            os.fsync(target.fileno())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    return fresh


def settle(fresh: Path, final: Path) -> None:
    """Give a synced file its final name, atomically and durably."""
    fresh.replace(final)
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
