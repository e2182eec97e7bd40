"""A configuration and a store of its own for every test, and one person for each role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from selenium import webdriver

from cases import nudges
from tests.web import browser, factories
from web import roles

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def office(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders below tmp_path, one process with one form, and no broker."""
    for name in ("forms", "processes", "targets", "store"):
        (tmp_path / name).mkdir()
    shutil.copyfile(HERE / "form.toml", tmp_path / "forms" / "antrag.toml")
    (tmp_path / "processes" / "hundesteuer.toml").write_text(
        'name = "hundesteuer"\ntitle = "Hundesteuer"\nforms = ["antrag"]\n', encoding="utf-8"
    )
    settings.FORMS, settings.PROCESSES = tmp_path / "forms", tmp_path / "processes"
    settings.TARGETS, settings.STORE = tmp_path / "targets", tmp_path / "store"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(nudges, "read_case", lambda *_: None)
    monkeypatch.setattr(nudges, "enter", lambda *_: None)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person for each role, by the role's name."""
    roles.ensure_roles()
    return {role: factories.person(role.lower(), role) for role in roles.ROLES}


@pytest.fixture
def as_role(people: dict[str, User]) -> Callable[[str], Client]:
    """A client logged in with a role."""

    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def clerk(as_role: Callable[[str], Client]) -> Client:
    return as_role(roles.CLERK)


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """One Chromium for all tests; `desk` makes it as new."""
    with browser.chromium(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def desk(driver: webdriver.Chrome, live_server: Any, people: dict[str, User]) -> browser.Desk:
    """A screen of desk size; nobody is logged in."""
    at = browser.Desk(driver, live_server.url)
    at.as_new()
    return at
