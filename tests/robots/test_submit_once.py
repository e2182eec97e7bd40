"""One click sends one submit, whatever becomes of the line. A browser left to itself sends it again."""

from __future__ import annotations

import pytest

from demo.fachverfahren import faults
from tests.robots.harness import Application, Robots, case


@pytest.mark.parametrize("times", [1, 9])
def test_a_line_cut_after_the_submit_leaves_one_record(robots: Robots, application: Application, times: int) -> None:
    faults.switch(application.folder, answer_lost=times)
    run = robots.run(case(1))
    assert len(application.records.all()) == 1
    assert run.worker.of("receipt") == []
    assert run.worker.of("release")[0]["exception"]["code"] == "Z020"


def test_asked_whether_a_similar_record_is_meant_it_does_not_insist(robots: Robots, application: Application) -> None:
    faults.switch(application.folder, duplicate_dialog=True)
    run = robots.run(case(1), case(2))
    assert application.records.all() == []
    for release in run.worker.of("release"):
        assert release["exception"]["type"] == "BUSINESS" and release["exception"]["code"] == "Z012"
        assert "Ein ähnlicher Satz besteht schon" in release["exception"]["message"]
