"""PDF inside the throw-away child: a scanner's picture is taken out as it is, other pages are rendered."""

from __future__ import annotations

import gc
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import numpy as np
import pypdfium2
from pypdfium2 import raw as pdfium

from ocr.errors import ScanProblem
from ocr.loading import active, born_digital, gate, scan
from ocr.loading.inputs import Inputs, check_count
from ocr.loading.order import Dropout, Order
from ocr.loading.outcome import Item, Lost, Told, Total
from ocr.loading.pictures import drop_out, fit
from ocr.page import Gray, RawPage

RENDER_DPI = 300.0
RENDER_DPI_RANGE = (150.0, 400.0)
RENDER_PIXELS = 60_000_000
INVISIBLE_MODES = (3, 7)  # Source: ISO 32000-1, table 106
OBJECTS_LOOKED_AT = 20_000
FORMS_FLATTENED_PAGES = 100
PAGES_A_DOCUMENT = 20
"""pdfium keeps the packed pictures of all pages that it has shown; the document is opened anew to forget them."""
ONLY_XFA = (
    "Die PDF-Datei ist ein XFA-Formular; was darin steht, zeigen nur Adobe-Programme. "
    "Bitte dort öffnen, als PDF drucken und diese Datei eingeben."
)
LOCKED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


@dataclass(frozen=True, slots=True)
class Content:
    """What stands on a page: its pictures, and whether there is visible or invisible text or drawing."""

    images: tuple[pypdfium2.PdfObject, ...]
    visible_text: bool
    invisible_text: bool
    drawing: bool


def pages(file: BinaryIO, order: Order) -> Iterator[Item]:
    """The pages of a PDF file.

    Raises:
        ScanProblem: S004 too many pages or form fields, S005 locked by a password, S006 nothing can be read,
            S018 the pages are not in the file (a form that only Adobe's programs draw).
    """
    limits = order.limits
    document, source = _open(file)
    if len(document) > limits.pages:
        raise gate.refuse(gate.TOO_LARGE)
    form = document.get_formtype()
    if form == pdfium.FORMTYPE_XFA_FULL:
        raise ScanProblem("S018", ONLY_XFA)
    yield Total(len(document))
    has_form = form != pdfium.FORMTYPE_NONE
    if has_form:
        document.init_forms()
    text = born_digital.TextLayer(lambda: _for_text(document, source, has_form), limits.words_s)
    inputs = Inputs(lambda: source, limits.words_s)
    good = 0
    for index in range(len(document)):
        if index and index % PAGES_A_DOCUMENT == 0:
            document = _again(document, source, has_form)
        try:
            held = document[index]
            check_count(held)
            page = _page(held, index + 1, text, order)
            filled = inputs.on_page(index, held, (page.width, page.height))
        except (pypdfium2.PdfiumError, ValueError):
            yield Lost(index + 1)
            continue
        good += 1
        if filled is None:
            yield Told.UNREAD
        yield replace(page, inputs=filled or ())
    if good == 0:
        raise gate.refuse(gate.DAMAGED)
    if active.is_active(document, file):
        yield Told.ACTIVE
    if form == pdfium.FORMTYPE_XFA_FOREGROUND:
        yield Told.XFA


def _open(file: BinaryIO) -> tuple[pypdfium2.PdfDocument, BinaryIO]:
    """The document, and the bytes it was made from (repaired ones, where pdfium gave up)."""
    try:
        return pypdfium2.PdfDocument(file), file
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in LOCKED:
            raise ScanProblem(
                "S005", "Die PDF-Datei ist mit einem Kennwort geschützt. Bitte ohne Kennwort anfordern."
            ) from None
    try:
        repaired = _repaired(file)
        return pypdfium2.PdfDocument(repaired), repaired
    except MemoryError:
        raise
    except Exception:
        raise gate.refuse(gate.DAMAGED) from None


def _again(document: pypdfium2.PdfDocument, source: BinaryIO, has_form: bool) -> pypdfium2.PdfDocument:
    document.close()
    gc.collect()  # nothing else collects in this process
    anew = pypdfium2.PdfDocument(source)
    if has_form:
        anew.init_forms()
    return anew


def _repaired(file: BinaryIO) -> BinaryIO:
    """What qpdf can save of a broken file."""
    import pikepdf

    file.seek(0)
    out = io.BytesIO()
    with pikepdf.open(file) as document:
        document.save(out)
    return out


