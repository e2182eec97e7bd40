"""deploy/: what the units name is there, and what the environment sets is read."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CAGE = ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "ProtectHome=yes", "CapabilityBoundingSet=")


def values(unit: Path, name: str) -> list[str]:
    lines = [line.partition("=")[2] for line in unit.read_text().splitlines() if line.startswith(f"{name}=")]
    return [word for line in lines for word in line.split()]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_caged_and_names_users_and_folders_that_are_made(unit: Path) -> None:
    text = unit.read_text()
    assert all(line in text.splitlines() for line in CAGE)
    users = (DEPLOY / "systemd" / "laufzettel.sysusers").read_text()
    assert all(re.search(rf"^u {user} ", users, re.MULTILINE) for user in values(unit, "User")) and values(unit, "User")
    made = {line.split()[1] for line in (DEPLOY / "systemd" / "laufzettel.tmpfiles").read_text().splitlines()[1:]}
    named = [*values(unit, "ReadWritePaths"), *values(unit, "ReadOnlyPaths")]
    assert set(named) <= made, "a folder that is missing keeps the unit from starting"
    assert all(path.startswith("-") for path in values(unit, "InaccessiblePaths"))


def test_only_robots_see_credentials_and_only_those_who_must_see_the_inbox() -> None:
    for unit in UNITS:
        hidden = values(unit, "InaccessiblePaths")
        if unit.stem in ("laufzettel-web", "laufzettel-read", "laufzettel-beat"):
            assert {"-/etc/laufzettel/secrets", "-/srv/laufzettel/inbox"} <= set(hidden), unit.name
        if unit.stem == "laufzettel-robot@":
            assert {"-/srv/laufzettel/store", "-/srv/laufzettel/inbox"} <= set(hidden)
            assert values(unit, "BindReadOnlyPaths") == ["-/etc/laufzettel/secrets/%i.json"]


def test_sweeper_and_robots_are_one_user_and_see_all_processes() -> None:
    """Else a living robot would be taken for a dead one, or could not be ended."""
    for name in ("laufzettel-housekeeping", "laufzettel-robot@"):
        unit = DEPLOY / "systemd" / f"{name}.service"
        assert values(unit, "User") == ["laufzettel-robot"] and values(unit, "ProtectProc") == ["default"]


def test_every_queue_has_a_unit() -> None:
    served = {
        words[words.index("--queues") + 1] for unit in UNITS if "--queues" in (words := values(unit, "ExecStart"))
    }
    assert served == {"read", "housekeeping", "enter.%i"}


def test_whatever_the_environment_sets_is_read_somewhere() -> None:
    set_here = re.findall(r"^(LAUFZETTEL_\w+)=", (DEPLOY / "environment.example").read_text(), re.MULTILINE)
    source = "".join(
        path.read_text() for folder in ("config", "web", "robots") for path in (ROOT / folder).rglob("*.py")
    )
    unread = [name for name in set_here if name not in source and not name.startswith("LAUFZETTEL_PG_")]
    assert len(set_here) > 10 and unread == []


def test_the_web_server_asks_where_the_application_listens() -> None:
    (listen,) = [w for w in values(DEPLOY / "systemd" / "laufzettel-web.service", "ExecStart") if "--listen" in w]
    assert f"proxy_pass http://{listen.partition('=')[2]};" in (DEPLOY / "nginx" / "laufzettel-proxy.conf").read_text()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for path in (DEPLOY / "systemd").iterdir():
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(), flags=re.MULTILINE)
        (tmp_path / path.name.replace("@.", "@demo.")).write_text(text)
    units = sorted(path for path in tmp_path.iterdir() if path.suffix in (".service", ".timer", ".target"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stderr.strip() == "", done.stderr
