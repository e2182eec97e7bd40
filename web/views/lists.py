"""The work basket and the list of all cases."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import FOR_A_PERSON, Case, State
from web import access, worklist
from web.forms import SearchForm

ROWS_PER_PAGE = 25


def home(request: HttpRequest) -> HttpResponseBase:
    """Everybody starts where their work is: clerks at the basket, others at their own list."""
    if not request.user.is_authenticated:
        return redirect("login")
    allowed = access.may(request.user)
    if allowed.see_contents:
        return basket(request)
    if allowed.read_trail:
        return redirect("trail")
    if allowed.see_cases:
        return redirect("cases")
    if allowed.manage_users:
        return redirect("admin:index")
    return render(request, "web/no_role.html", status=403)


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def basket(request: HttpRequest) -> HttpResponse:
    """The cases that wait for this person, the most urgent first."""
    states = worklist.basket_states(access.may(request.user))
    search = SearchForm(request.GET, states)
    state = search.chosen("zustand")
    mine = Case.objects.filter(state__in=states)
    found = worklist.matching(mine, process=search.chosen("verfahren"), text=search.chosen("q"))
    counted = worklist.counts(found)
    shown = found.filter(state=state) if state else worklist.due_now(found)
    context = {
        "search": search,
        "state": state,
        "tabs": [(each.value, each.label, counted.get(each.value, 0)) for each in states],
        "open_count": worklist.due_now(found).count(),
        "search_query": _query(request, without=("seite", "zustand")),
        "section": "basket",
        **_rows(request, worklist.by_urgency(shown)),
    }
    return render(request, "web/basket.html", context)


@require_safe
@access.needs(access.VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """All cases in all states; whoever may not see contents sees only where they stand."""
    search = SearchForm(request.GET, tuple(State))
    found = worklist.matching(
        Case.objects.all(),
        state=search.chosen("zustand"),
        process=search.chosen("verfahren"),
        text=search.chosen("q"),
    )
    rows = _rows(request, found.order_by("-received_at", "-reference"))
    return render(request, "web/cases.html", {"search": search, "section": "cases", **rows})


def _rows(request: HttpRequest, found: QuerySet[Case]) -> dict[str, object]:
    pages = Paginator(found.select_related("locked_by").annotate(unsure=worklist.UNSURE), ROWS_PER_PAGE)
    return {
        "page": pages.get_page(request.GET.get("seite")),
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
