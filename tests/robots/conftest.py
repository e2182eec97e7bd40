"""Fixtures for tests with the real robot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robots.harness import CHROMIUM, ROBOTS_PYTHON, Application, Robots, running_application


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    folder = tmp_path / "application"
    folder.mkdir()
    with running_application(folder) as application:
        yield application


@pytest.fixture
def plain_robots(tmp_path: Path) -> Iterator[Robots]:
    """Robots that need no browser and no demo application."""
    if not ROBOTS_PYTHON.exists():
        pytest.skip("needs .venv-robots; `make test` brings it")
    robots = Robots(tmp_path, "")
    yield robots
    robots.close()


@pytest.fixture
def robots(tmp_path: Path, application: Application) -> Iterator[Robots]:
    if not ROBOTS_PYTHON.exists() or not Path(CHROMIUM).exists():
        pytest.skip("needs .venv-robots and Chromium; `make test` brings both")
    robots = Robots(tmp_path, application.url)
    yield robots
    robots.close()
