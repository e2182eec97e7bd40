"""A draft in the designer: begun from a blank form, filled by a worker, changed step by step, never by two at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import User

from cases import blanks, nudges
from cases.models import Document, Event, Proposal, Version
from cases.transitions import designing
from ocr import spec_edit
from ocr.errors import StateProblem
from ocr.spec_text import as_toml
from tests.ocr.test_draft import form
from tests.site import Site
from workers import proposing, sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun(site: Site, anna: User, tmp_path: Path) -> Version:
    return designing.begin_form(form(tmp_path / "blank.pdf"), "Antrag 7.pdf", anna)


def edited(version: Version, **changes: object) -> str:
    return as_toml(spec_edit.change(designing.form_of(version), "person_name", **changes))


def test_a_blank_form_becomes_a_draft_with_its_pages_and_proposed_fields(begun: Version) -> None:
    proposing.propose(begun.proposal.pk)
    begun.refresh_from_db()
    spec = designing.form_of(begun)
    assert spec.name == begun.name == "antrag_7"
    assert spec.title == "Antrag auf ein Musterzeichen der Stadt"
    assert designing.proposed_now(begun, spec) == set(spec.fields_by_name)
    (leaf,) = blanks.leaves(str(begun.blank_id))
    assert (leaf.width_mm, leaf.height_mm) == pytest.approx((210, 297), abs=0.3) and leaf.picture.is_file()
    text = begun.text
    proposing.propose(begun.proposal.pk)
    begun.refresh_from_db()
    assert begun.text == text, "a message that comes twice changes nothing"


def test_a_file_that_is_no_form_is_told_and_leaves_an_empty_draft(site: Site, anna: User, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4 nothing")
    version = designing.begin_form(tmp_path / "x.pdf", "x.pdf", anna)
    proposing.propose(version.proposal.pk)
    proposal = Proposal.objects.get()
    assert proposal.done_at and "(S" in proposal.problem and not designing.form_of(proposal.version).field


def test_one_worker_reads_a_blank_form_and_a_lost_message_comes_again(begun: Version) -> None:
    assert designing.claim_proposal(begun.proposal.pk, 60)
    assert designing.claim_proposal(begun.proposal.pk, 60) is None
    Proposal.objects.update(claimed_until=None)
    sent: list[tuple[str, str]] = []
    with (
        mock.patch.object(nudges, "send", lambda task, pk, queue: sent.append((task, pk))),
        mock.patch("workers.sweep.depth", lambda _: 0),
    ):
        sweep.nudge_waiting()
    assert ("propose", str(begun.proposal.pk)) in sent


@pytest.fixture
def draft(begun: Version) -> Version:
    proposing.propose(begun.proposal.pk)
    begun.refresh_from_db()
    return begun


def test_steps_are_taken_back_and_done_again(draft: Version, anna: User) -> None:
    first = draft.text
    draft = designing.change_step(draft.pk, edited(draft, required=True), anna, what="a", seen=draft.changed_at)
    second = draft.text
    draft = designing.change_step(draft.pk, edited(draft, lines=2), anna, what="b", seen=draft.changed_at)
    third = draft.text
    for step, expected in (
        (designing.undo, second), (designing.undo, first), (designing.undo, first), (designing.redo, second),
        (designing.redo, third), (designing.redo, third), (designing.undo, second),
    ):  # fmt: skip
        draft = step(draft.pk, anna, seen=draft.changed_at)
        assert draft.text == expected
    draft = designing.change_step(draft.pk, edited(draft, cells=3), anna, what="c", seen=draft.changed_at)
    assert designing.redo(draft.pk, anna, seen=draft.changed_at).text == draft.text, "another way was taken"


def test_every_change_of_text_is_on_record_without_contents(draft: Version, anna: User) -> None:
    before = Event.objects.count()
    designing.change_step(draft.pk, edited(draft, title="Geheim"), anna, what="Titel", seen=draft.changed_at)
    assert Event.objects.count() == before + 1
    assert "Geheim" not in str(Event.objects.latest("pk").__dict__)


def test_two_owners_at_once_do_not_overwrite_each_other(draft: Version, anna: User, bernd: User) -> None:
    seen = draft.changed_at
    changed = designing.change_step(draft.pk, edited(draft, required=True), anna, what="a", seen=seen)
    with pytest.raises(StateProblem):
        designing.change_step(draft.pk, edited(draft, lines=2), bernd, what="b", seen=seen)
    draft.refresh_from_db()
    assert draft.text == changed.text and draft.steps.count() == 1


def test_accepted_proposals_are_known_and_change_no_text(draft: Version) -> None:
    before = draft.text
    designing.accept(draft.pk, ["person_name"])
    draft.refresh_from_db()
    assert "person_name" not in designing.proposed_now(draft, designing.form_of(draft))
    assert draft.text == before


def test_the_same_blank_again_is_kept_once_under_another_name(
    begun: Version, anna: User, tmp_path: Path, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    again = designing.begin_form(tmp_path / "blank.pdf", "Antrag 7.pdf", anna)
    assert again.name == "antrag_7_2" and again.blank_id == begun.blank_id
    assert Document.objects.count() == 1
