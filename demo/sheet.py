"""Drawing a printed form on A4: millimetres from the top left corner, one embedded font (Arimo)."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import fontpkg
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

PAGE_MM = (210.0, 297.0)
MM_PER_POINT = 25.4 / 72.0
FONT = "Arimo"

BoxMm = tuple[float, float, float, float]


def load_font() -> None:
    """Make the Arimo font known to reportlab (once)."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(fontpkg.path("Arimo"))))


def text_width_mm(text: str, size_pt: float) -> float:
    load_font()
    return float(pdfmetrics.stringWidth(text, FONT, size_pt)) * MM_PER_POINT


def wrap(text: str, size_pt: float, width_mm: float) -> list[str]:
    """Break `text` into lines that fit into `width_mm`."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and text_width_mm(longer, size_pt) > width_mm:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


@dataclass(slots=True)
class Sheet:
    """A PDF being drawn. `y` grows downwards; all lengths in millimetres, font sizes in points."""

    title: str
    buffer: io.BytesIO = field(default_factory=io.BytesIO)
    canvas: Canvas = field(init=False)

    def __post_init__(self) -> None:
        load_font()
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=1)
        self.canvas.setTitle(self.title)
        self.canvas.setAuthor("Stadt Musterlingen")

    def _y(self, y_mm: float) -> float:
        return (PAGE_MM[1] - y_mm) * mm

    def text(
        self,
        x_mm: float,
        baseline_mm: float,
        text: str,
        size_pt: float = 9,
        *,
        bold: bool = False,
        grey: float = 0.0,
        right: bool = False,
    ) -> None:
        """One line of text. Bold is the regular cut with an outline: the package has one variable font."""
        if right:
            x_mm -= text_width_mm(text, size_pt)
        line = self.canvas.beginText(x_mm * mm, self._y(baseline_mm))
        line.setFont(FONT, size_pt)
        line.setTextRenderMode(2 if bold else 0)
        self.canvas.saveState()
        self.canvas.setFillGray(grey)
        self.canvas.setStrokeGray(grey)
        self.canvas.setLineWidth(size_pt * 0.022)
        line.textOut(text)
        self.canvas.drawText(line)
        self.canvas.restoreState()

    def paragraph(
        self,
        x_mm: float,
        baseline_mm: float,
        text: str,
        width_mm: float,
        size_pt: float = 8,
        lead_mm: float = 3.6,
        *,
        bold: bool = False,
        grey: float = 0.0,
    ) -> float:
        """Wrapped text; returns the baseline of the line after the last one."""
        for line in wrap(text, size_pt, width_mm):
            self.text(x_mm, baseline_mm, line, size_pt, bold=bold, grey=grey)
            baseline_mm += lead_mm
        return baseline_mm

    def line(
        self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, width_mm: float = 0.2, grey: float = 0.0
    ) -> None:
        self.canvas.setLineWidth(width_mm * mm)
        self.canvas.setStrokeGray(grey)
        self.canvas.line(x0_mm * mm, self._y(y0_mm), x1_mm * mm, self._y(y1_mm))

    def box(
        self,
        box_mm: BoxMm,
        width_mm: float = 0.2,
        fill: float | None = None,
        grey: float = 0.0,
        *,
        radius_mm: float = 0.0,
    ) -> None:
        """A rectangle; `width_mm` 0 draws no outline, `fill` is a grey level 0..1."""
        x0, y0, x1, y1 = box_mm
        self.canvas.setLineWidth(width_mm * mm)
        self.canvas.setStrokeGray(grey)
        if fill is not None:
            self.canvas.setFillGray(fill)
        shape = (x0 * mm, self._y(y1), (x1 - x0) * mm, (y1 - y0) * mm)
        filled, stroked = int(fill is not None), int(width_mm > 0)
        if radius_mm:
            self.canvas.roundRect(*shape, radius_mm * mm, stroke=stroked, fill=filled)
        else:
            self.canvas.rect(*shape, stroke=stroked, fill=filled)
        self.canvas.setFillGray(0)

    def comb(self, box_mm: BoxMm, cells: int, group: tuple[int, ...] = ()) -> None:
        """Short dividers between the cells of an entry box, longer ones between groups of cells."""
        x0, y0, x1, y1 = box_mm
        ends = {sum(group[: i + 1]) for i in range(len(group))}
        for n in range(1, cells):
            x = x0 + (x1 - x0) * n / cells
            tall = n in ends
            top = y0 + (y1 - y0) * (0.3 if tall else 0.62)
            self.line(x, top, x, y1, 0.3 if tall else 0.15)

    def shield(self, x_mm: float, y_mm: float, width_mm: float = 12, height_mm: float = 14.5) -> None:
        """The city's invented coat of arms: a tower over three waves."""
        c = self.canvas
        c.saveState()
        c.translate(x_mm * mm, self._y(y_mm + height_mm))
        c.scale(width_mm * mm / 120, height_mm * mm / 145)
        c.setLineWidth(4)
        p = c.beginPath()
        p.moveTo(2, 143)
        p.lineTo(118, 143)
        p.lineTo(118, 62)
        p.curveTo(118, 24, 82, 10, 60, 2)
        p.curveTo(38, 10, 2, 24, 2, 62)
        p.close()
        c.drawPath(p, stroke=1, fill=0)
        for x in (36, 54, 72):
            c.rect(x, 112, 12, 12, stroke=0, fill=1)
        c.rect(38, 66, 44, 46, stroke=0, fill=1)
        c.setFillGray(1)
        c.rect(53, 66, 14, 24, stroke=0, fill=1)
        c.setFillGray(0)
        for y in (52, 38, 24):
            wave = c.beginPath()
            half = 46 - (52 - y) * 0.55
            wave.moveTo(60 - half, y)
            wave.curveTo(60 - half / 2, y + 9, 60 - half / 2, y - 9, 60, y)
            wave.curveTo(60 + half / 2, y + 9, 60 + half / 2, y - 9, 60 + half, y)
            c.drawPath(wave, stroke=1, fill=0)
        c.restoreState()

    def letterhead(self, office: str, room: str) -> None:
        """Head of the first page: arms, city, office, address and opening hours."""
        self.shield(22, 11)
        self.text(37, 18, "Stadt Musterlingen", 17, bold=True)
        self.text(37, 23.2, office, 9.5)
        for n, row in enumerate(
            (
                "Rathausplatz 1 · 12345 Musterlingen",
                room,
                "Telefon 0171 39200-15 · Telefax 0171 39200-19",
                "steueramt@musterlingen.example",
                "Mo–Fr 8–12 Uhr, Do auch 14–18 Uhr",
            )
        ):
            self.text(195, 13.6 + n * 3.1, row, 7, right=True)
        self.line(22, 29, 195, 29, 0.5)

    def section(self, y_mm: float, number: str, heading: str) -> None:
        """A grey bar with the number and heading of a section, 5.6 mm high."""
        self.box((22, y_mm, 195, y_mm + 5.6), 0, fill=0.87)
        self.text(24, y_mm + 4.05, number, 10, bold=True)
        self.text(30, y_mm + 4.05, heading, 10, bold=True)

    def foot(self, form_number: str, page: int, pages: int) -> None:
        self.line(22, 284, 195, 284, 0.2)
        self.text(22, 287.6, form_number, 7)
        self.text(195, 287.6, f"Seite {page} von {pages}", 7, right=True)
        for y in (105.0, 148.5, 210.0):
            self.line(4.5, y, 8.5 if y != 148.5 else 10, y, 0.15)

    def next_page(self) -> None:
        self.canvas.showPage()

    def finish(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()
