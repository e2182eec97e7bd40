"""Text that every database takes. PostgreSQL refuses NUL characters, every database half a surrogate pair; papers,
robots and people can send both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """The same value (text, or lists and mappings of it) without what cannot be stored; anything else as it is."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {plain(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value
