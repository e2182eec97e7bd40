"""Lock files, licences and links that must stay true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "locks").glob("*.txt"))


@pytest.mark.parametrize("lock", [p for p in LOCKS if p.name != "overrides.txt"], ids=lambda p: p.name)
def test_a_lock_pins_with_hashes_and_names_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)
    assert "://" not in text


def test_the_front_end_lock_names_no_address() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all(package.get("integrity") for place, package in packages.items() if place)


def test_the_robots_lock_holds_what_conda_yaml_asks_for() -> None:
    from locks.lock import pip_part

    asked = [re.split(r"[=<>~;\[ ]", line)[0] for line in pip_part((ROOT / "conda.yaml").read_text(encoding="utf-8"))]
    locked = (ROOT / "locks/robots.txt").read_text(encoding="utf-8")
    assert all(re.search(rf"^{re.escape(name)}==", locked, re.MULTILINE) for name in asked), asked


def test_the_sbom_lists_every_locked_package() -> None:
    listed = {part["name"].lower().replace("_", "-").replace(".", "-") for part in sbom()}
    for lock in ("app.txt", "robots.txt"):
        for line in (ROOT / "locks" / lock).read_text(encoding="utf-8").splitlines():
            here = re.match(r"^([a-z0-9][\w.-]*)==[^ ]+( \\)?$", line)  # lines with a marker may be for other machines
            assert not here or here.group(1).replace(".", "-") in listed, here and here.group(1)


def sbom() -> list[dict[str, str]]:
    parts: list[dict[str, str]] = json.loads((ROOT / "locks/sbom.json").read_text(encoding="utf-8"))["components"]
    return parts


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_links_between_papers_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert all((page.parent / target).exists() for target in targets), targets
