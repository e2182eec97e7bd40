"""TOML as people write it: short lines, inline tables, letters over several lines; read as the same again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal

from pydantic import BaseModel

Pairs = Iterable[tuple[str, object]]


def table(head: str, given: Pairs) -> str:
    """A table with its head, like `[marks]` or `[[field]]`."""
    return "\n".join((head, *(line for line in (pairs(given),) if line)))


def pairs(given: Pairs) -> str:
    return "\n".join(f"{key(name)} = {value(one)}" for name, one in given)


def key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else _line(name)


def value(given: object) -> str:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, str):
        return _lines(given) if "\n" in given else _line(given)
    if isinstance(given, float):
        return repr(given)
    if isinstance(given, Decimal):
        return _decimal(given)
    if isinstance(given, BaseModel):
        return value(given.model_dump(exclude_defaults=True))
    if isinstance(given, Mapping):
        return "{ " + ", ".join(f"{key(str(name))} = {value(part)}" for name, part in given.items()) + " }"
    if isinstance(given, tuple | list):
        return "[" + ", ".join(map(value, given)) + "]"
    return json.dumps(given)


def _decimal(given: Decimal) -> str:
    """A plain number where that is read as the same, else a text."""
    if given.is_finite() and given == given.to_integral_value():
        return f"{given:.0f}"
    number = repr(float(given))
    return number if given.is_finite() and Decimal(number) == given else _line(str(given))


def _line(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(text: str) -> str:
    """Over several lines; the first one begins below the quotes."""
    return '"""\n' + "\n".join(_line(line)[1:-1] for line in text.split("\n")) + '"""'
