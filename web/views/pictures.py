"""Page images, crops, pictures of receipts, the original file, the proof sheet: only for people who may review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from cases import pictures, store, transitions
from cases.models import Case, Entry, Field, Page
from ocr.errors import Problem
from ocr.page import Box
from web import access, proof


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def page(request: HttpRequest, case_id: UUID, number: int) -> HttpResponseBase:
    """One cleaned page as PNG; `?art=` asks for it as wide as a screen, as a thumbnail, or as it came in (JPEG)."""
    sheet = get_object_or_404(Page.objects.select_related("case"), case_id=case_id, number=number)
    path = store.page_path(case_id, number)
    match request.GET.get("art", ""):
        case "schirm":
            return picture(lambda: pictures.screen(path))
        case "klein":
            return picture(lambda: pictures.thumbnail(path))
        case "original":
            source = store.original_path(sheet.case.document_id or "")
            return picture(lambda: pictures.original(path, source, sheet.sheet or sheet.number))
    return picture(lambda: path)


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def crop(request: HttpRequest, case_id: UUID, name: str) -> HttpResponseBase:
    """The place of one field, cut out of its page."""
    field = get_object_or_404(Field, case_id=case_id, name=name)
    if not field.box or field.page is None:
        raise Http404
    path, box = store.page_path(case_id, get_object_or_404(Page, case_id=case_id, number=field.page).number), field.box
    return picture(lambda: pictures.crop(path, Box(*box)))


def picture(make: Callable[[], Path]) -> FileResponse:
    """The file that `make` names; what cannot be made is not found."""
    try:
        path = make()
        return FileResponse(path.open("rb"), content_type="image/jpeg" if path.suffix == ".jpg" else "image/png")
    except (ValueError, LookupError, OSError, Problem) as error:
        raise Http404 from error


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def receipt(request: HttpRequest, case_id: UUID, entry_id: int) -> HttpResponseBase:
    """What the target showed when the robot read the record back. Goes with the case."""
    entry = get_object_or_404(Entry, pk=entry_id, case_id=case_id)
    name = (entry.receipt or {}).get("screenshot")
    if not name or entry.run_id is None:
        raise Http404
    folder = store.run_folder(entry.run_id).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def original(request: HttpRequest, case_id: UUID) -> HttpResponseBase:
    """The bytes as they came in, to be saved and never shown inside the application. On record in the trail."""
    case = get_object_or_404(Case.objects.select_related("document"), pk=case_id)
    if case.document is None:
        raise Http404
    arrival = case.arrivals.order_by("at").first()
    suffix = arrival.file_name.rpartition(".")[2].lower() if arrival else ""
    known = suffix if suffix in {"pdf", "tif", "tiff", "jpg", "jpeg", "png"} else "bin"
    try:
        content = store.open_original(case.document.sha256)
    except FileNotFoundError as error:
        raise Http404 from error
    if request.method == "GET":
        transitions.note_download(case.pk, access.person(request))
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{case.reference}.{known}",
        content_type="application/octet-stream",
    )


@require_safe
@access.needs(access.REVIEW, access.SECOND)
def proof_sheet(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The proof sheet of a case for the file, PDF/A. On record in the trail."""
    case = get_object_or_404(Case, pk=case_id)
    if request.method == "GET":
        transitions.note_download(case.pk, access.person(request), "proof_printed")
    answer = HttpResponse(proof.sheet(case), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{case.reference}-Nachweis.pdf"'
    return answer
