from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.contrib.auth.models import User

from cases import audit, clock, retention, store, transitions
from cases.models import Arrival, Case, Document, Entry, Event, Run, State, Version
from cases.retention import Erased
from cases.transitions import EntryClaim
from ocr.errors import StateProblem
from tests.cases.test_entry import record, submit
from tests.site import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def entered(claimed: Callable[[], EntryClaim]) -> Case:
    claim = claimed()
    submit(claim)
    record(claim)
    return Case.objects.get(pk=claim.case_id)


def age(case: Case, days: int) -> None:
    Case.objects.filter(pk=case.pk).update(changed_at=clock.now() - timedelta(days=days))


def test_without_a_setting_nothing_is_erased(entered: Case) -> None:
    age(entered, 4000)
    assert retention.run() == Erased((), ())


def test_only_what_is_old_enough_and_through_is_erased(
    entered: Case, read: Callable[..., Case], site: Site, anna
) -> None:
    site.process("dogs", 'target = "register"\nerase_after_days = 30')
    rejected, open_case = read(sure=False), read(sure=False)
    transitions.reject(rejected.pk, anna, "x")
    for case in (entered, open_case):
        age(case, 31)
    age(rejected, 29)
    assert retention.run() == Erased((entered.reference,), ())
    states = set(Case.objects.values_list("reference", "state"))
    assert (entered.reference, State.ERASED) in states and (rejected.reference, State.REJECTED) in states


def test_contents_and_files_are_gone_and_the_trail_stays_whole(entered: Case, site: Site, settings) -> None:
    sha, runs = entered.document_id, Path(settings.RUNS)
    run = transitions.open_run("register", {})
    assert run and sha
    Entry.objects.update(run=run)
    (runs / str(run.pk)).mkdir(parents=True)
    (runs / str(run.pk) / "output.xml").write_text("Öztürk")
    assert transitions.erase(entered.pk) == State.ERASED
    entered.refresh_from_db()
    assert not entered.fields.exists() and not entered.pages.exists() and entered.salt == ""
    assert not store.original_path(sha).exists() and not Document.objects.exists()
    assert not (runs / str(run.pk)).exists()
    assert not list(Path(settings.STORE).rglob("*.png"))
    assert Entry.objects.get().receipt is None and Entry.objects.get().record_number == "4711"
    assert Arrival.objects.get().file_name == ""
    assert Event.objects.last().kind == "erased"  # type: ignore[union-attr]
    assert audit.verify() is None


def test_an_open_case_is_not_erased(read: Callable[..., Case]) -> None:
    with pytest.raises(StateProblem, match="V002"):
        transitions.erase(read().pk)


def test_what_cannot_be_removed_leaves_a_case_that_is_not_erased_and_holds_no_other_up(
    entered: Case, read: Callable[..., Case], site: Site, anna, monkeypatch
) -> None:
    site.process("dogs", 'target = "register"\nerase_after_days = 30')
    other = read(sure=False)
    transitions.reject(other.pk, anna, "x")
    for case in (entered, other):
        age(case, 31)
    erase_pages = store.erase_pages

    def refuse(case_id: UUID) -> None:
        if case_id == entered.pk:
            raise PermissionError(13, "denied")
        erase_pages(case_id)

    with monkeypatch.context() as patch:
        patch.setattr(store, "erase_pages", refuse)
        assert retention.run() == Erased((other.reference,), (entered.reference,))
    entered.refresh_from_db()
    assert entered.state == State.ENTERED and entered.fields.exists()
    assert retention.run() == Erased((entered.reference,), ())


def test_what_robots_wrote_without_a_case_goes_after_a_week(claimed: Callable[[], EntryClaim], settings) -> None:
    runs = []
    for number in range(3):
        run = Run.objects.create(target="register", started_at=clock.now(), lease_until=clock.now())
        (Path(settings.RUNS) / str(run.pk)).mkdir(parents=True)
        Run.objects.filter(pk=run.pk).update(ended_at=clock.now() - timedelta(days=(8, 1, 8)[number]))
        runs.append(run)
    claim = claimed()
    Entry.objects.filter(pk=claim.entry_id).update(run=runs[2])
    retention.run()
    assert [(Path(settings.RUNS) / str(run.pk)).exists() for run in runs] == [False, True, True]


def test_a_blank_form_that_also_came_as_a_case_outlives_it(entered: Case, anna: User) -> None:
    blank = Document.objects.get(pk=entered.document_id)
    Version.objects.create(
        kind="form", name="dog", number=1, text="", author=anna, created_at=clock.now(), changed_at=clock.now(),
        blank=blank,
    )  # fmt: skip
    assert transitions.erase(entered.pk) == State.ERASED
    assert store.original_path(blank.pk).is_file() and Document.objects.filter(pk=blank.pk).exists()
