"""The blind sample: sure fields that a person is asked about all the same, and what is kept of the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from cases import samples, store, transitions
from cases.models import Case, Event, FieldSample, State
from ocr.confidence import FEATURES
from ocr.page import Reading
from tests.site import Site, reading

pytestmark = pytest.mark.django_db
EVIDENCE = (3.0, *[0.5] * (len(FEATURES) - 1))
Read = Callable[..., Case]


@pytest.fixture
def read_with(received: Callable[..., Case], site: Site) -> Read:
    """A case of a process that draws `share`, read with evidence behind every field."""

    def make(share: float = 1.0, *, unsure: tuple[str, ...] = (), **values: str | None) -> Case:
        site.process("dogs", f'target = "register"\nblind_share = {share}')
        case = received("dogs")
        return record(case, with_evidence(reading(**values), unsure))

    return make


def with_evidence(made: Reading, unsure: tuple[str, ...] = ()) -> Reading:
    fields = tuple(replace(f, group="text", evidence=EVIDENCE, sure=f.name not in unsure) for f in made.fields)
    return replace(made, fields=fields, decision="review" if unsure else "ready")


def record(case: Case, made: Reading) -> Case:
    claim = transitions.claim_reading(case.pk, "test")
    assert claim
    transitions.record_reading(claim, made, {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")})
    case.refresh_from_db()
    return case


def answers(case: Case, **changed: str | None) -> dict[str, str | None]:
    return {**dict(case.fields.values_list("name", "value")), **changed}


def test_without_a_share_nothing_is_drawn_and_nothing_kept(read_with: Read) -> None:
    assert read_with(0.0).state == State.READY
    assert read_with(0.0, unsure=("plz",)).state == State.REVIEW
    assert not FieldSample.objects.exists()


def test_a_drawn_field_asks_and_looks_like_one_that_is_not_sure_enough(read_with: Read) -> None:
    case = read_with(1.0)
    assert case.state == State.REVIEW
    for field in case.fields.all():
        assert not field.sure and [note["code"] for note in field.problems] == ["L020"]
        assert "ungeprüft" in field.problems[0]["message"]
    read = Event.objects.get(case=case, kind="read").details
    assert sorted(read["unsure"]) == read["blind"] == sorted(case.fields.values_list("name", flat=True))


def test_the_draw_is_the_same_at_every_try_and_about_right() -> None:
    cases = [Case() for _ in range(400)]
    hit = [case for case in cases if samples.drawn(case, "plz", 0.25)]
    assert 60 < len(hit) < 140
    assert all(samples.drawn(case, "plz", 0.25) for case in hit)
    assert {case.pk for case in hit} != {case.pk for case in cases if samples.drawn(case, "surname", 0.25)}


def test_what_is_not_sure_asks_with_its_evidence_and_is_no_blind_sample(read_with: Read) -> None:
    case = read_with(0.0001, unsure=("plz",))
    one = FieldSample.objects.get()
    assert (one.field, one.blind, one.share, one.right, tuple(one.evidence)) == ("plz", False, 1.0, None, EVIDENCE)
    assert (one.process, one.form, one.group, one.case) == ("dogs", "dog", "text", case)


def test_a_field_that_breaks_a_rule_would_not_pass_and_is_not_drawn(read_with: Read) -> None:
    case = read_with(1.0, plz="4413")
    assert "plz" not in FieldSample.objects.filter(case=case).values_list("field", flat=True)
    assert FieldSample.objects.filter(case=case, field="surname").exists()


def test_the_answer_of_the_person_says_whether_the_machine_was_right(read_with: Read, anna: User) -> None:
    case = read_with(1.0)
    transitions.confirm(case.pk, anna, answers(case, surname="Andere"), illegible=["remark"])
    told = dict(FieldSample.objects.filter(case=case).values_list("field", "right"))
    assert told.pop("surname") is False and told.pop("remark") is False
    assert told and all(told.values())


def test_a_value_changed_after_the_release_says_nothing_of_the_reading(read_with: Read, anna: User) -> None:
    case = read_with(1.0)
    transitions.confirm(case.pk, anna, answers(case))
    Case.objects.filter(pk=case.pk).update(state=State.REVIEW)  # as when the target refuses the value
    transitions.confirm(case.pk, anna, answers(case, surname="Andere"))
    assert FieldSample.objects.get(case=case, field="surname").right is True


def test_a_second_person_has_the_last_word(read_with: Read, site: Site, anna: User, bernd: User) -> None:
    case = read_with(1.0)
    site.process("dogs", 'target = "register"\nsecond_review = true')
    assert transitions.confirm(case.pk, anna, answers(case)) == State.SECOND_REVIEW
    transitions.confirm(case.pk, bernd, answers(case, surname="Andere"))
    assert FieldSample.objects.get(case=case, field="surname").right is False


def test_reading_again_draws_anew_without_doubles(read_with: Read, anna: User) -> None:
    case = read_with(1.0)
    count = FieldSample.objects.count()
    transitions.choose_form(case.pk, anna, "dog")
    record(case, with_evidence(reading()))
    assert FieldSample.objects.filter(case=case).count() == count == FieldSample.objects.count()


def test_an_erased_case_still_counts_but_cannot_be_found_from_its_samples(read_with: Read, anna: User) -> None:
    case = read_with(1.0)
    transitions.confirm(case.pk, anna, answers(case))
    count = FieldSample.objects.count()
    Case.objects.filter(pk=case.pk).update(state=State.ENTERED, changed_at=timezone.now() - timedelta(days=9))
    transitions.erase(case.pk)
    left = list(FieldSample.objects.all())
    assert len(left) == count > 0
    assert all(one.case is None and one.right for one in left) and len({one.document for one in left}) == 1
    assert str(case.pk) not in str([vars(one) for one in left])
