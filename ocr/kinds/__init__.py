"""Kinds of fields. The folder is the registry: `ocr/kinds/<kind>.py` is the kind `<kind>`.

A text kind has `parse(text) -> Parsed | None` and may have `CHARS` (the characters engines may use).
`GRAMMAR` is a regular expression of all its spellings: where an engine's free
reading is no value, the likeliest reading of that form is taken.
It may have `why_not(text, language) -> Note | None`: what is wrong with a text that was read well, but is no value.
With `USES_LANGUAGE = True` its parse is called as `parse(text, language)` (the form's first language, "deu").
A mark kind has `look(zone, dpi, field) -> Mark`: the zone is the field's `box_mm` brought into form
coordinates, so that a millimetre of the form is `dpi / 25.4` pixels from the zone's top left corner.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ocr.errors import FormProblem
from ocr.page import Gray, Note

if TYPE_CHECKING:
    from ocr.spec import FieldSpec


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text understood as a value of one kind: `quality` 0..1 says how well it fits.

    `proven`: the text carries a proof of itself that hardly any wrong reading would pass.
    """

    value: str
    quality: float = 1.0
    notes: tuple[Note, ...] = ()
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark kind saw in its zone. `state` as in `FieldReading`."""

    value: str | None
    confidence: float
    notes: tuple[Note, ...] = ()
    state: Literal["read", "empty", "illegible", "absent"] = "read"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of field; exactly one of `parse` and `look` is there."""

    name: str
    parse: Callable[[str, str], Parsed | None] | None
    look: Callable[[Gray, float, FieldSpec], Mark] | None
    chars: str = ""
    grammar: str = ""
    why_not: Callable[[str, str], Note | None] | None = None


def kind_names() -> tuple[str, ...]:
    """The names of all kinds."""
    return tuple(sorted(info.name for info in pkgutil.iter_modules(__path__)))


@lru_cache(maxsize=64)
def kind(name: str) -> Kind:
    """The kind `name`. Only names found in this folder are imported.

    Raises:
        FormProblem: F002 when there is no such kind.
    """
    if name not in kind_names():
        raise FormProblem("F002", f"Feldart „{name}“ gibt es nicht; bekannt sind: {', '.join(kind_names())}.")
    module = importlib.import_module(f"{__name__}.{name}")
    parse = getattr(module, "parse", None)
    if parse is not None and not getattr(module, "USES_LANGUAGE", False):
        parse = _without_language(parse)
    chars, grammar = getattr(module, "CHARS", ""), getattr(module, "GRAMMAR", "")
    return Kind(name, parse, getattr(module, "look", None), chars, grammar, getattr(module, "why_not", None))


def _without_language(parse: Callable[[str], Parsed | None]) -> Callable[[str, str], Parsed | None]:
    return lambda text, _language: parse(text)
