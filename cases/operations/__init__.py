"""How the house runs, for IT: the page, `laufzettel queue` and /metrics all ask here.

Nothing in it comes from the contents of a case, and nothing tells of a person. All of it is worked out anew from the
database (and what broker and disk say), so nothing is lost when a process starts again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases import clock, thresholds
from cases.operations import broker, crew, failed, house, queues, robots, scanners, trouble
from cases.operations.broker import Broker
from cases.operations.crew import Member
from cases.operations.house import Database, Disk
from cases.operations.queues import Queue
from cases.operations.robots import Target
from cases.operations.scanners import Device
from cases.operations.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything now. `failed`: how many cases wait, by problem code."""

    now: datetime
    queues: list[Queue]
    crew: list[Member]
    targets: list[Target]
    scanners: list[Device]
    failed: dict[str, int]
    broker: Broker
    disk: Disk
    database: Database
    troubles: list[Trouble]

    @property
    def workers(self) -> list[Member]:
        return [one for one in self.crew if not one.is_beat]

    @property
    def beats(self) -> list[Member]:
        return [one for one in self.crew if one.is_beat]


def overview() -> Overview:
    now = clock.now()
    seen = broker.look(queues.names())
    waiting, members, targets = queues.queues(seen, now), crew.crew(now), robots.targets(now)
    devices, disk = scanners.devices(now), house.disk()
    return Overview(
        now=now,
        queues=waiting,
        crew=members,
        targets=targets,
        scanners=devices,
        failed={code: len(cases) for code, cases in failed.by_code().items()},
        broker=seen,
        disk=disk,
        database=house.database(),
        troubles=[
            *trouble.of_broker(seen),
            *trouble.of_crew(members),
            *trouble.of_queues(waiting, targets, now),
            *trouble.of_targets(targets),
            *trouble.of_disk(disk),
            *trouble.of_scanners(devices),
            *trouble.of_reading(thresholds.alarms()),
        ],
    )
