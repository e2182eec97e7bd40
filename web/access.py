"""Who may see and do what. Every view asks here; templates get the answers as `may`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cases.models import Case, State

P = ParamSpec("P")
Person = AbstractBaseUser | AnonymousUser
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

VIEW = "cases.view_case"
REVIEW = "cases.review_case"
SECOND = "cases.second_review_case"
OPERATE = "cases.operate"
TRAIL = "cases.read_trail"
USERS = "auth.view_user"


@dataclass(frozen=True, slots=True)
class May:
    """What one person may do."""

    see_cases: bool
    see_contents: bool
    review: bool
    second_review: bool
    operate: bool
    read_trail: bool
    manage_users: bool


def may(user: Any) -> May:
    """The permissions of a person as plain answers."""
    review, second = user.has_perm(REVIEW), user.has_perm(SECOND)
    return May(
        see_cases=user.has_perm(VIEW),
        see_contents=review or second,
        review=review,
        second_review=second,
        operate=user.has_perm(OPERATE),
        read_trail=user.has_perm(TRAIL),
        manage_users=user.has_perm(USERS),
    )


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
    """Only for people who have at least one of these permissions: others get 403, strangers the login."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not any(request.user.has_perm(permission) for permission in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
