from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases import audit, store, transitions
from cases.models import Arrival, Case, Event, State
from ocr.errors import ScanProblem, StateProblem
from tests.site import Site, scan, sha256

pytestmark = pytest.mark.django_db


def test_a_file_becomes_a_case_with_a_reference(site: Site, tmp_path: Path) -> None:
    arrival = transitions.receive(scan(tmp_path / "a.pdf"), "dogs", "a.pdf")
    assert arrival.outcome == Arrival.Outcome.NEW
    assert arrival.case and arrival.case.state == State.RECEIVED
    year, number = arrival.case.reference.split("-")
    assert (len(year), number) == (4, "000001")


def test_the_original_bytes_are_kept_under_their_hash(site: Site, tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf", "bytes")
    arrival = transitions.receive(path, "dogs", "a.pdf")
    path.unlink()
    with store.open_original(arrival.sha256) as kept:
        assert sha256(kept.read()) == arrival.sha256


def test_the_same_bytes_twice_are_one_case_and_two_arrivals(site: Site, tmp_path: Path) -> None:
    first = transitions.receive(scan(tmp_path / "a.pdf"), "dogs", "a.pdf")
    second = transitions.receive(scan(tmp_path / "b.pdf"), "dogs", "b.pdf")
    assert second.outcome == Arrival.Outcome.DUPLICATE
    assert second.case == first.case and Case.objects.count() == 1 and Arrival.objects.count() == 2


def test_taking_one_file_again_after_a_crash_leaves_one_arrival(site: Site, tmp_path: Path) -> None:
    path = scan(tmp_path / "a.pdf")
    first = transitions.receive(path, "dogs", "a.pdf", token="t1")
    assert transitions.receive(path, "dogs", "a.pdf", token="t1") == first
    assert Arrival.objects.count() == 1 and Event.objects.count() == 1


def test_every_arrival_has_one_event(site: Site, tmp_path: Path) -> None:
    transitions.receive(scan(tmp_path / "a.pdf"), "dogs", "a.pdf")
    transitions.receive(scan(tmp_path / "b.pdf"), "dogs", "b.pdf")
    transitions.set_aside("dogs", "c.txt", "", ScanProblem("S003", "nein"))
    assert [event.kind for event in Event.objects.all()] == ["received", "arrived_again", "set_aside"]
    assert audit.verify() is None


def test_it_refuses_an_unknown_process_and_names_the_known_ones(site: Site, tmp_path: Path) -> None:
    with pytest.raises(StateProblem, match="dogs") as caught:
        transitions.receive(scan(tmp_path / "a.pdf"), "cats", "a.pdf")
    assert caught.value.code == "V011"


def test_a_failed_copy_leaves_nothing_behind(site: Site, tmp_path: Path, settings) -> None:
    with pytest.raises(OSError):
        transitions.receive(tmp_path / "missing.pdf", "dogs", "missing.pdf")
    assert Case.objects.count() == 0
    assert not [path for path in Path(settings.STORE).rglob("*") if path.is_file()]


def test_references_count_up(received: Callable[..., Case]) -> None:
    numbers = [int(received().reference.split("-")[1]) for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_an_erased_original_comes_in_as_a_new_case(site: Site, tmp_path: Path, anna) -> None:
    first = transitions.receive(scan(tmp_path / "a.pdf"), "dogs", "a.pdf")
    assert first.case
    transitions.cancel(first.case.pk, anna, "doppelt")
    transitions.erase(first.case.pk)
    again = transitions.receive(scan(tmp_path / "a.pdf"), "dogs", "a.pdf")
    assert again.outcome == Arrival.Outcome.NEW and again.case != first.case
    assert store.original_path(again.sha256).exists()
