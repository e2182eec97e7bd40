"""What is filled into the form fields of a PDF (AcroForm), through pikepdf: page by page, from each field upwards.

The tree of fields is never walked from its root, so it may be endless. pdfium, which renders the pages, decides by
itself what it shows of a field; here stands only what the file says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ctypes import byref, c_int
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
from pypdfium2 import raw as pdfium

from ocr.loading import gate
from ocr.loading.born_digital import at_most
from ocr.page import Box, Input, Question

INPUTS_A_PAGE = 2000
LONGEST_TEXT = 2000
LETTERS_A_DOCUMENT = 1_000_000
DEEPEST = 32
FARTHEST_PT = 100_000.0
HIDING_FLAGS = 0b100011  # Source: ISO 32000-1, table 165: Invisible, Hidden, NoView
REQUIRED = 1 << 1  # Source: ISO 32000-1, table 221
PUSH_BUTTON, RADIO = 1 << 16, 1 << 15  # Source: ISO 32000-1, table 226
SEVERAL_LINES, COMB = 1 << 12, 1 << 24  # Source: ISO 32000-1, table 228
LONGEST_NAME, MOST_CELLS = 300, 100
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""The text of a field whose value is nothing that a field may hold: it equals nothing that can be seen."""


class Inputs:
    """The form fields of one document; it is opened when the first page with fields asks."""

    def __init__(self, source: Callable[[], BinaryIO], cpu_s: float) -> None:
        self._source = source
        self._cpu_s = cpu_s
        self._document: pikepdf.Pdf | None = None
        self._letters_left = LETTERS_A_DOCUMENT

    def on_page(self, index: int, page: pypdfium2.PdfPage, size_px: tuple[int, int]) -> tuple[Input, ...] | None:
        """The fields on page `index` in pixels of its picture of `size_px` (width, height); None: they cannot be read.

        Raises:
            ScanProblem: S004 when there are more fields, or longer values, than any form has.
        """
        if not _has_fields(page):
            return ()
        try:
            with at_most(self._cpu_s):
                if self._document is None:
                    self._document = pikepdf.open(self._source())
                found = tuple(_inputs(self._document.pages[index], page, size_px))
        except MemoryError:
            raise
        except Exception:  # whatever a broken file makes of it
            return None
        self._letters_left -= sum(_letters(one) for one in found)
        if self._letters_left < 0:
            raise gate.refuse(gate.TOO_LARGE)
        return found


def _letters(one: Input) -> int:
    told = one.question
    return len(one.text) + (len(told.name) + len(told.title) + len(told.answer) if told else 0)


def check_count(page: pypdfium2.PdfPage) -> None:
    """Refuse a page with more fields than any form has, before anything draws them. Raises ScanProblem S004."""
    if pdfium.FPDFPage_GetAnnotCount(page.raw) > INPUTS_A_PAGE:
        raise gate.refuse(gate.TOO_LARGE)


def _has_fields(page: pypdfium2.PdfPage) -> bool:
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind == pdfium.FPDF_ANNOT_WIDGET:
            return True
    return False


def _inputs(held: pikepdf.Page, page: pypdfium2.PdfPage, size_px: tuple[int, int]) -> Iterator[Input]:
    for count, widget in enumerate(held.obj.get("/Annots", [])):
        if count >= INPUTS_A_PAGE:
            return
        if not isinstance(widget, pikepdf.Dictionary) or widget.get("/Subtype") != "/Widget":
            continue
        kind, flags = _of_field(widget, "/FT"), _number(_of_field(widget, "/Ff"))
        placed = _box(widget, page, size_px)
        if placed is None or kind not in ("/Tx", "/Ch", "/Btn", "/Sig") or (kind == "/Btn" and flags & PUSH_BUTTON):
            continue
        box, has_extent = placed
        shown = has_extent and not _number(widget.get("/F")) & HIDING_FLAGS
        value, question = _of_field(widget, "/V"), _question(widget, kind, flags)
        if kind == "/Btn":
            yield Input(box, "", _is_on(widget, value, flags), shown, question)
        elif kind == "/Sig":
            yield Input(box, "", None, shown, question)
        else:
            text = _text(value, _options(widget) if kind == "/Ch" else {})[:LONGEST_TEXT]
            yield Input(box, text, None, shown, question)


