"""While cases are entered, worker, pool, robot, browser, broker and beat are killed and frozen at random. In the end
the application's own table is compared with the ledger."""

from __future__ import annotations

import time

import pytest

from tests.faults.chaos import Chaos
from tests.faults.office import SEED, Office, figure
from tests.processes import Broker

ITEMS = figure(12, 300)
RAGE_S = figure(15, 60)
SEEDS = figure([SEED], [SEED, SEED + 1, SEED + 2])
PATIENCE_S = figure(400, 3600)


@pytest.mark.timeout(RAGE_S + PATIENCE_S + 120)
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_entered_twice_whatever_is_killed(office: Office, broker: Broker, seed: int) -> None:
    print(f"seed {seed}")
    office.target(retry_s=1, linger_s=1)
    for _ in range(ITEMS):
        office.case()
    began_s = time.monotonic()
    chaos = Chaos(office, broker, seed)
    chaos.rage(RAGE_S)
    calm_s = time.monotonic()
    verdict = office.comes_to_rest(within_s=PATIENCE_S, meanwhile=chaos.look_after)
    verdict.put_down(
        "random kills",
        seed=seed,
        rage_s=round(calm_s - began_s),
        rest_s=round(time.monotonic() - calm_s),
        blows=dict(chaos.blows),
    )
    assert verdict.is_kept, verdict
    assert verdict.entered + verdict.before_a_person == ITEMS
