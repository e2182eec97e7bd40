"""The proof sheet (Nachweisblatt): what came in, what was read, who changed what, what was entered. PDF/A-2b."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from xml.sax.saxutils import escape

import fontpkg
import pikepdf
from django.utils import timezone, translation
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Image, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from cases import pictures, pseudonyms, store
from cases.models import Case, Field
from ocr.page import Box
from ocr.save import save_archival
from web import desk, slip, titles
from web.templatetags.laufzettel import event_kind, moment

FONT = "Arimo"
CROP_MM = (56.0, 9.0)
LINE, HEAD = HexColor("#c5c8d6"), HexColor("#eceef6")


@cache
def _styles() -> dict[str, ParagraphStyle]:
    """The one embedded font in three sizes."""
    pdfmetrics.registerFont(TTFont(FONT, str(fontpkg.path(FONT))))
    sizes = {"text": 8.5, "head": 11.0, "title": 16.0}
    return {
        name: ParagraphStyle(name, fontName=FONT, fontSize=size, leading=size * 1.3, spaceBefore=0 if size < 9 else 8)
        for name, size in sizes.items()
    }


def sheet(case: Case) -> bytes:
    """The proof sheet of a case as it stands now; for the file, so in German on every screen."""
    with translation.override("de"):
        return _sheet(case)


def _sheet(case: Case) -> bytes:
    styles, out = _styles(), io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=20 * mm, rightMargin=15 * mm, topMargin=18 * mm, bottomMargin=18 * mm,
        initialFontName=FONT, invariant=1,
    )  # fmt: skip
    template.build(
        [Paragraph(f"Nachweisblatt {case.reference}", styles["title"]), Spacer(1, 4 * mm), *_parts(case)],
        onFirstPage=lambda canvas, _: _foot(canvas, case),
        onLaterPages=lambda canvas, _: _foot(canvas, case),
    )
    return _archival(out)


def _foot(canvas: object, case: Case) -> None:
    canvas.setFont(FONT, 7.5)  # type: ignore[attr-defined]
    words = f"{case.reference} · Seite {canvas.getPageNumber()}"  # type: ignore[attr-defined]
    canvas.drawRightString(A4[0] - 15 * mm, 10 * mm, words)  # type: ignore[attr-defined]


def _parts(case: Case) -> Iterable[Flowable]:
    yield _table([("Angabe", "Inhalt"), *_facts(case)], (45, 130))
    yield Paragraph("Stationen", _styles()["head"])
    stamps = slip.history(case, case.events.all(), titles.fields_of(case))
    rows = [(moment(s.at), event_kind(s.kind), s.by, "; ".join(map(str, s.what))) for s in stamps]
    yield _table([("Zeit", "Station", "Durch", "Was"), *rows], (28, 42, 35, 70))
    yield Paragraph("Felder", _styles()["head"])
    yield _table([("Feld", "Wert", "Gelesen", "Ausschnitt"), *_fields(case)], (33, 40, 40, 62))
    entries = list(case.entries.order_by("fence"))
    if entries:
        yield Paragraph("Übertragungen", _styles()["head"])
        done = [
            (e.target, moment(e.intent_at) if e.intent_at else "nicht abgesendet", e.get_outcome_display(),
             e.record_number or "–")
            for e in entries
        ]  # fmt: skip
        yield _table([("Ziel", "Abgesendet", "Ergebnis", "Datensatz"), *done], (45, 40, 45, 45))


def _facts(case: Case) -> Iterable[tuple[str, str]]:
    last = case.events.last()
    yield "Verfahren", titles.process_title(case.process)
    yield (
        "Formular",
        f"{titles.form_title(case.form)} (Fassung {case.form_version or '–'})" if case.form else "unbekannt",
    )
    yield "Eingegangen", moment(case.received_at)
    yield "Zustand", str(case.get_state_display())
    yield "Original (SHA-256)", case.document_id or "–"
    yield "Stand", moment(timezone.now())
    if last is not None:
        yield "Protokoll", f"bis Ereignis {last.number}, Prüfsumme {last.hash}"


def _fields(case: Case) -> Iterable[tuple[str, str, str, Flowable | str]]:
    form = titles.form_of(case)
    rows = {row.name: row for row in case.fields.select_related("confirmed_by")}
    actors = pseudonyms.shown(f"person:{row.confirmed_by.get_username()}" for row in rows.values() if row.confirmed_by)
    for view in desk.fields(case, rows.values(), form):
        row = rows[view.name]
        by = f" ({actors[f'person:{row.confirmed_by.get_username()}']})" if row.confirmed_by else ""
        value = view.readable or view.answer
        notes = "".join(f" · {note}" for note in view.notes)
        read = "; ".join(f"{engine}: {text}" for engine, text in view.raw)
        read += "" if view.asks else f" ({view.percent} %)"  # whoever is still asked judges without it
        yield view.title, f"{value} – {view.confidence.word}{by}{notes}", read, _crop(case, row)


def _crop(case: Case, row: Field) -> Flowable | str:
    """The picture of the field, as large as its cell allows; nothing where there is none."""
    if not row.box or row.page is None:
        return ""
    try:
        path = pictures.crop(store.page_path(case.pk, row.page), Box(*row.box))
    except (ValueError, OSError, case.pages.model.DoesNotExist):
        return ""
    width, height = ImageReader(str(path)).getSize()
    scale = min(CROP_MM[0] * mm / width, CROP_MM[1] * mm / height)
    return Image(str(path), width * scale, height * scale)


def _table(rows: Sequence[Sequence[str | Flowable]], widths_mm: Sequence[float]) -> Table:
    text = _styles()["text"]
    cells = [[cell if isinstance(cell, Flowable) else Paragraph(escape(cell), text) for cell in row] for row in rows]
    look = TableStyle()
    look.add("FONT", (0, 0), (-1, -1), FONT, text.fontSize)  # else the table names a font that is not embedded
    look.add("GRID", (0, 0), (-1, -1), 0.4, LINE)
    look.add("BACKGROUND", (0, 0), (-1, 0), HEAD)
    look.add("VALIGN", (0, 0), (-1, -1), "TOP")
    return Table(cells, [width * mm for width in widths_mm], repeatRows=1, style=look)


def _archival(made: io.BytesIO) -> bytes:
    """The same document as PDF/A: no information dictionary beside the metadata, and its language."""
    made.seek(0)
    out = io.BytesIO()
    with pikepdf.open(made) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        pdf.Root.Lang = pikepdf.String("de")
        save_archival(pdf, out)
    return out.getvalue()
