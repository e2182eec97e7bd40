"""`laufzettel doctor --production`: what is wrong is said, with what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cases import store
from cases.models import Case
from config import cli, examining
from config.examining import database, machine, settings
from config.finding import Finding
from tests.cases.conftest import received, site

__all__ = ["received", "site"]
pytestmark = pytest.mark.django_db(transaction=True)


def named(found: Any) -> dict[str, Finding]:
    return {one.name: one for one in found}


def test_it_prints_one_json_document_and_every_fault_has_a_remedy(site: Any, capsys: Any) -> None:
    assert cli.main(["doctor", "--production", "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert {"Datenbank", "Broker", "Datensicherung", "TLS"} <= {one["name"] for one in said}
    assert all(one["fix"] for one in said if not one["ok"])


def test_a_check_that_fails_itself_is_a_finding_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def findings() -> list[Finding]:
        raise OSError("geheim")

    findings.__module__ = "config.examining.broker"
    monkeypatch.setattr(examining, "CHECKS", (findings, settings.findings))
    found = named(examining.production())
    assert found["Broker"].detail == "nicht zu prüfen: OSError" and "TLS" in found


def test_the_settings_of_a_real_installation_are_in_order(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from config.examining.settings import findings

    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert {one.name for one in findings() if not one.ok} >= {"TLS", "Rechnernamen"}
    monkeypatch.setenv("LAUFZETTEL_SECRET_KEY", "x" * 50)
    settings.ALLOWED_HOSTS = ["laufzettel.stadt.example"]
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 3600, True
    settings.SECURE_HSTS_PRELOAD = True
    wrong = [one for one in findings() if not one.ok]
    assert wrong == []
    settings.DEBUG = True
    assert not named(findings())["Fehleranzeige"].ok


def test_a_database_that_may_lose_what_it_confirmed_is_named() -> None:
    found = named(database.findings())
    assert found["Aufbau der Datenbank"].ok and found["Uhr"].ok
    if connection.vendor == "postgresql":  # the server of the tests is quick and forgetful
        assert not found["PostgreSQL fsync"].ok and "ALTER SYSTEM SET fsync" in found["PostgreSQL fsync"].fix
    else:
        assert not found["Datenbank"].ok


def test_a_store_that_is_not_the_one_of_the_other_hosts_is_noticed(received: Callable[..., Case]) -> None:
    case = received()
    assert machine.of_sharing().ok
    store.original_path(str(case.document_id)).unlink()
    assert not machine.of_sharing().ok


def test_credentials_that_others_can_read_or_that_are_old_are_named(site: Any, settings: Any, tmp_path: Path) -> None:
    settings.SECRETS = tmp_path / "secrets"
    settings.SECRETS.mkdir(mode=0o700)
    secret = settings.SECRETS / "register.json"
    assert "fehlt" in named(machine.of_secrets())["Zugangsdaten register"].detail
    secret.write_text("{}")
    secret.chmod(0o640)
    assert named(machine.of_secrets())["Zugangsdaten register"].fix == f"chmod 600 {secret}"
    secret.chmod(0o600)
    assert all(one.ok for one in machine.of_secrets())
    os.utime(secret, (0, 0))
    settings.SECRETS.chmod(0o770)
    assert {one.name for one in machine.of_secrets() if not one.ok} == {
        "Ordner der Zugangsdaten",
        "Zugangsdaten register",
    }


def test_the_age_of_the_backup_counts(site: Any, settings: Any, tmp_path: Path, capsys: Any) -> None:
    settings.DATA = tmp_path
    assert not machine.of_backup().ok
    assert cli.main(["backup", str(tmp_path / "backups")]) == 0
    assert machine.of_backup().ok
    (tmp_path / "backup.json").write_text('{"made_at": "2020-01-01T00:00:00+00:00"}')
    assert not machine.of_backup().ok


def test_a_browser_whose_driver_is_another_version_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, number in (("chromium", 130), ("driver", 131)):
        (tmp_path / name).write_text(f"#!/bin/sh\necho Program {number}.0.1.2\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("LAUFZETTEL_CHROMIUM", str(tmp_path / "chromium"))
    monkeypatch.setenv("LAUFZETTEL_CHROMEDRIVER", str(tmp_path / "driver"))
    assert not machine.of_browser().ok and "131" in machine.of_browser().detail
    monkeypatch.setenv("LAUFZETTEL_CHROMEDRIVER", str(tmp_path / "chromium"))
    assert machine.of_browser().ok
