"""Numbers as the person reads them: thousands, shares, bounds."""

from __future__ import annotations

import math

from django.utils.formats import number_format


def whole(value: int) -> str:
    return number_format(value, 0, use_l10n=True, force_grouping=True)


def decimal(value: float, digits: int) -> str:
    return number_format(f"{value:.{digits}f}", digits, use_l10n=True)


def percent(share: float | None, digits: int = 1) -> str:
    """0.0125 -> 1,3 % (with a space that does not break); nothing known: a dash."""
    return "–" if share is None else f"{decimal(share * 100, digits)}\u00a0%"


def at_most(bound: float, digits: int = 1) -> str:
    """A bound, never rounded down."""
    size = 10.0**digits
    return percent(math.ceil(round(bound * 100 * size, 6)) / (100 * size), digits)
