"""Names are kept in one spelling, so that they are found in every one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from cases import search_names, transitions
from cases.models import Case
from tests.site import Site


@pytest.mark.parametrize(
    "typed", ["Größmann-Çelik", "GROESSMANN ÇELIK", "  groessmann,  celik ", "Gro\u0308ßmann Celik"]
)
def test_one_name_in_many_spellings(typed: str) -> None:
    assert search_names.folded(typed) == "groessmann celik"


def test_first_name_first_is_looked_for_as_well() -> None:
    assert search_names.spellings("Anna Öz") == ("anna oez", "oez anna")
    assert search_names.spellings(" - ") == () and search_names.spellings("Öz") == ("oez",)


@pytest.mark.django_db
def test_a_case_carries_its_name_until_it_is_erased(read: Callable[..., Case], site: Site, anna: User) -> None:
    site.process("dogs", 'target = "register"\nname_fields = ["surname"]')
    case = read(sure=False)
    assert case.search_name == "oeztuerk"
    transitions.confirm(case.pk, anna, {"surname": "Kowalczyk"})
    case.refresh_from_db()
    assert case.search_name == "kowalczyk"
    transitions.cancel(case.pk, anna)
    transitions.erase(case.pk)
    case.refresh_from_db()
    assert case.search_name == ""


@pytest.mark.django_db
def test_without_name_fields_there_is_no_name(read: Callable[..., Case]) -> None:
    assert read().search_name == ""
