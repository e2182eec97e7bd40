"""One case on one screen: the slip, the page, the fields, and what may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import drafts, transitions
from cases.models import Case, Draft, State
from cases.transitions import KeyedDifferently, RulesFailed
from ocr.errors import StateProblem
from ocr.page import Note
from web import access, clarifying, desk, keys, problems, slip, target_record, titles, worklist
from web.checks import Checks
from web.forms import HoldForm, SettleForm, in_a_week
from web.templatetags.laufzettel import day

WRONG_INPUT = 422
PANEL_INPUTS = frozenset(
    f"{Draft.PANEL}{panel}-{name}"
    for panel, form in ((HoldForm.PANEL, HoldForm), (clarifying.PANEL, clarifying.ClarifyForm))
    for name in form.base_fields
)


@require_safe
@access.needs(access.VIEW)
def show(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The case; for whoever may review it now, it is locked for them."""
    case = get_object_or_404(Case.objects.select_related("locked_by", "document"), pk=case_id)
    return case_screen(request, case)


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def confirm(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take over the values of the fields; broken rules come back at their fields."""
    case = get_object_or_404(Case, pk=case_id)
    rows = list(case.fields.all())
    typed = desk.read_form(case, rows, titles.fields_of(case), request.POST.dict())
    if typed.errors:
        return case_screen(request, case, typed=typed, status=WRONG_INPUT)
    try:
        illegible = [name for name in typed.illegible if name in typed.values]
        state = transitions.confirm(
            case.pk, access.person(request), typed.values, overrides=typed.overrides, illegible=illegible
        )
    except RulesFailed as failed:
        return case_screen(request, case, typed=typed, broken=failed.notes, status=WRONG_INPUT)
    except KeyedDifferently as differing:
        typed = replace(typed, errors=dict.fromkeys(differing.names, problems.of(differing)))
        return case_screen(request, case, typed=typed, status=WRONG_INPUT)
    except StateProblem as problem:
        messages.error(request, problems.of(problem))
        return case_screen(request, case, typed=typed, status=409)
    if state == State.SECOND_REVIEW:
        return finished(request, _("Vorgang %(reference)s ging zur Zweitprüfung.") % {"reference": case.reference})
    sentence = _("Vorgang %(reference)s ist freigegeben.") % {"reference": case.reference}
    return finished(request, sentence, back=case if state == State.READY else None)


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def draft(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Keep what was typed into the field `feld`, and answer with what the rules say to it; or what was typed into the
    input `feld` of a panel.
    """
    case = get_object_or_404(Case, pk=case_id)
    form = titles.form_of(case)
    rows, _ = desk.visible(case, case.fields.all(), form)
    name, user, sent = request.POST.get("feld", ""), access.person(request), request.POST.dict()
    row = next((row for row in rows if row.name == name), None)
    if row is None and name not in PANEL_INPUTS:
        raise Http404
    answer = desk.answer_of(name, sent)
    try:
        drafts.keep(case.pk, user, {name: None if "wie_gelesen" in sent else answer})
    except StateProblem as problem:
        return HttpResponse(problems.of(problem), status=409, content_type="text/plain; charset=utf-8")
    if row is None:
        return HttpResponse(status=204)
    known = desk.known_values(rows, form, drafts.of(case, user))
    found = Checks() if answer.mark else desk.checks_of(row, form, answer.text, known)
    return render(request, "web/parts/checks.html", {"checks": found, "keys": keys.keys_of(user)})


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def hold(request: HttpRequest, case_id: UUID) -> HttpResponse:
    case = get_object_or_404(Case, pk=case_id)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return case_screen(request, case, hold_form=form, status=WRONG_INPUT)
    until: date = form.cleaned_data["until"]
    try:
        transitions.hold(case.pk, access.person(request), until, form.cleaned_data["reason"])
    except StateProblem as problem:
        return refused(request, case, problem)
    named = {"reference": case.reference, "day": day(until)}
    return finished(request, _("Vorgang %(reference)s kommt am %(day)s wieder.") % named)


@require_POST
@access.needs(access.REVIEW)
def resume(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return act(request, case_id, transitions.resume)


@require_POST
@access.needs(access.REVIEW)
def choose_form(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Say which form this is; the case is read again with it."""
    case = get_object_or_404(Case, pk=case_id)
    form = request.POST.get("form", "")
    if form not in dict(titles.form_choices(case.process)):
        return case_screen(request, case, form_error=_("Bitte ein Formular wählen."), status=WRONG_INPUT)
    try:
        transitions.choose_form(case.pk, access.person(request), form)
    except StateProblem as problem:
        return refused(request, case, problem)
    named = {"reference": case.reference, "form": titles.form_title(form)}
    return finished(request, _("Vorgang %(reference)s wird als „%(form)s“ neu gelesen.") % named)


@require_POST
@access.needs(access.REVIEW)
def settle(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What a person found in the target about an unclear entry."""
    case = get_object_or_404(Case, pk=case_id)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return case_screen(request, case, settle_form=form, status=WRONG_INPUT)
    given = form.cleaned_data
    try:
        transitions.settle_unclear(
            case.pk,
            access.person(request),
            given["outcome"],
            record_number=given["record_number"],
            reason=given["reason"],
        )
    except StateProblem as problem:
        return refused(request, case, problem)
    sentence = _("Vorgang %(reference)s: Ihre Entscheidung ist festgehalten.") % {"reference": case.reference}
    return finished(request, sentence)


@require_POST
@access.needs(access.OPERATE)
def retry(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return act(request, case_id, transitions.retry_failed)


@require_POST
@access.needs(access.REVIEW)
def to_review(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return act(request, case_id, transitions.send_to_review)


@require_POST
@access.needs(access.REVIEW)
def let_go(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return act(request, case_id, transitions.let_go)


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Let go of the case without a decision."""
    transitions.unlock(case_id, access.person(request))
    return redirect("home")


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def keep_lock(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Asked by the open screen every few minutes, so that the lock does not end under the person's hands."""
    case = get_object_or_404(Case, pk=case_id)
    try:
        case = transitions.lock(case.pk, access.person(request))
    except StateProblem as problem:
        return render(request, "web/parts/lock.html", {"case": case, "lost": problems.of(problem)})
    return render(request, "web/parts/lock.html", {"case": case, "locked_for_me": True})


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def next_one(request: HttpRequest) -> HttpResponse:
    """The most urgent case that nobody else has open."""
    case = worklist.next_case(access.person(request), access.may(request.user))
    if case is None:
        messages.info(request, _("Kein Vorgang wartet auf Ihre Prüfung."))
        return redirect("home")
    return redirect("case", case_id=case.pk)


def act(request: HttpRequest, case_id: UUID, step: Callable[[UUID, User], State]) -> HttpResponse:
    """A decision without input: back to the case, which shows where it stands now."""
    case = get_object_or_404(Case, pk=case_id)
    try:
        state = step(case.pk, access.person(request))
    except StateProblem as problem:
        return refused(request, case, problem)
    named = {"reference": case.reference, "state": State(state).label}
    messages.success(request, _("Vorgang %(reference)s: %(state)s.") % named)
    return redirect("case", case_id=case.pk)


def refused(request: HttpRequest, case: Case, problem: StateProblem) -> HttpResponse:
    """The case is no longer in a state for this: say why and show it as it is now."""
    messages.error(request, problems.of(problem))
    return redirect("case", case_id=case.pk)


def finished(request: HttpRequest, sentence: str, *, back: Case | None = None) -> HttpResponse:
    """Back to the basket, which offers the next case, and to take this one back as long as no robot has it."""
    undo = f" back-{back.pk}" if back and request.user.has_perm(access.REVIEW) else ""
    messages.success(request, sentence, extra_tags=f"next{undo}")
    return redirect("home")


def case_screen(
    request: HttpRequest,
    case: Case,
    *,
    typed: desk.Typed | None = None,
    broken: Mapping[str, tuple[Note, ...]] | None = None,
    status: int = 200,
    **filled: object,
) -> HttpResponse:
    """The whole screen, after a refused input with what was typed and with what is wrong at its field."""
    allowed, user = access.may(request.user), access.person(request)
    case, lost = locked(case, user)
    working = access.may_work_on(user, case) and not lost
    events = list(case.events.all())
    context: dict[str, object] = {
        "case": case,
        "lost": lost,
        "working": working,
        "locked_for_me": working,
        "stations": slip.stations(case, events),
        "history": slip.history(case, events, titles.fields_of(case)),
        "entries": case.entries.order_by("-fence"),
        "was_sent": case.entries.exclude(intent_at=None).exists(),
        "arrivals": case.arrivals.order_by("at"),
        "now": timezone.now(),
        **filled,
    }
    if allowed.see_contents:
        kept = drafts.of(case, user) if working and typed is None else {}
        context |= contents(case, desk.Typed(kept) if kept else typed, broken)
        held = {"until": in_a_week()} | drafts.in_panel(case, user, HoldForm.PANEL)
        context |= {"kept": kept, "hold_form": HoldForm(initial=held)} | keys.keyboard(user)
        context |= {"session_seconds": request.session.get_expiry_age()}
        if working and "klaerfall" in request.GET:
            context |= {"clarifying": True, **clarifying.panel(case, user, request.GET.get("grund", ""))}
        if (seen := target_record.seen_record(case)) is not None:
            context |= {"seen": seen, "pairs": target_record.pairs(case, seen, titles.fields_of(case))}
        context |= {"settle_form": SettleForm(), "form_choices": titles.form_choices(case.process)}
        context |= filled
    return render(request, "web/case.html", context, status=status)


def locked(case: Case, user: User) -> tuple[Case, str]:
    """The case locked for this person, and the reason if that was not possible (empty if it was, or need not be)."""
    if not access.may_work_on(user, case):
        return case, ""
    try:
        return transitions.lock(case.pk, user), ""
    except StateProblem as problem:
        return Case.objects.select_related("locked_by", "document").get(pk=case.pk), problems.of(problem)


def contents(case: Case, typed: desk.Typed | None, broken: Mapping[str, tuple[Note, ...]] | None) -> dict[str, object]:
    """Fields and pages: only for people who may review."""
    views = desk.fields(case, case.fields.all(), titles.form_of(case), typed, broken)
    known = {view.name for view in views}
    return {
        "asking": [view for view in views if view.asks],
        "sure": [view for view in views if not view.asks],
        "sheets": desk.sheets(case.pages.all(), views),
        "wrong": [view for view in views if view.error],
        "wrong_case": [note for name, notes in (broken or {}).items() if name not in known for note in notes],
    }
