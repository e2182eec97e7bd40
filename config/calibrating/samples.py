"""The file of samples: one field of one document a line, its evidence and whether it was right; no content."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from ocr.confidence import FEATURES, Sample
from ocr.errors import ScanProblem


def read_samples(path: Path) -> list[Sample]:
    """All samples of a file; none where there is no file.

    Raises:
        ScanProblem: S034 when a line is not a sample; the message names the line.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScanProblem("S034", f"{path.name} ist nicht lesbar. Bitte bei --samples den Pfad prüfen.") from error
    return [_sample(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _sample(path: Path, number: int, line: str) -> Sample:
    try:
        row = json.loads(line)
        evidence = tuple(float(value) for value in row["evidence"])
        made = Sample(str(row["document"]), str(row["form"]), str(row["group"]), evidence, bool(row["right"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _not_one(path, number) from None
    if len(evidence) != len(FEATURES):
        raise _not_one(path, number)
    return made


def _not_one(path: Path, number: int) -> ScanProblem:
    return ScanProblem(
        "S034",
        f"{path.name}, Zeile {number}: kein Beispiel dieser Fassung. Bitte die Datei löschen und die Dokumente "
        "noch einmal auswerten.",
    )


def write_samples(path: Path, samples: Iterable[Sample]) -> None:
    lines = [json.dumps(asdict(sample), ensure_ascii=False) for sample in samples]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def joined(old: Sequence[Sample], new: Sequence[Sample]) -> list[Sample]:
    """Old and new ones; a document that was read again counts once, as it was read last."""
    again = {sample.document for sample in new}
    return [sample for sample in old if sample.document not in again] + list(new)
