"""Mail address, in lower case and without blanks."""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.page import Note

CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_+"
ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
AT = re.compile(r"\(at\)|\[at\]|[©®¢€]|\(a\)|\(q|@{2,}", re.IGNORECASE)
LOST_POINT = re.compile(r"(?<=[a-z0-9])(de|com|net|org|eu|info|at|ch)$")
"""Usual top-level domains, for an address whose last point was too faint to be read."""
REPAIRED = Note("K004", "Die E-Mail-Adresse wurde ergänzt oder berichtigt gelesen. Bitte mit dem Bild vergleichen.")


def parse(text: str) -> Parsed | None:
    """An address: 1.0 as read, 0.9 with blanks taken out, 0.5 after a repair of "@", a comma or the last point."""
    lower = _small(text.strip())
    joined = re.sub(r"\s+", "", lower)
    if ADDRESS.fullmatch(joined):
        return Parsed(joined, 1.0 if joined == lower else 0.9)
    repaired = AT.sub("@", joined, count=1).replace(",", ".").strip("|'\"`´’.:;_-")
    if "." not in repaired.rpartition("@")[2]:
        repaired = LOST_POINT.sub(r".\1", repaired)
    if ADDRESS.fullmatch(repaired):
        return Parsed(repaired, 0.5, (REPAIRED,))
    return None


def _small(text: str) -> str:
    """Lower case. A capital I among small letters only is the small l that looks like it."""
    if any(c.islower() for c in text) and {c for c in text if c.isupper()} == {"I"}:
        text = text.replace("I", "l")
    return text.lower()
