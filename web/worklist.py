"""Which cases wait for whom, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from cases.models import Case, State
from web.access import May

UNSURE = Count("fields", filter=Q(fields__sure=False, fields__confirmed_by=None))


def basket_states(may: May) -> tuple[State, ...]:
    """The states that wait for a person with these permissions."""
    first = (State.REVIEW, State.ON_HOLD, State.UNCLEAR, State.FAILED) if may.review else ()
    second = (State.SECOND_REVIEW,) if may.second_review else ()
    return tuple(state for state in State if state in first or state in second)


def by_urgency(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Nearest deadline first, then the longest waiting."""
    return cases.order_by(F("due_at").asc(nulls_last=True), "received_at", "reference")


def due_now(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Without those that are on hold until a later day."""
    return cases.exclude(state=State.ON_HOLD, hold_until__gt=timezone.localdate())


def matching(cases: QuerySet[Case], *, state: str = "", process: str = "", text: str = "") -> QuerySet[Case]:
    """Narrowed by the filters that are set."""
    if state:
        cases = cases.filter(state=state)
    if process:
        cases = cases.filter(process=process)
    if text.strip():
        cases = cases.filter(reference__icontains=text.strip())
    return cases


def counts(cases: QuerySet[Case]) -> Mapping[str, int]:
    """How many cases there are in each state."""
    return dict(cases.order_by().values_list("state").annotate(Count("pk")))


def next_case(user: User, may: May) -> Case | None:
    """The most urgent case that this person may review and that nobody else has open."""
    mine = Q(state=State.REVIEW) if may.review else Q(pk=None)
    if may.second_review:
        mine |= Q(state=State.SECOND_REVIEW) & ~Q(reviewer=user)
    free = Q(locked_by=None) | Q(locked_until=None) | Q(locked_until__lte=timezone.now()) | Q(locked_by=user)
    return by_urgency(Case.objects.filter(mine).filter(free)).first()
