"""Ten ways, counted blind last of all; then the draft was mended for the four of them that ask nothing.

Made like those of `bench.blanks`. Who wants to count blind again writes new ones.
"""

from __future__ import annotations

from numpy.random import Generator

from bench.blanks import COMBS, LEFT, RIGHT, Paper, Way
from demo.sheet import text_width_mm
from ocr.spec import BoxMm


def label_right(paper: Paper, y: float, rng: Generator) -> float:
    """Labels set to the right, up to their boxes."""
    for _ in range(3):
        title, kind = paper.text()
        paper.sheet.text(83, y + 4.8, title, 9, right=True)
        paper.sheet.box((86, y, 180, y + 7), 0.2)
        paper.want(title, kind, (86, y, 180, y + 7))
        y += 9.5
    return y


def merged_head(paper: Paper, y: float, rng: Generator) -> float:
    """A table with a shaded head and a heading across it."""
    paper.sheet.box((LEFT, y, RIGHT, y + 6.5), 0.2, fill=0.85)
    paper.sheet.text(LEFT + 2, y + 4.6, "Weitere Fahrzeuge im Haushalt", 9, bold=True)
    y += 6.5
    stops, heads = (LEFT, 90.0, 140.0, RIGHT), ("Hersteller", "Kennzeichen", "Baujahr")
    for row in range(4):
        for n, head in enumerate(heads):
            box = (stops[n], y, stops[n + 1], y + 7.5)
            paper.sheet.box(box, 0.2, fill=0.93 if row == 0 else None)
            if row == 0:
                paper.sheet.text(box[0] + 1.5, y + 5, head, 8.5)
            else:
                paper.want(f"Weitere Fahrzeuge im Haushalt {row}: {head}", "", box)
        y += 7.5
    return y + 3


def comb_in_cell(paper: Paper, y: float, rng: Generator) -> float:
    """A cell with its label at the top and a comb of closed cells below it."""
    title, kind, cells = paper.take(COMBS)
    paper.sheet.box((LEFT, y, RIGHT, y + 14), 0.25)
    paper.sheet.text(LEFT + 1.5, y + 3.2, title, 7)
    box = (LEFT + 3, y + 5.5, LEFT + 3 + 5 * cells, y + 12)
    for n in range(cells):
        paper.sheet.box((box[0] + 5 * n, box[1], box[0] + 5 * n + 5, box[3]), 0.15)
    paper.want(title, kind, box, cells=cells)
    return y + 17


def steps(paper: Paper, y: float, rng: Generator) -> float:
    """A course of steps in framed boxes with print in them: nothing is asked."""
    said = (("1 Antrag", "ausfüllen"), ("2 Prüfung", "durch das Amt"), ("3 Bescheid", "per Post"))
    for n, (head, text) in enumerate(said):
        x = LEFT + 57.0 * n
        paper.sheet.box((x, y, x + 50, y + 13), 0.25)
        paper.sheet.text(x + 3, y + 5, head, 9, bold=True)
        paper.sheet.text(x + 3, y + 9.5, text, 8.5)
    return y + 16


def remarks(paper: Paper, y: float, rng: Generator) -> float:
    """Footnotes under a short rule: nothing is asked."""
    paper.sheet.line(LEFT, y + 2, LEFT + 45, y + 2, 0.2)
    for n, line in enumerate(("Nur bei Ehepaaren auszufüllen.", "Nachweise bitte beilegen.")):
        paper.sheet.text(LEFT, y + 6 + 3.4 * n, str(n + 1), 5)
        paper.sheet.text(LEFT + 3, y + 6.6 + 3.4 * n, line, 7)
    return y + 12


def opening_hours(paper: Paper, y: float, rng: Generator) -> float:
    """A small table of print between level hairlines: nothing is asked."""
    for day, hours in (("Montag", "8 bis 12 Uhr"), ("Dienstag", "8 bis 16 Uhr"), ("Donnerstag", "8 bis 18 Uhr")):
        paper.sheet.text(LEFT, y + 4, day, 8.5)
        paper.sheet.text(70, y + 4, hours, 8.5)
        paper.sheet.line(LEFT, y + 5.6, 100, y + 5.6, 0.15, grey=0.4)
        y += 6
    return y + 2


def two_on_a_line(paper: Paper, y: float, rng: Generator) -> float:
    """Two labels with dots on each line."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 104.0), (108.0, RIGHT)):
            title, kind = paper.text()
            start = x0 + text_width_mm(title + " ", 9)
            count = int((x1 - start) / text_width_mm(".", 9))
            paper.sheet.text(x0, y + 6, title + " " + "." * count, 9)
            paper.want(title, kind, (start, y + 0.5, start + count * text_width_mm(".", 9), y + 6))
        y += 9
    return y


def nested_answer(paper: Paper, y: float, rng: Generator) -> float:
    """Two answers below each other, the second with a line to fill in on the same line."""
    paper.sheet.text(LEFT, y + 3.4, "Ist die Wohnung möbliert?", 9)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(("nein", "ja, und zwar mit")):
        top = y + 6 + 7 * n
        options[answer] = (LEFT + 3, top, LEFT + 6.8, top + 3.8)
        paper.sheet.box(options[answer], 0.2)
        paper.sheet.text(LEFT + 9, top + 3.2, answer, 9)
    paper.sheet.line(62, y + 16.8, 150, y + 16.8, 0.2)
    paper.want("Ist die Wohnung möbliert?", "choice", (LEFT + 3, y + 6, LEFT + 6.8, y + 16.8), options=options)
    paper.want("", "text", (62, y + 10.6, 150, y + 16.8))
    return y + 21


def tall_cells(paper: Paper, y: float, rng: Generator) -> float:
    """Two tall cells for several lines beside each other, labels at their tops."""
    for x0, x1, title in ((LEFT, 106.0, "Begründung"), (106.0, RIGHT, "Ergänzende Angaben")):
        paper.sheet.box((x0, y, x1, y + 24), 0.2)
        paper.sheet.text(x0 + 1.5, y + 3.6, title, 8)
        paper.want(title, "text", (x0, y + 4.5, x1, y + 24), lines=3)
    return y + 27


def sign_here(paper: Paper, y: float, rng: Generator) -> float:
    """Place, date and signature as three lines of different length on one line of print."""
    stops = ((LEFT, 75.0, "Ort", "text"), (80.0, 115.0, "Datum", "date"), (120.0, RIGHT, "Unterschrift", "signature"))
    for x0, x1, title, kind in stops:
        paper.sheet.line(x0, y + 13, x1, y + 13, 0.2)
        paper.sheet.text(x0, y + 16, title, 7)
        paper.want(title, kind, (x0, y + 7, x1, y + 13))
    return y + 19


LAST: tuple[Way, ...] = (
    label_right, merged_head, comb_in_cell, steps, remarks, opening_hours, two_on_a_line, nested_answer, tall_cells,
    sign_here,
)  # fmt: skip
