"""Which cases wait for whom, the most urgent first. Counts end at `MOST`, so that they stay fast."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import search_names, transitions
from cases.models import Case, Field, State
from web import access
from web.access import May

MOST = 1000
URGENCY = ("due_at", "received_at", "reference")
YEARS_BACK = 5
REFERENCE = re.compile(r"(?:(\d{4})-)?(\d{1,6})")


def basket_states(may: May) -> tuple[State, ...]:
    """The states that wait for a person with these permissions."""
    first = (State.REVIEW, State.ON_HOLD, State.UNCLEAR, State.FAILED) if may.review else ()
    second = (State.SECOND_REVIEW,) if may.second_review else ()
    return tuple(state for state in State if state in first or state in second)


def by_urgency(cases: QuerySet[Case], state: str = "") -> QuerySet[Case]:
    """Nearest deadline first, then the longest waiting; cases on hold by the day for which they wait."""
    return cases.order_by("hold_until", *URGENCY) if state == State.ON_HOLD else cases.order_by(*URGENCY)


def due_now(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without those that are on hold until a later day."""
    return cases.exclude(state=State.ON_HOLD, hold_until__gt=timezone.localdate())


def matching(
    cases: QuerySet[Case], *, state: str = "", process: str = "", text: str = "", names: bool = False
) -> QuerySet[Case]:
    """Narrowed by the filters that are set. `names`: the text may also be the beginning of a name."""
    if state:
        cases = cases.filter(state=state)
    if process:
        cases = cases.filter(process=process)
    if text.strip():
        cases = cases.filter(with_reference(text.strip()) | (with_name(text) if names else Q(pk=None)))
    return cases


def with_reference(text: str) -> Q:
    """2026-000123 as it is written, or short: 2026-123; 123 is looked for in the last years."""
    found = REFERENCE.fullmatch(text)
    if found is None:
        return Q(reference__startswith=text) if re.fullmatch(r"\d{4}-", text) else Q(reference=text)
    year, number = found.groups()
    this_year = timezone.localdate().year
    years = [year] if year else range(this_year - YEARS_BACK, this_year + 2)
    return Q(reference__in=[f"{one}-{int(number):06d}" for one in years])


def with_name(text: str) -> Q:
    found = Q(pk=None)
    for start in search_names.spellings(text):
        if connection.vendor == "sqlite":  # whose LIKE uses no index
            found |= Q(search_name__gte=start, search_name__lt=f"{start}\U0010ffff")
        else:
            found |= Q(search_name__startswith=start)
    return found


def count(cases: QuerySet[Case]) -> int:
    """How many cases there are; `MOST + 1` stands for more than that."""
    return cases.order_by().values("pk")[: MOST + 1].count()


def in_words(counted: int) -> str:
    return _("über 1.000") if counted > MOST else str(counted)


def counts(cases: QuerySet[Case], states: Iterable[State]) -> Mapping[State, int]:
    """How many cases there are in each of the states, each counted as by `count`."""
    return {state: count(cases.filter(state=state)) for state in states}


def unsure_fields(cases: Iterable[Case]) -> Mapping[object, int]:
    """How many fields of each of these cases still ask, by the case's key."""
    asking = Field.objects.filter(case__in=list(cases), sure=False, confirmed_by=None)
    return dict(asking.order_by().values_list("case").annotate(Count("pk")))


def reviewable(user: User, may: May) -> QuerySet[Case]:
    """The cases that this person may review now, whether or not somebody has them open."""
    mine = Q(state=State.REVIEW) if may.review else Q(pk=None)
    if may.second_review:
        mine |= Q(state=State.SECOND_REVIEW) & ~Q(reviewer=user)
    return access.visible(user, Case.objects.filter(mine))


def next_case(user: User, may: May) -> Case | None:
    """The most urgent case that this person may review and that nobody else has open, opened for this person."""
    waiting = reviewable(user, may).filter(state__in=basket_states(may))
    return next(iter(transitions.take(user, by_urgency(waiting))), None)
