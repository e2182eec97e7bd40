"""The work basket and the list of all cases."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.http import require_safe

from cases.models import FOR_A_PERSON, Case, State
from web import access, titles, worklist
from web.forms import SearchForm

ROWS_PER_PAGE = 25


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Everybody starts where their work is: clerks at the basket, others at their own list. As long as there is no
    case at all, everybody is told what to do next.
    """
    if not request.user.is_authenticated:
        return redirect("login")
    allowed = access.may(request.user)
    if allowed != access.NOTHING and not Case.objects.exists():
        return first_look(request, allowed)
    if allowed.see_contents:
        return basket(request)
    if allowed.read_trail:
        return redirect("trail")
    if allowed.see_cases:
        return redirect("cases")
    if allowed.manage_users:
        return redirect("admin:index")
    return render(request, "web/no_role.html", status=403)


def first_look(request: HttpRequest, allowed: access.May) -> HttpResponse:
    """What to do next, for each role that this person has."""
    context = {
        "processes": titles.process_titles(),
        "inbox": settings.INBOX,
        "section": "basket" if allowed.see_contents else "",
    }
    return render(request, "web/first_look.html", context)


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def basket(request: HttpRequest) -> HttpResponse:
    """The cases that wait for this person, the most urgent first."""
    states = worklist.basket_states(access.may(request.user))
    search = SearchForm(request.GET, states, names=True)
    state = search.chosen("zustand")
    mine = access.visible(access.person(request), Case.objects.filter(state__in=states))
    found = worklist.matching(mine, process=search.chosen("verfahren"), text=search.chosen("q"), names=True)
    counted = worklist.counts(found, states)
    shown = found.filter(state=state) if state else worklist.due_now(found)
    context = {
        "search": search,
        "state": state,
        "tabs": [(each.value, each.label, worklist.in_words(counted[each])) for each in states],
        "open_count": worklist.in_words(worklist.count(worklist.due_now(found))),
        "search_query": _query(request, without=("seite", "zustand")),
        "section": "basket",
        **_rows(request, worklist.by_urgency(shown, state)),
    }
    return render(request, "web/basket.html", context)


@require_safe
@access.needs(access.VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """All cases in all states; whoever may not see contents sees only where they stand, and finds no names."""
    names = access.may(request.user).see_contents
    search = SearchForm(request.GET, tuple(State), names=names)
    found = worklist.matching(
        access.visible(access.person(request), Case.objects.all()),
        state=search.chosen("zustand"),
        process=search.chosen("verfahren"),
        text=search.chosen("q"),
        names=names,
    )
    rows = _rows(request, found.order_by("-received_at", "-reference"))
    return render(request, "web/cases.html", {"search": search, "section": "cases", **rows})


class Pages(Paginator):  # type: ignore[type-arg]
    """Pages of the first 1,000 rows; further down nobody looks, but filters or searches."""

    @cached_property
    def counted(self) -> int:
        return worklist.count(cast("QuerySet[Case]", self.object_list))

    @cached_property
    def count(self) -> int:
        return min(self.counted, worklist.MOST)

    @property
    def more(self) -> bool:
        return self.counted > worklist.MOST


def _rows(request: HttpRequest, found: QuerySet[Case]) -> dict[str, object]:
    page = Pages(found.select_related("locked_by"), ROWS_PER_PAGE).get_page(request.GET.get("seite"))
    unsure = worklist.unsure_fields(page.object_list) if access.may(request.user).see_contents else {}
    return {
        "page": page,
        "rows": [(case, unsure.get(case.pk, 0)) for case in page.object_list],
        "query": _query(request, without=("seite",)),
        "now": timezone.now(),
        "open_states": FOR_A_PERSON,
    }


def _query(request: HttpRequest, without: tuple[str, ...]) -> str:
    """The filters of the address, for links that keep them."""
    query = request.GET.copy()
    for name in without:
        query.pop(name, None)
    return query.urlencode()
