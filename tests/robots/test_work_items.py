"""rpaframework's own contract is kept: a robot that was written elsewhere runs here."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.robots.harness import ROBOTS_PYTHON, ROOT, Robots, case


def test_a_robot_written_for_rpaframework_elsewhere_runs_here(robots: Robots, tmp_path: Path) -> None:
    robot = Path(__file__).with_name("foreign.robot")
    run = robots.run(case(1), case(2, plz="00000"), task="demo", source=robot)
    assert run.exit_code == 0, run.output
    assert run.worker.of("receipt") == [
        {"do": "receipt", "item": "1", "outcome": "entered", "record_number": "4711"},
    ]
    first, second = run.worker.of("release")
    assert (first["state"], first["exception"]) == ("DONE", None)
    assert second["exception"] == {"type": "BUSINESS", "code": "PLZ", "message": "Unknown"}


def test_every_robot_file_is_understood_without_running_it(tmp_path: Path) -> None:
    for robot in sorted((ROOT / "robots").glob("*.robot")):
        command = [ROBOTS_PYTHON, "-m", "robot", "--dryrun", "--outputdir", tmp_path, "--log", "NONE", robot]
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LAUFZETTEL_TARGET_URL": "http://127.0.0.1:1/",
            "LAUFZETTEL_TARGET_SECRET": "x",
            "RPA_WORKITEMS_ADAPTER": "robots.keywords.workitems.SlipAdapter",
            "RPA_SECRET_MANAGER": "robots.keywords.secrets.FileSecrets",
        }
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout
