"""The test bench of a form: filled scans are dropped in, read by its versions, corrected, counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import blanks, trials
from cases.models import Trial, TrialReading, Version
from cases.transitions import step
from cases.transitions import trials as steps
from cases.transitions.designing import form_of
from ocr.errors import Problem, StateProblem
from web import access, bench, problems
from web.forms import INPUT
from web.views.designer import LARGEST_BYTES

WRONG_INPUT = 422
EVERY_S = 3


class WhatIf(forms.Form):
    """The error budget that every field shall have, in percent."""

    budget = forms.DecimalField(
        label=gettext_lazy("Fehlerbudget jedes Feldes in Prozent"),
        min_value=0.1,
        max_value=20,
        decimal_places=1,
        widget=forms.NumberInput(attrs={**INPUT, "step": "0.1", "autocomplete": "off", "data-budget": ""}),
        error_messages={
            "required": gettext_lazy("Bitte eine Zahl zwischen 0,1 und 20 eintragen."),
            "invalid": gettext_lazy("Bitte eine Zahl zwischen 0,1 und 20 eintragen."),
            "min_value": gettext_lazy("Bitte eine Zahl zwischen 0,1 und 20 eintragen."),
            "max_value": gettext_lazy("Bitte eine Zahl zwischen 0,1 und 20 eintragen."),
        },
    )


def chosen(name: str, sent: QueryDict) -> tuple[Version, Version | None]:
    """The version that is tried and the one beside it. Raises Http404 where the form has none of this number."""
    known = bench.choices(name)
    if not known:
        raise Http404
    by_number = {str(version.number): version for version in known}
    asked, beside = sent.get("fassung") or str(known[0].number), sent.get("neben") or ""
    if asked not in by_number or (beside and beside not in by_number):
        raise Http404
    return by_number[asked], by_number.get(beside) if beside != asked else None


def address(version: Version, beside: object = "") -> str:
    query = {"fassung": version.number, **({"neben": beside} if beside else {})}
    return f"{reverse('bench', args=[version.name])}?{urlencode(query)}"


@require_safe
@access.needs(access.TEACH)
def show(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "web/bench.html", context(request, name))


@require_safe
@access.needs(access.TEACH)
def now(request: HttpRequest, name: str) -> HttpResponse:
    """What changes while the scans are read."""
    return render(request, "web/parts/bench_now.html", context(request, name))


@require_safe
@access.needs(access.TEACH)
def what_if(request: HttpRequest, name: str) -> HttpResponse:
    """What would pass at another budget."""
    return render(request, "web/parts/bench_what_if.html", context(request, name))


def context(request: HttpRequest, name: str) -> dict[str, object]:
    version, beside = chosen(name, request.GET)
    shown = bench.Bench(version, beside)
    form = WhatIf(request.GET if "budget" in request.GET else {"budget": bench.USUAL_BUDGET * 100})
    budget = float(form.cleaned_data["budget"]) / 100 if form.is_valid() else None
    return {
        "bench": shown,
        "version": version,
        "beside": beside,
        "known": bench.choices(name),
        "what_if": form,
        "answers": [] if budget is None else shown.what_if(budget),
        "chosen": json.dumps({"fassung": version.number, **({"neben": beside.number} if beside else {})}),
        "most": steps.MOST,
        "every_s": EVERY_S,
        "section": "forms",
    }


@require_POST
@access.needs(access.TEACH)
def add(request: HttpRequest, name: str) -> HttpResponse:
    """Scans for the bench; those that fit on it are kept."""
    version, _beside = chosen(name, request.POST)
    files = request.FILES.getlist("scans")
    if not files:
        messages.error(request, _("Bitte mindestens eine Datei mit einem ausgefüllten Formular wählen."))
    added = 0
    with TemporaryDirectory() as folder:
        for file in files:
            if not file.size or file.size > LARGEST_BYTES:
                messages.error(request, _("Eine Datei ist leer oder größer als 50 MB. Sie wurde nicht übernommen."))
                continue
            path = Path(folder) / "scan"
            with path.open("wb") as target:
                target.writelines(file.chunks())
            try:
                steps.add_trial(version, path, file.name or "", access.person(request))
            except StateProblem as problem:
                messages.error(request, problems.of(problem))
                break
            added += 1
    if added:
        words = ngettext("%(count)s Scan wird gelesen.", "%(count)s Scans werden gelesen.", added)
        messages.success(request, words % {"count": added})
    return redirect(address(version))


@require_POST
@access.needs(access.TEACH)
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Have the scans read by the versions on show, where they have not read them."""
    version, beside = chosen(name, request.POST)
    for one in filter(None, (version, beside)):
        steps.ask_trials(one, access.person(request))
    return redirect(address(version, beside.number if beside else ""))


