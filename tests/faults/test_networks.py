"""Two hosts with workers, a third one with PostgreSQL and broker, each a network namespace: one host is switched off,
the other one loses its line to the store for a minute and still reaches the target. All cases end, nothing twice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from subprocess import Popen
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Case, Entry, State
from tests import own_data
from tests.faults.office import Office
from tests.networks import BROKER_PORT, HOSTS, Networks, Relay
from tests.processes import Broker, Processes

ITEMS = int(os.environ.get("ITEMS", "16"))
CUT_S = 60
NAME = os.environ.get("TEST_NETWORKS")
pytestmark = pytest.mark.skipif(not NAME, reason="needs root (network namespaces) and PostgreSQL: make faults")


@pytest.fixture
def networks() -> Networks:
    return Networks(str(NAME))


@pytest.fixture
def broker(networks: Networks) -> Iterator[Broker]:
    """Beside the database. This process reaches it by its unix socket, the hosts by their cables."""
    options = ["--port", str(BROKER_PORT), "--bind", "0.0.0.0", "--protected-mode", "no"]
    broker = Broker(
        own_data.DATA / "broker.sock", own_data.DATA / "broker", prefix=networks.in_store(), options=options
    )
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def relays(office: Office, networks: Networks) -> Iterator[dict[str, Relay]]:
    port = urlsplit(office.application.url).port
    assert port
    relays = {which: Relay(networks.target_address(which), port) for which in HOSTS}
    yield relays
    for relay in relays.values():
        relay.close()


@pytest.mark.timeout(1800)
def test_a_host_switched_off_and_a_host_cut_off_lose_nothing_and_enter_nothing_twice(
    office: Office, networks: Networks, relays: dict[str, Relay], processes: Processes
) -> None:
    clerk = User.objects.create(username="clerk")
    office.target(sessions=2, cases_per_session=3, retry_s=1)

    def house(which: str) -> Popen[bytes]:
        """Worker and beat of one host."""
        address = networks.store_address(which)
        processes.prefix = networks.on_host(which)
        return office.house(
            LAUFZETTEL_PG_HOST=address,
            LAUFZETTEL_BROKER=f"redis://{address}:{BROKER_PORT}/0",
            LAUFZETTEL_TARGET_DEMO_URL=relays[which].url,
        )

    def submitting(which: str) -> bool:
        """A robot of this host is between its intent and its receipt."""
        return Entry.objects.filter(
            outcome="open", intent_at__isnull=False, worker__startswith=f"host-{which}/"
        ).exists()

    def entered_on(which: str) -> int:
        done = Entry.objects.filter(outcome__in=("entered", "found"), worker__startswith=f"host-{which}/")
        return done.count()

    cases = [office.case() for _ in range(ITEMS)]
    first, second = house("a"), house("b")
    office.wait_for(lambda: entered_on("a") > 0 and submitting("a"))
    began_s = time.monotonic()
    for process in processes.started[:2]:  # worker and beat of host a: the machine is off
        Processes.kill(process)
    cases += [office.case() for _ in range(ITEMS // 2)]
    office.wait_for(lambda: Entry.objects.filter(outcome="open", worker__startswith="host-a/").count() == 0)
    house("a")  # and on again
    cases += [office.case() for _ in range(ITEMS // 2)]
    office.wait_for(lambda: submitting("b"))
    networks.cut("b")
    cut_s, before = time.monotonic(), entered_on("b")
    time.sleep(CUT_S)
    networks.mend("b")
    at_mending = Entry.objects.filter(outcome="entered").count()
    cases += [office.case() for _ in range(4)]
    verdict = office.comes_to_rest(within_s=900)
    unclear = list(Case.objects.filter(state=State.UNCLEAR, needs_person=True))
    for case in unclear:  # a person who knows that the other host's robot is gone
        transitions.settle_unclear(case.pk, clerk, "search_again")
    verdict = office.comes_to_rest(within_s=900)
    verdict.put_down(
        "three networks: one host off, one cut off",
        cut_s=CUT_S,
        looked_up_for_a_person=len(unclear),
        entered_when_mended=at_mending,
        by_a=entered_on("a"),
        by_b=entered_on("b"),
        all_s=round(time.monotonic() - began_s),
        since_cut_s=round(time.monotonic() - cut_s),
    )
    assert verdict.is_kept, verdict
    assert verdict.entered == len(cases) == len(office.application.records.all())
    assert first.poll() is not None and second.poll() is None, "the worker that was cut off lives on"
    more = [office.case() for _ in range(2)]
    for process in processes.started[4:6]:
        Processes.kill(process)
    office.eventually(lambda: all(office.records_of(case) == 1 for case in more))
    assert entered_on("b") > before, "and works again"
