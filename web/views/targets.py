"""The line-of-business systems: how they stand, emergency stop (Not-Aus), and start."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases import catalog, shadow, standing, transitions
from cases.models import Reconciliation
from cases.transitions import step
from web import access
from web.forms import StopForm

WRONG_INPUT = 422
NEWEST = 10
SHADOWED = 1000


@require_safe
@access.needs(access.OPERATE)
def targets(request: HttpRequest) -> HttpResponse:
    """All targets; no field values, no images."""
    return screen(request, StopForm())


def screen(request: HttpRequest, form: StopForm, status: int = 200) -> HttpResponse:
    context = {
        "targets": standing.targets(),
        "rehearsed": shadow.comparisons(SHADOWED),
        "shadowed": SHADOWED,
        "compared": Reconciliation.objects.order_by("-asked_at")[:NEWEST],
        "form": form,
        "section": "targets",
    }
    return render(request, "web/targets.html", context, status=status)


@require_POST
@access.needs(access.OPERATE)
def stop(request: HttpRequest) -> HttpResponse:
    """Stop one target, or all where none is named."""
    form = StopForm(request.POST)
    if not form.is_valid():
        return screen(request, form, WRONG_INPUT)
    names = known(request.POST.get("target", ""))
    transitions.stop_targets(names, step.person(access.person(request)), form.cleaned_data["reason"])
    count = transitions.submits_under_way(names)
    sentence = _("Angehalten: %(targets)s. Es wird nichts mehr abgesendet.") % {"targets": ", ".join(names)}
    still = ngettext(
        "%(number)s zuvor abgesendete Übertragung hat noch kein Ergebnis.",
        "%(number)s zuvor abgesendete Übertragungen haben noch kein Ergebnis.",
        count,
    )
    messages.success(request, f"{sentence} {still % {'number': count}}" if count else sentence)
    return redirect("targets")


@require_POST
@access.needs(access.OPERATE)
def start(request: HttpRequest) -> HttpResponse:
    (name,) = known(request.POST.get("target") or "?")
    if transitions.start_target(name, step.person(access.person(request))):
        messages.success(request, _("%(target)s ist wieder in Betrieb.") % {"target": name})
    return redirect("targets")


@require_POST
@access.needs(access.OPERATE)
def reconcile(request: HttpRequest) -> HttpResponse:
    """Compare the ledger with a target; a robot does it as soon as a session is free."""
    (name,) = known(request.POST.get("target") or "?")
    transitions.ask_reconciliation(name, step.person(access.person(request)))
    sentence = _("Der Abgleich mit %(target)s ist vorgemerkt; das Ergebnis steht danach auf dieser Seite.")
    messages.success(request, sentence % {"target": name})
    return redirect("targets")


def known(name: str) -> Sequence[str]:
    """The target of that name; all for an empty one. Raises Http404 for others."""
    names = sorted(catalog.targets())
    if name and name not in names:
        raise Http404
    return [name] if name else names
