"""A password and a bank account that are nowhere else: while robots run and afterwards they are found only where they
belong (secret file, database, the target, the receipt's picture)."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings

from cases.models import Case, Run, State
from demo.fachverfahren import faults
from tests.faults.office import Office
from tests.processes import Broker
from tests.robots.harness import LOGIN
from workers import identity

IBAN = "DE02120300000000202051"
NAME = "Kanarienvogel-Größmann"
SPELLED = (IBAN, "DE02 1203 0000 0000 2020 51", NAME, "Kanarienvogel-Gr\\u00f6\\u00dfmann", LOGIN["password"])
CANARIES = [word.encode() for word in SPELLED]


def found_in(data: bytes) -> list[str]:
    return [canary.decode() for canary in CANARIES if canary in data]


def processes_of(runs: list[Run], *others: int) -> set[int]:
    started = [run.process_group for run in runs if run.process_group]
    return {pid for group in started for pid in identity.group_members(group)} | set(others)


def seen_on(pids: set[int]) -> list[str]:
    """Canaries among the arguments and in the environment of these processes."""
    found = []
    for pid in pids:
        for name in ("cmdline", "environ"):
            with suppress(OSError):
                found += found_in(Path(f"/proc/{pid}/{name}").read_bytes())
    return found


@pytest.mark.timeout(600)
def test_password_and_values_are_found_only_where_they_belong(office: Office, broker: Broker) -> None:
    case = office.case(iban=IBAN, applicant_last_name=NAME)
    refused = office.case(iban=IBAN, applicant_last_name=NAME, dogs_in_household="17")
    dumped = broker.client.lrange("enter.demo", 0, -1)
    assert len(dumped) == 2 and found_in(b"".join(dumped)) == []
    faults.switch(office.application.folder, error_after_save=1)
    worker, looked_at = office.house(), 0

    def settled() -> bool:
        nonlocal looked_at
        pids = processes_of(list(Run.objects.filter(ended_at=None)), worker.pid)
        looked_at = max(looked_at, len(pids))
        assert seen_on(pids) == []
        dump = [broker.client.dump(key) or b"" for key in broker.client.keys("*")]
        assert found_in(b"".join(dump)) == []
        return not Case.objects.exclude(state__in=(State.ENTERED, State.REVIEW)).exists()

    office.eventually(settled, within_s=300)
    assert looked_at > 5, "robot, driver and browser were looked at"
    assert office.verdict().is_kept
    case.refresh_from_db(), refused.refresh_from_db()
    assert (case.state, refused.state) == (State.ENTERED, State.REVIEW)
    office.eventually(lambda: not Run.objects.filter(ended_at=None).exists())
    runs = [Path(settings.RUNS) / str(run.pk) for run in Run.objects.all()]
    logs = [path for folder in runs for path in folder.rglob("*") if path.is_file()]
    logs += list(office.folder.glob("worker-*.log"))
    assert any(path.name == "output.xml" for path in logs)
    leaks = {path.name: found for path in logs if (found := found_in(path.read_bytes()))}
    assert leaks == {}
    assert found_in((office.folder / "secrets" / "demo.json").read_bytes()) == [LOGIN["password"]]
