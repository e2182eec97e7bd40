"""Further ways to lay out a question, or to print what asks nothing: counted before anything was mended for them.

Made like those of `bench.blanks`; the figures of the first count stand in docs/measured.md.
"""

from __future__ import annotations

from numpy.random import Generator

from bench.blanks import ALONE, LEFT, QUESTIONS, RIGHT, Paper, Way
from demo.sheet import text_width_mm
from ocr.spec import BoxMm


def numbered_rows(paper: Paper, y: float, rng: Generator) -> float:
    """Rows of three cells: the number of the line, what is asked, the answer."""
    for n in range(4):
        title, kind = paper.text()
        for x0, x1 in ((LEFT, 30.0), (30.0, 95.0), (95.0, RIGHT)):
            paper.sheet.box((x0, y, x1, y + 8), 0.2)
        paper.sheet.text(24, y + 5.3, str(11 + n), 8)
        paper.sheet.text(31.5, y + 5.3, title, 9)
        paper.want(title, kind, (95.0, y, RIGHT, y + 8))
        y += 8
    return y + 2


def key_numbers(paper: Paper, y: float, rng: Generator) -> float:
    """Amounts as in tax forms: the question, a small cell with a printed number, the box, "EUR" behind it."""
    for n, title in enumerate(("Mieteinnahmen", "Zinsen und Dividenden", "Renten")):
        paper.sheet.text(LEFT, y + 5, title, 9)
        paper.sheet.box((110, y, 120, y + 7), 0.2)
        paper.sheet.text(112, y + 5, str(210 + 11 * n), 8)
        paper.sheet.box((120, y, 165, y + 7), 0.2)
        paper.sheet.text(167, y + 5, "EUR", 8)
        paper.want(title, "", (120, y, 165, y + 7))
        y += 9
    return y


