"""PDF inside the throw-away child: a scanner's picture is taken out as it is, other pages are rendered."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np
import pypdfium2
from pypdfium2 import raw as pdfium

from ocr.errors import ScanProblem
from ocr.loading import born_digital, gate
from ocr.loading.limits import Limits
from ocr.loading.order import Order
from ocr.loading.outcome import Active, Item, Lost, Total
from ocr.loading.pictures import fit
from ocr.page import Gray, RawPage

RENDER_DPI = 300.0
RENDER_DPI_RANGE = (150.0, 400.0)
RENDER_PIXELS = 60_000_000
INVISIBLE_MODES = (3, 7)  # Source: ISO 32000-1, table 106
OBJECTS_LOOKED_AT = 20_000
FORMS_FLATTENED_PAGES = 100
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
        ScanProblem: S004 too many pages, S005 locked by a password, S006 nothing can be read.
    """
    limits = order.limits
    document, source = _open(file)
    if len(document) > limits.pages:
        raise gate.refuse(gate.TOO_LARGE)
    yield Total(len(document))
    has_form = document.get_formtype() != pdfium.FORMTYPE_NONE
    if has_form:
        document.init_forms()
    text = born_digital.TextLayer(lambda: _for_text(document, source, has_form), limits.words_s)
    good = 0
    for index in range(len(document)):
        try:
            page = _page(document[index], index + 1, text, limits)
        except (pypdfium2.PdfiumError, ValueError):
            yield Lost(index + 1)
            continue
        good += 1
        yield page
    if good == 0:
        raise gate.refuse(gate.DAMAGED)
    if _is_active(document):
        yield Active()


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


def _is_active(document: pypdfium2.PdfDocument) -> bool:
    scripts = int(pdfium.FPDFDoc_GetJavaScriptActionCount(document.raw))
    attachments = int(pdfium.FPDFDoc_GetAttachmentCount(document.raw))
    return scripts > 0 or attachments > 0


def _page(page: pypdfium2.PdfPage, number: int, text: born_digital.TextLayer, limits: Limits) -> RawPage:
    content = _look(page)
    if _is_one_picture(page, content):
        taken = _take_out(page, content.images[0], number, limits)
        if taken is not None:
            return taken
    gray, scale = _render(page, content)
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


def _is_one_picture(page: pypdfium2.PdfPage, content: Content) -> bool:
    if len(content.images) != 1 or content.visible_text or content.drawing:
        return False
    return _share(page, content.images[0]) > 0.5 and not _has_marks(page)


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
    return any(_share(page, image) > 0.5 for image in content.images)


def _share(page: pypdfium2.PdfPage, image: pypdfium2.PdfObject) -> float:
    """The share of the page that the picture covers."""
    left, bottom, right, top = _bounds(image)
    crop_left, crop_bottom, crop_right, crop_top = page.get_cropbox()
    width = min(right, crop_right) - max(left, crop_left)
    height = min(top, crop_top) - max(bottom, crop_bottom)
    whole = (crop_right - crop_left) * (crop_top - crop_bottom)
    return max(0.0, width) * max(0.0, height) / whole if whole > 0 else 0.0


def _matrix(image: pypdfium2.PdfObject) -> tuple[float, float, float, float, float, float]:
    """From the unit square of the picture to the page, through all forms that it is nested in."""
    matrix, around = image.get_matrix(), image.container
    while around is not None:
        matrix, around = matrix.multiply(around.get_matrix()), around.container
    a, b, c, d, e, f = matrix.get()
    return a, b, c, d, e, f


