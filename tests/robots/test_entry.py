"""The entry protocol against the real demo application, with the real robot and a real Chromium."""

from __future__ import annotations

from tests.robots.conftest import LOGIN, Application, Robots, case


def test_it_enters_three_cases_in_one_login_and_reads_them_back(robots: Robots, application: Application) -> None:
    run = robots.run(case(1), case(2, dog_name="Bello"), case(3, phone="0221 4711", sepa_mandate="nein", iban=None))
    assert run.exit_code == 0, run.output
    receipts = run.worker.of("receipt")
    assert [receipt["outcome"] for receipt in receipts] == ["entered"] * 3
    assert application.records.logins() == 1
    stored = application.records.all()
    assert [record.number for record in stored] == [receipt["record_number"] for receipt in receipts]
    assert stored[1].values["hd_name"] == "Bello"
    assert receipts[1]["read_back"]["dog_name"] == "Bello"
    assert receipts[2]["read_back"]["iban"] is None
    assert (run.folder / receipts[0]["screenshot"]).stat().st_mode & 0o077 == 0
