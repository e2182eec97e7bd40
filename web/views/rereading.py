"""Reading again: a point or a box on the page, or the recognised words to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import pictures, store
from cases.models import Case, Page
from ocr import reread
from ocr.errors import Problem
from ocr.page import Box, Gray, Word
from ocr.spec import FieldSpec, FormSpec
from web import access, desk, engines, titles, values

log = structlog.get_logger(__name__)
LEAST_PX = 6


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side, and the box around them all."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def place(self) -> str:
        boxes = [word.box for word in self.words]
        return _place(
            Box(min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes))
        )

    @property
    def placed(self) -> list[tuple[str, str]]:
        return [(word.text, _place(word.box)) for word in self.words]


@require_POST
@access.needs(access.REVIEW, access.SECOND)
def read_again(request: HttpRequest, case_id: UUID) -> JsonResponse:
    """Read what lies at `ort` ("x,y" or "x0,y0,x1,y1", page pixels) of page `seite` as a value of the field `feld`."""
    case = get_object_or_404(Case, pk=case_id)
    form = titles.form_of(case)
    spec = form.fields_by_name.get(request.POST.get("feld", "")) if form else None
    if spec is not None and spec.double_keying:
        return _refusal(_("Dieses Feld tippen zwei Personen ab. Bitte den Wert vom Bild abschreiben."), 422)
    if form is None or spec is None or desk.CONTROLS.get(spec.kind, "text") not in ("text", "date"):
        return _refusal(_("Für dieses Feld bitte die Antwort wählen; es lässt sich nicht vom Bild lesen."), 422)
    page, gray = _page(case, request.POST.get("seite", ""))
    numbers = _numbers(request.POST.get("ort", ""))
    try:
        found = engines.within(engines.ZONE_S, lambda: _look(gray, page, numbers, spec, form))
    except TimeoutError:
        return _refusal(_("Das Lesen dauert zu lange. Bitte den Wert vom Bild abschreiben."), 503)
    except Problem as problem:
        log.warning("reread_failed", case=str(case.pk), code=problem.code)
        return _refusal(_("Die Leser stehen gerade nicht bereit. Bitte den Wert vom Bild abschreiben."), 503)
    if found is None:
        return _refusal(_("Hier steht nichts, das sich lesen ließ. Bitte ein Rechteck um den Wert ziehen."), 422)
    text, box = found
    return JsonResponse({"text": text, "ort": box.as_list(), "satz": _("Gelesen: %(text)s") % {"text": text}})


def _look(gray: Gray, page: Page, numbers: list[int], spec: FieldSpec, form: FormSpec) -> tuple[str, Box] | None:
    box = reread.line_at(gray, page.dpi, *numbers) if len(numbers) == 2 else _box(numbers, page)
    if box is None:
        return None
    reading = reread.reread(gray, page.dpi, box, spec, page.number, form.language)
    text = values.shown(spec.kind, reading.value) if reading.value else " ".join((reading.raw or "").split())
    return (text, box) if text else None


def _box(numbers: list[int], page: Page) -> Box | None:
    """The box inside the page; None when too little of it is there to hold a letter."""
    if len(numbers) != 4:
        return None
    x0, y0, x1, y1 = numbers
    left, top, right, low = max(0, x0), max(0, y0), min(page.width, x1), min(page.height, y1)
    return Box(left, top, right, low) if right - left >= LEAST_PX and low - top >= LEAST_PX else None


def _numbers(text: str) -> list[int]:
    parts = text.split(",")
    return [int(part) for part in parts] if all(part.isdecimal() and len(part) < 6 for part in parts) else []


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def words(request: HttpRequest, case_id: UUID, number: int) -> HttpResponse:
    """The recognised words of a page as buttons, read when somebody asks for them."""
    case = get_object_or_404(Case, pk=case_id)
    page, gray = _page(case, str(number))
    form = titles.form_of(case)
    languages = form.language if form else ("deu",)
    context: dict[str, object] = {"number": number, "count": case.pages.count(), "case": case}
    try:
        found = engines.within(engines.PAGE_S, lambda: reread.word_lines(gray, page.dpi, languages))
    except (TimeoutError, Problem):
        return render(request, "web/parts/words.html", {**context, "late": True}, status=503)
    return render(request, "web/parts/words.html", {**context, "lines": [Line(line) for line in found]})


def _page(case: Case, number: str) -> tuple[Page, Gray]:
    page = get_object_or_404(Page, case=case, number=int(number) if number.isdecimal() and len(number) < 5 else 0)
    try:
        gray = pictures.pixels(store.page_path(case.pk, page.number))
    except FileNotFoundError as error:
        raise Http404 from error
    return page, _without(gray, desk.hidden_places(case, page.number))


def _without(gray: Gray, places: list[Box]) -> Gray:
    """The page with these places made white: what nobody may be told cannot be read there."""
    gray = gray.copy() if places else gray
    for box in places:
        box.crop(gray)[:] = 255
    return gray


def _refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"satz": sentence}, status=status)


def _place(box: Box) -> str:
    return ",".join(map(str, box.as_list()))
