"""The list of documents whose contents are known: JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ocr.errors import ScanProblem
from ocr.evaluate import Truth, truth_of

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Listed:
    """One document of the list. `where`: list and line, for people."""

    truth: Truth
    where: str


def read_list(path: Path, say: Say) -> tuple[list[Listed], int]:
    """All documents of the list, and how many lines were left out; `say` is told why. Never quotes a line.

    Each file may be named once: counted twice, it would bend the figures.

    Raises:
        ScanProblem: S031 when there is no such file.
    """
    first: dict[str, int] = {}
    listed: list[Listed] = []
    wrong = 0
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        where = f"{path.name}, Zeile {number}"
        try:
            truth = _truth(line)
            if truth.file in first:
                raise ValueError(f"{truth.file} steht schon in Zeile {first[truth.file]}")
        except ValueError as error:
            say(f"S031: {where}: {error}. Ausgelassen; bitte die Liste berichtigen.")
            wrong += 1
            continue
        first[truth.file] = number
        listed.append(Listed(truth, where))
    return listed, wrong


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")  # JSON may hold other line separators
    except OSError as error:
        raise ScanProblem("S031", f"{path.name} ist nicht lesbar. Bitte den Pfad der Liste prüfen.") from error


def _truth(line: bytes) -> Truth:
    """Raises ValueError: what is wrong with the line, in German."""
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("kein gültiges JSON") from None  # the error of the parser would quote the line
    return truth_of(row)
