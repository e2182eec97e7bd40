"""Who may see and do what: only what is listed here is open, everything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, reverse

from cases.models import State
from tests.web.factories import make_case, person
from web import roles, urls

pytestmark = pytest.mark.django_db

BOTH = frozenset({roles.CLERK, roles.SECOND})
CLERK = frozenset({roles.CLERK})
LISTS = frozenset({roles.CLERK, roles.SECOND, roles.OWNER, roles.IT, roles.AUDITOR})
EVERYBODY = frozenset(roles.ROLES)

# Address -> (method, roles that get an answer other than 403). An address that is missing here fails a test.
MATRIX: dict[str, tuple[str, frozenset[str]]] = {
    "home": ("get", EVERYBODY),
    "cases": ("get", LISTS),
    "next": ("get", BOTH),
    "case": ("get", LISTS),
    "confirm": ("post", BOTH),
    "reject": ("post", BOTH),
    "hold": ("post", BOTH),
    "resume": ("post", CLERK),
    "choose_form": ("post", CLERK),
    "settle": ("post", CLERK),
    "retry": ("post", frozenset({roles.IT})),
    "to_review": ("post", CLERK),
    "keep_lock": ("post", BOTH),
    "close": ("post", BOTH),
    "page_image": ("get", BOTH),
    "crop": ("get", BOTH),
    "receipt": ("get", BOTH),
    "original": ("get", BOTH),
    "trail": ("get", frozenset({roles.AUDITOR})),
    "verify": ("post", frozenset({roles.AUDITOR})),
    "help": ("get", EVERYBODY),
    "targets": ("get", frozenset({roles.IT})),
    "stop_target": ("post", frozenset({roles.IT})),
    "reconcile": ("post", frozenset({roles.IT})),
    "start_target": ("post", frozenset({roles.IT})),
}
OPEN_TO_STRANGERS = {"login", "logout", "health", "alive", "ready", "metrics"}


def address(name: str, case_id: object) -> str:
    extra = {"page_image": [1], "crop": ["iban"], "receipt": [1]}.get(name, [])
    with_case = any("case_id" in str(p.pattern) for p in urls.urlpatterns if p.name == name)
    return reverse(name, args=[case_id, *extra] if with_case else [])


def test_every_address_is_in_the_matrix() -> None:
    names = {pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)}
    assert names == set(MATRIX) | OPEN_TO_STRANGERS


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_a_role_reaches_only_its_own_addresses(role: str, as_role: Callable[[str], Client]) -> None:
    client = as_role(role)
    for name, (method, allowed) in MATRIX.items():
        case = make_case(State.REVIEW)
        answer = getattr(client, method)(address(name, case.pk))
        refused = answer.status_code == HTTPStatus.FORBIDDEN
        assert refused == (role not in allowed), f"{role} {method} {name}: {answer.status_code}"


def test_strangers_are_sent_to_the_login() -> None:
    case = make_case(State.REVIEW)
    for name, (method, _) in MATRIX.items():
        answer = getattr(Client(), method)(address(name, case.pk))
        assert answer.status_code == HTTPStatus.FOUND and "/anmelden/" in answer["Location"], name


def test_a_case_that_does_not_exist_is_not_found(clerk: Client) -> None:
    for name, (method, allowed) in MATRIX.items():
        if roles.CLERK in allowed and address(name, uuid4()) != address(name, uuid4()) and name != "close":
            answer = getattr(clerk, method)(address(name, uuid4()))
            assert answer.status_code == HTTPStatus.NOT_FOUND, name


def test_changes_need_post(clerk: Client) -> None:
    case = make_case(State.REVIEW)
    for name, (method, allowed) in MATRIX.items():
        if method == "post" and roles.CLERK in allowed:
            assert clerk.get(address(name, case.pk)).status_code == HTTPStatus.METHOD_NOT_ALLOWED, name


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
    assert "Arbeitskorb" in as_role(roles.CLERK).get("/").text
    assert as_role(roles.IT).get("/")["Location"] == reverse("cases")
    assert as_role(roles.AUDITOR).get("/")["Location"] == reverse("trail")
    assert as_role(roles.ADMINISTRATOR).get("/")["Location"] == reverse("admin:index")


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
