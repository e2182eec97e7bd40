"""Nothing that a robot leaves behind holds a password or a field value, at no log level."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robots.harness import LOGIN, Robots, case

CANARIES = ("DE89370400440532013000", "Müller-Lüdenscheidt", "01.02.1970", "1970-02-01", "276098102345678")


@pytest.mark.parametrize("loglevel", ["INFO", "TRACE"])
def test_no_log_holds_a_password_or_a_field_value(robots: Robots, loglevel: str) -> None:
    run = robots.run(case(1), case(2, plz="05000"), loglevel=loglevel)
    assert [release["state"] for release in run.worker.of("release")] == ["DONE", "FAILED"]
    left = run.words_on_disk()
    assert "applicant_last_name" in left or "hal_name" in left  # the log is there, and names fields
    for canary in (*CANARIES, LOGIN["password"]):
        assert canary not in left
    assert not list(run.folder.glob("selenium-screenshot*"))


def test_the_browser_reaches_no_other_host_than_the_target(robots: Robots) -> None:
    run = robots.run(source=Path(__file__).with_name("alone.robot"))
    assert run.exit_code == 0, run.output
