"""The form description of the sample form, as `config/forms/hundesteuer.toml` holds it, from its geometry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from demo.form import ENTRIES, NAME, TITLE, Entry, anchors

HEAD = f"""\
# Anmeldung zur Hundesteuer, Vordruck 22-107 der erfundenen Stadt Musterlingen, Stand 03/2026.
# Written by `python -m demo.form --toml`; a test holds both together.
name = "{NAME}"
title = "{TITLE}"
version = "2026-03"
language = ["deu"]
pages = 2
size_mm = [210.0, 297.0]
error_budget = 0.01

# Printed phrases by page that tell this form from others.
[marks]
1 = ["{TITLE}", "Angaben zur Hundehalterin oder zum Hundehalter", "Angaben zum Hund", "Steuersätze und Hinweise"]
2 = ["{TITLE}", "SEPA-Lastschriftmandat", "Gläubiger-Identifikationsnummer", "Erklärung und Unterschrift"]
"""


LENIENT = {"phone": 0.02, "email": 0.02}
"""Error budgets of voluntary fields: a wrong one harms less than a letter that is not answered for days."""


def as_toml() -> str:
    return "\n".join((HEAD, *_anchors(), *map(_field, ENTRIES)))


def _anchors() -> Iterator[str]:
    for printed in anchors():
        yield _table("anchor", (("text", printed.text), ("page", printed.page), ("box_mm", printed.box_mm)))


def _field(entry: Entry) -> str:
    rows: list[tuple[str, object]] = [
        ("name", entry.name),
        ("title", entry.title),
        ("kind", entry.kind),
        ("page", entry.page),
        ("box_mm", entry.zone_mm),
        ("cells", entry.cells),
        ("required", entry.required and entry.kind not in ("checkbox",)),
        ("rules", entry.rules),
        ("error_budget", LENIENT.get(entry.name, 0)),
    ]
    options = tuple((option, box) for option, box in entry.options.items())
    shown = [(key, value) for key, value in rows if value not in (0, False, ())]
    return _table("field", shown) + (_table("field.options", options, single=True) if options else "")


def _table(name: str, rows: Iterable[tuple[str, object]], *, single: bool = False) -> str:
    head = f"[{name}]" if single else f"[[{name}]]"
    return "\n".join((head, *(f"{_key(key)} = {_value(value)}" for key, value in rows), ""))


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    if isinstance(value, float):
        return str(round(value, 2))
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False)
