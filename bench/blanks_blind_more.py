"""Fourteen more ways, counted blind after the draft had been mended for those of `bench.blanks_blind`.

Made like those of `bench.blanks`.
"""

from __future__ import annotations

from numpy.random import Generator

from bench.blanks import LEFT, QUESTIONS, RIGHT, Paper, Way
from demo.sheet import text_width_mm
from ocr.spec import BoxMm


def shaded_labels(paper: Paper, y: float, rng: Generator) -> float:
    """A table of two columns: shaded cells that ask, white ones for the answers."""
    for _ in range(4):
        title, kind = paper.text()
        paper.sheet.box((LEFT, y, 78, y + 8), 0.2, fill=0.9)
        paper.sheet.box((78, y, RIGHT, y + 8), 0.2)
        paper.sheet.text(LEFT + 1.5, y + 5.3, title, 9)
        paper.want(title, kind, (78, y, RIGHT, y + 8))
        y += 8
    return y + 2


def colon_in_cell(paper: Paper, y: float, rng: Generator) -> float:
    """Cells with a label and a colon on their left, the answer on the same line."""
    for _ in range(3):
        for x0, x1 in ((LEFT, 106.0), (106.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.box((x0, y, x1, y + 8), 0.2)
            paper.sheet.text(x0 + 1.5, y + 5.3, title + ":", 8)
            paper.want(title, kind, (x0 + 2.5 + text_width_mm(title + ":", 8), y, x1, y + 8))
        y += 8
    return y + 2


def recipient(paper: Paper, y: float, rng: Generator) -> float:
    """An address, a date and a subject as in a letter: nothing is asked."""
    for n, line in enumerate(("Stadt Musterlingen", "Bürgeramt", "Rathausplatz 1", "12345 Musterlingen")):
        paper.sheet.text(LEFT, y + 4 + 4.5 * n, line, 10)
    paper.sheet.text(RIGHT, y + 4, "Stand: 03.03.2026", 8, right=True)
    paper.sheet.text(LEFT, y + 26, "Antrag nach § 4 der Satzung", 10, bold=True)
    return y + 29


def bullets(paper: Paper, y: float, rng: Generator) -> float:
    """Lists with signs before them in two columns, a word underlined: nothing is asked."""
    for x in (LEFT, 110.0):
        for n, line in enumerate(("Personalausweis oder Reisepass", "Meldebescheinigung", "Nachweis der Einkünfte")):
            paper.sheet.text(x, y + 4 + 4.5 * n, "•", 9)
            paper.sheet.text(x + 4, y + 4 + 4.5 * n, line, 9)
    word = "Unvollständige Anträge"
    paper.sheet.text(LEFT, y + 20, word + " werden zurückgegeben.", 9)
    paper.sheet.line(LEFT, y + 20.7, LEFT + text_width_mm(word, 9), y + 20.7, 0.2)
    return y + 24


def bank_details(paper: Paper, y: float, rng: Generator) -> float:
    """Three columns of small print with upright rules between: nothing is asked."""
    columns = (("Sparkasse", "IBAN DE02 1203 0000 0000 2020 51"), ("Sprechzeiten", "Mo bis Fr 8 bis 12 Uhr"),
               ("Anfahrt", "Bus 4, Haltestelle Rathaus"))  # fmt: skip
    for n, lines in enumerate(columns):
        x = LEFT + 57.0 * n
        paper.sheet.line(x - 1.5, y, x - 1.5, y + 9, 0.2, grey=0.5)
        for m, line in enumerate(lines):
            paper.sheet.text(x, y + 3.2 + 4 * m, line, 7)
    return y + 12


def squares_in_cells(paper: Paper, y: float, rng: Generator) -> float:
    """A table of documents with a square in each cell of two columns."""
    stops = (LEFT, 110.0, 145.0, RIGHT)
    heads = ("Unterlage", "liegt bei", "folgt")
    for row, name in enumerate(("", "Geburtsurkunde", "Lichtbild", "Mietvertrag")):
        options: dict[str, BoxMm] = {}
        for n, head in enumerate(heads):
            box = (stops[n], y, stops[n + 1], y + 8)
            paper.sheet.box(box, 0.2)
            if row == 0 or n == 0:
                paper.sheet.text(box[0] + 1.5, y + 5.3, head if row == 0 else name, 9)
            else:
                x = (box[0] + box[2]) / 2 - 2
                options[head] = (x, y + 2, x + 4, y + 6)
                paper.sheet.box(options[head], 0.2)
        if options:
            left, right = options.values()
            paper.want(name, "choice", (left[0], left[1], right[2], right[3]), options=options)
        y += 8
    return y + 3


def numbered_lines(paper: Paper, y: float, rng: Generator) -> float:
    """Lines with numbers before them, under their question."""
    paper.sheet.text(LEFT, y + 4, "Namen der Begleitpersonen", 9)
    for n in range(3):
        low = y + 12 + 8.5 * n
        paper.sheet.text(LEFT + 2, low - 0.4, f"{n + 1}.", 9)
        paper.sheet.line(LEFT + 8, low, 130, low, 0.2)
        paper.want("", "", (LEFT + 8, low - 6, 130, low))
    return y + 33


def unit_behind_line(paper: Paper, y: float, rng: Generator) -> float:
    """A sentence with a line for an amount and its unit behind."""
    for words, kind in (("Ich beantrage einen Zuschuss von", ""), ("Die Miete beträgt", "money")):
        x = LEFT + text_width_mm(words, 10) + 2
        paper.sheet.text(LEFT, y + 6, words, 10)
        paper.sheet.line(x, y + 6.4, x + 40, y + 6.4, 0.2)
        paper.sheet.text(x + 42, y + 6, "Euro.", 10)
        paper.want(words, kind, (x, y + 0.4, x + 40, y + 6.4))
        y += 10
    return y


def salutation(paper: Paper, y: float, rng: Generator) -> float:
    """Squares of one answer without a question."""
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(("Frau", "Herr", "keine Anrede")):
        x = LEFT + 32.0 * n
        options[answer] = (x, y + 0.6, x + 3.8, y + 4.4)
        paper.sheet.box(options[answer], 0.2)
        paper.sheet.text(x + 5.6, y + 4, answer, 9)
    paper.want("", "choice", (LEFT, y + 0.6, LEFT + 67.8, y + 4.4), options=options)
    return y + 8


def stamp(paper: Paper, y: float, rng: Generator) -> float:
    """An empty frame for the stamp of the office: nothing is asked."""
    paper.sheet.box((130, y, RIGHT, y + 24), 0.3)
    paper.sheet.text(131.5, y + 3.2, "Eingangsstempel", 6.5)
    return y + 27


def framed_group(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes with labels on their left in a frame with a heading."""
    paper.sheet.box((LEFT, y, RIGHT, y + 28), 0.4)
    paper.sheet.text(LEFT + 2, y + 5, "Bevollmächtigte Person", 10, bold=True)
    for n in range(2):
        title, kind = paper.text()
        top = y + 8 + 9.5 * n
        paper.sheet.text(LEFT + 2, top + 5, title, 9)
        paper.sheet.box((85, top, RIGHT - 3, top + 7), 0.2)
        paper.want(title, kind, (85, top, RIGHT - 3, top + 7))
    return y + 31


def two_signatures(paper: Paper, y: float, rng: Generator) -> float:
    """Two lines to sign on, their labels under them, a cross at their begin."""
    for x0, x1, title in ((LEFT, 98.0, "Unterschrift der Mutter"), (108.0, RIGHT, "Unterschrift des Vaters")):
        paper.sheet.text(x0, y + 13.4, "X", 9)
        paper.sheet.line(x0 + 3, y + 14, x1, y + 14, 0.2)
        paper.sheet.text(x0 + 3, y + 17.4, title, 7)
        paper.want(title, "signature", (x0 + 3, y + 8, x1, y + 14))
    return y + 20


def open_top(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes without an upper side, labels over them."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 102.0), (108.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.text(x0 + 0.5, y + 2.8, title, 7.5)
            paper.sheet.line(x0, y + 10.5, x1, y + 10.5, 0.25)
            for x in (x0, x1):
                paper.sheet.line(x, y + 7, x, y + 10.5, 0.25)
            paper.want(title, kind, (x0, y + 4.5, x1, y + 10.5))
        y += 14
    return y


def question_boxes(paper: Paper, y: float, rng: Generator) -> float:
    """A framed question with its squares in the same cell."""
    for _ in range(2):
        title, answers = paper.take(QUESTIONS)
        paper.sheet.box((LEFT, y, RIGHT, y + 9), 0.2)
        paper.sheet.text(LEFT + 1.5, y + 5.8, title, 9)
        options: dict[str, BoxMm] = {}
        for n, answer in enumerate(answers):
            x = 95.0 + 32 * n
            options[answer] = (x, y + 2.6, x + 3.8, y + 6.4)
            paper.sheet.box(options[answer], 0.2)
            paper.sheet.text(x + 5.4, y + 5.8, answer, 9)
        paper.want(title, "choice", (95, y + 2.6, 98.8 + 32 * (len(answers) - 1), y + 6.4), options=options)
        y += 9
    return y + 3


BLIND_MORE: tuple[Way, ...] = (
    shaded_labels, colon_in_cell, recipient, bullets, bank_details, squares_in_cells, numbered_lines, unit_behind_line,
    salutation, stamp, framed_group, two_signatures, open_top, question_boxes,
)  # fmt: skip
