"""Which documents there are, and what their results are called."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from config.preparing.done import full_name, owner
from ocr.load import shown_name

JUNK = frozenset({"thumbs.db", "desktop.ini"})
"""What Windows leaves in folders (names in lower case)."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file to be prepared; its results are `folder/stem…`. `folder` is the path below the output folder."""

    path: Path
    folder: Path
    stem: str


def single_document(path: Path) -> Document:
    return Document(path, Path(), Path(shown_name(path)).stem)


def find_documents(inputs: list[Path], outdir: Path) -> list[Document]:
    """All files named and all files below the folders named, in order; none that lies below `outdir`.

    Folders below a folder are kept below `outdir`. Names of results are never given twice: the second
    `scan.…` becomes `scan_2`, also where an earlier run took the name for another file.
    """
    taken: set[tuple[Path, str]] = set()
    return [_named(path, folder, outdir, taken) for path, folder in dict.fromkeys(_files(inputs, outdir.resolve()))]


def _files(inputs: list[Path], outdir: Path) -> Iterator[tuple[Path, Path]]:
    for given in inputs:
        if not given.is_dir():
            yield given, Path()
            continue
        for top, folders, names in os.walk(given):
            here = Path(top)
            folders[:] = sorted(n for n in folders if not n.startswith(".") and (here / n).resolve() != outdir)
            if here.resolve() == outdir:
                folders.clear()
                continue
            for name in sorted(names):
                path = here / name
                if not name.startswith(".") and name.lower() not in JUNK and path.is_file():
                    yield path, here.relative_to(given)


def _named(path: Path, folder: Path, outdir: Path, taken: set[tuple[Path, str]]) -> Document:
    stem = Path(shown_name(path)).stem
    for number in count(1):
        name = stem if number == 1 else f"{stem}_{number}"
        key = (folder, name.casefold())
        if key not in taken and owner(outdir / folder / f"{name}.json") in (None, full_name(path)):
            taken.add(key)
            return Document(path, folder, name)
    raise AssertionError("not reached")
