"""Validation rules. The folder is the registry: `cases/rules/<name>.py` is the rule <name>.

A rule module has NAME, CODE (its page in docs/problems) and
`check(value: str, values: Mapping[str, str | None]) -> str | None`: a German sentence when the value breaks the
rule, else None. Rules are pure; a sentence never repeats the value. An empty field is never checked.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Protocol, cast

from ocr.page import Note
from ocr.spec import FormSpec
from ocr.table import is_needed

REQUIRED = "R010"
OVERRIDDEN = "R011"


class Rule(Protocol):
    """What a rule module offers."""

    NAME: str
    CODE: str

    @staticmethod
    def check(value: str, values: Mapping[str, str | None]) -> str | None: ...


@cache
def names() -> tuple[str, ...]:
    """All known rules, from the folder."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__)))


@cache
def rule(name: str) -> Rule:
    """The rule of that name. Raises KeyError for a name that is not in the folder (nothing else is imported)."""
    if name not in names():
        raise KeyError(name)
    return cast(Rule, importlib.import_module(f"{__name__}.{name}"))


def check_values(form: FormSpec, values: Mapping[str, str | None]) -> dict[str, tuple[Note, ...]]:
    """All broken rules and missing required fields, by field name."""
    found = {field.name: tuple(_notes(field.name, form, values)) for field in form.field}
    return {name: notes for name, notes in found.items() if notes}


def _notes(name: str, form: FormSpec, values: Mapping[str, str | None]) -> Iterable[Note]:
    field, value = form.fields_by_name[name], values.get(name)
    required = field.required or is_needed(field, form, values)
    if required and (not value or (field.kind == "signature" and value == "nein")):
        what = "Die Unterschrift fehlt." if field.kind == "signature" else "Das Feld muss ausgefüllt sein."
        yield Note(REQUIRED, what)
    if not value:
        return
    for rule_name in field.rules:
        if rule_name not in names():
            continue  # reported at start-up (forms.E002)
        if sentence := rule(rule_name).check(value, values):
            yield Note(rule(rule_name).CODE, sentence)
