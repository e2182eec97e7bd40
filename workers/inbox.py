"""Watched folders: data/inbox/<process>/. A file is taken once it stands still, by renaming it, and never twice.
Where a schedule says when a folder is taken, files are only looked at until then.

<process>/.in-arbeit/<token>/<name>   taken, not yet in the store; found again after a crash
<process>/.beiseite/<name>            cannot become a case; the reason lies beside it in <name>.reason.txt
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings

from cases import admission, catalog, schedules, transitions
from cases.log import bug
from cases.models import Schedule
from ocr.errors import Problem, ScanProblem

log = structlog.get_logger(__name__)
TAKEN, ASIDE, LOOKS = ".in-arbeit", ".beiseite", "looks.json"
REASON = ".reason.txt"
LONGEST_STEM_BYTES = 200
STILL_S = 1.0
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".lock")


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looked, and since when (seconds of wall clock) it has looked like that."""

    size: int
    mtime_ns: int
    inode: int
    since_s: float

    def same(self, other: Look | None) -> bool:
        return other is not None and (self.size, self.mtime_ns, self.inode) == (
            other.size,
            other.mtime_ns,
            other.inode,
        )


def take_all() -> int:
    """One tick over the folders of all processes; the number of files taken."""
    taken, planned = 0, schedules.planned(Schedule.Work.INTAKE)
    for process in catalog.processes():
        folder = folder_of(process)
        with only_one(folder) as mine:
            if mine:
                taken += take(process, folder, now=process not in planned)
    return taken


def take_by_schedule(process: str) -> int:
    """Take what stands still in the folder of one process now; the number of files taken."""
    folder = folder_of(process)
    with only_one(folder, wait=True):
        return take(process, folder)


