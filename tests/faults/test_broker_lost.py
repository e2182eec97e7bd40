"""The broker forgets everything, is away, or cannot be heard: review goes on, and every case finishes by itself."""

from __future__ import annotations

import time

import pytest
from django.contrib.auth.models import User

from cases import transitions
from cases.models import Case, State
from tests.faults.hole import Hole
from tests.faults.office import Office, figure, only_long
from tests.processes import Broker

FLUSHED = figure(3, 100)
AWAY_S = figure(10, 60)


@pytest.mark.timeout(900)
def test_a_broker_that_forgets_everything_or_is_away_costs_time_and_no_case(office: Office, broker: Broker) -> None:
    clerk = User.objects.create(username="clerk")
    for _ in range(FLUSHED):
        office.case()
    reviewed = [office.case(sure=False) for _ in range(2)]
    broker.client.flushall()
    worker = office.house()
    office.eventually(lambda: Case.objects.filter(state=State.ENTERED).exists())
    broker.client.flushall()
    broker.stop()
    began_s = time.monotonic()
    for case in reviewed:
        transitions.confirm(case.pk, clerk, {"dog_name": "Bello"})
    confirmed_s = time.monotonic() - began_s
    time.sleep(max(0.0, AWAY_S - confirmed_s))
    broker.start()
    verdict = office.comes_to_rest(within_s=600)
    verdict.put_down("broker forgets, is away", away_s=AWAY_S, confirmed_s=round(confirmed_s, 2))
    assert verdict.is_kept and verdict.entered == FLUSHED + len(reviewed)
    assert confirmed_s < 5, "whoever confirms does not wait for the broker"
    assert {office.application.records.search(case.reference)[0].values["hd_name"] for case in reviewed} == {"Bello"}
    assert worker.poll() is None, "the worker outlives its broker"


@only_long
@pytest.mark.timeout(900)
def test_half_a_minute_of_silence_on_the_line_is_survived(office: Office, broker: Broker) -> None:
    hole = Hole(broker.address)
    worker = office.house(LAUFZETTEL_BROKER=hole.url)
    first = [office.case() for _ in range(5)]
    office.eventually(lambda: office.records_of(first[0]) == 1)
    hole.silent = True
    late = [office.case() for _ in range(5)]
    time.sleep(30)
    hole.silent = False
    verdict = office.comes_to_rest(within_s=300)
    verdict.put_down("silence on the line", silent_s=30)
    hole.close()
    assert verdict.is_kept and verdict.entered == len(first) + len(late)
    assert worker.poll() is None