def _question(widget: Any, kind: Any, flags: int) -> Question:
    """What the field asks for; of a button also what it stands for."""
    title = _one_text(_of_field(widget, "/TU"))[:LONGEST_NAME]
    cells = _number(_of_field(widget, "/MaxLen")) if kind == "/Tx" and flags & COMB else 0
    return Question(
        _name(widget)[-LONGEST_NAME:],
        title,
        min(_states(widget), default="")[:LONGEST_NAME] if kind == "/Btn" else "",
        cells if 0 < cells <= MOST_CELLS else 0,
        kind == "/Tx" and bool(flags & SEVERAL_LINES),
        bool(flags & REQUIRED),
        kind == "/Sig",
    )


def _name(widget: Any) -> str:
    """The full name: the partial names from the top down, parted by points."""
    parts: list[str] = []
    at = widget
    for _ in range(DEEPEST):
        if not isinstance(at, pikepdf.Dictionary):
            break
        if "/T" in at:
            parts.insert(0, _one_text(at["/T"])[:LONGEST_NAME])
        at = at.get("/Parent")
    return ".".join(parts)


def _of_field(widget: Any, key: str) -> Any:
    """What a field says of itself, or has from the fields that it belongs to."""
    at = widget
    for _ in range(DEEPEST):
        if not isinstance(at, pikepdf.Dictionary):
            return None
        if key in at:
            return at[key]
        at = at.get("/Parent")
    return None


def _number(value: Any) -> int:
    return int(value) if isinstance(value, int) else 0


def _box(widget: Any, page: pypdfium2.PdfPage, size_px: tuple[int, int]) -> tuple[Box, bool] | None:
    """Where a field stands on the picture, and whether it has an extent; None for one beside the page."""
    x0, y0, x1, y1 = (min(FARTHEST_PT, max(-FARTHEST_PT, float(side))) for side in widget["/Rect"])
    (left, top), (right, bottom) = (_to_px(page, size_px, x, y) for x, y in ((x0, y0), (x1, y1)))
    width, height = size_px
    left, right = max(0, min(left, right)), min(width, max(left, right))
    top, bottom = max(0, min(top, bottom)), min(height, max(top, bottom))
    if left > right or top > bottom or left >= width or top >= height:
        return None
    return Box(left, top, max(left + 1, right), max(top + 1, bottom)), right > left + 1 and bottom > top + 1


def _to_px(page: pypdfium2.PdfPage, size_px: tuple[int, int], x_pt: float, y_pt: float) -> tuple[int, int]:
    x, y = c_int(), c_int()
    pdfium.FPDF_PageToDevice(page.raw, 0, 0, *size_px, 0, x_pt, y_pt, byref(x), byref(y))
    return x.value, y.value


def _is_on(widget: Any, value: Any, flags: int) -> bool:
    """Whether the value of a check box or radio button names this one, whatever state its appearance is in."""
    value = _one_text(value)
    if value in ("", "Off"):
        return False
    if states := _states(widget):
        return value in states
    return not flags & RADIO or value == _one_text(widget.get("/AS"))


def _states(widget: Any) -> set[str]:
    """The names of a button's states that are on."""
    looks = widget.get("/AP")
    normal = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    states = {str(name).removeprefix("/") for name in normal} if isinstance(normal, pikepdf.Dictionary) else set()
    return states - {"Off"}


def _options(widget: Any) -> dict[str, str]:
    """What is shown for the values of a list."""
    found = {}
    options = _of_field(widget, "/Opt")
    for option in list(options)[:LONGEST_TEXT] if isinstance(options, pikepdf.Array) else []:
        if isinstance(option, pikepdf.Array) and len(option) == 2:
            found[_one_text(option[0])] = _one_text(option[1])
    return found


def _text(value: Any, options: dict[str, str]) -> str:
    values = list(value)[:LONGEST_TEXT] if isinstance(value, pikepdf.Array) else [value]
    texts = [_one_text(one) for one in values]
    return "\n".join(options.get(text, text) for text in texts)


def _one_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, pikepdf.String):
        return str(value).replace("\r\n", "\n").replace("\r", "\n")
    return str(value).removeprefix("/") if isinstance(value, pikepdf.Name) else UNREADABLE
