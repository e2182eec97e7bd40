"""What a version in service means for cases: the one that read them stays, one on trial enters nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from cases import catalog, clock, transitions
from cases.models import Case, State, Version
from cases.transitions import versions
from ocr.errors import StateProblem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]
WORKER = "test/1"


def dog() -> str:
    return (Path(settings.FORMS) / "dog.toml").read_text(encoding="utf-8")


def release(author: User, approver: User, text: str, *, shadow: bool = False) -> Version:
    version = versions.new_draft(Version.Kind.FORM, "dog", text, author)
    versions.submit(version.pk, author, serves_from=clock.now() - timedelta(seconds=1), shadow=shadow)
    return versions.approve(version.pk, approver)[0]


def test_a_case_keeps_the_description_that_read_it(read: Callable[..., Case], anna: User, bernd: User) -> None:
    release(anna, bernd, dog().replace("Prüfformular", "Erstes Formular", 1))
    first = read()
    release(anna, bernd, dog().replace("Prüfformular", "Zweites Formular", 1))
    second = read()
    titles = [catalog.form(case.form, case.form_version) for case in (first, second)]
    assert [form.title for form in titles if form] == ["Erstes Formular", "Zweites Formular"]
    assert first.form_version != second.form_version


def test_a_withdrawn_version_gives_way_to_the_one_before(anna: User, bernd: User) -> None:
    release(anna, bernd, dog().replace("Prüfformular", "Erstes Formular", 1))
    newer = release(anna, bernd, dog().replace("Prüfformular", "Zweites Formular", 1))
    assert catalog.forms()["dog"].title == "Zweites Formular"
    versions.withdraw(newer.pk, anna)
    assert catalog.forms()["dog"].title == "Erstes Formular"


def test_nothing_read_by_a_form_on_trial_is_entered_until_a_person_lets_it_go(
    read: Callable[..., Case], anna: User, bernd: User
) -> None:
    release(anna, bernd, dog(), shadow=True)
    case = read()
    assert (case.state, case.kept_back) == (State.READY, True)
    assert transitions.claim_entry("register", WORKER) is None
    transitions.let_go(case.pk, anna)
    claim = transitions.claim_entry("register", WORKER)
    assert claim is not None and claim.case_id == case.pk
    assert case.events.filter(kind="let_go").count() == 1


def test_only_what_is_kept_back_can_be_let_go(read: Callable[..., Case], anna: User) -> None:
    case = read()
    with pytest.raises(StateProblem) as refused:
        transitions.let_go(case.pk, anna)
    assert refused.value.code == "V002"


def test_a_version_that_is_no_description_any_more_leaves_the_others_alone(anna: User, bernd: User) -> None:
    version = release(anna, bernd, dog().replace("Prüfformular", "Anderes Formular", 1))
    Version.objects.filter(pk=version.pk).update(text="name = ", decided_at=clock.now())
    assert catalog.forms()["dog"].title == "Prüfformular"


def test_released_thresholds_count_before_the_files(anna: User, bernd: User) -> None:
    text = Path(settings.CALIBRATIONS[-1]).read_text(encoding="utf-8")
    data = json.loads(text)
    kept = next(iter(data["groups"]))
    data["groups"] = {kept: data["groups"][kept]}
    version = versions.new_draft(Version.Kind.CALIBRATION, "house", json.dumps(data), anna)
    before = catalog.calibration()
    versions.submit(version.pk, anna, serves_from=clock.now() - timedelta(seconds=1))
    versions.approve(version.pk, bernd)
    after = catalog.calibration()
    assert before is not None and after is not None
    assert set(after.groups) == {kept} != set(before.groups)


def test_the_database_refuses_an_author_who_approves(anna: User, bernd: User) -> None:
    version = release(anna, bernd, dog())
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(approver=anna)
