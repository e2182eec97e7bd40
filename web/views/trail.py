"""The trail: every event, and whether its chain is whole. Nothing can be changed here."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import audit, pseudonyms
from cases.models import Event
from cases.plain import plain
from web import access, slip

ROWS_PER_PAGE = 50


@require_safe
@access.needs(access.TRAIL)
def trail(request: HttpRequest) -> HttpResponse:
    """All events, the newest first, or those of one case in order."""
    wanted = str(plain(request.GET.get("q", ""))).strip()
    events = Event.objects.select_related("case")
    found = events.filter(case__reference=wanted).order_by("number") if wanted else events.order_by("-number")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("seite"))
    shown = pseudonyms.shown(event.actor for event in page.object_list)
    query = request.GET.copy()
    query.pop("seite", None)
    context = {
        "page": page,
        "rows": [(event, slip.by(shown[event.actor])) for event in page.object_list],
        "wanted": wanted,
        "query": query.urlencode(),
        "section": "trail",
    }
    return render(request, "web/trail.html", context)


@require_POST
@access.needs(access.TRAIL)
def verify(request: HttpRequest) -> HttpResponse:
    """Compute the whole chain again."""
    broken = audit.verify()
    if broken is None:
        whole = _("Die Kette ist vollständig: %(number)s Ereignisse geprüft.")
        messages.success(request, whole % {"number": Event.objects.count()})
    else:
        sentence = _(
            "Die Kette ist ab Ereignis %(number)s nicht mehr schlüssig. Bitte die IT und den Datenschutz "
            "verständigen und die Datenbank sichern, bevor weitergearbeitet wird."
        )
        messages.error(request, sentence % {"number": broken})
    return redirect("trail")
