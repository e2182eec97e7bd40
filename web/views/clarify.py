"""A case that cannot go on by itself (Klärfall): ask back or reject, with a reason and the draft of a letter."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import transitions
from cases.models import Case
from ocr.errors import StateProblem
from web import access, letters
from web.clarifying import ClarifyForm, texts_of
from web.templatetags.laufzettel import day
from web.views import case as case_view

WRONG_INPUT = 422
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def clarify(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask back (on hold until the day of the answer) or reject, as the button says."""
    case = get_object_or_404(Case, pk=case_id)
    form = ClarifyForm(request.POST, case=case)
    if not form.is_valid():
        return wrong(request, case, form)
    given, user = form.cleaned_data, access.person(request)
    try:
        if given["decision"] == "reject":
            transitions.reject(case.pk, user, given["words"], key=given["reason"])
            sentence = _("Vorgang %(reference)s ist zurückgewiesen.") % {"reference": case.reference}
            return case_view.finished(request, sentence)
        transitions.hold(case.pk, user, given["until"], given["words"], key=given["reason"])
    except StateProblem as problem:
        return case_view.refused(request, case, problem)
    named = {"reference": case.reference, "day": day(given["until"])}
    return case_view.finished(request, _("Vorgang %(reference)s wartet bis %(day)s auf die Antwort.") % named)


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def letter(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The text as it stands in the panel, as a Word document. On record in the trail; the text is not kept."""
    case = get_object_or_404(Case, pk=case_id)
    text = request.POST.get("text", "").strip()[: ClarifyForm.LONGEST_LETTER]
    if not text:
        form = ClarifyForm(request.POST, case=case)
        form.add_error("text", _("Bitte zuerst einen Grund wählen oder den Text des Briefs schreiben."))
        return wrong(request, case, form)
    transitions.note_download(case.pk, access.person(request), "letter_drafted")
    answer = HttpResponse(letters.docx(text), content_type=DOCX)
    answer["Content-Disposition"] = f'attachment; filename="{case.reference}-Brief.docx"'
    return answer


def wrong(request: HttpRequest, case: Case, form: ClarifyForm) -> HttpResponse:
    texts = texts_of(case, access.person(request))
    return case_view.case_screen(
        request, case, status=WRONG_INPUT, clarifying=True, clarify_form=form, letter_texts=texts
    )
