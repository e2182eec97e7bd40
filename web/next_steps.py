"""What a problem code means and what to do about it, from its page in docs/problems."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

CODE = re.compile(r"[A-Z]\d{3}")
TITLE = re.compile(r"^# \S+?:? (.+)$", re.MULTILINE)
STEP = re.compile(r"^(?:\*\*)?Was (?:ist zu )?tun\??:?\??(?:\*\*)?:?\s*(.+?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
MARKS = re.compile(r"\*\*|`|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Explanation:
    """`title` and `step` are empty where the code has no page."""

    code: str
    title: str = ""
    step: str = ""


@lru_cache(maxsize=256)
def explained(code: str) -> Explanation:
    path = Path(settings.ROOT) / "docs" / "problems" / f"{code}.md"
    if not CODE.fullmatch(code) or not path.is_file():
        return Explanation(code)
    text = path.read_text(encoding="utf-8")
    return Explanation(code, plainly(TITLE.search(text)), plainly(STEP.search(text)))


def plainly(found: re.Match[str] | None) -> str:
    """Without the marks of Markdown, beginning with a capital letter."""
    words = " ".join(MARKS.sub(r"\1", found[1]).split()) if found else ""
    return words[:1].upper() + words[1:]
