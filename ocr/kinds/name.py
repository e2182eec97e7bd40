"""The name of a person: one line, without "/s/" (signed electronically) and without a form of address."""

from __future__ import annotations

import re

from ocr.kinds import Parsed

CHARS = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüßÄÖÜàáâãåæçèéêëìíîïñòóôõøùúûýÿ"
    "ÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝčćđšžČĆĐŠŽłŁńśźżęąğıİşŞřěůőű .,-'’/()"
)
_SIGNED = re.compile(r"^\s*[/(\[|lI]{0,2}\s*[sS5$]\s*[/)\]|lI]\s*(?=[A-ZÄÖÜ])|^\s*/s/\s*", re.UNICODE)
_ADDRESS = re.compile(r"^(mr|mrs|ms|herr|frau)\b\.?\s+", re.IGNORECASE)


def parse(text: str) -> Parsed | None:
    """The first line that holds at least two letters."""
    for line in text.splitlines():
        value = clean(line)
        if sum(c.isalpha() for c in value) >= 2:
            return Parsed(value, quality(value))
    return None


def clean(line: str) -> str:
    """One line without what does not belong to a name."""
    line = re.sub(r"\s+", " ", line).strip(" |_~^°*\\=<>{}:;,'’‘\"”“!")
    return _ADDRESS.sub("", _SIGNED.sub("", line)).strip(" _|:;,-")


def quality(value: str) -> float:
    """How much it looks like a name: letters, each word with a capital, no digits."""
    words = [w for w in re.split(r"[\s.\-]+", value) if w]
    if not words:
        return 0.0
    if not value[0].isalpha():
        return 0.6  # its first letter was lost
    letters = sum(c.isalpha() or c in " .,-'’" for c in value) / len(value)
    capital = sum(w[0].isupper() or w in {"von", "van", "de", "der", "den", "zu", "und"} for w in words) / len(words)
    vowels = any(c in "aeiouyäöüAEIOUYÄÖÜáéíóúèêâô" for c in value)
    return float(letters * (0.5 + 0.5 * capital) * (1.0 if vowels else 0.5))
