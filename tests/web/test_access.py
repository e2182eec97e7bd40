"""Who may see and do what: only what is listed here is open, everything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from cases.models import Case, Membership, State
from config import urls as project
from tests.web.factories import make_case, person
from web import roles, urls

pytestmark = pytest.mark.django_db

BOTH = frozenset({roles.CLERK, roles.SECOND})
CLERK = frozenset({roles.CLERK})
LISTS = frozenset({roles.CLERK, roles.SECOND, roles.OWNER, roles.IT, roles.AUDITOR})
EVERYBODY = frozenset(roles.ROLES)

IT = frozenset({roles.IT})
OWNER = frozenset({roles.OWNER})
DISCLOSERS = frozenset({roles.AUDITOR, roles.ADMINISTRATOR})

# Address -> (method, roles that get an answer other than 403). An address that is missing here fails a test, and every
# method that is not listed is refused.
MATRIX: dict[str, tuple[str, frozenset[str]]] = {
    "home": ("get", EVERYBODY),
    "cases": ("get", LISTS),
    "next": ("get", BOTH),
    "serial": ("get", CLERK),
    "serial_field": ("get", CLERK),
    "serial_confirm": ("post", CLERK),
    "case": ("get", LISTS),
    "confirm": ("post", BOTH),
    "draft": ("post", BOTH),
    "clarify": ("post", BOTH),
    "letter": ("post", BOTH),
    "read_again": ("post", BOTH),
    "words": ("get", BOTH),
    "keys": ("get", BOTH),
    "save_keys": ("post", BOTH),
    "stay": ("post", EVERYBODY),
    "hold": ("post", BOTH),
    "resume": ("post", CLERK),
    "choose_form": ("post", CLERK),
    "settle": ("post", CLERK),
    "retry": ("post", IT),
    "to_review": ("post", CLERK),
    "let_go": ("post", CLERK),
    "keep_lock": ("post", BOTH),
    "close": ("post", BOTH),
    "page_image": ("get", BOTH),
    "crop": ("get", BOTH),
    "receipt": ("get", BOTH),
    "original": ("get", BOTH),
    "proof": ("get", BOTH),
    "trail": ("get", frozenset({roles.AUDITOR})),
    "verify": ("post", frozenset({roles.AUDITOR})),
    "disclosures": ("get", DISCLOSERS),
    "ask_disclosure": ("post", DISCLOSERS),
    "confirm_disclosure": ("post", DISCLOSERS),
    "help": ("get", EVERYBODY),
    "operations": ("get", IT),
    "operations_now": ("get", IT),
    "operations_history": ("get", IT),
    "retry_code": ("post", IT),
    "schedules": ("get", OWNER),
    "new_schedule": ("get", OWNER),
    "add_schedule": ("post", OWNER),
    "preview_schedule": ("get", OWNER),
    "schedule": ("get", OWNER),
    "save_schedule": ("post", OWNER),
    "run_schedule": ("post", OWNER),
    "pause_schedule": ("post", OWNER),
    "resume_schedule": ("post", OWNER),
    "delete_schedule": ("post", OWNER),
    "schedule_report": ("get", OWNER),
    "numbers": ("get", OWNER),
    "numbers_csv": ("get", OWNER),
    "thresholds": ("get", OWNER),
    "reckon_thresholds": ("post", OWNER),
    "targets": ("get", IT),
    "stop_target": ("post", IT),
    "reconcile": ("post", IT),
    "start_target": ("post", IT),
    "forms": ("get", OWNER),
    "version": ("get", OWNER),
    "submit_version": ("post", OWNER),
    "approve_version": ("post", OWNER),
    "refuse_version": ("post", OWNER),
    "withdraw_version": ("post", OWNER),
    "delete_version": ("post", OWNER),
    "begin_again": ("post", OWNER),
    "new_form": ("get+post", OWNER),
    "design": ("get", OWNER),
    "change_design": ("post", OWNER),
    "blank_page": ("get", OWNER),
    "form_text": ("get", OWNER),
    "fim": ("get", OWNER),
    "choose_process": ("get+post", OWNER),
    "design_process": ("get", OWNER),
    "change_process": ("post", OWNER),
    "bench": ("get", OWNER),
    "bench_now": ("get", OWNER),
    "bench_what_if": ("get", OWNER),
    "add_trials": ("post", OWNER),
    "ask_trials": ("post", OWNER),
    "trial_truth": ("get", OWNER),
    "trial": ("get+post", OWNER),
    "remove_trial": ("post", OWNER),
    "trial_page": ("get", OWNER),
}
OPEN_TO_STRANGERS = {"login", "logout", "language", "health", "alive", "ready", "metrics"}
WHOLE_HOUSE = frozenset({roles.IT, roles.AUDITOR})
"""See where the cases of every process stand, and no contents."""
METHODS = ("get", "head", "post", "put", "patch", "delete")
MORE_ARGUMENTS: dict[str, list[object]] = {
    "page_image": [1],
    "words": [1],
    "crop": ["iban"],
    "receipt": [1],
    "serial_field": ["antrag", "ersthund"],
    "serial_confirm": ["antrag", "ersthund"],
    "confirm_disclosure": [UUID(int=7)],
    **{name: ["antrag", 1] for name in ("design", "change_design", "form_text", "choose_process")},
    **{name: ["hundesteuer", 1] for name in ("design_process", "change_process")},
    **{f"{verb}_version": [1] for verb in ("submit", "approve", "refuse", "withdraw", "delete")},
    "begin_again": ["form", "antrag"],
    "version": [1],
    "blank_page": ["antrag", 1, 1],
    "fim": ["antrag", 1, "csv"],
    "schedule_report": [UUID(int=7)],
    **{f"{verb}schedule": [7] for verb in ("", "save_", "run_", "pause_", "resume_", "delete_")},
    "numbers_csv": ["verlauf"],
    **{name: ["antrag"] for name in ("bench", "bench_now", "bench_what_if", "add_trials", "ask_trials", "trial_truth")},
    **{name: ["antrag", UUID(int=7)] for name in ("trial", "remove_trial")},
    "trial_page": ["antrag", UUID(int=7), 1],
}


def has_case(name: str) -> bool:
    return any("case_id" in str(p.pattern) for p in urls.urlpatterns if p.name == name)


def address(name: str, case_id: object) -> str:
    return reverse(name, args=[*([case_id] if has_case(name) else []), *MORE_ARGUMENTS.get(name, [])])


def listed(name: str, method: str, role: str) -> bool:
    only, allowed = MATRIX[name]
    return (method in only.split("+") or ("get" in only and method == "head")) and role in allowed


def test_every_address_is_in_the_matrix() -> None:
    names = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    assert names == set(MATRIX) | OPEN_TO_STRANGERS
    others = {str(each.pattern) for each in project.urlpatterns if isinstance(each, URLResolver)}
    assert others == {"verwaltung/", ""}, "addresses beside web.urls and the administration belong into the matrix"


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_only_listed_cells_answer(role: str, as_role: Callable[[str], Client]) -> None:
    client, case = as_role(role), make_case(State.REVIEW)
    wrong = []
    for name in MATRIX:
        for method in METHODS:
            status = getattr(client, method)(address(name, case.pk)).status_code
            refused = status in (HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED)
            if refused == listed(name, method, role):
                wrong.append(f"{method} {name}: {status}")
    assert wrong == []


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_cases_of_a_foreign_process_are_not_found(role: str, as_role: Callable[[str], Client]) -> None:
    client, foreign = as_role(role), make_case(State.REVIEW, process="kita")
    Membership.objects.create(user=person("kim", roles.CLERK), process="kita")
    before = Case.objects.filter(pk=foreign.pk).values().get()
    for name in filter(has_case, MATRIX):
        for method in METHODS:
            if listed(name, method, role):
                status = getattr(client, method)(address(name, foreign.pk)).status_code
                found = status != HTTPStatus.NOT_FOUND
                assert found == (role in WHOLE_HOUSE), f"{method} {name}: {status}"
    if role not in WHOLE_HOUSE:
        assert Case.objects.filter(pk=foreign.pk).values().get() == before
        for name in ("home", "cases"):
            assert foreign.reference not in client.get(address(name, None), follow=True).text


@pytest.mark.parametrize("role", sorted(set(roles.ROLES) - {roles.ADMINISTRATOR}))
def test_nobody_but_administrators_reaches_the_administration(role: str, as_role: Callable[[str], Client]) -> None:
    client = as_role(role)
    for name in ("index", "auth_user_changelist", "auth_user_add", "auth_group_changelist", "password_change"):
        answer = client.get(reverse(f"admin:{name}"), follow=True)
        assert "Personen und Rollen" not in answer.text, name


def test_strangers_are_sent_to_the_login() -> None:
    case = make_case(State.REVIEW)
    for name, (method, _) in MATRIX.items():
        answer = getattr(Client(), method.partition("+")[0])(address(name, case.pk))
        assert answer.status_code == HTTPStatus.FOUND and "/anmelden/" in answer["Location"], name


def test_a_case_that_does_not_exist_is_not_found(clerk: Client) -> None:
    for name, (method, allowed) in MATRIX.items():
        if roles.CLERK in allowed and has_case(name) and name != "close":
            answer = getattr(clerk, method)(address(name, uuid4()))
            assert answer.status_code == HTTPStatus.NOT_FOUND, name


def test_changes_need_the_csrf_token(people: dict[str, User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people[roles.CLERK], backend="django.contrib.auth.backends.ModelBackend")
    case = make_case(State.REVIEW)
    assert client.post(reverse("confirm", args=[case.pk])).status_code == HTTPStatus.FORBIDDEN
    case.refresh_from_db()
    assert case.state == State.REVIEW


@pytest.mark.parametrize("role", [roles.IT, roles.OWNER, roles.AUDITOR])
def test_others_see_where_a_case_stands_but_nothing_from_it(role: str, as_role: Callable[[str], Client]) -> None:
    case = make_case(State.FAILED, reason="Eine vertrauliche Bemerkung")
    text = as_role(role).get(reverse("case", args=[case.pk])).text
    assert "Ausgesteuert" in text
    for secret in ("Größmann", "14469", "vertrauliche", ".png", "/original", "Familienname"):
        assert secret not in text


def test_everybody_starts_where_their_work_is(as_role: Callable[[str], Client]) -> None:
    make_case()
    assert "Arbeitskorb" in as_role(roles.CLERK).get("/").text
    assert as_role(roles.IT).get("/")["Location"] == reverse("cases")
    assert as_role(roles.AUDITOR).get("/")["Location"] == reverse("trail")
    assert as_role(roles.ADMINISTRATOR).get("/")["Location"] == reverse("admin:index")


FIRST_STEPS = {
    roles.CLERK: "Hier erscheinen die Vorgänge",
    roles.SECOND: "Hier erscheinen die Vorgänge",
    roles.OWNER: "leeren Vordruck",
    roles.IT: "laufzettel doctor",
    roles.AUDITOR: "Kette prüfen",
    roles.ADMINISTRATOR: "Personen anlegen",
}


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_an_empty_house_says_what_to_do_next(role: str, as_role: Callable[[str], Client]) -> None:
    page = as_role(role).get("/").text
    assert FIRST_STEPS[role] in page and "Noch ist kein Antrag eingegangen" in page
    others = set(FIRST_STEPS.values()) - {FIRST_STEPS[role]}
    assert not any(step in page for step in others)
    make_case()
    assert "Noch ist kein Antrag" not in as_role(role).get("/", follow=True).text


def test_without_a_role_there_is_nothing_to_see() -> None:
    client = Client()
    client.force_login(person("neu"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/")
    assert answer.status_code == HTTPStatus.FORBIDDEN and "noch keine Rolle" in answer.text


def test_administration_manages_people_and_nothing_else(as_role: Callable[[str], Client]) -> None:
    client = as_role(roles.ADMINISTRATOR)
    page = client.get(reverse("admin:index")).text
    assert reverse("admin:auth_user_changelist") in page
    assert "cases" not in page and "Periodic" not in page
    assert client.get(reverse("admin:auth_user_add")).status_code == HTTPStatus.OK
    assert as_role(roles.CLERK).get(reverse("admin:index")).status_code == HTTPStatus.FOUND


def test_administration_cannot_make_anyone_a_superuser(
    as_role: Callable[[str], Client], people: dict[str, User]
) -> None:
    someone = people[roles.CLERK]
    page = reverse("admin:auth_user_change", args=[someone.pk])
    as_role(roles.ADMINISTRATOR).post(
        page, {"username": someone.username, "is_active": "on", "is_superuser": "on", "is_staff": "on"}
    )
    someone.refresh_from_db()
    assert not someone.is_superuser and not someone.is_staff


def test_roles_are_set_again_at_every_start(people: dict[str, User]) -> None:
    group = people[roles.IT].groups.get()
    group.permissions.clear()
    roles.ensure_roles()
    roles.ensure_roles()
    assert User.objects.get(pk=people[roles.IT].pk).has_perm("cases.operate")


def test_too_many_wrong_passwords_lock_the_login(people: dict[str, User], settings: object) -> None:
    client = Client()
    wrong = {"username": people[roles.CLERK].username, "password": "falsch"}
    answers = [client.post(reverse("login"), wrong).status_code for _ in range(9)]
    assert answers[0] == HTTPStatus.OK and answers[-1] == HTTPStatus.TOO_MANY_REQUESTS
