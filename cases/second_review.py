"""Which confirmed cases another person looks at once more (`[second_review]` of a process)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from cases.models import Case, State
from cases.processes import ProcessSpec, SecondReview


def reason(case: Case, process: ProcessSpec, values: Mapping[str, str | None], decided: Collection[str]) -> str:
    """Why this case needs a second person, as the name of the setting, or "again" for one that was on its way there
    before; empty if it needs none. `decided`: the fields that a person and not the machine answers for.
    """
    rule = process.second_review
    if rule.always:
        return "always"
    if any(name in rule.fields for name in decided):
        return "fields"
    if any(amount(values.get(name)) > limit for name, limit in rule.over.items()):
        return "over"
    if drawn(case, rule):
        return "share"
    if rule.first and is_among_first(case, rule.first):
        return "first"
    return "again" if case.events.filter(to_state=State.SECOND_REVIEW).exists() else ""


def amount(value: str | None) -> Decimal:
    """A value as a number; one that is none counts as unlimited, so that it is looked at."""
    if value is None:
        return Decimal(0)
    try:
        found = Decimal(value)
    except InvalidOperation:
        return Decimal("Infinity")
    return Decimal("Infinity") if found.is_nan() else found


def drawn(case: Case, rule: SecondReview) -> bool:
    """Whether this case is in the random share: always the same answer for one case, known to nobody before."""
    digest = hashlib.sha256(f"{case.salt}{case.pk}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < rule.share * 2**64


def is_among_first(case: Case, count: int) -> bool:
    """Whether fewer than `count` other cases of this version of the form were confirmed by a person."""
    same = Case.objects.filter(process=case.process, form=case.form, form_version=case.form_version)
    return same.filter(reviewer__isnull=False).exclude(pk=case.pk)[:count].count() < count
