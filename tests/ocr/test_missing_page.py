"""Fields of a page that is not there."""

from __future__ import annotations

from ocr.form_pages import Seats
from ocr.page import FieldReading
from ocr.reading import _of_missing
from ocr.spec import FieldSpec

ABSENT = FieldReading("remark", None, None, 0.92, True, state="absent")


def of_missing(*missing: int) -> FieldReading:
    seats = Seats({}, missing, frozenset({1}), ())
    return _of_missing(FieldSpec(name="remark", title="Remark", labels=("Remark",), page=2), ABSENT, seats)


def test_an_optional_field_of_a_missing_page_is_not_surely_empty() -> None:
    assert of_missing(2).sure is False


def test_an_optional_field_that_its_page_does_not_have_is_surely_empty() -> None:
    assert of_missing() == ABSENT
