"""Figures for machines: nothing about persons, nothing for strangers."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from cases import clock, transitions
from cases.models import Entry, PageMeasure, Progress, State
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


def test_every_part_of_the_operations_page_has_its_figures(target: None) -> None:
    now = clock.now()
    make_case(State.FAILED, problems=[{"code": "Z001", "message": "x"}])
    make_case(State.RECEIVED, form="", pages=0, received_at=now - timedelta(minutes=10))
    long_ago, minutes_ago = now - timedelta(hours=1), now - timedelta(minutes=5)
    Progress.objects.create(node="read@a", pid=1, every_s=10, began_at=long_ago, finished_at=minutes_ago)
    Progress.objects.create(node="read@a", pid=2, task="read_case", began_at=now - timedelta(seconds=3), done=7)
    Progress.objects.create(node="beat@a", pid=3, every_s=10, began_at=now, finished_at=now)
    for number in range(12):
        PageMeasure.objects.create(
            at=now, process="hundesteuer", scanner="poststelle", number=1, blank=False, skew_deg=-0.5, focus_px=1.5,
            streaks_mm=[80.0], ms={"skew": 20.0, **({"reading": 2000.0} if number == 0 else {})},
        )  # fmt: skip
    found = samples()
    assert found["laufzettel_failed_cases", "Z001"] == 1
    assert found["laufzettel_queue_waiting", "read"] == 1 and found["laufzettel_queue_oldest_seconds", "read"] > 599
    assert (
        found["laufzettel_queue_rate_per_hour", "read"] == 4 and found["laufzettel_queue_empty_seconds", "read"] == 900
    )
    assert found["laufzettel_worker_stuck", "read@a"] == 1 and found["laufzettel_worker_tasks_total", "read@a"] == 7
    assert found["laufzettel_beat_tick_age_seconds", "beat@a"] < 60
    assert found["laufzettel_scanner_sign", *sorted(("poststelle", "streaks"))] == 1
    assert found["laufzettel_scanner_skew_degrees", "poststelle"] == 0.5
    assert found["laufzettel_stage_seconds_last_hour_bucket", *sorted(("skew", "0.025"))] == 12
    assert found["laufzettel_stage_seconds_last_hour_count", "reading"] == 1
    assert found["laufzettel_broker_up",] == 0 and ("laufzettel_broker_append_only",) not in found
    kinds = {labels for name, *labels in found if name == "laufzettel_trouble" for labels in labels}
    assert {"stuck", "read@a", "streaks", "poststelle", "broker_away"} <= kinds


def test_strangers_get_no_figures(people: Any, settings: Any) -> None:
    address = reverse("metrics")
    assert Client().get(address, REMOTE_ADDR="10.0.0.7").status_code == 403
    assert Client().get(address, headers={"X-Forwarded-For": "10.0.0.7"}).status_code == 403, "behind a proxy"
    settings.METRICS_TOKEN = "geheim-genug"
    assert Client().get(address).status_code == 403
    assert Client().get(address, headers={"Authorization": "Bearer falsch"}).status_code == 403
    assert samples(REMOTE_ADDR="10.0.0.7", headers={"Authorization": "Bearer geheim-genug"})


def test_alive_asks_nobody_and_ready_asks_all(people: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(reverse("alive")).status_code == 200
    monkeypatch.setattr("web.views.health.broker_answers", lambda: True)
    assert Client().get(reverse("ready")).json() == {"database": True, "broker": True, "store": True, "tables": True}
    with monkeypatch.context() as patch:
        patch.setattr("web.views.health.tables_are_current", lambda: False)
        assert Client().get(reverse("ready")).status_code == 503
    settings.STORE = Path("/gibt/es/nicht")
    answer = Client().get(reverse("ready"))
    assert answer.status_code == 503 and not answer.json()["store"], "a share that is not mounted"
