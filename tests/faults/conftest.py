"""The office under test. `FAULTS=long` asks for the long form, `SEED` for another course of events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.office import Office, running_office
from tests.processes import Broker, Processes
from tests.robots import harness


@pytest.fixture
def office(
    tmp_path: Path,
    settings: Any,
    transactional_db: None,
    broker: Broker,
    processes: Processes,
    eventually: Callable[..., None],
) -> Iterator[Office]:
    if not harness.ROBOTS_PYTHON.exists() or not Path(harness.CHROMIUM).exists():
        pytest.skip("needs .venv-robots and Chromium: make setup")
    with running_office(tmp_path, settings, processes, eventually) as office:
        yield office
