"""Every problem a person may see has a page that says what to do.

A code is a capital letter and three digits; what `forms check` finds has "forms." before it. In the source a code
is a literal of its own or begins one ("S032: ..."), and its page is named after it.
"""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"""(?:["']|[ ]{4})((?:forms\.)?[A-Z]\d{3})(?=["':]|$)""", re.MULTILINE)
SOURCES = ("ocr", "cases", "workers", "web", "config", "robots")


def codes_in_the_source() -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in SOURCES:
        for pattern in ("*.py", "*.robot", "*.resource"):
            for path in (ROOT / folder).rglob(pattern):
                for code in CODE.findall(path.read_text(encoding="utf-8")):
                    found.setdefault(code, str(path.relative_to(ROOT)))
    return found


def test_every_problem_code_has_a_page() -> None:
    codes = codes_in_the_source()
    assert codes, "no problem codes found: has the way they are written changed?"
    missing = {code: path for code, path in codes.items() if not (ROOT / "docs/problems" / f"{code}.md").exists()}
    assert not missing


def test_every_page_belongs_to_a_code() -> None:
    pages = {path.stem for path in (ROOT / "docs/problems").glob("*.md")}
    assert pages <= set(codes_in_the_source()), "pages without a code in the source"


def test_every_page_says_what_to_do() -> None:
    silent = [
        p.name for p in (ROOT / "docs/problems").glob("*.md") if "tun" not in p.read_text(encoding="utf-8").lower()
    ]
    assert not silent
