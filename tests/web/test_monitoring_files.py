"""Every metric that an alarm or a panel names is there in /metrics, and with the labels that they use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from config.settings import ROOT

pytestmark = pytest.mark.django_db
NAME = re.compile(r"\blaufzettel_\w+")
SUFFIX = re.compile(r"_(bucket|sum|count|total)$")
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
BOARD = ROOT / "deploy" / "grafana" / "laufzettel.json"


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    return found


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in rules())
    yield from (target["expr"] for panel in panels() for target in panel.get("targets", []))


def exposed() -> dict[str, str]:
    """Type by name, also of metrics that have no sample just now."""
    text = Client().get(reverse("metrics")).text
    return dict(re.findall(r"^# TYPE (\S+) (\w+)$", text, re.MULTILINE))


def test_every_metric_of_an_alarm_or_a_panel_exists(office: None) -> None:
    known = exposed()
    named = {name for words in expressions() for name in NAME.findall(words)}
    assert len(named) > 30
    missing = {name for name in named if name not in known and SUFFIX.sub("", name) not in known}
    assert not missing


def test_only_histograms_are_asked_for_buckets(office: None) -> None:
    known = exposed()
    asked = {name for words in expressions() for name in NAME.findall(words) if name.endswith("_bucket")}
    assert asked and {known[name.removesuffix("_bucket")] for name in asked} == {"histogram"}


def test_every_alarm_says_what_happened_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) >= 15
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert rule["annotations"]["summary"] and rule["annotations"]["description"], rule["alert"]


def test_the_dashboard_shows_every_metric_family_of_the_page(office: None) -> None:
    """A figure may be left out on purpose: then it stands here."""
    left_out = {
        "arrivals_last_day", "broker_append_only", "broker_evicts", "broker_writes_well", "oldest_case_seconds",
        "queue_leases", "scanner_page_age_seconds", "scanner_steady_streaks", "scanner_blank_ratio_usual",
        "scanner_focus_pixels_usual", "scanner_skew_degrees_usual", "target_failures", "target_failures_most",
        "target_findings", "target_receipt_age_seconds", "target_sessions_most", "target_sessions_silent",
        "target_submits_under_way", "target_waiting", "worker_processes",
    }  # fmt: skip
    shown = {SUFFIX.sub("", name) for words in expressions() for name in NAME.findall(words)}
    rest = {SUFFIX.sub("", name).removeprefix("laufzettel_") for name in exposed()} - {
        name.removeprefix("laufzettel_") for name in shown
    }
    assert rest <= left_out, "neither on the dashboard nor in an alarm"


def test_no_two_panels_lie_on_each_other() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        mine = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not mine & cells and at["x"] + at["w"] <= 24, panel["title"]
        cells |= mine
