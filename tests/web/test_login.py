"""Settings of production, and the login that a web server vouches for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client

from web import roles

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = "django.contrib.messages.middleware.MessageMiddleware"


@pytest.fixture
def behind_a_proxy(settings: Any) -> None:
    settings.LOGIN_HEADER = "X-Remote-User"
    settings.PROXIES = ["10.0.0.1"]
    settings.MIDDLEWARE = [
        part for each in django_settings.MIDDLEWARE
        for part in (("web.middleware.ProxyLogin", each) if each == MESSAGES else (each,))
    ]  # fmt: skip
    axes, *others = django_settings.AUTHENTICATION_BACKENDS
    settings.AUTHENTICATION_BACKENDS = [axes, "web.middleware.KnownPeople", *others]


def test_the_settings_of_production_pass_the_check_of_django(tmp_path: Path) -> None:
    environment = {**os.environ, "LAUFZETTEL_HTTPS": "1", "LAUFZETTEL_DATA": str(tmp_path)}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "no issues" in done.stdout, done.stderr


def test_production_turns_plain_requests_away_but_not_those_of_probes(settings: Any, db: None) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/anmelden/")["Location"] == "https://testserver/anmelden/"
    assert Client().get("/healthz").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_the_web_server_says_who_is_logged_in(people: dict[str, User]) -> None:
    header = {"HTTP_X_REMOTE_USER": people[roles.CLERK].username}
    page = Client(REMOTE_ADDR="10.0.0.1").get("/", **header)
    assert page.status_code == 200 and "Abmelden" in page.text


@pytest.mark.django_db
@pytest.mark.usefixtures("behind_a_proxy")
def test_nobody_else_may_say_so_and_strangers_stay_strangers(people: dict[str, User]) -> None:
    known, unknown = people[roles.CLERK].username, "niemand"
    for address, name in (("10.0.0.2", known), ("10.0.0.1", unknown)):
        answer = Client(REMOTE_ADDR=address).get("/", HTTP_X_REMOTE_USER=name)
        assert answer.status_code == 302 and "/anmelden/" in answer["Location"], (address, name)
    assert not User.objects.filter(username=unknown).exists()