def unit_inside(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes with their unit printed in them, at the right end."""
    for title, unit, kind in (("Kaltmiete", "Euro", "money"), ("Größe der Wohnung", "m²", "quantity")):
        paper.sheet.text(LEFT, y + 5, title, 9)
        paper.sheet.box((80, y, 140, y + 7.5), 0.2)
        paper.sheet.text(139, y + 5.2, unit, 8, right=True)
        paper.want(title, kind, (80, y, 138.0 - text_width_mm(unit, 8), y + 7.5))
        y += 10
    return y


def in_parentheses(paper: Paper, y: float, rng: Generator) -> float:
    """Lines whose labels stand under their middle, in parentheses."""
    for x0, x1, title, kind in ((LEFT, 85.0, "Ort, Datum", "date"), (100.0, RIGHT, "Unterschrift", "signature")):
        paper.sheet.line(x0, y + 14, x1, y + 14, 0.2)
        told = f"({title})"
        paper.sheet.text((x0 + x1 - text_width_mm(told, 7)) / 2, y + 17.4, told, 7)
        paper.want(title, kind, (x0, y + 8, x1, y + 14))
    return y + 20


def two_columns(paper: Paper, y: float, rng: Generator) -> float:
    """A list of enclosures, a square each, in two columns."""
    paper.sheet.text(LEFT, y + 3.4, "Folgende Anlagen sind beigefügt:", 9)
    names = ("Meldebescheinigung", "Mietvertrag", "Einkommensnachweise", "Vollmacht", "Lageplan", "Lichtbild")
    for n, name in enumerate(names):
        x, top = LEFT + 2 + 84 * (n % 2), y + 6.5 + 6.5 * (n // 2)
        paper.sheet.box((x, top, x + 3.5, top + 3.5), 0.2)
        paper.sheet.text(x + 5.5, top + 3, name, 9)
        paper.want(name, "checkbox", (x, top, x + 3.5, top + 3.5))
    return y + 27


def write_in(paper: Paper, y: float, rng: Generator) -> float:
    """Answers below each other, the last one with a line to write on."""
    paper.sheet.text(LEFT, y + 3.4, "Wie haben Sie von uns erfahren?", 9)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(("Zeitung", "Internet", "Sonstiges")):
        top = y + 6.5 + 6.5 * n
        options[answer] = (LEFT + 2, top, LEFT + 5.6, top + 3.6)
        paper.sheet.box(options[answer], 0.2)
        paper.sheet.text(LEFT + 8, top + 3.1, answer + (":" if n == 2 else ""), 9)
    paper.sheet.line(52, y + 23.2, 140, y + 23.2, 0.2)
    paper.want("Wie haben Sie von uns erfahren?", "choice", (LEFT + 2, y + 6.5, LEFT + 5.6, y + 23.1), options=options)
    paper.want("", "text", (52, y + 17, 140, y + 23.2))
    return y + 27


def follow_up(paper: Paper, y: float, rng: Generator) -> float:
    """A question with yes and no, and under it what is asked after a yes."""
    title = "Haben Sie schon einmal einen Antrag gestellt?"
    paper.sheet.text(LEFT, y + 4, title, 9)
    options = {answer: (x, y + 0.6, x + 3.8, y + 4.4) for answer, x in (("nein", 120.0), ("ja", 145.0))}
    for answer, box in options.items():
        paper.sheet.box(box, 0.2)
        paper.sheet.text(box[2] + 1.8, y + 4, answer, 9)
    paper.want(title, "choice", (120, y + 0.6, 148.8, y + 4.4), options=options)
    paper.sheet.text(LEFT + 6, y + 12, "Wenn ja, unter welchem Aktenzeichen?", 9)
    paper.sheet.line(90, y + 12.4, 175, y + 12.4, 0.2)
    paper.want("Wenn ja, unter welchem Aktenzeichen?", "text", (90, y + 6.4, 175, y + 12.4))
    return y + 16


def price_table(paper: Paper, y: float, rng: Generator) -> float:
    """A table that is full of print: nothing is asked."""
    rows = (
        ("Leistung", "Gebühr"),
        ("Ausstellung", "37,00 Euro"),
        ("Änderung", "12,00 Euro"),
        ("Auskunft", "gebührenfrei"),
    )
    for left, right in rows:
        paper.sheet.box((LEFT, y, 110, y + 7), 0.2)
        paper.sheet.box((110, y, 160, y + 7), 0.2)
        paper.sheet.text(LEFT + 1.5, y + 4.8, left, 9)
        paper.sheet.text(158, y + 4.8, right, 9, right=True)
        y += 7
    return y + 2


def notice(paper: Paper, y: float, rng: Generator) -> float:
    """Framed and tinted prose, and a row of tinted bands with headings: nothing is asked."""
    text = (
        "Bitte beachten Sie: Ohne die erforderlichen Nachweise kann über den Antrag nicht entschieden werden. "
        "Die Bearbeitung dauert in der Regel vier Wochen."
    )
    paper.sheet.box((LEFT, y, RIGHT, y + 13), 0.3, fill=0.93)
    paper.sheet.paragraph(LEFT + 3, y + 5, text, 158, 8.5, 4)
    paper.sheet.box((LEFT, y + 17, RIGHT, y + 23.5), 0, fill=0.87)
    paper.sheet.text(LEFT + 2, y + 21.6, "B   Weitere Hinweise", 11, bold=True)
    return paper.sheet.paragraph(LEFT, y + 28, text, RIGHT - LEFT, 8, 3.6) + 2


def cut_here(paper: Paper, y: float, rng: Generator) -> float:
    """Headings with rules under them and a dashed line to cut along: nothing is asked."""
    paper.sheet.text(LEFT, y + 4, "Angaben zur Person", 11, bold=True)
    paper.sheet.line(LEFT, y + 5.4, RIGHT, y + 5.4, 0.5)
    paper.sheet.text(LEFT, y + 10, "Füllen Sie diesen Abschnitt nur aus, wenn Sie dazu aufgefordert wurden.", 8)
    paper.sheet.canvas.setDash(4, 3)
    paper.sheet.line(10, y + 17, 200, y + 17, 0.25)
    paper.sheet.canvas.setDash()
    paper.sheet.text(92, y + 21, "hier abtrennen", 6.5)
    return y + 24


def two_persons(paper: Paper, y: float, rng: Generator) -> float:
    """The same asked of two people: boxes apart from each other under the heads of two columns."""
    paper.sheet.text(80, y + 3.4, "Mutter", 9, bold=True)
    paper.sheet.text(138, y + 3.4, "Vater", 9, bold=True)
    y += 5.5
    for title, kind in (("Familienname", "name"), ("Geburtsdatum", "date"), ("Beruf", "text")):
        paper.sheet.text(LEFT, y + 5, title, 9)
        for head, x0 in (("Mutter", 80.0), ("Vater", 138.0)):
            paper.sheet.box((x0, y, x0 + 52, y + 7), 0.2)
            paper.want(f"{title}: {head}", kind, (x0, y, x0 + 52, y + 7))
        y += 9.5
    return y


def weekdays(paper: Paper, y: float, rng: Generator) -> float:
    """A table with a column for each day."""
    stops = (LEFT, 52.0, 79.6, 107.2, 134.8, 162.4, RIGHT)
    heads = ("", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag")
    for row, name in enumerate(("", "von", "bis")):
        for n, head in enumerate(heads):
            box = (stops[n], y, stops[n + 1], y + 7.5)
            paper.sheet.box(box, 0.2)
            if row == 0 or n == 0:
                paper.sheet.text(box[0] + 1.5, y + 5, head if row == 0 else name, 8.5)
            else:
                paper.want(f"{name}: {head}", "", box)
        y += 7.5
    return y + 3


def stacked_answers(paper: Paper, y: float, rng: Generator) -> float:
    """The question on the left, its answers below each other on the right."""
    title, answers = paper.take(QUESTIONS)
    paper.sheet.text(LEFT, y + 3.4, title, 9)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(answers):
        top = y + 6 * n
        options[answer] = (100, top, 103.6, top + 3.6)
        paper.sheet.box(options[answer], 0.25)
        paper.sheet.text(106, top + 3.1, answer, 9)
    paper.want(title, "choice", (100, y, 103.6, y + 6 * len(answers) - 2.4), options=options)
    return y + 6 * len(answers) + 2


def long_consent(paper: Paper, y: float, rng: Generator) -> float:
    """A square beside a paragraph of several lines."""
    text = (
        f"{ALONE[0]} Mir ist bekannt, dass ich meine Zustimmung jederzeit ohne Angabe von Gründen widerrufen kann, " * 2
    )
    paper.sheet.box((LEFT, y + 1, LEFT + 4, y + 5), 0.25)
    low = paper.sheet.paragraph(LEFT + 7, y + 4.2, text.strip(" ,") + ".", RIGHT - LEFT - 7, 8.5, 3.8)
    paper.want("", "checkbox", (LEFT, y + 1, LEFT + 4, y + 5))
    return low + 2


def date_blanks(paper: Paper, y: float, rng: Generator) -> float:
    """A date as three short lines with points between."""
    paper.sheet.text(LEFT, y + 6, "Geburtsdatum", 9)
    x = 60.0
    for wide, sign in ((10.0, "."), (10.0, "."), (18.0, "")):
        paper.sheet.line(x, y + 6.4, x + wide, y + 6.4, 0.2)
        paper.sheet.text(x + wide + 0.8, y + 6, sign, 10)
        x += wide + 2.8
    paper.want("Geburtsdatum", "date", (60, y + 0.4, x - 2.8, y + 6.4))
    return y + 10


BLIND: tuple[Way, ...] = (
    numbered_rows, key_numbers, unit_inside, in_parentheses, two_columns, write_in, follow_up, price_table, notice,
    cut_here, two_persons, weekdays, stacked_answers, long_consent, date_blanks,
)  # fmt: skip
