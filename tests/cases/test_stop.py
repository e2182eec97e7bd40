"""Emergency stop and circuit breaker: after the stop is confirmed nothing is submitted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases import clock, transitions
from cases.models import Case, Event, Gate, State
from cases.transitions import EntryClaim, Failure, Receipt
from ocr.errors import StateProblem
from tests.site import Site

BROKEN = Failure("APPLICATION", "Z004", "anders als erwartet")
NO_LEAVE = Failure("APPLICATION", "Z007", "nicht freigegeben")


def stop() -> list[str]:
    return transitions.stop_targets(["register"], "person:ida", "falsche Daten")


def fail(times: int, failure: Failure) -> None:
    for _ in range(times):
        Case.objects.update(not_before=None, attempts=0)
        Gate.objects.update(not_before=None)
        claim = transitions.claim_entry("register", "test")
        assert claim
        transitions.release_entry(claim.entry_id, claim.fence, failure)


def test_a_stopped_target_takes_no_case_and_no_session(read: Callable[..., Case]) -> None:
    read()
    assert stop() == ["register"] and stop() == []
    assert transitions.claim_entry("register", "test") is None
    assert transitions.open_run("register", {}) is None
    assert transitions.start_target("register", "person:ida") and not transitions.start_target("register", "x")
    assert transitions.claim_entry("register", "test")
    assert [e.kind for e in Event.objects.filter(kind__startswith="target")] == ["target_stopped", "target_started"]


def test_a_robot_that_holds_a_case_may_not_submit_after_the_stop(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    stop()
    with pytest.raises(StateProblem, match="V025"):
        transitions.journal_intent(claim.entry_id, claim.fence, "x")
    assert transitions.release_entry(claim.entry_id, claim.fence, NO_LEAVE) == State.READY
    assert Case.objects.get().attempts == 0 and Gate.objects.get().failures == 0


def test_the_stop_is_complete_when_what_was_under_way_has_an_outcome(claimed: Callable[[], EntryClaim]) -> None:
    claim = claimed()
    transitions.journal_intent(claim.entry_id, claim.fence, "x")
    stop()
    assert transitions.submits_under_way(["register"]) == 1
    case = Case.objects.get()
    seen = {f.name: f.value for f in case.fields.all()}
    assert transitions.record_entry(claim.entry_id, claim.fence, Receipt("entered", "1", seen)) == State.ENTERED
    assert transitions.submits_under_way(["register"]) == 0


def test_a_stop_needs_a_reason(read: Callable[..., Case]) -> None:
    with pytest.raises(StateProblem, match="V027"):
        transitions.stop_targets(["register"], "person:ida", "  ")


def test_after_so_many_failures_in_a_row_the_breaker_stops_the_target(read: Callable[..., Case], site: Site) -> None:
    read()
    fail(9, BROKEN)
    assert Gate.objects.get().stopped_at is None
    fail(1, BROKEN)
    gate = Gate.objects.get()
    assert gate.stopped_by == "breaker" and gate.stop_reason == "Z004"
    assert Event.objects.get(kind="target_stopped").actor == "breaker"


def test_a_success_in_between_starts_the_count_again(read: Callable[..., Case], site: Site) -> None:
    read()
    fail(9, BROKEN)
    Gate.objects.update(not_before=None)
    Case.objects.update(not_before=None, attempts=0)
    claim = transitions.claim_entry("register", "test")
    assert claim
    seen = {f.name: f.value for f in Case.objects.get().fields.all()}
    transitions.record_entry(claim.entry_id, claim.fence, Receipt("found", "1", seen))
    read()
    fail(9, BROKEN)
    assert Gate.objects.get().stopped_at is None


def test_refused_logins_stop_the_target_before_the_account_is_locked(read: Callable[..., Case], site: Site) -> None:
    read()
    fail(2, Failure("APPLICATION", "Z003", "Anmeldung"))
    assert Gate.objects.get().stopped_by == "breaker"


def test_an_outage_never_stops_the_target(read: Callable[..., Case], site: Site) -> None:
    read()
    fail(15, Failure("APPLICATION", "Z001", "nicht erreichbar"))
    assert Gate.objects.get().stopped_at is None


def test_outside_its_hours_a_target_is_left_alone(claimed: Callable[[], EntryClaim], site: Site) -> None:
    claim = claimed()
    path = site.root / "targets" / "register.toml"
    now = clock.now()
    window = f'blackout = ["{now - timedelta(days=1):%Y-%m-%d} 00:00 bis {now + timedelta(days=2):%Y-%m-%d} 00:00"]'
    path.write_text(path.read_text() + window + "\n")
    with pytest.raises(StateProblem, match="V026"):
        transitions.journal_intent(claim.entry_id, claim.fence, "x")
    assert transitions.release_entry(claim.entry_id, claim.fence, NO_LEAVE) == State.READY
    assert transitions.claim_entry("register", "test") is None
    assert transitions.open_run("register", {}) is None