def folder_of(process: str) -> Path:
    folder = Path(settings.INBOX) / process
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def only_one(folder: Path, *, wait: bool = False) -> Iterator[bool]:
    """True for one taker of a folder at a time; the lock ends with its process, however that ends."""
    (folder / TAKEN).mkdir(mode=0o700, exist_ok=True)
    with (folder / TAKEN / "lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def take(process: str, folder: Path, *, now: bool = True) -> int:
    """Finish what a crash left, then take every file that stands still; only remember how all look if not `now`."""
    left = [place for place in sorted((folder / TAKEN).iterdir()) if place.is_dir()]
    for path in ripe_files(folder) if now else remember(folder):
        place = folder / TAKEN / str(uuid.uuid4())
        place.mkdir(mode=0o700)
        try:
            path.rename(place / path.name)
        except FileNotFoundError:
            place.rmdir()  # taken away by whoever put it there
            continue
        left.append(place)
    return sum(finish(process, folder, place) for place in left)


def finish(process: str, folder: Path, place: Path) -> int:
    """Bring one taken file into the store, or set it aside. What fails for our own reasons stays for the next tick,
    and holds no other file up.
    """
    try:
        path = next(iter(place.iterdir()), None)
        if path is not None:
            bring_in(process, folder, place, path)
        place.rmdir()
    except Exception as error:  # disk, database or a bug: the file stays where it is
        code = getattr(error, "code", "")
        log.error("intake_failed", process=process, token=place.name, code=code, **bug(error))
        return 0
    return int(path is not None)


def bring_in(process: str, folder: Path, place: Path, path: Path) -> None:
    try:
        admission.admit(path)
    except ScanProblem as problem:
        put_aside(process, folder, place, path, problem)
        return
    transitions.receive(path, process, path.name, token=place.name, actor="inbox")
    path.unlink()


def put_aside(process: str, folder: Path, place: Path, path: Path, problem: Problem) -> None:
    """Record it first: the row names the token, so doing this again after a crash leaves one row."""
    transitions.set_aside(process, path.name, hash_of(path), problem, token=place.name)
    aside = folder / ASIDE
    aside.mkdir(exist_ok=True)
    target = free_name(aside, path.name)
    (aside / f"{target.name}{REASON}").write_text(f"{problem.code}: {problem.message}\n", encoding="utf-8")
    path.rename(target)


def hash_of(path: Path) -> str:
    """SHA-256 of what can be read, "" when nothing can."""
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


def free_name(folder: Path, name: str) -> Path:
    """A name that is not taken, short enough for a number and for the name of the reason beside it."""
    suffix = Path(name).suffix[:10]
    stem = os.fsencode(name.removesuffix(suffix))[:LONGEST_STEM_BYTES].decode("utf-8", "replace")
    number, candidate = 1, folder / f"{stem}{suffix}"
    while candidate.exists() or candidate.is_symlink():
        number += 1
        candidate = folder / f"{stem}-{number}{suffix}"
    return candidate


def remember(folder: Path) -> list[Path]:
    """Look without taking, so that at the due time it is known what stands still. Always empty."""
    save_looks(folder, looks_of(folder, time.time()))
    return []


def ripe_files(folder: Path) -> list[Path]:
    """Files that look the same as at an earlier tick and that nobody has open for writing."""
    now_s = time.time()
    looks = looks_of(folder, now_s)
    still = [folder / name for name, look in looks.items() if now_s - look.since_s >= STILL_S]
    ripe = not_being_written(still)
    save_looks(folder, {name: look for name, look in looks.items() if folder / name not in ripe})
    return sorted(ripe)


def looks_of(folder: Path, now_s: float) -> dict[str, Look]:
    """How every file looks, since when."""
    before = load_looks(folder)
    looks: dict[str, Look] = {}
    for path in candidates(folder):
        look = look_at(path, now_s)
        if look is None:
            continue
        earlier = before.get(path.name)
        looks[path.name] = earlier if earlier and look.same(earlier) and earlier.since_s <= now_s else look
    return looks


def candidates(folder: Path) -> Iterable[Path]:
    """Everything but folders, hidden files and names that say "not finished"."""
    for path in folder.iterdir():
        name = path.name.lower()
        if name.startswith((".", "~$")) or name.endswith(UNFINISHED):
            continue
        yield path


def look_at(path: Path, now_s: float) -> Look | None:
    """None for what is no file (a folder, a pipe) or is gone. A link is a file here: it will be set aside."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode)):
        return None
    return Look(status.st_size, status.st_mtime_ns, status.st_ino, now_s)


def load_looks(folder: Path) -> dict[str, Look]:
    try:
        stored = json.loads((folder / TAKEN / LOOKS).read_text(encoding="utf-8"))
        return {name: Look(*values) for name, values in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def save_looks(folder: Path, looks: dict[str, Look]) -> None:
    rows = {name: [look.size, look.mtime_ns, look.inode, look.since_s] for name, look in looks.items()}
    fresh = folder / TAKEN / f"{LOOKS}.new"
    fresh.write_text(json.dumps(rows), encoding="utf-8")
    fresh.replace(folder / TAKEN / LOOKS)


def not_being_written(paths: list[Path]) -> set[Path]:
    """Without the files that a process of this machine has open for writing, as far as /proc lets us see."""
    wanted = {(status.st_dev, status.st_ino): path for path in paths if (status := path.lstat())}
    found = set(paths)
    if not wanted:
        return found
    for place in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            status = place.stat()
            path = wanted.get((status.st_dev, status.st_ino))
            if path and opened_for_writing(place):
                found.discard(path)
        except OSError:
            continue
    return found


def opened_for_writing(descriptor: Path) -> bool:
    """Source: proc(5), /proc/pid/fdinfo: the line `flags:` holds the octal flags of open(2)."""
    info = descriptor.parent.parent / "fdinfo" / descriptor.name
    flags = next(line.split()[1] for line in info.read_text().splitlines() if line.startswith("flags:"))
    return int(flags, 8) & os.O_ACCMODE != os.O_RDONLY
