"""Schedules: what runs when. For process owners, by their processes and the targets of those."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import clock, reports, transitions
from cases import schedules as schedules_of
from cases.models import PlannedRun, Schedule
from cases.transitions import step
from cases.when import EXAMPLES
from ocr.errors import StateProblem
from web import access, plans, problems
from web.schedule_form import ScheduleForm

WRONG_INPUT = 422
NEWEST = 200


@require_safe
@access.needs(access.PLAN)
def schedules(request: HttpRequest) -> HttpResponse:
    found = plans.rows(plans.visible(access.person(request)))
    return render(request, "web/schedules.html", {"rows": found, "section": "schedules"})


@require_safe
@access.needs(access.PLAN)
def new(request: HttpRequest) -> HttpResponse:
    return screen(request, ScheduleForm(access.person(request)))


@require_POST
@access.needs(access.PLAN)
def add(request: HttpRequest) -> HttpResponse:
    form = ScheduleForm(access.person(request), request.POST)
    if not form.is_valid():
        return screen(request, form, status=WRONG_INPUT)
    try:
        transitions.add_schedule(form.wish, step.person(access.person(request)))
    except StateProblem as problem:
        form.add_error("what", problems.of(problem))
        return screen(request, form, status=WRONG_INPUT)
    messages.success(request, _("Der Zeitplan ist gespeichert."))
    return redirect("schedules")


@require_safe
@access.needs(access.PLAN)
def show(request: HttpRequest, schedule_id: int) -> HttpResponse:
    one = mine(request, schedule_id)
    return screen(request, ScheduleForm(access.person(request), schedule=one), one)


@require_POST
@access.needs(access.PLAN)
def save(request: HttpRequest, schedule_id: int) -> HttpResponse:
    one = mine(request, schedule_id)
    form = ScheduleForm(access.person(request), request.POST, schedule=one)
    if not form.is_valid():
        return screen(request, form, one, status=WRONG_INPUT)
    try:
        transitions.change_schedule(one.pk, form.wish, step.person(access.person(request)))
    except StateProblem as problem:  # somebody deleted it meanwhile
        messages.error(request, problems.of(problem))
    else:
        messages.success(request, _("Der Zeitplan ist gespeichert."))
    return redirect("schedules")


@require_safe
@access.needs(access.PLAN)
def preview(request: HttpRequest) -> HttpResponse:
    """What the sentence means and when that is, while it is typed."""
    number = request.GET.get("zeitplan", "")
    one = mine(request, int(number)) if number.isdecimal() and len(number) < 16 else None
    form = ScheduleForm(access.person(request), request.GET, schedule=one)
    form.is_valid()
    return render(request, "web/parts/schedule_preview.html", coming(form))


@require_POST
@access.needs(access.PLAN)
def run(request: HttpRequest, schedule_id: int) -> HttpResponse:
    words = _("Wird ausgeführt, sobald ein Arbeitsprozess frei ist; meist in wenigen Sekunden.")
    return done(request, schedule_id, transitions.run_now, words)


@require_POST
@access.needs(access.PLAN)
def pause(request: HttpRequest, schedule_id: int) -> HttpResponse:
    words = _("Angehalten. Bis zum Fortsetzen geschieht danach nichts mehr.")
    return done(request, schedule_id, transitions.pause_schedule, words)


@require_POST
@access.needs(access.PLAN)
def resume(request: HttpRequest, schedule_id: int) -> HttpResponse:
    words = _("Es geht weiter. Was in der Pause fällig gewesen wäre, wird nicht nachgeholt.")
    return done(request, schedule_id, transitions.resume_schedule, words)


@require_POST
@access.needs(access.PLAN)
def delete(request: HttpRequest, schedule_id: int) -> HttpResponse:
    words = _("Gelöscht. Es gilt wieder, was ohne Zeitplan gilt.")
    return done(request, schedule_id, transitions.delete_schedule, words)


def done(request: HttpRequest, schedule_id: int, act: Callable[[int, str], object], words: str) -> HttpResponse:
    """Do it; nothing is said where there was nothing to do (False)."""
    one = mine(request, schedule_id)
    try:
        if act(one.pk, step.person(access.person(request))) is not False:
            messages.success(request, words)
    except StateProblem as problem:
        messages.error(request, problems.of(problem))
    return redirect("schedules")


@require_safe
@access.needs(access.PLAN)
def report(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The file of a report."""
    found = get_object_or_404(PlannedRun.objects.select_related("schedule"), pk=run_id)
    mine(request, found.schedule_id)
    path = reports.path_of(found)
    if found.schedule.work != Schedule.Work.REPORT or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type="text/csv; charset=utf-8")


def mine(request: HttpRequest, schedule_id: int) -> Schedule:
    """A schedule of this person's processes; all others are not found."""
    found = next((one for one in plans.visible(access.person(request)) if one.pk == schedule_id), None)
    if found is None:
        raise Http404
    return found


def screen(request: HttpRequest, form: ScheduleForm, one: Schedule | None = None, status: int = 200) -> HttpResponse:
    runs = one.runs.select_related("schedule")[:NEWEST] if one else ()
    if one is not None and not form.is_bound:
        form_of_now = ScheduleForm(access.person(request), form.initial, schedule=one)
        form_of_now.is_valid()
    else:
        form_of_now = form
    context = {
        "form": form,
        "row": plans.rows([one])[0] if one else None,
        "lines": plans.history(list(runs)),
        "examples": EXAMPLES,
        "section": "schedules",
        **coming(form_of_now),
        **({"wrong": ()} if form.errors else {}),  # stands at its field
    }
    return render(request, "web/schedule.html", context, status=status)


def coming(form: ScheduleForm) -> dict[str, object]:
    """For the preview: the sentence read back and the next times, or what is wrong with it."""
    if not form.is_bound or not form["words"].value():
        return {"times": (), "said": "", "wrong": (), "is_window": False}
    wrong = [error for name in ("words", "blackout") for error in form.errors.get(name, ())]
    if form.plan is None:
        return {"times": (), "said": "", "wrong": wrong, "is_window": False, "choose": not form.work}
    times = schedules_of.coming(form.work, form.subject, form.plan, clock.now())
    window = form.work == Schedule.Work.ENTRY
    return {"times": times, "said": form.plan.words, "wrong": wrong, "is_window": window}
