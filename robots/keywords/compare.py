"""Whether the target holds what the slip says: field by field, blind only to what means nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from robots.keywords.fields import FieldRule, Rules


def differing(wanted: Mapping[str, str | None], seen: Mapping[str, str | None], rules: Rules) -> list[str]:
    """Names of our fields that stand differently in the target, or are not shown there at all.

    Both sides in our spelling (`fields.from_target`). Only fields that have a rule are compared.
    """
    return [
        name
        for name, rule in rules.items()
        if name not in seen or _plain(wanted.get(name), rule) != _plain(seen[name], rule)
    ]


def _plain(value: str | None, rule: FieldRule) -> str:
    """Composed characters, single blanks, none at the ends; empty is empty; a tick that is not there is "nein"."""
    text = " ".join(unicodedata.normalize("NFC", value or "").split())
    if rule.write == "compact":
        return re.sub(r"\s", "", text)
    if rule.write == "tick":
        return text or "nein"
    return text
