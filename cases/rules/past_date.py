"""A date that is not in the future."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from cases.rules import date

NAME = "past_date"
CODE = "R004"


def check(value: str, values: Mapping[str, str | None]) -> str | None:
    day = date.parse(value)
    if day is None:
        return date.SENTENCE
    # One day of grace: the office may sit east of where the clock says.
    if day > datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1):
        return "Dieses Datum liegt in der Zukunft. Bitte mit dem Papier vergleichen."
    return None
