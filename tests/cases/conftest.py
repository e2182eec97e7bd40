"""Fixtures for tests of cases: a small office, people, and shortcuts along the walk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from cases import store, transitions
from cases.models import Case, State
from cases.transitions import Claim, EntryClaim
from tests.site import Site, make_site, reading, scan


@pytest.fixture
def site(tmp_path: Path, settings: pytest.FixtureRequest) -> Site:
    site = make_site(tmp_path / "site")
    for name in ("forms", "processes", "targets"):
        setattr(settings, name.upper(), site.root / name)
    settings.STORE = tmp_path / "store"  # type: ignore[attr-defined]
    settings.INBOX = tmp_path / "inbox"  # type: ignore[attr-defined]
    settings.RUNS = tmp_path / "runs"  # type: ignore[attr-defined]
    return site


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna", password="x")


@pytest.fixture
def bernd(db: None) -> User:
    return User.objects.create_user("bernd", password="x")


@pytest.fixture
def received(db: None, site: Site, tmp_path: Path) -> Callable[..., Case]:
    """A new case in RECEIVED."""
    count = iter(range(1000))

    def make(process: str = "dogs") -> Case:
        number = next(count)
        arrival = transitions.receive(scan(tmp_path / f"{number}.pdf", str(number)), process, f"{number}.pdf")
        assert arrival.case
        return arrival.case

    return make


@pytest.fixture
def read(received: Callable[..., Case]) -> Callable[..., Case]:
    """A case that was read: READY if `sure`, else REVIEW."""

    def make(process: str = "dogs", form: str | None = "dog", *, sure: bool = True, **values: str | None) -> Case:
        case = received(process)
        claim = transitions.claim_reading(case.pk, "test")
        assert claim
        record(claim, form, sure=sure, **values)
        case.refresh_from_db()
        return case

    return make


def record(claim: Claim, form: str | None = "dog", *, sure: bool = True, **values: str | None) -> State:
    images = {1: store.keep_page(claim.case_id, claim.fence, 1, b"png")}
    return transitions.record_reading(claim, reading(form, sure=sure, **values), images)


@pytest.fixture
def claimed(read: Callable[..., Case]) -> Callable[..., EntryClaim]:
    """A case being entered."""

    def make() -> EntryClaim:
        case = read()
        claim = transitions.claim_entry("register", "test", case.pk)
        assert claim
        return claim

    return make