def _bounds(image: pypdfium2.PdfObject) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in points."""
    a, b, c, d, e, f = _matrix(image)
    return e + min(0, a, c, a + c), f + min(0, b, d, b + d), e + max(0, a, c, a + c), f + max(0, b, d, b + d)


def _take_out(page: pypdfium2.PdfPage, image: pypdfium2.PdfObject, number: int, limits: Limits) -> RawPage | None:
    """The picture itself, turned as the page shows it; None when that is not what the page shows."""
    width_px, height_px = image.get_px_size()
    if width_px * height_px > limits.pixels // 4:
        return None
    across, along = _directions(image, page.get_rotation())
    if across is None or along is None:
        return None
    gray = _gray(image.get_bitmap(render=False))
    if gray is None:
        return None
    if across[0] == 0:
        gray, across, along = gray.T, along, across
    gray = np.ascontiguousarray(gray[:: 1 if along[1] > 0 else -1, :: 1 if across[0] > 0 else -1])
    if not _looks_like(page, gray):
        return None
    height, width = gray.shape
    return fit(gray, number, (width / abs(across[0]) * 72, height / abs(along[1]) * 72), None)


Vector = tuple[float, float]


def _directions(image: pypdfium2.PdfObject, rotation_deg: int) -> tuple[Vector | None, Vector | None]:
    """Where the picture's rows (left to right) and columns (top to bottom) run on the shown page.

    In points, x to the right and y downwards; None when they run askew.
    """
    a, b, c, d, _, _ = _matrix(image)
    across, along = (a, -b), (-c, d)
    for _ in range(rotation_deg // 90):
        across, along = (-across[1], across[0]), (-along[1], along[0])
    size = max(abs(value) for value in (*across, *along))
    across, along = _straight(across, size), _straight(along, size)
    if 0.0 in across and 0.0 in along and (across[0] != 0) == (along[1] != 0):
        return across, along
    return None, None


def _straight(vector: Vector, size: float) -> Vector:
    """Drop a component that is nothing but rounding (0.02 degrees)."""
    x, y = (0.0 if abs(value) < 0.0004 * size else value for value in vector)
    return x, y


def _gray(bitmap: pypdfium2.PdfBitmap) -> Gray | None:
    pixels = bitmap.to_numpy()
    if pixels.ndim == 2 or pixels.shape[2] == 1:
        return np.asarray(pixels.reshape(pixels.shape[:2]), dtype=np.uint8)
    if pixels.shape[2] == 3 or bitmap.format == pdfium.FPDFBitmap_BGRx:
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(pixels[:, :, :3]), cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    return None


def _looks_like(page: pypdfium2.PdfPage, gray: Gray) -> bool:
    """Compare with a small rendering: catches masks, inverted colours, clipping and whatever else."""
    scale = 100.0 / max(page.get_size())
    shown = _pixels(page, scale)
    height, width = shown.shape
    taken = cv2.resize(gray, (width, height), interpolation=cv2.INTER_AREA)
    soft_shown, soft_taken = (cv2.blur(picture, (5, 5)).astype(np.float32) for picture in (shown, taken))
    return float(np.abs(soft_shown - soft_taken).mean()) < 8.0


def _render(page: pypdfium2.PdfPage, content: Content) -> tuple[Gray, float]:
    """The page at 300 dpi, or at the resolution of the scan that it is put together from."""
    finest = max((_dpi(image) for image in content.images if _share(page, image) > 0.1), default=RENDER_DPI)
    low, high = RENDER_DPI_RANGE
    dpi = max(low, finest) if finest <= high and not content.visible_text else RENDER_DPI
    width, height = page.get_size()
    scale = min(dpi / 72, math.sqrt(RENDER_PIXELS / max(1.0, width * height)))
    return _pixels(page, scale), scale


def _pixels(page: pypdfium2.PdfPage, scale: float) -> Gray:
    pixels = page.render(scale=scale, grayscale=True, may_draw_forms=True).to_numpy()
    return np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))


def _dpi(image: pypdfium2.PdfObject) -> float:
    width_px, height_px = image.get_px_size()
    a, b, c, d, _, _ = _matrix(image)
    width, height = math.hypot(a, b), math.hypot(c, d)
    return max(width_px / width, height_px / height) * 72 if width > 0 and height > 0 else RENDER_DPI