def the_trial(name: str, trial_id: UUID) -> Trial:
    return get_object_or_404(Trial, pk=trial_id, form=name)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.TEACH)
def correct(request: HttpRequest, name: str, trial_id: UUID) -> HttpResponse:
    """Say what stands on a scan; then comes the next one that nobody has looked at."""
    trial = the_trial(name, trial_id)
    version, _beside = chosen(name, request.POST if request.method == "POST" else request.GET)
    form = form_of(version)
    errors: dict[str, str] = {}
    if request.method == "POST":
        truth, errors = bench.typed(form.field, request.POST)
        if not errors:
            kept = {key: value for key, value in (trial.truth or {}).items() if key not in form.fields_by_name}
            steps.correct_trial(trial.pk, {**kept, **truth}, access.person(request))
            open_one = Trial.objects.filter(form=name, truth=None, readings__version=version).exclude(pk=trial.pk)
            after = open_one.filter(readings__result__isnull=False).first()
            messages.success(request, _("Gemerkt, was auf dem Scan steht."))
            back = f"{reverse('trial', args=[name, after.pk])}?fassung={version.number}" if after else address(version)
            return redirect(back)
    reading = TrialReading.objects.filter(trial=trial, version=version).first()
    sent: Mapping[str, str] = request.POST if request.method == "POST" else {}
    shown = {
        "trial": trial,
        "version": version,
        "pages": numbers_of_pages(trial),
        "inputs": bench.inputs(form, trial, reading.result if reading else None, sent, errors),
        "back": address(version),
        "section": "forms",
    }
    return render(request, "web/bench_scan.html", shown, status=WRONG_INPUT if errors else 200)


def numbers_of_pages(trial: Trial) -> list[int]:
    """None where the file cannot be read."""
    try:
        return [leaf.number for leaf in blanks.leaves(str(trial.document_id))]
    except (OSError, Problem):
        return []


@require_safe
@access.needs(access.TEACH)
def page(request: HttpRequest, name: str, trial_id: UUID, number: int) -> HttpResponseBase:
    """One page of a scan, as wide as a screen."""
    trial = the_trial(name, trial_id)
    try:
        leaf = next(leaf for leaf in blanks.leaves(str(trial.document_id)) if leaf.number == number)
        return FileResponse(leaf.picture.open("rb"), content_type="image/jpeg")
    except (StopIteration, OSError, Problem) as error:
        raise Http404 from error


@require_POST
@access.needs(access.TEACH)
def remove(request: HttpRequest, name: str, trial_id: UUID) -> HttpResponse:
    """Erase one scan at once."""
    trial = the_trial(name, trial_id)
    version, _beside = chosen(name, request.POST)
    steps.erase_trial(trial.pk, actor=step.person(access.person(request)))
    messages.success(request, _("Der Scan und alles, was von ihm gelesen wurde, ist gelöscht."))
    return redirect(address(version))


@require_safe
@access.needs(access.TEACH)
def truth(request: HttpRequest, name: str) -> HttpResponse:
    """What stands on the scans, for `laufzettel evaluate`."""
    if not bench.choices(name):
        raise Http404
    known = Trial.objects.filter(form=name, truth__isnull=False)
    lines = [json.dumps(trials.line(trial), ensure_ascii=False) + "\n" for trial in known]
    answer = HttpResponse("".join(lines), content_type="application/jsonl; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return answer
