"""IT stops and starts targets; a person who has to decide sees both records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import store
from cases.models import Case, Entry, Event, Gate, Reconciliation, Run, State
from tests.web.factories import make_case
from web import roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def it(as_role: Callable[[str], Client]) -> Client:
    for name in ("hundesteuer", "kita"):
        (settings.TARGETS / f"{name}.toml").write_text(
            f'name = "{name}"\ntitle = "T"\nrobot = "demo"\nqueue = "enter.{name}"\n', encoding="utf-8"
        )
    return as_role(roles.IT)


def test_one_target_is_stopped_with_a_reason_and_started_again(it: Client) -> None:
    answer = it.post(reverse("stop_target"), {"target": "kita", "reason": "falsche Gebühr"}, follow=True)
    assert "falsche Gebühr" in answer.text and Gate.objects.get(stopped_at__isnull=False).target == "kita"
    assert Event.objects.get(kind="target_stopped").actor == "person:it-betrieb"
    it.post(reverse("start_target"), {"target": "kita"})
    assert not Gate.objects.filter(stopped_at__isnull=False).exists()


def test_the_emergency_stop_stops_all(it: Client) -> None:
    it.post(reverse("stop_target"), {"target": "", "reason": "Not-Aus"})
    assert Gate.objects.filter(stopped_at__isnull=False).count() == 2


def test_without_a_reason_nothing_is_stopped_and_the_screen_says_so(it: Client) -> None:
    answer = it.post(reverse("stop_target"), {"target": "kita", "reason": " "})
    assert answer.status_code == 422 and "warum angehalten wird" in answer.text
    assert not Gate.objects.exists()


def test_a_reconciliation_waits_for_a_robot(it: Client) -> None:
    for _ in range(2):
        answer = it.post(reverse("reconcile"), {"target": "kita"}, follow=True)
    assert "vorgemerkt" in answer.text
    assert Reconciliation.objects.get().asked_by == "person:it-betrieb", "one that waits is not asked for twice"


@pytest.mark.parametrize("name", ["sap", "?"])
def test_an_unknown_target_is_not_found(it: Client, name: str) -> None:
    assert it.post(reverse("stop_target"), {"target": name, "reason": "x"}).status_code == 404
    assert it.post(reverse("start_target"), {"target": name}).status_code == 404
    assert it.post(reverse("reconcile"), {"target": name}).status_code == 404


def different_case() -> Case:
    case = make_case(State.UNCLEAR, needs_person=True)
    read_back = {"name": "Größmann", "geburtsdatum": "1959-10-21"}
    case.entries.update(
        outcome=Entry.Outcome.DIFFERENT,
        record_number="K-1027",
        finished_at=timezone.now(),
        receipt={"read_back": read_back},
    )
    return case


def test_a_clerk_sees_the_record_of_the_target_beside_the_case(as_role: Callable[[str], Client]) -> None:
    text = as_role(roles.CLERK).get(reverse("case", args=[different_case().pk])).text
    assert "K-1027" in text and "21.10.1959" in text and text.count(">verschieden<") == 1


def test_the_picture_of_the_receipt_goes_to_clerks_and_never_leaves_its_folder(
    as_role: Callable[[str], Client], settings: Any, tmp_path: Path
) -> None:
    settings.RUNS = tmp_path / "runs"
    case = different_case()
    run = Run.objects.create(target="hundesteuer", started_at=timezone.now(), lease_until=timezone.now())
    entry = case.entries.get()
    address = reverse("receipt", args=[case.pk, entry.pk])
    store.run_folder(run.pk).mkdir(parents=True)
    (store.run_folder(run.pk) / "entry-1.png").write_bytes(b"picture")
    (tmp_path / "secret.png").write_bytes(b"secret")
    for name, status in (("entry-1.png", 200), ("../../secret.png", 404), ("gone.png", 404), (None, 404)):
        Entry.objects.filter(pk=entry.pk).update(run=run, receipt={"screenshot": name})
        assert as_role(roles.CLERK).get(address).status_code == status, name
        assert as_role(roles.IT).get(address).status_code == 403
    other = make_case(State.ENTERED)
    assert as_role(roles.CLERK).get(reverse("receipt", args=[other.pk, entry.pk])).status_code == 404


def test_it_sees_no_values_of_the_target(as_role: Callable[[str], Client]) -> None:
    assert "21.10.1959" not in as_role(roles.IT).get(reverse("case", args=[different_case().pk])).text
