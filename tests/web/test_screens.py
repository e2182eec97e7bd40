"""Every state of a case has its screen, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import State
from tests.web.factories import make_case
from web import roles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("role", [roles.CLERK, roles.SECOND, roles.IT, roles.OWNER])
def test_every_state_has_its_screen(state: State, role: str, as_role: Callable[[str], Client]) -> None:
    case = make_case(state)
    answer = as_role(role).get(reverse("case", args=[case.pk]))
    assert answer.status_code == 200
    assert case.reference in answer.text and str(state.label) in answer.text
