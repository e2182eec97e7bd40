"""Fixtures for all tests: database in a file (so that real workers can share it), broker, worker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import own_data
from tests.processes import Broker, Processes


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The test database is the one that real workers of this test run find in their environment."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(database["NAME"])
    else:
        name = f"test_{database['NAME']}{os.environ.get('PYTEST_XDIST_WORKER', '')}"  # one for each that runs beside
        database.setdefault("TEST", {})["NAME"] = name
        database["CONN_MAX_AGE"] = 0  # threads of the live server keep none between requests: a restore counts them
        os.environ["LAUFZETTEL_PG_NAME"] = name


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A real Valkey on the private socket that the settings of this test run name."""
    broker = Broker(own_data.DATA / "broker.sock", own_data.DATA / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    """Starts real workers; ends all of them, and what they started, after the test."""
    processes = Processes(tmp_path)
    yield processes
    processes.end()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, up to a minute; fails with its name."""

    def wait(condition: Callable[[], bool], within_s: float = 60.0) -> None:
        end_s = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end_s, "did not come true in time"
            time.sleep(0.05)

    return wait


@pytest.fixture(autouse=True)
def alarms_of_this_test() -> None:
    """What another test found in its blind sample is forgotten."""
    from cases import thresholds

    thresholds.look_again()


@pytest.fixture(autouse=True)
def no_broker_waits(request: pytest.FixtureRequest) -> Iterator[None]:
    """Without the `broker` fixture nudges go nowhere, at once. With it they go, over no line of an earlier test."""
    from workers.app import application

    assert settings.STORE == own_data.DATA / "store", "an earlier test left its settings behind"
    patch = pytest.MonkeyPatch()
    if "broker" in request.fixturenames:
        application._after_fork()
    else:
        patch.setattr("cases.nudges.send", lambda *_: False)
    yield
    patch.undo()
