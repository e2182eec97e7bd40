"""Where a backup goes: into a folder that shares unchanged files with the backup before, or encrypted into one file."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from ocr.errors import Problem

SUMS = "SHA256SUMS"
CHUNK_BYTES = 1 << 20


class Sink(Protocol):
    """Takes files under a name; `sums` says what was taken."""

    sums: dict[str, str]

    def add(self, path: Path, name: str) -> None: ...
    def finish(self) -> Path: ...
    def give_up(self) -> None: ...


@dataclass(slots=True)
class FolderSink:
    """A folder of its own for every backup. What is as it was in `before` is a hard link to it and not read again."""

    final: Path
    before: Path | None
    sums: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    shared: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True)
        if self.before:
            self.known = read_sums(self.before)

    @property
    def folder(self) -> Path:
        return self.final.with_name(f".{self.final.name}.unfertig")

    def add(self, path: Path, name: str) -> None:
        place = self.folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.share(path, name, place):
            self.sums[name] = self.known[name]
            self.shared += 1
            return
        with path.open("rb") as source, os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as copy:
            reader = Hashing(source)
            shutil.copyfileobj(cast(BinaryIO, reader), copy, CHUNK_BYTES)
            status = os.fstat(source.fileno())
        os.utime(place, ns=(status.st_atime_ns, status.st_mtime_ns))
        self.sums[name] = reader.hexdigest()

    def share(self, path: Path, name: str, place: Path) -> bool:
        if self.before is None or name not in self.known:
            return False
        old, now = self.before / name, path.stat()
        try:
            was = old.stat()
            if (was.st_size, was.st_mtime_ns) != (now.st_size, now.st_mtime_ns):
                return False
            os.link(old, place)
        except OSError:  # another file system, too many links, or somebody tidied up
            return False
        return True

    def finish(self) -> Path:
        write_sums(self.folder / SUMS, self.sums)
        os.sync()
        self.folder.rename(self.final)
        os.sync()
        return self.final

    def give_up(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class AgeSink:
    """One file, encrypted with age on its way: nothing readable ever lies in the backup folder.

    Raises:
        Problem: B024 age is missing or refuses the recipients.
    """

    def __init__(self, final: Path, recipients: list[str], workshop: Path) -> None:
        self.final, self.workshop = final, workshop
        self.part = final.with_name(f".{final.name}.unfertig")
        self.sums: dict[str, str] = {}
        program = age()
        who = [word for recipient in recipients for word in ("-r", recipient)]
        self.process = subprocess.Popen(
            [program, *who, "-o", str(self.part)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, umask=0o077
        )
        self.tar = tarfile.TarFile.open(fileobj=self.process.stdin, mode="w|", format=tarfile.PAX_FORMAT)

    def add(self, path: Path, name: str) -> None:
        with path.open("rb") as source:
            info = self.tar.gettarinfo(arcname=name, fileobj=source)
            info.mode, info.uid, info.gid, info.uname, info.gname = 0o600, 0, 0, "", ""
            reader = Hashing(source)
            try:
                self.tar.addfile(info, cast(IO[bytes], reader))
            except BrokenPipeError:
                raise self.refused() from None
        self.sums[name] = reader.hexdigest()

    def finish(self) -> Path:
        sums = self.workshop / SUMS
        write_sums(sums, self.sums)
        self.add(sums, SUMS)
        sums.unlink()
        try:
            self.tar.close()
            assert self.process.stdin
            self.process.stdin.close()
        except BrokenPipeError:
            raise self.refused() from None
        if self.process.wait():
            raise self.refused()
        os.sync()
        self.part.rename(self.final)
        os.sync()
        return self.final

    def refused(self) -> Problem:
        assert self.process.stderr
        said = self.process.stderr.read().decode(errors="replace").strip().splitlines() or ["ohne Meldung"]
        return Problem("B024", f"age hat abgebrochen: {said[0][:200]}")

    def give_up(self) -> None:
        self.process.kill()
        self.process.wait()
        self.part.unlink(missing_ok=True)


class Hashing:
    """Reads a file and hashes what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source, self.digest = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.digest.update(data)
        return data

    def hexdigest(self) -> str:
        return self.digest.hexdigest()


def age() -> str:
    program = shutil.which("age")
    if program is None:
        raise Problem("B024", "Zum Verschlüsseln fehlt das Programm age. Bitte: apt-get install -y age")
    return program


def decrypt(archive: Path, identity: Path, folder: Path) -> None:
    """Unpack an encrypted backup into an empty private folder. Raises Problem B024."""
    command = [age(), "-d", "-i", str(identity), str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        try:
            with tarfile.open(fileobj=process.stdout, mode="r|") as tar:
                tar.extractall(folder, filter="data")
        except tarfile.TarError as error:
            process.kill()
            said = process.stderr.read().decode(errors="replace").strip().splitlines() or [type(error).__name__]
            raise Problem("B024", f"Die Sicherung lässt sich nicht entschlüsseln: {said[0][:200]}") from error
        process.stdout.read()
        if process.wait():
            raise Problem("B024", "Die Sicherung ist am Ende beschädigt; age hat sie nicht bestätigt.")


ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
"""How sha256sum writes names with these signs in them; such a line begins with a backslash."""


def write_sums(path: Path, sums: dict[str, str]) -> None:
    """As `sha256sum -c` reads it."""
    lines = []
    for name, digest in sorted(sums.items()):
        escaped = "".join(ESCAPES.get(sign, sign) for sign in name)
        mark = "" if escaped == name else "\\"
        lines.append(f"{mark}{digest}  {escaped}\n")
    path.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")


def read_sums(folder: Path) -> dict[str, str]:
    back = {written: sign for sign, written in ESCAPES.items()}
    found = {}
    with (folder / SUMS).open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        for line in lines:
            digest, _, name = line.rstrip("\n").partition("  ")
            if digest.startswith("\\"):
                digest, name = digest[1:], re.sub(r"\\[\\nr]", lambda found: back[found[0]], name)
            found[name] = digest
    return found
