"""What every answer carries: no inline code, nothing kept, nothing sniffed."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.models import State
from tests.web.factories import make_case
from web.vendor import VENDOR, wanted

pytestmark = pytest.mark.django_db


def test_the_policy_forbids_inline_code(clerk: Client) -> None:
    policy = clerk.get("/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "style-src 'self'" in policy


@pytest.mark.parametrize("state", list(State))
def test_no_page_has_inline_code_or_foreign_addresses(state: State, clerk: Client) -> None:
    page = clerk.get(reverse("case", args=[make_case(state).pk])).text
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", page)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", page)


def test_nothing_personal_may_be_kept(clerk: Client) -> None:
    case = make_case(State.REVIEW)
    for address in (
        "/",
        reverse("case", args=[case.pk]),
        reverse("page_image", args=[case.pk, 1]),
        reverse("crop", args=[case.pk, "iban"]),
        reverse("original", args=[case.pk]),
        reverse("login"),
    ):
        answer = clerk.get(address)
        assert answer["Cache-Control"] == "no-store", address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address


def test_the_original_is_saved_and_never_shown(clerk: Client) -> None:
    case = make_case(State.REVIEW)
    answer = clerk.get(reverse("original", args=[case.pk]))
    assert answer["Content-Disposition"] == f'attachment; filename="{case.reference}.pdf"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert b"".join(answer.streaming_content).startswith(b"invented document")  # type: ignore[attr-defined]


def test_the_settings_name_no_unsafe_source() -> None:
    assert "unsafe" not in str(settings.CONTENT_SECURITY_POLICY)


def test_front_end_parts_are_copied_from_their_packages() -> None:
    for source, copy in wanted().items():
        assert copy.is_file(), f"{copy.relative_to(VENDOR)} fehlt: npm ci --ignore-scripts && python -m web.vendor"
        assert copy.read_bytes() == source.read_bytes()
