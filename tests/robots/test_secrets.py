"""Credentials come from a file that is ours alone, and stay between it and the target."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.robots.harness import LOGIN, ROOT, Application, Robots, case
from tests.robots.interface import TOKEN, Interface, running_interface
from tests.robots.small_cases import small_case
from tests.robots.test_entry import members_of_group

CANARIES = ("DE89370400440532013000", "Müller-Lüdenscheidt", "276098102345678")


@pytest.fixture
def interface() -> Iterator[Interface]:
    with running_interface() as interface:
        yield interface


def arguments_and_environment(group: int) -> str:
    """What anybody on this machine could see of the processes of a group."""
    seen = []
    for status in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(status.name)) == group:
                seen += [(status / part).read_bytes().decode("utf-8", "replace") for part in ("cmdline", "environ")]
        except OSError:
            continue
    return "\n".join(seen)


def seen_before_the_submit(robots: Robots, *items: dict[str, Any], **how: Any) -> tuple[str, Path, int]:
    """Arguments and environment of the robot and all it started, its folder, and how many records it sent."""
    process, worker, folder = robots.start(*items, **how)
    seen: list[str] = []

    def look(question: dict[str, Any]) -> dict[str, Any]:
        assert members_of_group(process.pid)
        seen.append(arguments_and_environment(process.pid))
        return {"ok": True}

    worker.on_intent = look
    output, _ = process.communicate(timeout=120)
    (folder / "printed").write_text(output)
    return seen[0], folder, len(worker.of("receipt"))


def files_of(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in files)


def test_no_process_of_a_browser_robot_shows_a_password_or_a_value(robots: Robots, application: Application) -> None:
    seen, _, sent = seen_before_the_submit(robots, case(1))
    assert sent == 1
    assert "chromium" in seen
    for canary in (*CANARIES, LOGIN["password"]):
        assert canary not in seen


def test_no_process_or_file_of_a_robot_shows_a_token_or_a_value(plain_robots: Robots, interface: Interface) -> None:
    plain_robots.url = interface.url
    plain_robots.write_secret({"token": TOKEN})
    targets = str(ROOT / "config/targets")
    seen, folder, sent = seen_before_the_submit(
        plain_robots, small_case("rest"), task="rest", loglevel="TRACE", LAUFZETTEL_TARGETS=targets
    )
    assert sent == 1
    assert "rest.robot" in seen
    left = files_of(folder)
    assert "Post Record" in left
    for canary in (*CANARIES, TOKEN):
        assert canary not in seen + left


def test_a_basic_login_stays_hidden_in_its_coded_form_too(plain_robots: Robots, interface: Interface) -> None:
    plain_robots.url = interface.url
    plain_robots.write_secret({"user": "robot01", "password": "Kanari"})
    run = plain_robots.run(small_case("rest"), task="rest", loglevel="TRACE")
    assert run.worker.of("release")[0]["exception"]["code"] == "Z003"
    for canary in ("Kanari", "cm9ib3QwMTpLYW5hcmk="):
        assert canary not in run.words_on_disk()


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda path: path.parent.chmod(0o770), "chmod 700"),
        (lambda path: path.chmod(0o604), "chmod 600"),
        (lambda path: path.unlink(), "fehlen"),
        (lambda path: path.rename(path.with_name("x")) and path.symlink_to("x"), "fehlen"),
        (lambda path: path.write_text('{"token": "Kanari-7d1!Token", }'), "kein JSON-Objekt"),
        (lambda path: path.write_text('["Kanari-7d1!Token"]'), "kein JSON-Objekt"),
    ],
)
def test_credentials_that_are_not_safe_or_not_there_are_refused(
    plain_robots: Robots, interface: Interface, break_it: Any, words: str
) -> None:
    plain_robots.url = interface.url
    plain_robots.write_secret({"token": TOKEN})
    break_it(plain_robots.secrets / "demo.json")
    run = plain_robots.run(small_case("rest"), small_case("rest", 2), task="rest", loglevel="TRACE")
    (released,) = run.worker.of("release")
    assert released["exception"]["code"] == "Z006"
    assert words in released["exception"]["message"]
    assert TOKEN not in run.words_on_disk() + str(released)
