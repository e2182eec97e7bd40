"""Born-digital PDFs that tests make themselves: pages with text, form fields as good and bad programs write them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pikepdf
from pikepdf import Array, Dictionary, Name, String

PT = 72 / 25.4
HEIGHT_MM = 297.0
HIDDEN, NO_VIEW, PRINT = 2, 32, 4
COMBO, RADIO, COMB = 1 << 17, 1 << 15, 1 << 24

BoxMm = tuple[float, float, float, float]


@dataclass(frozen=True)
class Field:
    """A form field. `seen`: what its appearance shows (None: it has none), by default its value; for a check box
    or radio button whether it looks marked.
    """

    box_mm: BoxMm
    value: str | bool | None = ""
    seen: str | bool | None = "as the value"
    kind: Literal["text", "combo", "check", "radio"] = "text"
    page: int = 1
    flags: int = PRINT
    grey: float = 0.0
    size_pt: float = 11.0
    cells: int = 0
    comb: bool = True
    options: tuple[tuple[str, str], ...] = ()

    @property
    def look(self) -> str | bool | None:
        return self.value if self.seen == "as the value" else self.seen

    @property
    def rect(self) -> Array:
        x0, y0, x1, y1 = self.box_mm
        return Array([x0 * PT, (HEIGHT_MM - y1) * PT, x1 * PT, (HEIGHT_MM - y0) * PT])


def with_fields(pdf: bytes | Path, path: Path, fields: Iterable[Field], *, redraw: bool = False) -> Path:
    """`pdf` with these form fields. `redraw`: the file asks viewers to draw the fields anew (NeedAppearances)."""
    with pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf) as document:
        font = document.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )
        made = [_widget(document, field, f"feld {at}", font) for at, field in enumerate(fields)]
        for field, widget in made:
            page = document.pages[field.page - 1].obj
            page.Annots = Array([*page.get("/Annots", []), widget])
        form = Dictionary(
            Fields=Array([widget for _, widget in made]),
            DR=Dictionary(Font=Dictionary(Helv=font)),
            DA=String("/Helv 11 Tf 0 g"),
        )
        if redraw:
            form.NeedAppearances = True
        document.Root.AcroForm = form
        document.save(path)
    return path


def _widget(document: pikepdf.Pdf, field: Field, name: str, font: Any) -> tuple[Field, Any]:
    widget = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        F=field.flags,
        Rect=field.rect,
        T=String(name),
        DA=String("/Helv 11 Tf 0 g"),
    )
    if field.kind in ("check", "radio"):
        widget.FT, widget.Ff = Name.Btn, RADIO if field.kind == "radio" else 0
        widget.V = Name.Ja if field.value else Name.Off
        widget.AS = Name.Ja if field.look else Name.Off
        widget.AP = Dictionary(N=Dictionary(Ja=_cross(document, field), Off=_form(document, field, b"")))
    else:
        widget.FT, widget.Ff = (Name.Ch, COMBO) if field.kind == "combo" else (Name.Tx, 0)
        if field.cells and field.comb:
            widget.Ff, widget.MaxLen = COMB, field.cells
        if field.options:
            widget.Opt = Array([Array([String(value), String(text)]) for value, text in field.options])
        if field.value is not None:
            widget.V = String(str(field.value))
        if field.look is not None:
            widget.AP = Dictionary(N=_form(document, field, _written(field, str(field.look)), font))
    return field, document.make_indirect(widget)


def _written(field: Field, text: str) -> bytes:
    x0, y0, x1, y1 = field.box_mm
    parts = [text]
    step = 0.0
    if field.cells:
        parts, step = list(text), (x1 - x0) * PT / field.cells
    low = ((y1 - y0) * PT - 0.72 * field.size_pt) / 2
    out = b"/Tx BMC q BT /Helv %g Tf %g g " % (field.size_pt, field.grey)
    for at, part in enumerate(parts):
        start = step * (at + 0.5) - 0.28 * field.size_pt if step else 2.0
        escaped = part.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252", "replace")
        out += b"1 0 0 1 %g %g Tm (%s) Tj " % (start, low, escaped)
    return out + b"ET Q EMC"


def _cross(document: pikepdf.Pdf, field: Field) -> Any:
    x0, y0, x1, y1 = field.box_mm
    width, height = (x1 - x0) * PT, (y1 - y0) * PT
    strokes = "q 1.2 w 1.5 1.5 m {0} {1} l S 1.5 {1} m {0} 1.5 l S Q".format(width - 1.5, height - 1.5)
    return _form(document, field, strokes.encode())


def _form(document: pikepdf.Pdf, field: Field, content: bytes, font: Any = None) -> Any:
    x0, y0, x1, y1 = field.box_mm
    resources = Dictionary(Font=Dictionary(Helv=font)) if font is not None else Dictionary()
    return document.make_stream(
        content,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, max(0.0, (x1 - x0) * PT), max(0.0, (y1 - y0) * PT)]),
        Resources=resources,
    )


def written_on(pdf: bytes, path: Path, texts: Mapping[int, bytes]) -> Path:
    """`pdf` with more page content: by page, operators that may use Helvetica as /Helv."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, content in texts.items():
            page = document.pages[number - 1]
            page.add_resource(
                Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding),
                Name.Font,
                Name.Helv,
            )
            page.contents_add(document.make_stream(b"q " + content + b" Q"))
        document.save(path)
    return path
