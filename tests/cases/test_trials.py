"""The test bench: scans are read by the version that is tried, corrected, counted, and erased at their day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from cases import blanks, clock, nudges, retention, store, transitions, trials
from cases.models import Case, Document, Event, State, Trial, TrialReading, Version
from cases.transitions import trials as steps
from cases.transitions import versions
from ocr.confidence import Calibration
from ocr.errors import ScanProblem, StateProblem
from ocr.spec import parse_form
from tests.site import Site, reading, scan
from workers import sweep, trying

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(site: Site, anna: User) -> Version:
    return versions.new_draft(Version.Kind.FORM, "dog", form_text(), anna)


def form_text() -> str:
    return (Path(settings.FORMS) / "dog.toml").read_text(encoding="utf-8")


@pytest.fixture
def added(draft: Version, anna: User, tmp_path: Path) -> Trial:
    return steps.add_trial(draft, scan(tmp_path / "scan.pdf"), "Öztürk.pdf", anna)


def read(trial: Trial, sure: bool = True, **values: str | None) -> mock.Mock:
    """As a worker does it, with a made-up reading."""
    with (
        mock.patch("ocr.read", return_value=reading(sure=sure, **values)) as asked,
        mock.patch.object(blanks, "leaves"),
    ):
        trying.read_trial(trial.pk)
    return asked


def test_a_scan_is_read_with_the_version_that_is_tried_and_not_with_the_one_in_service(
    added: Trial, draft: Version, anna: User
) -> None:
    changed = form_text().replace('title = "Bemerkung"', 'title = "Anmerkung"')
    versions.change_draft(draft.pk, changed, anna)
    asked = read(added)
    (_path, specs), named = asked.call_args
    assert specs["dog"].fields_by_name["remark"].title == "Anmerkung" and named["form"] == "dog"
    one = TrialReading.objects.get()
    assert one.read_at and one.result and trials.passes_through(one.result)
    assert not read(added).called, "a message that comes twice reads nothing"


def test_every_way_a_reading_ends_is_recorded(added: Trial, draft: Version, anna: User) -> None:
    for error, code in ((ScanProblem("S001", "x"), "S001"), (RuntimeError("x"), "V017")):
        with mock.patch.object(trying, "look", side_effect=error):
            trying.read_trial(added.pk)
        assert TrialReading.objects.get().problem == code
        assert steps.ask_trials(draft, anna) == 1, "what could not be read can be asked for again"
    assert steps.ask_trials(draft, anna) == 0


def test_one_worker_reads_a_scan_and_a_lost_message_comes_again(added: Trial) -> None:
    claim = steps.claim_trial(added.pk, 60)
    assert claim and steps.claim_trial(added.pk, 60) is None
    TrialReading.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    assert steps.claim_trial(added.pk, 60)
    assert not steps.record_trial(claim, {}), "the claim was lost to another worker"
    TrialReading.objects.update(claimed_until=None)
    sent: list[tuple[str, str]] = []
    with (
        mock.patch.object(nudges, "send", lambda task, pk, queue: sent.append((task, pk))),
        mock.patch.object(sweep, "depth", lambda _: 0),
    ):
        sweep.nudge_waiting()
    assert ("try_scan", str(added.pk)) in sent


def test_a_draft_that_was_changed_reads_its_scans_anew(added: Trial, draft: Version, anna: User) -> None:
    read(added)
    assert steps.ask_trials(draft, anna) == 0
    draft = versions.change_draft(draft.pk, form_text() + "\n", anna)
    assert steps.ask_trials(draft, anna) == 1
    assert TrialReading.objects.get().result is None


def test_the_same_file_lies_there_once_and_fifty_are_the_most(draft: Version, anna: User, tmp_path: Path) -> None:
    for number in (*range(steps.MOST), 0):
        steps.add_trial(draft, scan(tmp_path / "x.pdf", str(number)), "x.pdf", anna)
    with pytest.raises(StateProblem, match="50"):
        steps.add_trial(draft, scan(tmp_path / "x.pdf", "one more"), "x.pdf", anna)
    assert Trial.objects.count() == TrialReading.objects.count() == steps.MOST


def test_fields_are_counted_as_right_wrong_missed_and_invented(added: Trial, draft: Version, anna: User) -> None:
    read(added, surname="Öztürk", plz=None, remark="x")
    steps.correct_trial(added.pk, {"surname": "ÖZTÜRK", "plz": "44135", "remark": None}, anna)
    form = parse_form(draft.text, "dog")
    pairs = [(trial, results[0]) for trial, results in trials.compared([Trial.objects.get()], [draft])]
    found = {name: score.groups["all"] for name, score in trials.report(pairs, form).fields.items()}
    assert (found["surname"].right, found["plz"].missed, found["remark"].invented) == (1, 1, 1)
    steps.correct_trial(added.pk, {"surname": "Ahrens"}, anna)
    (pair,) = [(trial, results[0]) for trial, results in trials.compared([Trial.objects.get()], [draft])]
    score = trials.report([pair], form).fields
    assert score["surname"].groups["all"].wrong == 1 and "plz" not in score, "what nobody can read is not counted"


def test_only_scans_that_both_versions_read_are_compared(
    added: Trial, draft: Version, anna: User, tmp_path: Path
) -> None:
    other = versions.new_draft(Version.Kind.FORM, "dog", form_text(), anna)
    read(added)
    steps.correct_trial(added.pk, {"plz": "44135"}, anna)
    assert len(trials.compared([Trial.objects.get()], [draft])) == 1
    assert trials.compared([Trial.objects.get()], [draft, other]) == []
    assert steps.ask_trials(other, anna) == 1
    read(added, plz="1")
    ((_trial, (before, after)),) = trials.compared([Trial.objects.get()], [draft, other])
    assert [field["value"] for one in (before, after) for field in one["fields"] if field["name"] == "plz"] == [
        "44135",
        "1",
    ]


def test_a_larger_budget_lets_more_pass_and_says_what_it_costs(
    added: Trial, draft: Version, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrator = mock.Mock(passes_from=lambda budget: 1.0 - budget)
    monkeypatch.setattr("cases.catalog.calibration", lambda: Calibration({"all": calibrator}, {}))
    read(added, plz="44136")  # 0.99 sure
    steps.correct_trial(added.pk, {"surname": "Öztürk", "plz": "44135", "remark": None}, anna)
    pairs = [(trial, results[0]) for trial, results in trials.compared([Trial.objects.get()], [draft])]
    form = parse_form(draft.text, "dog")
    strict, lax = (trials.through(pairs, form, budget) for budget in (0.005, 0.02))
    assert (strict.passing, strict.fields_passing) == (0, 0)
    assert (lax.passing, lax.passing_wrong, lax.fields_passing, lax.fields_wrong) == (1, 1, 3, 1)


def test_a_scan_that_breaks_a_rule_never_passes(added: Trial, draft: Version, anna: User) -> None:
    read(added, plz="7")
    result = TrialReading.objects.get().result
    assert result and result["held"] and not trials.passes_through(result)


def test_scans_are_erased_at_their_day_with_all_that_was_read(added: Trial, draft: Version, anna: User) -> None:
    read(added)
    steps.correct_trial(added.pk, {"plz": "44135"}, anna)
    path, pictures = store.original_path(added.document_id), blanks.folder(added.document_id)
    pictures.mkdir(parents=True)
    (pictures / "1.png").write_bytes(b"x")
    assert added.erase_at == added.added_at + timedelta(days=settings.TRIAL_DAYS)
    Trial.objects.update(erase_at=clock.now() + timedelta(minutes=1))
    retention.run()
    assert path.exists() and Trial.objects.exists()
    Trial.objects.update(erase_at=clock.now())
    retention.run()
    assert not path.exists() and not pictures.exists()
    assert not Trial.objects.exists() and not TrialReading.objects.exists() and not Document.objects.exists()


def test_a_file_that_is_a_case_as_well_stays_for_the_case_and_goes_with_it(
    draft: Version, anna: User, received: Callable[..., Case], tmp_path: Path
) -> None:
    case = received()
    path = store.original_path(case.document_id or "")
    trial = steps.add_trial(draft, path, "x.pdf", anna)
    assert steps.erase_trial(trial.pk, actor="retention") and path.exists()
    steps.add_trial(draft, path, "x.pdf", anna)
    Case.objects.update(state=State.REJECTED)
    transitions.erase(case.pk)
    assert not path.exists() and not Trial.objects.exists()


def test_the_trail_tells_every_change_and_no_contents(added: Trial, draft: Version, anna: User) -> None:
    read(added)
    steps.correct_trial(added.pk, {"surname": "Öztürk"}, anna)
    steps.erase_trial(added.pk, actor="retention")
    events = Event.objects.filter(kind__startswith="trial")
    assert [event.kind for event in events.order_by("pk")] == [
        "trial_added",
        "trial_read",
        "trial_corrected",
        "trial_erased",
    ]
    assert "Öztürk" not in str([event.details for event in events])
