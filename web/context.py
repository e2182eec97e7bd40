"""What every template knows: who may do what, how much waits in the basket, what alarms owners."""

from __future__ import annotations

from django.http import HttpRequest

from cases import thresholds
from cases.models import Case
from web import worklist
from web.access import may, processes, visible


def everywhere(request: HttpRequest) -> dict[str, object]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    allowed = may(user)
    context: dict[str, object] = {"may": allowed}
    if allowed.plan:
        context["blind_alarms"] = lambda: thresholds.alarms(processes(user))  # asked by whole pages, not by parts
    if allowed.see_contents:
        waiting = visible(user, Case.objects.filter(state__in=worklist.basket_states(allowed)))
        context["basket_count"] = worklist.in_words(worklist.count(worklist.due_now(waiting)))
    return context
