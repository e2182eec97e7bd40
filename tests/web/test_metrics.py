"""Figures for machines: nothing about persons, nothing for strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from cases import transitions
from cases.models import Entry, State
from tests.web.factories import make_case

pytestmark = pytest.mark.django_db


def samples(**how: Any) -> dict[tuple[str, ...], float]:
    """Value by name and labels."""
    answer = Client().get(reverse("metrics"), **how)
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def target(people: Any) -> None:
    (django_settings.TARGETS / "kita.toml").write_text(
        'name = "kita"\ntitle = "Kita"\nrobot = "demo"\nqueue = "enter.kita"\n', encoding="utf-8"
    )


def test_cases_are_counted_by_state_with_the_age_of_the_oldest(people: Any) -> None:
    make_case(State.REVIEW, received_at=timezone.now() - timedelta(hours=2), due_at=timezone.now() - timedelta(hours=1))
    make_case(State.REVIEW, received_at=timezone.now())
    make_case(State.ENTERED)
    found = samples()
    assert found["laufzettel_cases", "hundesteuer", "review"] == 2
    assert 7200 <= found["laufzettel_oldest_case_seconds", "hundesteuer", "review"] < 7500
    assert found["laufzettel_cases_late", "hundesteuer"] == 1
    assert ("laufzettel_cases", "entered", "hundesteuer") not in found
    assert found["laufzettel_free_bytes",] > 0


def test_a_stopped_target_and_its_findings_show(target: None) -> None:
    asked = transitions.ask_reconciliation("kita", "sweep")
    transitions.finish_reconciliation(asked.pk, [], checked=3, listed=None)
    transitions.stop_targets(["kita"], "person:ida", "Frau Größmann rief an")
    found = samples()
    assert found["laufzettel_target_condition", "kita", "stopped"] == 1
    assert found["laufzettel_target_condition", "kita", "running"] == 0
    assert found["laufzettel_target_findings", "kita"] == 0
    answer = Client().get(reverse("metrics")).text
    assert "Größmann" not in answer and "ida" not in answer


def test_how_long_robots_took_is_a_histogram(target: None) -> None:
    case = make_case(State.ENTERED)
    case.entries.all().delete()
    end = timezone.now()
    for number, seconds in enumerate((0.5, 4, 400)):
        Entry.objects.create(
            case=case, target="kita", fence=90 + number, claimed_at=end - timedelta(seconds=seconds), finished_at=end,
            outcome=Entry.Outcome.ENTERED,
        )  # fmt: skip
    found = samples()
    name = "laufzettel_entry_seconds_last_day"
    counts = [found[f"{name}_bucket", *sorted((le, "kita", "entered"))] for le in ("1.0", "5.0", "180.0", "+Inf")]
    assert counts == [1, 2, 2, 3]
    assert found[f"{name}_sum", "entered", "kita"] == 404.5


def test_strangers_get_no_figures(people: Any, settings: Any) -> None:
    address = reverse("metrics")
    assert Client().get(address, REMOTE_ADDR="10.0.0.7").status_code == 403
    assert Client().get(address, headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 403, "behind a proxy"
    settings.METRICS_TOKEN = "geheim-genug"
    assert Client().get(address).status_code == 403
    assert Client().get(address, headers={"Authorization": "Bearer falsch"}).status_code == 403
    assert samples(REMOTE_ADDR="10.0.0.7", headers={"Authorization": "Bearer geheim-genug"})


def test_alive_asks_nobody_and_ready_asks_all(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(reverse("alive")).status_code == 200
    monkeypatch.setattr("web.views.health.broker_answers", lambda: True)
    assert Client().get(reverse("ready")).json() == {"database": True, "broker": True, "tables": True}
    monkeypatch.setattr("web.views.health.tables_are_current", lambda: False)
    assert Client().get(reverse("ready")).status_code == 503
