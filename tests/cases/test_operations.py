"""What IT sees: figures from the database and the broker, and what they say is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis

from cases import clock, operations, retention, store, transitions
from cases.models import Case, Entry, PageMeasure, Progress, State
from cases.operations import broker, crew, history, scanners, times, trouble
from cases.operations.house import Disk
from cases.transitions import EntryClaim, Failure
from ocr.page import Page, Quality, Word
from tests.cases.test_entry import record, submit
from tests.processes import Broker
from tests.site import Site, page, reading

pytestmark = pytest.mark.django_db


def troubles() -> set[tuple[str, str]]:
    return {(one.kind, one.subject) for one in operations.overview().troubles}


def queue(name: str) -> Any:
    return next(one for one in operations.overview().queues if one.name == name)


def test_a_queue_tells_what_waits_how_fast_it_empties_and_until_when(
    received: Callable[..., Case], read: Callable[..., Case]
) -> None:
    for _ in range(3):
        read()
    first = received()
    found = queue("read")
    assert (found.waiting, found.done, found.oldest) == (1, 3, first.received_at)
    assert found.rate_h == 12 and found.empty_in == timedelta(minutes=5)
    assert queue("enter.register").waiting == 3 and queue("enter.register").empty_in is None


def test_a_queue_stands_still_only_where_something_could_move(received: Callable[..., Case], site: Site) -> None:
    waiting = received()
    assert ("standstill", "read") not in troubles()
    Case.objects.filter(pk=waiting.pk).update(received_at=clock.now() - timedelta(minutes=6))
    assert ("standstill", "read") in troubles()
    Case.objects.filter(pk=waiting.pk).update(state=State.READY)
    assert ("standstill", "enter.register") in troubles()
    transitions.stop_targets(["register"], "person:ida", "Wartung")
    assert ("standstill", "enter.register") not in troubles() and ("target_stopped", "register") in troubles()


def main(node: str, *, sign_s: float, every_s: float = 10) -> Progress:
    now = clock.now()
    began_at, sign_at = now - timedelta(hours=1), now - timedelta(seconds=sign_s)
    return Progress.objects.create(node=node, pid=1, every_s=every_s, began_at=began_at, finished_at=sign_at)


def child(node: str, pid: int, task: str, since_s: float, done: int = 0) -> None:
    at = clock.now() - timedelta(seconds=since_s)
    Progress.objects.create(node=node, pid=pid, task=task, began_at=at, finished_at=at, done=done)


def test_a_worker_is_judged_by_what_it_writes() -> None:
    for node, sign_s in (("gut@a", 2), ("stumm@a", 40), ("lange@a", 2), ("ruhig@a", 2), ("beat@a", 2)):
        main(node, sign_s=sign_s)
    child("gut@a", 2, "read_case", 20, done=7)
    child("lange@a", 2, "read_case", 400)
    child("ruhig@a", 2, "", 3000)
    child("gut@a", 3, "read_case", 7200)
    found = {one.node: one for one in crew.crew(clock.now())}
    conditions = {node: one.condition for node, one in found.items()}
    assert conditions == {
        "gut@a": "busy", "stumm@a": "stuck", "lange@a": "stuck", "ruhig@a": "idle", "beat@a": "idle"
    }  # fmt: skip
    assert found["gut@a"].processes == 1, "a child of an earlier start of the same worker counts for nothing"
    kinds = troubles()
    assert {("stuck", "stumm@a"), ("stuck", "lange@a")} <= kinds and ("no_beat", "") not in kinds


def test_a_silent_beat_is_missed_as_well_as_none() -> None:
    assert ("no_beat", "") in troubles()
    row = main("beat@a", sign_s=1)
    assert ("no_beat", "") not in troubles()
    Progress.objects.filter(pk=row.pk).update(finished_at=clock.now() - timedelta(minutes=5))
    assert ("no_beat", "") in troubles()


def pages(scanner: str, count: int, *, first: int = 1, ago_s: int = 0, **of: Any) -> None:
    row: dict[str, Any] = {"blank": False, "skew_deg": 0.3, "focus_px": 1.6, "streaks_mm": []}
    at = clock.now() - timedelta(seconds=ago_s)
    PageMeasure.objects.bulk_create(
        PageMeasure(
            at=at + timedelta(milliseconds=number), process="dogs", scanner=scanner, number=first + number % 2,
            **{**row, **of},
        )
        for number in range(count)
    )  # fmt: skip


def signs() -> dict[str, tuple[str, ...]]:
    return {one.name: one.signs for one in scanners.devices(clock.now())}


def test_dirty_glass_of_one_scanner_stands_out_among_clean_ones() -> None:
    for name in ("bürgerbüro", "poststelle", "archiv"):
        pages(name, 200, ago_s=3600)
    pages("poststelle", 4, streaks_mm=[101.9], ago_s=60)
    assert set(signs().values()) == {()}, "four pages may be pen lines"
    pages("poststelle", 8, streaks_mm=[102.4])
    assert signs() == {"archiv": (), "bürgerbüro": (), "poststelle": ("streaks",)}
    (dirty,) = (one for one in operations.overview().troubles if one.kind == "streaks")
    assert dirty.subject == "poststelle" and "102 mm" in dirty.sentence
    pages("poststelle", 20)
    assert signs()["poststelle"] == (), "the glass was cleaned"


def test_dirt_on_the_glass_of_one_side_is_seen() -> None:
    PageMeasure.objects.bulk_create(
        PageMeasure(
            at=clock.now(), process="dogs", scanner="duplex", number=number, blank=False, skew_deg=0,
            streaks_mm=[50.0] if number % 2 == 0 else [],
        )
        for number in range(1, 13)
    )  # fmt: skip
    (device,) = scanners.devices(clock.now())
    assert [(streak.pages, streak.of) for streak in device.streaks] == [(6, 12)]


@pytest.mark.parametrize(
    ("sign", "before", "now"),
    [
        ("blurred", {}, {"focus_px": 4.6}),
        ("skewed", {}, {"skew_deg": -2.6}),
        ("blank", {}, {"blank": True}),
        ("", {"skew_deg": 1.8}, {"skew_deg": 2.5}),
        ("", {"blank": True}, {"blank": True}),
    ],
)
def test_a_scanner_is_compared_with_itself_of_before(sign: str, before: dict[str, Any], now: dict[str, Any]) -> None:
    pages("poststelle", 100, ago_s=3600, **before)
    pages("poststelle", 20, **now)
    assert signs() == {"poststelle": (sign,) if sign else ()}


def test_a_target_that_breaks_too_often_is_told(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    case = Case.objects.get(pk=claim.case_id)
    now = clock.now()
    for number in range(10):
        Entry.objects.create(
            case=case, target="register", fence=90 + number, claimed_at=now, finished_at=now,
            outcome=Entry.Outcome.LOST if number < 2 else Entry.Outcome.REJECTED,
        )  # fmt: skip
    (target,) = operations.overview().targets
    assert (target.attempts, target.broke, target.error_rate) == (10, 2, 0.2)
    assert ("target_errors", "register") in troubles()


def test_a_session_shows_its_cases_and_that_its_worker_went_silent(site: Site, read: Callable[..., Case]) -> None:
    read()
    run = transitions.open_run("register", {"host": "rechner-7"})
    assert run
    claim = transitions.claim_entry("register", "w", run_id=run.pk)
    assert claim
    transitions.release_entry(claim.entry_id, claim.fence, Failure("APPLICATION", "Z001", "x"))
    (target,) = operations.overview().targets
    (session,) = target.sessions
    assert (session.host, session.cases, session.silent) == ("rechner-7", 1, False)
    assert session.last_at == target.last_at and target.last_outcome == "unavailable"
    run.lease_until = clock.now() - timedelta(seconds=1)
    run.save()
    assert ("session_silent", "register") in troubles()


def test_a_full_disk_is_told_before_it_is_full() -> None:
    assert Disk(50 * 10**9, 1000 * 10**9).is_low and Disk(10**9, 4 * 10**9).is_low
    assert not Disk(200 * 10**9, 1000 * 10**9).is_low


@pytest.fixture
def guarded(broker: Broker) -> Iterator[redis.Redis]:
    """The real broker; what a test sets is set back."""
    yield broker.client
    broker.client.execute_command("ACL", "SETUSER", "default", "reset", "on", "nopass", "~*", "&*", "+@all")
    broker.client.config_set("maxmemory-policy", "noeviction")


def kinds_of_broker() -> set[str]:
    return {one.kind for one in trouble.of_broker(broker.look(["read"]))}


def test_a_broker_that_forgets_is_warned_of(guarded: redis.Redis) -> None:
    assert kinds_of_broker() == {"no_append_only"}
    guarded.config_set("maxmemory-policy", "allkeys-lru")
    assert kinds_of_broker() == {"no_append_only", "evicting"}
    guarded.config_set("appendonly", "yes")
    guarded.config_set("maxmemory-policy", "noeviction")
    assert kinds_of_broker() == set()
    assert broker.look(["read"]).version.startswith(
        "Redis " if os.environ.get("TEST_BROKER") == "debian" else "Valkey "
    )


def test_what_an_access_list_forbids_to_ask_is_no_alarm(guarded: redis.Redis) -> None:
    guarded.lpush("read", "x", "y")
    guarded.execute_command("ACL", "SETUSER", "default", "-info", "-config")
    seen = broker.look(["read"])
    assert seen.reachable and seen.depths == {"read": 2}
    assert (seen.append_only, seen.eviction, seen.version) == (None, None, "") and kinds_of_broker() == set()


def test_where_only_config_may_be_asked_it_is(guarded: redis.Redis) -> None:
    guarded.execute_command("ACL", "SETUSER", "default", "-info")
    seen = broker.look(["read"])
    assert (seen.append_only, seen.eviction) == (False, "noeviction")


def test_without_a_broker_there_is_a_page_all_the_same(received: Callable[..., Case]) -> None:
    received()
    assert ("broker_away", "") in troubles()
    assert queue("read").messages is None and queue("read").waiting == 1


def test_what_waited_is_counted_back_from_now(
    received: Callable[..., Case], read: Callable[..., Case], claimed: Callable[[], EntryClaim]
) -> None:
    claim = claimed()
    submit(claim)
    record(claim)
    read()
    received()
    received()
    seen = operations.overview()
    found = {
        (line.key, line.subject): [count for _, count in line.hours] for line in history.lines(seen.queues, seen.now)
    }
    assert found["waiting", "read"][-1] == 2 and found["waiting", "enter.register"][-1] == 1
    assert found["waiting", "read"][0] == found["waiting", "enter.register"][0] == 0
    assert [sum(found[key, ""]) for key in ("received", "read", "entered", "broke")] == [4, 2, 1, 0]
    assert all(len(hours) == history.HOURS for hours in found.values())


def test_waiting_and_stages_are_measured(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    submit(claim)
    record(claim)
    later = clock.now() + timedelta(seconds=1)
    assert {queue: len(found) for queue, found in times.waiting_seconds(later).items()} == {
        "read": 1,
        "enter.register": 1,
    }
    PageMeasure.objects.all().delete()
    pages("poststelle", 2, ms={"skew": 12.0, "reading": 900.0})
    assert times.stage_seconds(later) == {"skew": [0.012] * 2, "reading": [0.9] * 2}


def seen_page(words: tuple[Word, ...] | None) -> Page:
    quality = Quality(1.6, 0.8, 240, 2.0, (70.0,), 0, 0.0, 0.1)
    return replace(page(), words=words, ms={"skew": 3.0}, quality=quality)


def read_page(case: Case, words: tuple[Word, ...] | None = None) -> None:
    claim = transitions.claim_reading(case.pk, "test")
    assert claim
    images = {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")}
    transitions.record_reading(claim, replace(reading(), pages=(seen_page(words),), ms={"all": 812.0}), images)


def test_pages_tell_of_their_scanner_once_and_digital_ones_of_none(received: Callable[..., Case]) -> None:
    case = received()
    read_page(case)
    (row,) = PageMeasure.objects.all()
    assert (row.scanner, row.process, row.streaks_mm) == ("generic", "dogs", [70.0])
    assert row.ms == {"skew": 3.0, "reading": 812.0}
    Case.objects.filter(pk=case.pk).update(state=State.RECEIVED)
    read_page(case)
    assert PageMeasure.objects.count() == 1, "read once more, with another form: the same sheet"
    read_page(received(), words=())
    assert PageMeasure.objects.order_by("pk").last().scanner == ""  # type: ignore[union-attr]


def test_measures_and_workers_of_long_ago_are_forgotten(site: Site, settings: Any) -> None:
    settings.MEASURES_DAYS = 30
    pages("poststelle", 2, ago_s=31 * 86400)
    pages("poststelle", 3)
    main("weg@a", sign_s=31 * 86400)
    main("da@a", sign_s=2)
    Progress.objects.filter(node="weg@a").update(began_at=clock.now() - timedelta(days=40))
    retention.run()
    assert PageMeasure.objects.count() == 3
    assert [row.node for row in Progress.objects.all()] == ["da@a"]
