"""What stops a robot before it wrote anything is APPLICATION, with a code that says what to do."""

from __future__ import annotations

from tests.robots.harness import LOGIN, Application, Robots, case, free_port


def only_release(run) -> dict[str, str]:
    releases = run.worker.of("release")
    assert len(releases) == 1, "one trouble of the target must not cost every case an attempt"
    assert run.worker.of("intent") == []
    assert releases[0]["state"] == "FAILED"
    assert releases[0]["exception"]["type"] == "APPLICATION"
    return releases[0]["exception"]


def test_a_secret_that_others_may_read_is_refused_before_any_login(robots: Robots, application: Application) -> None:
    robots.write_secret(LOGIN, mode=0o640)
    problem = only_release(robots.run(case(1), case(2)))
    assert problem["code"] == "Z006"
    assert "chmod 600" in problem["message"]
    assert application.records.logins() == 0


def test_a_wrong_password_is_tried_once(robots: Robots) -> None:
    robots.write_secret(LOGIN | {"password": "falsch"})
    run = robots.run(case(1), case(2))
    assert only_release(run)["code"] == "Z003"
    assert "falsch" not in run.words_on_disk()


def test_maintenance_is_recognised(robots: Robots, application: Application) -> None:
    (application.folder / "wartung").touch()
    assert only_release(robots.run(case(1), case(2)))["code"] == "Z002"


def test_a_target_that_is_away_is_recognised(robots: Robots) -> None:
    robots.url = f"http://127.0.0.1:{free_port()}/"
    assert only_release(robots.run(case(1), case(2)))["code"] == "Z001"


def test_a_browser_that_is_missing_or_broken_is_recognised(robots: Robots) -> None:
    assert only_release(robots.run(case(1), LAUFZETTEL_CHROMIUM="/no/chromium"))["code"] == "Z005"
    assert only_release(robots.run(case(1), LAUFZETTEL_CHROMEDRIVER="/bin/false"))["code"] == "Z005"
