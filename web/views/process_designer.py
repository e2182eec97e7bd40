"""The process that a taught form belongs to: chosen or begun, and filled in; each change kept at once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import catalog
from cases.models import Version
from cases.process_text import as_toml
from cases.processes import ProcessSpec, parse
from cases.transitions import designing as drafting
from ocr.errors import StateProblem
from ocr.spec import FieldSpec, FormSpec
from ocr.spec_edit import NotPossible, alone
from web import access, mapping, problems, process_changes
from web.process_changes import Around
from web.views.designer import CONFLICT, TEXT, WRONG_INPUT, the_draft


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.TEACH)
def choose(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    """To which process the form belongs: one that is there, or a new one."""
    version = the_draft(name, version_id)
    begun = Version.objects.filter(kind=Version.Kind.PROCESS, release=version.release).first()
    if begun:
        return redirect("design_process", begun.name, begun.pk)
    if request.method != "POST":
        return choice(request, version)
    chosen, title = request.POST.get("verfahren", ""), " ".join(request.POST.get("titel", "").split())[:80]
    if chosen and chosen not in catalog.processes():
        raise Http404
    if not chosen and not title:
        return choice(request, version, _("Bitte einen Titel für das neue Verfahren eintragen."))
    target = request.POST.get("ziel", "")
    form = drafting.form_of(version)
    spec = with_form(catalog.processes()[chosen], name) if chosen else begin(title, form, target)
    around = around_of(spec, form)
    text = as_toml(process_changes.propose(spec, around))
    process = drafting.begin_process(spec.name, text, access.person(request), version)
    return redirect("design_process", process.name, process.pk)


def choice(request: HttpRequest, version: Version, error: str = "") -> HttpResponse:
    context = {
        "version": version,
        "spec": drafting.form_of(version),
        "processes": catalog.processes().values(),
        "targets": catalog.targets().values(),
        "error": error,
        "section": "forms",
    }
    return render(request, "web/process_choice.html", context, status=WRONG_INPUT if error else 200)


def with_form(spec: ProcessSpec, form: str) -> ProcessSpec:
    return process_changes.with_changes(spec, forms=tuple(dict.fromkeys((*spec.forms, form))))


def begin(title: str, form: FormSpec, target: str) -> ProcessSpec:
    """A new process for the form, with what its fields say of themselves."""
    known = target if target in catalog.targets() else None
    return ProcessSpec(
        name=drafting.unused_process_name(title),
        title=title,
        forms=(form.name,),
        target=known,
        name_fields=mapping.name_fields(alone(form)),
    )


def around_of(spec: ProcessSpec, form: FormSpec | None) -> Around:
    """The fields of the form that is taught with the process (else of all its forms), and the places of its target."""
    forms = catalog.forms()
    shown = [form] if form else [forms[name] for name in spec.forms if name in forms]
    fields: dict[str, FieldSpec] = {one.name: one for each in shown for one in (*alone(each), *each.field)}
    target = catalog.targets().get(spec.target or "")
    entered = [p for p in catalog.processes().values() if p.target == spec.target]
    known = [forms[name] for process in entered for name in process.forms if name in forms]
    return Around(list(fields.values()), mapping.places(target.fields, known) if target else ())


def the_process(name: str, version_id: int) -> Version:
    """Raises Http404 when there is no such draft of a process."""
    return get_object_or_404(
        Version, pk=version_id, name=name, kind=Version.Kind.PROCESS, state=Version.State.DRAFT
    )  # fmt: skip


def form_beside(version: Version) -> Version | None:
    """The version of a form that is released together with the process."""
    return Version.objects.filter(kind=Version.Kind.FORM, release=version.release).first()


def process_of(version: Version) -> ProcessSpec:
    return parse(version.text, f"{version.name} ({version.number})", ProcessSpec)


@require_safe
@access.needs(access.TEACH)
def show(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    return screen(request, the_process(name, version_id))


def screen(request: HttpRequest, version: Version) -> HttpResponse:
    spec, form = process_of(version), form_beside(version)
    around = around_of(spec, drafting.form_of(form) if form else None)
    lines = process_changes.lines(spec, around)
    used = {line.place.to for line in lines if line.place}
    context = {
        "version": version,
        "form": form,
        "spec": spec,
        "lines": lines,
        "places": around.places,
        "left": [place for place in around.places if place.to not in used],
        "fields": around.fields,
        "amounts": [(one, spec.second_review.over.get(one.name)) for one in around.fields if one.kind == "money"],
        "names": [(n, (*spec.name_fields, "", "")[n - 1]) for n in (1, 2)],
        "share": f"{spec.second_review.share * 100:g}".replace(".", ","),
        "targets": catalog.targets().values(),
        "scanners": sorted(path.stem for path in Path(settings.SCANNERS).glob("*.toml")),
        "undo": version.steps.filter(undone=False).exists(),
        "redo": version.steps.filter(undone=True).exists(),
        "section": "forms",
    }
    only = "X-Pieces" in request.headers
    return render(request, "web/parts/process_pieces.html" if only else "web/process_designer.html", context)


@require_POST
@access.needs(access.TEACH)
def change(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    """The page as it is filled in now, kept at once."""
    version, sent, user = the_process(name, version_id), request.POST, access.person(request)
    spec, form = process_of(version), form_beside(version)
    form_spec = drafting.form_of(form) if form else None
    try:
        seen = datetime.fromisoformat(sent.get("seen", ""))
        match sent.get("tat", ""):
            case "zurueck":
                version = drafting.undo(version.pk, user, seen=seen)
            case "vor":
                version = drafting.redo(version.pk, user, seen=seen)
            case tat:
                if tat == "ziel":
                    target = sent.get("ziel", "") if sent.get("ziel", "") in catalog.targets() else ""
                    moved = process_changes.with_changes(spec, target=target or None)
                    new = process_changes.with_target(spec, target, around_of(moved, form_spec))
                elif tat == "vorschlagen":
                    new = process_changes.propose(spec, around_of(spec, form_spec))
                else:
                    new = process_changes.read(spec, sent, around_of(spec, form_spec))
                version = drafting.change_step(
                    version.pk, as_toml(new), user, what=_("Verfahren geändert"), seen=seen
                )  # fmt: skip
    except NotPossible as problem:
        return HttpResponse(problems.refused(problem), status=WRONG_INPUT, content_type=TEXT)
    except StateProblem as problem:
        return HttpResponse(problems.of(problem), status=CONFLICT, content_type=TEXT)
    except ValueError as error:
        raise Http404 from error
    return screen(request, version)
