"""Whether a file may become a case at all: a readable file that begins like a scan. Reading itself comes later."""

from __future__ import annotations

from pathlib import Path

from ocr.errors import ScanProblem
from ocr.loading import gate
from ocr.loading.limits import DEFAULT


def admit(path: Path) -> None:
    """Let a file pass, or say why not. Opens it, looks at its size and its first bytes, decodes nothing.

    Raises:
        ScanProblem: S001 not readable or a link; S002 empty; S003 no scan; S004 too large.
    """
    if path.is_symlink():
        raise ScanProblem("S001", "Das ist eine Verknüpfung, keine Datei. Bitte die Datei selbst einlegen.")
    try:
        with path.open("rb") as handle:
            start = handle.read(gate.PDF_HEADER_WITHIN)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise ScanProblem(
            "S001", "Die Datei ist nicht da oder nicht lesbar. Bitte Ablageort und Rechte prüfen."
        ) from error
    if not start:
        raise ScanProblem("S002", "Die Datei ist leer (0 Byte). Bitte das Dokument neu scannen oder anfordern.")
    if size_bytes > DEFAULT.file_bytes:
        raise ScanProblem("S004", "Die Datei ist zu groß. Bitte das Dokument kleiner oder in Teilen scannen.")
    gate.find_format(start)
