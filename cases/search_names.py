"""The applicant's name as it is searched for: small letters, ä as ae, no accents, single blanks."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from cases.processes import ProcessSpec

LONGEST = 120
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "ł": "l", "đ": "d", "ı": "i"})


def folded(text: str) -> str:
    """The spelling in which names are kept and searched: "Größmann-Çelik" and "groessmann celik" are the same."""
    german = unicodedata.normalize("NFC", text).lower().translate(GERMAN)
    letters = "".join(c for c in unicodedata.normalize("NFKD", german) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())[:LONGEST]


def of(process: ProcessSpec | None, values: Mapping[str, str | None]) -> str:
    """The name of a case from its values; empty where the process calls no field the name."""
    names = process.name_fields if process else ()
    return folded(" ".join(values.get(name) or "" for name in names))


def spellings(text: str) -> tuple[str, ...]:
    """How a name that somebody looks for may begin: as typed, and with the last word first ("Anna Groß")."""
    words = folded(text).split()
    if not words:
        return ()
    return tuple(dict.fromkeys((" ".join(words), " ".join([*words[-1:], *words[:-1]]))))
