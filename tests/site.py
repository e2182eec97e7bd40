"""A small office for tests: two forms, three processes, one target, readings and files made up on the spot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr.page import Box, EngineReading, FieldReading, Page, Reading

FORM = """
name = "{name}"
title = "Prüfformular"
marks = {{ "1" = ["Prüfformular"] }}
[[field]]
name = "surname"
title = "Name"
box_mm = [10, 10, 60, 20]
required = true
rules = ["name"]
[[field]]
name = "plz"
title = "PLZ"
box_mm = [10, 30, 60, 40]
rules = ["plz"]
[[field]]
name = "remark"
title = "Bemerkung"
box_mm = [10, 50, 60, 60]
"""
PROCESS = """
name = "{name}"
title = "Prüfprozess"
forms = ["dog"]
scanner = "generic"
{rest}
"""
TARGET = """
name = "register"
title = "Register"
robot = "{robot}"
queue = "enter.register"
url = "http://127.0.0.1:1/"
secret = "register"
sessions = {sessions}
cases_per_session = 25
lease_s = {lease_s}
quiet_s = {quiet_s}
linger_s = 0
retry_s = 0
item_timeout_s = 30
can_search = {can_search}
{more}
"""
VALUES = {"surname": "Öztürk", "plz": "44135", "remark": None}


@dataclass(frozen=True, slots=True)
class Site:
    """Folders of descriptions below `root`."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """For real workers: the same folders."""
        return {f"LAUFZETTEL_{name.upper()}": str(self.root / name) for name in ("forms", "processes", "targets")}

    def target(self, **changes: Any) -> None:
        """Write the target, with other lease, quiet time or sessions."""
        values = {
            "robot": "register",
            "sessions": 1,
            "lease_s": 60,
            "quiet_s": 0,
            "can_search": "true",
            "more": "",
        } | changes
        (self.root / "targets" / "register.toml").write_text(TARGET.format(**values))

    def process(self, name: str, rest: str = "") -> None:
        (self.root / "processes" / f"{name}.toml").write_text(PROCESS.format(name=name, rest=rest))


def make_site(root: Path) -> Site:
    for folder in ("forms", "processes", "targets"):
        (root / folder).mkdir(parents=True)
    for name in ("dog", "cat"):
        (root / "forms" / f"{name}.toml").write_text(FORM.format(name=name))
    site = Site(root)
    site.target()
    site.process("dogs", 'target = "register"')
    site.process("strict", 'target = "register"\nsecond_review = true')
    site.process("papers")
    return site


def scan(path: Path, text: str = "1") -> Path:
    """A file that begins like a PDF; different text, different bytes."""
    path.write_bytes(b"%PDF-1.4\n" + text.encode())
    return path


def field(name: str, value: str | None, *, sure: bool = True) -> FieldReading:
    return FieldReading(
        name=name,
        value=value,
        raw=value,
        confidence=0.99 if sure else 0.4,
        sure=sure,
        page=1,
        box=Box(1, 2, 30, 40),
        engines={"tesseract": EngineReading(value or "", 0.9)},
        state="read" if value else "empty",
    )


def page(number: int = 1) -> Page:
    gray = np.full((40, 30), 255, np.uint8)
    return Page(number, gray, 300.0, 0.1, 0, False, np.eye(2, 3))


def reading(form: str | None = "dog", *, sure: bool = True, **values: str | None) -> Reading:
    """What `ocr.read` would say of a form filled with `values`."""
    fields = tuple(field(name, value, sure=sure) for name, value in {**VALUES, **values}.items()) if form else ()
    return Reading("x", form, "ready" if form and sure else "review", (page(),), fields, guesses=("dog",))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
