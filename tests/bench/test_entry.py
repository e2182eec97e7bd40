"""The bench of entering measures what it says."""

from __future__ import annotations

import json
from pathlib import Path

from bench import entry


def test_every_step_of_every_record_is_timed_beside_the_floor(tmp_path: Path) -> None:
    out = tmp_path / "entry.json"
    assert entry.main(["--records", "2", "--rounds", "1", "--json", str(out)]) == 0
    rows = {row["name"]: row for row in json.loads(out.read_text())["rows"]}
    assert set(rows) == {"robot, find", "robot, fill", "robot, submit", "robot, read back", entry.ALL, entry.FLOOR}
    assert [rows[name]["records"] for name in ("robot, find", "robot, submit", entry.FLOOR)] == [2, 2, 2]
    steps = sum(rows[f"robot, {step}"]["min_ms"] for step in entry.STEPS.values())
    assert rows[entry.ALL]["median_ms"] > steps * 0.8
    assert rows[entry.FLOOR]["ratio"]["floor"] == 1.0
