"""What is wrong in a file that people write (TOML), in one German sentence."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

PARTS = {"field": "Feld", "table": "Tabelle", "column": "Spalte", "anchor": "Anker", "reasons": "Grund"}
"""Lists of tables whose rows have a name of their own."""
UNKNOWN = ("unexpected_keyword_argument", "extra_forbidden")
MISSING = ("missing", "missing_argument")
SENTENCES = {
    "greater_than": "muss größer als {gt:g} sein",
    "greater_than_equal": "muss mindestens {ge:g} sein",
    "less_than": "muss kleiner als {lt:g} sein",
    "less_than_equal": "darf höchstens {le:g} sein",
    "literal_error": "muss {expected} sein",
    "string_type": "muss Text in Anführungszeichen sein",
    "string_too_short": "darf nicht leer sein",
    "too_short": "darf nicht leer sein",
    "tuple_type": "muss eine Liste in eckigen Klammern sein",
    "list_type": "muss eine Liste in eckigen Klammern sein",
}
PATTERNS = {r"^[a-z][a-z0-9_]*$": "darf nur Kleinbuchstaben, Ziffern und _ enthalten, vorn einen Buchstaben"}
BEGINNINGS = {
    "bool": "muss true oder false sein",
    "float": "muss eine Zahl sein",
    "decimal": "muss eine Zahl sein",
    "int": "muss eine ganze Zahl sein",
    "dict": "muss eine Tabelle sein",
    "model": "muss eine Tabelle sein",
}


def where_it_breaks(error: tomllib.TOMLDecodeError) -> str:
    """`Zeile 3, Spalte 8`; "" where the parser does not say it."""
    found = re.search(r"at line (\d+), column (\d+)", str(error))
    if found:
        return f"Zeile {found[1]}, Spalte {found[2]}"
    return "die Datei bricht ab" if "end of document" in str(error) else ""


def no_toml(error: tomllib.TOMLDecodeError) -> str:
    place = where_it_breaks(error)
    return f"kein gültiges TOML ({place})" if place else "kein gültiges TOML"


def told(error: ErrorDetails, data: Mapping[str, Any], known: Sequence[str] = ()) -> str:
    """What is wrong with one key of `data`, the content of the file; `known`: the keys that it may have."""
    part, key = _place(error["loc"], data)
    return f"{part}: {_said(error, key, known)}" if part else _said(error, key, known)


def _said(error: ErrorDetails, key: str, known: Sequence[str]) -> str:
    kind = error["type"]
    if kind in UNKNOWN:
        return f"den Schlüssel „{key}“ gibt es nicht{_hint(key, known)}"
    if kind in MISSING:
        return f"„{key}“ fehlt"
    if kind == "value_error":  # our own words
        words = str(error["ctx"]["error"])
        return f"„{key}“: {words}" if key else words
    return f"„{key}“ {_allowed(kind, error.get('ctx', {}))}"


def _hint(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    if near:
        return f"; gemeint ist vielleicht „{near[0]}“"
    return f"; bekannt sind: {', '.join(known)}" if known else ""


def _allowed(kind: str, limits: Mapping[str, Any]) -> str:
    if kind in SENTENCES:
        return SENTENCES[kind].format(**limits).replace("' or '", "' oder '")
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(limits["pattern"], "darf nur Kleinbuchstaben, Ziffern, - und _ enthalten")
    return next((said for start, said in BEGINNINGS.items() if kind.startswith(start)), "hat keinen erlaubten Wert")


def _place(loc: Sequence[int | str], data: Any) -> tuple[str, str]:
    """The part of the file as people call it ("Feld „PLZ“ (plz)"), and the key in it.

    Names of types, which stand at the end of a `loc`, are left out: nothing in the file is called so.
    """
    part, key, node = "", "", data
    for step in loc:
        if isinstance(step, str) and isinstance(node, Mapping):
            key, node = step, node.get(step)
        elif isinstance(step, int) and isinstance(node, list) and step < len(node):
            node = node[step]
            if key in PARTS and isinstance(node, Mapping):
                part, key = f"{PARTS[key]} {_called(node, step)}", ""
    return part, key


def _called(row: Mapping[str, Any], index: int) -> str:
    name = row.get("name") or row.get("key") or row.get("text")
    title = row.get("title")
    if title and name:
        return f"„{title}“ ({name})"
    return f"„{title or name}“" if title or name else str(index + 1)
