"""A form is taught: its blank is uploaded, its fields are accepted, drawn and described, each change kept at once."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import blanks
from cases.models import Proposal, Version
from cases.transitions import designing as drafting
from ocr.errors import Problem, StateProblem
from ocr.spec import FormSpec
from ocr.spec_edit import NotPossible, alone, usual_budget
from ocr.spec_text import as_toml
from web import access, field_changes, field_words, problems
from web.designing import Screen
from web.forms import INPUT

WRONG_INPUT, CONFLICT = 422, 409
LARGEST_BYTES = 50_000_000
TEXT = "text/plain; charset=utf-8"


class BlankForm(forms.Form):
    """The blank form of a new kind of application."""

    file = forms.FileField(
        label=gettext_lazy("Das leere Formular (PDF, TIFF, JPEG oder PNG)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.tif,.tiff,.jpg,.jpeg,.png", "class": "file"}),
        error_messages={
            "required": gettext_lazy("Bitte die Datei mit dem leeren Formular wählen."),
            "empty": gettext_lazy("Diese Datei ist leer. Bitte eine andere wählen."),
        },
    )
    title = forms.CharField(
        label=gettext_lazy("Titel (freiwillig; sonst die größte Überschrift)"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Sprache des Formulars"),
        choices=[("deu", gettext_lazy("Deutsch")), ("eng", gettext_lazy("Englisch"))],
        initial="deu",
        widget=forms.Select(attrs={"class": "kern-form-input__select"}),
    )

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(_("Diese Datei ist größer als 50 MB. Bitte eine kleinere wählen."))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.TEACH)
def new(request: HttpRequest) -> HttpResponse:
    """Upload the blank form; a worker looks at it."""
    form = BlankForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        status = WRONG_INPUT if request.method == "POST" else 200
        return render(request, "web/designer_new.html", {"form": form, "section": "forms"}, status=status)
    given = form.cleaned_data
    with TemporaryDirectory() as folder:
        path = Path(folder) / "blank"
        with path.open("wb") as target:
            target.writelines(given["file"].chunks())
        version = drafting.begin_form(
            path, given["file"].name, access.person(request), title=given["title"], language=given["language"]
        )
    return redirect("design", version.name, version.pk)


def the_draft(name: str, version_id: int) -> Version:
    """Raises Http404 when there is no such draft of a form."""
    return get_object_or_404(
        Version.objects.select_related("blank"),
        pk=version_id, name=name, kind=Version.Kind.FORM, state=Version.State.DRAFT,
    )  # fmt: skip


@require_safe
@access.needs(access.TEACH)
def show(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    """The designer; a page that waits as long as a worker looks at the blank form."""
    version = the_draft(name, version_id)
    proposal = Proposal.objects.filter(version=version).first()
    if proposal and (proposal.done_at is None or proposal.problem):
        context = {"version": version, "proposal": proposal, "section": "forms"}
        return render(request, "web/designer_waiting.html", context)
    return screen(request, version, drafting.form_of(version), request.GET.get("feld", ""))


def screen(request: HttpRequest, version: Version, spec: FormSpec, active: str) -> HttpResponse:
    """The whole page, or only what changes on it, for a script that asks for that."""
    shown = Screen(version, spec, active)
    context = {
        "screen": shown,
        "version": version,
        "kinds": field_words.kinds(),
        "rules": field_words.rule_words(),
        "budgets": budgets(shown),
        "marks": shown.marks,
        "is_mark": shown.active is not None and shown.active.field.kind in field_words.MARKS,
        "section": "forms",
    }
    only = "X-Pieces" in request.headers
    return render(request, "web/parts/designer_pieces.html" if only else "web/designer.html", context)


def budgets(shown: Screen) -> list[tuple[str, str, bool]]:
    """The budgets to choose from, with the one of the active field, or of the form."""
    now = shown.active.field.error_budget if shown.active else usual_budget(shown.spec)
    return [(share, word, share == repr(now)) for share, word in field_words.budgets(now)]


def is_known(version: Version) -> bool:
    """Whether other versions of the form are or were in service: then its fields keep their names."""
    others = Version.objects.filter(kind=version.kind, name=version.name, state=Version.State.APPROVED)
    return version.blank_id is None or others.exists()


@require_POST
@access.needs(access.TEACH)
def change(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    """One change, kept at once; answers with everything that looks different afterwards."""
    version, sent, user = the_draft(name, version_id), request.POST.copy(), access.person(request)
    if is_known(version):
        sent["name_bleibt"] = "1"
    active = sent.get("feld", "")
    try:
        seen = datetime.fromisoformat(sent.get("seen", ""))
        match sent.get("tat", ""):
            case "zurueck":
                version = drafting.undo(version.pk, user, seen=seen)
            case "vor":
                version = drafting.redo(version.pk, user, seen=seen)
            case "uebernehmen":
                drafting.accept(version.pk, [active])
                active = Screen(version, drafting.form_of(version), active).next_proposed or active
            case "alle-uebernehmen":
                drafting.accept(version.pk, [field.name for field in alone(drafting.form_of(version))])
            case _:
                changed = field_changes.change(drafting.form_of(version), sent)
                text, before = as_toml(changed.spec), active
                version = drafting.change_step(version.pk, text, user, what=changed.what, seen=seen)
                active = changed.active
                if sent["tat"] != "weg":
                    drafting.accept(version.pk, {before, active} - {""})
    except NotPossible as problem:
        return HttpResponse(problems.refused(problem), status=WRONG_INPUT, content_type=TEXT)
    except StateProblem as problem:
        return HttpResponse(problems.of(problem), status=CONFLICT, content_type=TEXT)
    except (KeyError, ValueError) as error:
        raise Http404 from error
    return screen(request, version, drafting.form_of(version), active)


@require_safe
@access.needs(access.TEACH)
def page(request: HttpRequest, name: str, version_id: int, number: int) -> HttpResponseBase:
    """One page of the blank form, as wide as a screen."""
    version = get_object_or_404(Version, pk=version_id, name=name, kind=Version.Kind.FORM, blank__isnull=False)
    try:
        leaf = next(leaf for leaf in blanks.leaves(str(version.blank_id)) if leaf.number == number)
        return FileResponse(leaf.picture.open("rb"), content_type="image/jpeg")
    except (StopIteration, OSError, Problem) as error:
        raise Http404 from error


@require_safe
@access.needs(access.TEACH)
def text(request: HttpRequest, name: str, version_id: int) -> HttpResponse:
    """The description as the file that could lie in `config/forms`."""
    version = get_object_or_404(Version, pk=version_id, name=name, kind=Version.Kind.FORM)
    return download(version.text, f"{name}.toml", "application/toml; charset=utf-8")


@require_safe
@access.needs(access.TEACH)
def fim(request: HttpRequest, name: str, version_id: int, ending: str) -> HttpResponse:
    """Which field stands for which FIM data field, as CSV or JSON."""
    version = get_object_or_404(Version, pk=version_id, name=name, kind=Version.Kind.FORM)
    rows = fim_rows(drafting.form_of(version))
    if ending == "json":
        return JsonResponse({"form": name, "version": version.number, "fields": rows})
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=FIM_COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return download("\ufeff" + out.getvalue(), f"{name}-fim.csv", "text/csv; charset=utf-8")


FIM_COLUMNS = ("field", "title", "kind", "required", "fim_id", "fim_version", "fim_name", "fim_type")


def fim_rows(spec: FormSpec) -> list[dict[str, object]]:
    """All fields with their FIM data field, empty where none was attached."""
    rows: list[dict[str, object]] = []
    for field in spec.field:
        fim = field.fim
        told = (fim.id, fim.version, fim.name, fim.type) if fim else ("", "", "", "")
        given = (field.name, field.title, field.kind, field.required, *told)
        rows.append(dict(zip(FIM_COLUMNS, given, strict=True)))
    return rows


def download(text: str, file_name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
