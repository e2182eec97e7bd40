"""Who may see and do what. Every view asks here; templates get the answers as `may`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from cases import catalog
from cases.models import Case, Membership, State

P = ParamSpec("P")
Person = AbstractBaseUser | AnonymousUser
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

VIEW = "cases.view_case"
REVIEW = "cases.review_case"
SECOND = "cases.second_review_case"
OPERATE = "cases.operate"
PLAN = "cases.plan"
TEACH = "cases.teach"
TRAIL = "cases.read_trail"
DISCLOSE = "cases.disclose_person"
USERS = "auth.view_user"
KEPT = "open_processes"


@dataclass(frozen=True, slots=True)
class May:
    """What one person may do."""

    see_cases: bool
    see_contents: bool
    review: bool
    second_review: bool
    operate: bool
    plan: bool
    teach: bool
    read_trail: bool
    disclose: bool
    manage_users: bool


NOTHING = May(*[False] * len(fields(May)))


def may(user: Any) -> May:
    """The permissions of a person as plain answers."""
    review, second = user.has_perm(REVIEW), user.has_perm(SECOND)
    return May(
        see_cases=user.has_perm(VIEW),
        see_contents=review or second,
        review=review,
        second_review=second,
        operate=user.has_perm(OPERATE),
        plan=user.has_perm(PLAN),
        teach=user.has_perm(TEACH),
        read_trail=user.has_perm(TRAIL),
        disclose=user.has_perm(DISCLOSE),
        manage_users=user.has_perm(USERS),
    )


def processes(user: User) -> tuple[str, ...] | None:
    """The processes whose cases this person sees; None stands for all.

    A process that has members is closed to everybody else; one without is open. Who sees no contents, but looks after
    the whole house (IT, auditors), sees where the cases of all processes stand.
    """
    if KEPT not in user.__dict__:  # asked several times in a request, which has a user object of its own
        user.__dict__[KEPT] = open_processes(user)
    kept: tuple[str, ...] | None = user.__dict__[KEPT]
    return kept


def open_processes(user: User) -> tuple[str, ...] | None:
    by_process: dict[str, set[int]] = {}
    for process, member in Membership.objects.filter(user__is_active=True).values_list("process", "user_id"):
        by_process.setdefault(process, set()).add(member)
    foreign = {process for process, members in by_process.items() if user.pk not in members}
    allowed = may(user)
    if not foreign or (not allowed.see_contents and (allowed.operate or allowed.read_trail)):
        return None
    return tuple(sorted({*catalog.processes(), *by_process} - foreign))


def visible(user: User, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Only the cases of this person's processes."""
    mine = processes(user)
    return cases if mine is None else cases.filter(process__in=mine)


def may_work_on(user: User, case: Case) -> bool:
    """Whether this person may review this case now; the second look is never the first reviewer's."""
    if case.state == State.REVIEW:
        return user.has_perm(REVIEW)
    if case.state == State.SECOND_REVIEW:
        return user.has_perm(SECOND) and case.reviewer_id != user.pk
    return False


def person(request: HttpRequest) -> User:
    """The person who is logged in.

    Raises:
        PermissionDenied: when nobody is (views behind `needs` never see that).
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def needs(*permissions: str) -> Callable[[View[P]], View[P]]:
    """Only for people who have at least one of these permissions: others get 403, strangers the login.

    An address with a `case_id` is not found where the case belongs to a process that is not this person's.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            if "case_id" in kwargs and (mine := processes(person(request))) is not None:
                get_object_or_404(Case, pk=kwargs["case_id"], process__in=mine)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
