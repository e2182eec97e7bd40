from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from cases import audit, transitions
from cases.models import Case, ChainHead, Event
from tests.site import Site, scan


@pytest.fixture
def trail(received: Callable[..., Case]) -> list[int]:
    for _ in range(4):
        received()
    return list(Event.objects.values_list("number", flat=True))


def test_a_sound_trail_verifies(trail: list[int]) -> None:
    assert trail == [1, 2, 3, 4] and audit.verify() is None


@pytest.mark.parametrize(
    "change",
    [{"actor": "someone"}, {"to_state": "entered"}, {"details": {"x": 1}}, {"previous": "0" * 64}, {"case": None}],
)
def test_it_names_the_first_changed_event(trail: list[int], change: dict[str, object]) -> None:
    Event.objects.filter(number=2).update(**change)
    Event.objects.filter(number=4).update(**change)
    assert audit.verify() == 2


def test_it_names_a_removed_event(trail: list[int]) -> None:
    Event.objects.filter(number=3).delete()
    assert audit.verify() == 3


def test_it_sees_that_the_newest_events_are_gone(trail: list[int]) -> None:
    Event.objects.filter(number=4).delete()
    assert audit.verify() == 4


def test_it_sees_an_event_added_behind_the_end(trail: list[int]) -> None:
    last = Event.objects.get(number=4)
    added = Event(number=5, at=last.at, actor="x", kind="x", previous=last.hash)
    added.hash = audit.hash_of(added)
    added.save()
    assert audit.verify() == 5


def test_an_event_with_a_recomputed_hash_breaks_the_next_one(trail: list[int]) -> None:
    event = Event.objects.get(number=2)
    event.actor = "someone"
    event.hash = audit.hash_of(event)
    event.save()
    assert audit.verify() == 3


def test_a_rolled_back_step_leaves_no_event_and_no_gap(trail: list[int]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.append("lost", actor="x")
        raise RuntimeError
    with transaction.atomic():
        assert audit.append("kept", actor="x").number == 5
    assert audit.verify() is None


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_unbroken_chain(site: Site, tmp_path: Path) -> None:
    def work(number: int) -> None:
        try:
            for turn in range(5):
                path = scan(tmp_path / f"{number}-{turn}.pdf", f"{number}-{turn}")
                transitions.receive(path, "dogs", path.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.count() == 20 and ChainHead.objects.get().number == 20
    assert len(set(Case.objects.values_list("reference", flat=True))) == 20
    assert audit.verify() is None


def test_the_trail_holds_no_field_contents(read: Callable[..., Case], anna) -> None:
    case = read(sure=False)
    transitions.confirm(case.pk, anna, {"surname": "Kowalczyk", "plz": "44139"})
    written = " ".join(str(row) for row in Event.objects.values_list("details", "actor", "kind"))
    for value in ("Öztürk", "Kowalczyk", "44135", "44139"):
        assert value not in written
    changed = Event.objects.get(kind="confirmed").details["changed"]["surname"]
    assert changed == [audit.fingerprint(case, "Öztürk"), audit.fingerprint(case, "Kowalczyk")]
