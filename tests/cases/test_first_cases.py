"""The first cases of a new version go to a person, however sure the machine is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User

from cases import clock
from cases.models import Case, State, Version
from cases.transitions import versions

pytestmark = pytest.mark.django_db


def release(author: User, approver: User, first: int) -> None:
    text = (Path(settings.FORMS) / "dog.toml").read_text(encoding="utf-8")
    version = versions.new_draft(Version.Kind.FORM, "dog", text, author)
    versions.submit(version.pk, author, serves_from=clock.now() - timedelta(seconds=1), first=first)
    versions.approve(version.pk, approver)


def codes(case: Case) -> list[str]:
    return [problem["code"] for problem in case.problems]


def test_exactly_the_first_cases_of_a_version_are_reviewed(read: Callable[..., Case], anna: User, bernd: User) -> None:
    assert read().state == State.READY
    release(anna, bernd, first=2)
    cases = [read() for _ in range(3)]
    assert [case.state for case in cases] == [State.REVIEW, State.REVIEW, State.READY]
    assert [codes(case) for case in cases] == [["V056"], ["V056"], []]


def test_a_version_that_asks_for_none_lets_sure_cases_pass(read: Callable[..., Case], anna: User, bernd: User) -> None:
    release(anna, bernd, first=0)
    assert read().state == State.READY
