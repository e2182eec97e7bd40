"""The command line: every command explains itself, exit codes mean what they say."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from config import cli
from ocr.errors import ScanProblem

EXPECTED = {
    "audit", "calibrate",
    "cases", "demo", "doctor", "evaluate", "forms", "intake", "prepare", "queue", "read", "reconcile", "retention",
    "scanner", "schedules", "serve", "target",
}  # fmt: skip


def test_all_commands_are_there() -> None:
    assert set(cli.modules()) == EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([name, "--help"])
    assert ended.value.code == cli.DONE
    assert "usage: laufzettel" in capsys.readouterr().out


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["no-such-command"])
    assert ended.value.code == cli.USAGE


def test_a_problem_becomes_one_line_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_args: object) -> int:
        raise ScanProblem("S001", "Bitte neu scannen.")

    module = SimpleNamespace(HELP="x", add_arguments=lambda _parser: None, run=refuse)
    monkeypatch.setattr(cli, "modules", lambda: {"broken": module})
    assert cli.main(["broken"]) == cli.REFUSED
    assert capsys.readouterr().err == "S001: Bitte neu scannen.\n"


def test_a_bug_ends_with_1() -> None:
    code = "import config.cli as c; c.modules = lambda: 1 / 0; c.main([])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == cli.BUG


def test_doctor_tells_what_is_missing_and_how_to_bring_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from config import machine

    missing = machine.Need("Chromium", "für die Roboter", ("chromium",), ("chromium",), lambda: False)
    monkeypatch.setattr(machine, "needs", lambda: (missing,))
    assert cli.main(["doctor", "--json"]) == cli.REFUSED
    report = {line["name"]: line for line in json.loads(capsys.readouterr().out)}
    assert report["Chromium"]["ok"] is False
    assert "apt-get install" in report["Chromium"]["fix"]
    assert report["Tesseract (tesserocr)"]["ok"] is True


def test_no_command_loads_the_settings_by_being_known() -> None:
    """`demo` chooses its data folder before they are loaded; whoever loads them earlier sends it to the wrong one."""
    code = (
        "import config.cli, config.commands, importlib, pkgutil, sys\n"
        "for module in pkgutil.iter_modules(config.commands.__path__):\n"
        "    importlib.import_module(f'config.commands.{module.name}')\n"
        "    assert 'config.settings' not in sys.modules, module.name\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
