"""Basket, list of all cases, trail and health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.models import Event, Membership, State
from tests.web.factories import make_case
from web import roles, worklist
from web.views import health, lists

pytestmark = pytest.mark.django_db


def test_the_basket_shows_the_most_urgent_first(clerk: Client) -> None:
    now = timezone.now()
    old = make_case(due_at=now + timedelta(days=30), received_at=now - timedelta(days=20))
    young = make_case(due_at=old.due_at, received_at=now - timedelta(days=9))
    soon = make_case(due_at=now + timedelta(days=1))
    page = clerk.get("/").text
    assert page.index(soon.reference) < page.index(old.reference) < page.index(young.reference)


def test_the_basket_holds_only_what_waits_for_a_person(clerk: Client) -> None:
    shown = {state: make_case(state).reference for state in State}
    page = clerk.get("/").text
    waiting = {State.REVIEW, State.ON_HOLD, State.UNCLEAR, State.FAILED}
    assert {state for state, reference in shown.items() if reference in page} == waiting


def test_held_cases_wait_until_their_day(clerk: Client) -> None:
    held = make_case(State.ON_HOLD, hold_until=timezone.localdate() + timedelta(days=3))
    assert held.reference not in clerk.get("/").text
    assert held.reference in clerk.get("/?zustand=on_hold").text


def test_the_basket_counts_filters_and_searches(clerk: Client) -> None:
    wanted, other = make_case(), make_case(State.FAILED)
    page = clerk.get("/").text
    assert 'Zur Prüfung <span class="count">1</span>' in page and 'Offen <span class="count">2</span>' in page
    assert other.reference not in clerk.get("/?zustand=review").text
    assert other.reference not in clerk.get(f"/?q={wanted.reference}").text
    assert wanted.reference in clerk.get("/?verfahren=hundesteuer").text


def test_nonsense_in_the_address_is_no_filter(clerk: Client) -> None:
    case = make_case()
    assert case.reference in clerk.get("/?zustand=unsinn&verfahren=x&seite=abc").text


def test_long_lists_come_in_pages_with_few_queries(clerk: Client) -> None:
    for _ in range(lists.ROWS_PER_PAGE + 1):
        make_case(pages=0)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = clerk.get("/")
    assert "Seite 1 von 2" in first.text and len(queries) < 20
    assert clerk.get("/?seite=2").text.count('scope="row"') == 1


def test_counts_end_where_counting_would_take_time(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist, "MOST", lists.ROWS_PER_PAGE)
    for _ in range(lists.ROWS_PER_PAGE + 1):
        make_case(pages=0)
    page = clerk.get("/").text
    assert 'Offen <span class="count">über 1.000</span>' in page and "Arbeitskorb (über 1.000)" in page
    assert page.count('scope="row"') == lists.ROWS_PER_PAGE


def test_cases_are_found_by_name_and_by_short_number(clerk: Client) -> None:
    year = timezone.localdate().year
    wanted = make_case(search_name="groessmann anna", reference=f"{year}-900123")
    other = make_case(search_name="gross kim", reference=f"{year}-900124")
    for text in ("Größmann", "groessm", "Anna Größmann", "900123", f"{year}-900123", wanted.reference):
        for address in ("/", reverse("cases")):
            page = clerk.get(address, {"q": text}).text
            assert wanted.reference in page and other.reference not in page, (address, text)
    for text in ("anna", "%", "_", "mann"):
        assert wanted.reference not in clerk.get("/", {"q": text}).text, text


@pytest.mark.parametrize("role", [roles.IT, roles.OWNER, roles.AUDITOR])
def test_who_sees_no_contents_finds_no_names(role: str, as_role: Callable[[str], Client]) -> None:
    case = make_case(search_name="groessmann anna")
    answer = as_role(role).get(reverse("cases"), {"q": "groessmann"})
    assert case.reference not in answer.text and "Name" not in answer.text


def test_held_cases_are_in_the_order_of_their_day(clerk: Client) -> None:
    today, now = timezone.localdate(), timezone.now()
    late = make_case(State.ON_HOLD, hold_until=today + timedelta(days=9), due_at=now)
    soon = make_case(State.ON_HOLD, hold_until=today + timedelta(days=2))
    page = clerk.get("/?zustand=on_hold").text
    assert page.index(soon.reference) < page.index(late.reference)


def test_a_process_with_members_is_closed_to_others(clerk: Client, people: dict[str, User]) -> None:
    closed, open_to_all = make_case(process="kita"), make_case()
    assert closed.reference in clerk.get("/").text, "nobody is assigned: all see all"
    Membership.objects.create(user=people[roles.SECOND], process="kita")
    assert clerk.get(reverse("next"))["Location"] == reverse("case", args=[open_to_all.pk])
    for address in ("/", reverse("cases")):
        page = clerk.get(address).text
        assert closed.reference not in page and open_to_all.reference in page
    Membership.objects.create(user=people[roles.CLERK], process="kita")
    assert closed.reference in clerk.get("/").text


def test_a_process_whose_only_member_left_is_open_again(clerk: Client, people: dict[str, User]) -> None:
    case = make_case(process="kita")
    Membership.objects.create(user=people[roles.SECOND], process="kita")
    User.objects.filter(pk=people[roles.SECOND].pk).update(is_active=False)
    assert case.reference in clerk.get("/").text


def test_administration_assigns_processes(as_role: Callable[[str], Client], people: dict[str, User]) -> None:
    someone = people[roles.CLERK]
    page = reverse("admin:auth_user_change", args=[someone.pk])
    client = as_role(roles.ADMINISTRATOR)
    assert "Hundesteuer" in client.get(page).text
    total = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0"}
    sent = {"username": someone.username, "is_active": "on", "memberships-0-process": "hundesteuer", **total}
    assert client.post(page, sent).status_code == 302
    assert list(someone.memberships.values_list("process", flat=True)) == ["hundesteuer"]


def test_an_empty_basket_says_what_happens_next(clerk: Client) -> None:
    make_case(State.ENTERED)
    assert "Hier wartet nichts" in clerk.get("/").text


def test_the_auditor_sees_events_and_a_broken_chain(as_role: Callable[[str], Client]) -> None:
    case = make_case(State.READY)
    auditor = as_role(roles.AUDITOR)
    assert case.reference in auditor.get(reverse("trail")).text
    assert "Ausgelesen" in auditor.get(reverse("trail"), {"q": case.reference}).text
    assert "Die Kette ist vollständig" in auditor.post(reverse("verify"), follow=True).text
    broken = Event.objects.order_by("number")[1]
    Event.objects.filter(pk=broken.pk).update(actor="jemand")
    assert f"ab Ereignis {broken.number}" in auditor.post(reverse("verify"), follow=True).text


def test_health_says_which_part_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "broker_answers", lambda: True)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "broker": True})
    monkeypatch.setattr(health, "broker_answers", lambda: False)
    answer = Client().get("/health")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})


def test_a_broker_that_is_not_there_does_not_answer(settings: object, tmp_path: object) -> None:
    settings.BROKER = f"redis+socket://{tmp_path}/nobody.sock"  # type: ignore[attr-defined]
    assert not health.broker_answers()
