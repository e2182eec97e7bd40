"""An installation of the first released schema, brought up to this version: everything opens, moves on and verifies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.site import make_site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A database of its own, of the same kind."""
    here = {**os.environ, "LAUFZETTEL_DATA": str(tmp_path / "data")}
    (tmp_path / "data").mkdir()
    if connection.vendor != "postgresql":
        yield here
        return
    name = f"upgrade_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield here | {"LAUFZETTEL_PG_NAME": name}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_cases_of_the_first_released_schema_open_and_move_on(environment: dict[str, str], tmp_path: Path) -> None:
    site = make_site(tmp_path / "site")
    site.target(sessions=4)
    said = [
        subprocess.run(
            [sys.executable, "-m", "tests.cases.upgrade", step, str(site.root)],
            cwd=settings.ROOT, env=environment, capture_output=True, text=True, check=False,
        )
        for step in ("fill", "check")
    ]  # fmt: skip
    assert [one.returncode for one in said] == [0, 0], [one.stderr[-3000:] for one in said]
    states = json.loads(said[1].stdout.splitlines()[-1])
    assert sorted(states.values()) == sorted(
        ["ready"] * 3 + ["review"] + ["received"] + ["entered"] * 3 + ["erased"] * 2
    )
