"""The demo tells the truth about its batch."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from types import SimpleNamespace

import pytest

from cases.models import Arrival, Case, State
from config import embedded, show


def arrival(state: State, *, needs_person: bool = False) -> Arrival:
    problems = [{"code": "V030", "message": "Es wird zuerst im Zielsystem nachgesehen."}]
    return Arrival(case=Case(state=state, needs_person=needs_person, problems=problems))


def test_an_unclear_case_is_settled_only_in_front_of_a_person() -> None:
    assert not show.is_settled(arrival(State.UNCLEAR))
    assert show.is_settled(arrival(State.UNCLEAR, needs_person=True))


@pytest.mark.django_db
def test_a_record_that_stands_there_twice_is_never_accounted_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "records_by_reference", lambda: Counter({"2026-000001": 2}))
    assert any("2026-000001: 2 Datensätze" in line for line in show.unaccounted([], []))


@pytest.mark.parametrize("exit_after", [True, False])
def test_an_interrupted_demo_never_ends_with_0(monkeypatch: pytest.MonkeyPatch, exit_after: bool) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    stopped: list[bool] = []
    supervisor = SimpleNamespace(stop=lambda: stopped.append(True))
    monkeypatch.setattr(embedded, "prepare", interrupted)
    monkeypatch.setattr(show, "stop_on_signals", lambda: None)
    assert show.run(supervisor, Namespace(exit=exit_after)) == show.INTERRUPTED  # type: ignore[arg-type]
    assert stopped == [True]


def test_text_from_paper_is_no_markup_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = [SimpleNamespace(name="dog_name", value="[/s/ Bello]", sure=True)]
    case = SimpleNamespace(fields=SimpleNamespace(all=lambda: fields))
    assert "\\[/s/ Bello]" in show.what_was_read(case)  # type: ignore[arg-type]
