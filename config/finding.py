"""One line of what the doctor says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `fix` is the command that mends it (or makes it faster), empty when all is well."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


def judged(name: str, ok: bool, detail: str, fix: str) -> Finding:
    """With the remedy only where one is needed."""
    return Finding(name, ok, detail, "" if ok else fix)
