"""The application answers late, wrongly or not at all: before the submit a case is tried again, after it a robot looks
first, and what only a person can know a person decides."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from cases.models import Case, Entry, Event, State
from demo.fachverfahren import faults
from tests.faults.office import Office, figure, ledger, only_long
from web import roles

NEVER_SENT: list[dict[str, Any]] = [{"session_dropped": 1}, {"maintenance": 1}]
STORED_UNSEEN: list[dict[str, Any]] = [
    {"answer_lost": 9},
    {"error_after_save": 1},
    {"maintenance_after_save": 1},
    {"session_dropped_after_save": 1},
]
FOUND = [("enter", "unclear"), ("resolve", "found")]


def comes_out(office: Office, **switches: float) -> Case:
    """One case while these faults are on; they are off again once it is entered or in front of a person."""
    faults.switch(office.application.folder, **switches)
    case = office.case()
    assert office.comes_to_rest().is_kept, switches
    faults.switch(office.application.folder)
    case.refresh_from_db()
    return case


def settles_unseen(office: Office, **switches: float) -> Case:
    """A case that was stored and not confirmed: looked up, read back, one record."""
    case = comes_out(office, **switches)
    assert ledger(case) == FOUND, switches
    kinds = list(Event.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds[-4:] == ["intent", "entry_unclear", "lookup_claimed", "found"]
    assert Entry.objects.get(case=case, outcome="found").receipt["read_back"]["dog_name"] == "Waldi"
    assert office.records_of(case) == 1
    return case


def settles_at_the_second_look(office: Office, **switches: float) -> None:
    """These faults are over once the first look has found nothing."""
    office.house()
    faults.switch(office.application.folder, **switches)
    case = office.case()
    office.eventually(lambda: ("resolve", "none") in ledger(case), within_s=300)
    faults.switch(office.application.folder)
    assert office.comes_to_rest().is_kept
    assert ledger(case) == [("enter", "unclear"), ("resolve", "none"), ("enter", "found")]
    assert office.records_of(case) == 1


def page_for_a_clerk(case: Case) -> str:
    """The case as the person sees it who has to decide."""
    roles.ensure_roles()
    clerk, _ = User.objects.get_or_create(username="clerk")
    clerk.groups.set([Group.objects.get(name=roles.CLERK)])
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("case", args=[case.pk])).content.decode()


@pytest.mark.timeout(600)
def test_before_the_submit_it_is_tried_again_and_after_it_looked_up(office: Office) -> None:
    office.target(linger_s=1)
    office.house()
    for switches in figure(NEVER_SENT[:1], NEVER_SENT):
        case = comes_out(office, **switches)
        assert ledger(case) == [("enter", "unavailable"), ("enter", "entered")], switches
        assert office.records_of(case) == 1
    for switches in figure(STORED_UNSEEN[:2], STORED_UNSEEN):
        settles_unseen(office, **switches)


@only_long
@pytest.mark.timeout(600)
def test_an_answer_that_comes_after_the_robot_gave_up_is_found(office: Office) -> None:
    office.house()
    settles_unseen(office, answer_late_s=30)


@only_long
@pytest.mark.timeout(600)
def test_a_robot_that_its_worker_ends_while_it_waits_for_the_answer_is_looked_after(office: Office) -> None:
    office.target(item_timeout_s=15)
    office.house()
    settles_unseen(office, answer_late_s=40)


@only_long
@pytest.mark.timeout(600)
def test_a_submit_that_is_stored_after_the_first_look_is_not_entered_again(office: Office) -> None:
    """It is stored between the first look, which finds nothing, and the second one."""
    settles_at_the_second_look(office, save_late_s=600)


@only_long
@pytest.mark.timeout(600)
def test_a_slow_application_is_waited_for(office: Office) -> None:
    office.house()
    case = comes_out(office, slow_s=3)
    assert ledger(case) == [("enter", "entered")] and office.records_of(case) == 1


@only_long
@pytest.mark.timeout(600)
def test_a_search_that_lags_behind_leads_to_no_second_entry(office: Office) -> None:
    settles_at_the_second_look(office, error_after_save=1, search_lag_s=600)


@only_long
@pytest.mark.timeout(600)
def test_with_the_search_off_a_person_decides_and_nobody_clicks_twice(office: Office) -> None:
    """Switched off between the click and the look, and from the beginning."""
    office.target(linger_s=1)
    faults.switch(office.application.folder, slow_s=1)
    case = office.case()
    office.house()
    office.wait_for(lambda: office.intent_of(case))
    faults.switch(office.application.folder, error_after_save=1, search_off=True)
    assert office.comes_to_rest().is_kept
    case.refresh_from_db()
    assert case.state == State.UNCLEAR and case.needs_person
    assert ledger(case) == [("enter", "unclear"), *[("resolve", "unavailable")] * 3]
    assert office.records_of(case) == 1
    assert "Bitte selbst nachsehen und hier entscheiden" in page_for_a_clerk(case)
    other = comes_out(office, search_off=True)
    assert other.state == State.FAILED and office.records_of(other) == 0
    assert not other.entries.filter(intent_at__isnull=False).exists()


@pytest.mark.timeout(600)
def test_what_stands_in_the_target_already_is_shown_beside_the_case(office: Office) -> None:
    equal, other, twice, similar = (office.case() for _ in range(4))
    add = office.application.records.add
    add(office.in_the_target(equal), "frau.kunze")
    number = add(office.in_the_target(other, hd_name="Bello"), "frau.kunze")
    numbers = [add(office.in_the_target(twice), "frau.kunze") for _ in range(2)]
    add(office.in_the_target(similar, fremdref=""), "frau.kunze")  # typed in by hand, without our reference
    faults.switch(office.application.folder, duplicate_dialog=True)
    office.house()
    verdict = office.comes_to_rest()
    assert verdict.twice == [twice.reference] and verdict.entered == 1 and verdict.before_a_person == 3
    assert ledger(equal) == [("enter", "found")]
    shown = page_for_a_clerk(other)
    assert "Waldi" in shown and "Bello" in shown and number in shown
    assert all(number in page_for_a_clerk(twice) for number in numbers)
    similar.refresh_from_db()
    assert similar.state == State.REVIEW and ledger(similar) == [("enter", "rejected")]
    assert "Ein ähnlicher Satz besteht schon" in page_for_a_clerk(similar)
    assert len(office.application.records.all()) == 5
