"""The report of a document, `<stem>.json`, is written last: where it is and fits, the document is done."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

from ocr.save import Format
from ocr.scanner import Scanner

Report = dict[str, Any]


def full_name(path: Path) -> str:
    """The absolute path as text that can be written."""
    return os.fsencode(path.absolute()).decode("utf-8", "replace")


def made_with(scanner: Scanner, form: Format) -> dict[str, str]:
    """What, beside the file itself, decides how the result looks."""
    told = json.dumps(asdict(scanner), sort_keys=True)
    return {
        "format": form,
        "profile_sha256": hashlib.sha256(told.encode()).hexdigest(),
        "version": metadata.version("laufzettel"),
    }


def source_of(path: Path, sha256: str) -> dict[str, Any]:
    status = path.stat()
    return {"path": full_name(path), "sha256": sha256, "size": status.st_size, "mtime_ns": status.st_mtime_ns}


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_report(path: Path) -> Report | None:
    """The report at `path`; None when there is none, or something else."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(report, dict) or not all(
        isinstance(report.get(key), kind) for key, kind in (("source", dict), ("made_with", dict), ("pages", list))
    ):
        return None
    return report


def owner(path: Path) -> str | None:
    """Full name of the document whose report stands at `path`."""
    report = read_report(path)
    return None if report is None else str(report["source"].get("path"))


def files_of(report: Report, folder: Path) -> set[Path]:
    """The files that a report names, beside it; never anything outside the folder."""
    names = {str(page.get("file")) for page in report["pages"] if isinstance(page, dict)}
    return {folder / name for name in names if name == Path(name).name and name not in ("", ".", "..")}


def finished(path: Path, source: Path, how: dict[str, str]) -> Report | None:
    """The report at `path` when it says that `source` as it is now was prepared wholly and in this way.

    Same size and time of change count as the same file; else its bytes are compared. Documents with problems
    are never done: they are tried again.
    """
    report = read_report(path)
    if report is None or report["made_with"] != how or report.get("problems"):
        return None
    if not all(file.is_file() for file in files_of(report, path.parent)):
        return None
    try:
        status = source.stat()
        kept = report["source"]
        same_time = (kept.get("size"), kept.get("mtime_ns")) == (status.st_size, status.st_mtime_ns)
        if same_time or (kept.get("size") == status.st_size and kept.get("sha256") == sha256_of(source)):
            return report
    except OSError:
        pass
    return None