def _for_text(document: pypdfium2.PdfDocument, source: BinaryIO, has_form: bool) -> BinaryIO:
    """The bytes to take words from: with what is filled into form fields made part of the pages."""
    if not has_form or len(document) > FORMS_FLATTENED_PAGES:
        return source
    source.seek(0)
    copy = pypdfium2.PdfDocument(source.read())
    copy.init_forms()
    for page in copy:
        page.flatten()
    out = io.BytesIO()
    copy.save(out)
    return out


def _page(page: pypdfium2.PdfPage, number: int, text: born_digital.TextLayer, order: Order) -> RawPage:
    content = _look(page)
    if _may_be_scan(page, content):
        found = scan.take_out(page, content.images, order.limits.pixels // 4, order.dropout is not None)
        if found is not None:
            return _as_page(found, number, order)
    gray, scale = _render(page, content, order.dropout)
    words = None
    if content.visible_text and not content.invisible_text and not _has_large_picture(page, content):
        words = text.words(number - 1, gray, scale)
    return RawPage(number, gray, scale * 72, words)


def _look(page: pypdfium2.PdfPage) -> Content:
    images, visible, invisible, drawing = [], False, False, False
    for count, thing in enumerate(page.get_objects(max_depth=8)):
        if thing.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            images.append(thing)
        elif thing.type == pdfium.FPDF_PAGEOBJ_TEXT:
            hidden = pdfium.FPDFTextObj_GetTextRenderMode(thing.raw) in INVISIBLE_MODES
            visible, invisible = visible or not hidden, invisible or (hidden and _has_extent(thing))
        elif thing.type != pdfium.FPDF_PAGEOBJ_FORM:
            drawing = True
        if count >= OBJECTS_LOOKED_AT:
            break
    return Content(tuple(images), visible, invisible, drawing)


def _has_extent(text: pypdfium2.PdfObject) -> bool:
    """False for the blanks that word processors write invisibly between words."""
    left, bottom, right, top = text.get_bounds()
    return bool(right - left > 0.5 and top - bottom > 0.5)


def _may_be_scan(page: pypdfium2.PdfPage, content: Content) -> bool:
    if content.visible_text or content.drawing:
        return False
    return scan.share(page, content.images) > scan.LEAST_SHARE and not _has_marks(page)


def _has_marks(page: pypdfium2.PdfPage) -> bool:
    """Whether anything was put onto the page afterwards (links do not show)."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
            return True
    return False


def _has_large_picture(page: pypdfium2.PdfPage, content: Content) -> bool:
    return any(scan.share(page, (image,)) > scan.LEAST_SHARE for image in content.images)


def _as_page(found: scan.Scan, number: int, order: Order) -> RawPage:
    pixels = found.pixels
    if order.dropout is not None and pixels.ndim == 3:
        pixels = drop_out(pixels, order.dropout)
    range_of_two = (int(pixels.min()), int(pixels.max()))
    is_black_and_white = found.black_and_white and range_of_two in ((0, 255), (255, 255), (0, 0))
    return fit(pixels, number, found.dpi, black_and_white=is_black_and_white)


def _render(page: pypdfium2.PdfPage, content: Content, dropout: Dropout | None) -> tuple[Gray, float]:
    """The page at 300 dpi, or at the resolution of the scan that it is put together from."""
    finest = max((_dpi(image) for image in content.images if scan.share(page, (image,)) > 0.1), default=RENDER_DPI)
    low, high = RENDER_DPI_RANGE
    dpi = max(low, finest) if finest <= high and not content.visible_text else RENDER_DPI
    width, height = page.get_size()
    scale = min(dpi / 72, math.sqrt(RENDER_PIXELS / max(1.0, width * height)))
    bitmap = page.render(scale=scale, grayscale=dropout is None, may_draw_forms=True)
    pixels = bitmap.to_numpy()
    if dropout is None:
        return np.ascontiguousarray(pixels.reshape(pixels.shape[:2])), scale
    return drop_out(np.ascontiguousarray(pixels[:, :, 2::-1]), dropout), scale


def _dpi(image: pypdfium2.PdfObject) -> float:
    width_px, height_px = image.get_px_size()
    a, b, c, d, _, _ = scan.matrix_of(image)
    width, height = math.hypot(a, b), math.hypot(c, d)
    return max(width_px / width, height_px / height) * 72 if width > 0 and height > 0 else RENDER_DPI
