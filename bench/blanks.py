"""Invented blank forms without form fields, laid out in many ways, with what a person would draw in each of them.

One way to lay out a question is one function `(paper, y, rng)` in `KNOWN` (the draft was tuned on them) or in `LATER`
(counted before the draft knew them, then looked at, too: docs/measured.md). Further ones:
`bench.blanks_blind`, `bench.blanks_blind_more`, `bench.blanks_last`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from numpy.random import Generator

from demo.people import choose
from demo.sheet import Sheet, load_font, text_width_mm
from ocr.spec import BoxMm

LEFT, RIGHT, BOTTOM = 22.0, 190.0, 268.0
T = TypeVar("T")
Way = Callable[["Paper", float, Generator], float]

TEXTS = (
    ("Familienname", "name"), ("Vorname(n)", "name"), ("Geburtsname", "name"), ("Straße und Hausnummer", "street"),
    ("PLZ, Wohnort", "plz_town"), ("Telefon (freiwillig)", "phone"), ("E-Mail-Adresse", "email"),
    ("Geburtsdatum", "date"), ("Staatsangehörigkeit", "text"), ("Beruf", "text"), ("Kreditinstitut", "text"),
    ("Monatliche Miete in Euro", "money"), ("Anzahl der Kinder", "quantity"), ("Steuernummer", "tax_number"),
    ("Kontoinhaberin oder Kontoinhaber", "name"), ("Gültig ab (Datum)", "date"), ("Aktenzeichen", "text"),
    ("Name der Mutter", "name"), ("Wohnfläche in m²", "quantity"), ("Eingezogen am", "date"), ("Mobilnummer", "phone"),
    ("Jahreseinkommen (brutto)", "money"), ("Kundennummer", "number"), ("Geburtsort", "text"),
)  # fmt: skip
ENGLISH = (
    ("Surname", "name"), ("First name", "name"), ("Date of birth", "date"), ("Place of birth", "text"),
    ("Street and house number", "street"), ("Postcode and city", "plz_town"), ("Phone number", "phone"),
    ("Email address", "email"), ("Nationality", "text"), ("Occupation", "text"), ("Amount in euros", "money"),
    ("Number of children", "quantity"), ("Account holder", "name"), ("Bank", "text"), ("Valid until", "date"),
)  # fmt: skip
COMBS = (
    ("IBAN", "iban", 22), ("Postleitzahl", "plz", 5), ("Geburtsdatum (TTMMJJJJ)", "date", 8),
    ("Steuer-Identifikationsnummer", "tax_id", 11), ("Chipnummer", "digits", 15), ("BIC", "bic", 11),
)  # fmt: skip
QUESTIONS = (
    ("Sind Sie verheiratet?", ("ja", "nein")),
    ("Beziehen Sie Wohngeld?", ("ja", "nein")),
    ("Geschlecht", ("weiblich", "männlich", "divers")),
    ("Zahlungsweise", ("monatlich", "vierteljährlich", "jährlich")),
    ("Art der Wohnung", ("Miete", "Eigentum", "Untermiete")),
    ("Abholung", ("persönlich", "per Post")),
)
OPTIONS = (
    ("Was möchten Sie beantragen?", ("Neuer Ausweis", "Verlängerung des Ausweises", "Ersatz bei Verlust")),
    ("Wie erreichen wir Sie am besten?", ("Telefonisch am Vormittag", "Per Brief", "Per E-Mail")),
    ("Welche Unterlagen liegen bei?", ("Mietvertrag", "Kopie des Ausweises", "Nachweis über Einkommen")),
)
ALONE = (
    "Ich stimme der Verarbeitung meiner Angaben zu.",
    "Ich habe die Hinweise zum Datenschutz gelesen.",
    "Der Antrag soll vorrangig bearbeitet werden.",
)
TABLES = (
    ("Kinder im Haushalt", (("Name", "name", 60.0), ("Geburtsdatum", "date", 35.0), ("Schule", "text", 60.0))),
    ("Einkünfte", (("Art", "text", 70.0), ("Betrag in Euro", "money", 40.0), ("Seit (Datum)", "date", 40.0))),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person would draw. `box`: where the answer goes; `way`: how it is laid out."""

    way: str
    page: int
    title: str
    kind: str
    box: BoxMm
    cells: int = 0
    lines: int = 1
    options: Mapping[str, BoxMm] = field(default_factory=dict)
    required: bool = False


@dataclass(slots=True)
class Paper:
    """A form while it is drawn; what may be asked is taken from `left`, so that no question comes twice."""

    sheet: Sheet
    rng: Generator
    wanted: list[Wanted] = field(default_factory=list)
    page: int = 1
    way: str = ""
    left: dict[int, list[Any]] = field(default_factory=dict)

    def take(self, pool: Sequence[T]) -> T:
        """One of the pool, at random; all over again once it is empty."""
        if not self.left.get(id(pool)):
            self.left[id(pool)] = [pool[n] for n in self.rng.permutation(len(pool))]
        taken: T = self.left[id(pool)].pop()
        return taken

    def text(self, pool: Sequence[tuple[str, str]] = TEXTS) -> tuple[str, str]:
        return self.take(pool)

    def want(self, title: str, kind: str, box: BoxMm, **more: Any) -> None:
        self.wanted.append(Wanted(self.way, self.page, title, kind, box, **more))


# known ways


def over_box(paper: Paper, y: float, rng: Generator) -> float:
    """Small print over framed boxes, two beside each other."""
    for _ in range(2):
        middle = float(rng.uniform(90, 130))
        for x0, x1 in ((LEFT, middle - 3), (middle, RIGHT)):
            title, kind = paper.text()
            required = bool(rng.random() < 0.3)
            paper.sheet.text(x0 + 0.4, y + 2.6, title + (" *" if required else ""), 7)
            paper.sheet.box((x0, y + 3.6, x1, y + 10.6), 0.25)
            paper.want(title, kind, (x0, y + 3.6, x1, y + 10.6), required=required)
        y += 13.5
    return y


def in_cell(paper: Paper, y: float, rng: Generator) -> float:
    """A grid of cells with their labels in small print inside."""
    for _ in range(3):
        stops = (LEFT, float(rng.uniform(75, 85)), float(rng.uniform(130, 145)), RIGHT)
        for x0, x1 in pairwise(stops):
            title, kind = paper.text()
            paper.sheet.box((x0, y, x1, y + 10.5), 0.2)
            paper.sheet.text(x0 + 0.9, y + 2.8, title, 6.5)
            paper.want(title, kind, (x0, y + 3.2, x1, y + 10.5))
        y += 10.5
    return y


def left_box(paper: Paper, y: float, rng: Generator) -> float:
    """Labels on the left of boxes, at times with a colon."""
    for _ in range(3):
        title, kind = paper.text()
        paper.sheet.text(LEFT, y + 4.8, title + ":", 9.5)
        paper.sheet.box((80, y, 175, y + 7), 0.15)
        paper.want(title, kind, (80, y, 175, y + 7))
        y += 9
    return y


def left_dotted(paper: Paper, y: float, rng: Generator) -> float:
    """A label, then dots as characters up to the end of the line."""
    return _leader(paper, y + 3, rng, ".")


def left_underscored(paper: Paper, y: float, rng: Generator) -> float:
    """A label, then underscores as characters."""
    return _leader(paper, y + 3, rng, "_")


def _leader(paper: Paper, y: float, rng: Generator, sign: str) -> float:
    for _ in range(3):
        title, kind = paper.text()
        x0 = LEFT + text_width_mm(title + ": ", 10)
        end = float(rng.uniform(140, RIGHT))
        count = int((end - x0) / text_width_mm(sign, 10))
        paper.sheet.text(LEFT, y + 5, title + ": " + sign * count, 10)
        paper.want(title, kind, (x0, y - 0.5, x0 + count * text_width_mm(sign, 10), y + 5))
        y += 9
    return y


def ruled_line(paper: Paper, y: float, rng: Generator) -> float:
    """A label on the left of a drawn line, two on a line."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 100.0), (106.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.text(x0, y + 7, title, 9)
            start = x0 + text_width_mm(title, 9) + 2
            paper.sheet.line(start, y + 7.4, x1, y + 7.4, 0.2)
            paper.want(title, kind, (start, y + 1.4, x1, y + 7.4))
        y += 11
    return y


def grey_fill(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes that are only a grey area, without an outline; labels over them."""
    shade = float(rng.uniform(0.82, 0.91))
    for _ in range(2):
        for x0, x1 in ((LEFT, 103.0), (108.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.text(x0, y + 2.8, title, 8)
            paper.sheet.box((x0, y + 4, x1, y + 11), 0, fill=shade)
            paper.want(title, kind, (x0, y + 4, x1, y + 11))
        y += 14
    return y


def rounded(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes with round corners."""
    for _ in range(2):
        title, kind = paper.text()
        paper.sheet.text(LEFT, y + 5, title, 9)
        paper.sheet.box((85, y, RIGHT, y + 8), 0.3, radius_mm=2)
        paper.want(title, kind, (85, y, RIGHT, y + 8))
        y += 10.5
    return y


def comb_boxes(paper: Paper, y: float, rng: Generator) -> float:
    """A row of closed character cells."""
    for _ in range(2):
        title, kind, cells = paper.take(COMBS)
        x0 = LEFT if cells > 20 else 75.0
        paper.sheet.text(LEFT, y + (2.6 if cells > 20 else 7.5), title, 8)
        box = (x0, y + 3.2, x0 + cells * 5.5, y + 10.2)
        paper.sheet.box(box, 0.2)
        for n in range(1, cells):
            paper.sheet.line(x0 + n * 5.5, box[1], x0 + n * 5.5, box[3], 0.2)
        paper.want(title, kind, box, cells=cells)
        y += 13
    return y


def comb_ticks(paper: Paper, y: float, rng: Generator) -> float:
    """A framed box with small strokes on its lower side."""
    title, kind, cells = paper.take(COMBS)
    box = (LEFT, y + 3.2, LEFT + cells * 6, y + 10.7)
    paper.sheet.text(LEFT, y + 2.4, title, 7)
    paper.sheet.box(box, 0.25)
    paper.sheet.comb(box, cells)
    paper.want(title, kind, box, cells=cells)
    return y + 13


def yes_no(paper: Paper, y: float, rng: Generator) -> float:
    """A question with its answers on the same line, drawn squares before their labels."""
    for _ in range(2):
        title, answers = paper.take(QUESTIONS)
        paper.sheet.text(LEFT, y + 4.2, title, 9)
        _squares(paper, title, answers, [(100.0 + 30 * n, y + 0.8) for n in range(len(answers))], 4.0)
        y += 9
    return y


def _squares(
    paper: Paper, title: str, answers: Sequence[str], places: Sequence[tuple[float, float]], size: float
) -> None:
    options: dict[str, BoxMm] = {}
    for answer, (x, top) in zip(answers, places, strict=True):
        options[answer] = (x, top, x + size, top + size)
        paper.sheet.box(options[answer], 0.2)
        paper.sheet.text(x + size + 1.6, top + size - 0.7, answer, 9)
    paper.want(title, "choice", _around(options.values()), options=options)


def options_column(paper: Paper, y: float, rng: Generator) -> float:
    """A question over answers that stand below each other, with squares from a font."""
    title, answers = paper.take(OPTIONS)
    paper.sheet.text(LEFT, y + 3.5, title, 9.5)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(answers):
        base = y + 10 + 6 * n
        paper.sheet.text(LEFT + 2, base, "□", 16)
        options[answer] = (LEFT + 2.5, base - 3.1, LEFT + 5.4, base)
        paper.sheet.text(LEFT + 8, base, answer, 9.5)
    if "Unterlagen" in title:  # several of them may be marked
        for answer, box in options.items():
            paper.want(answer, "checkbox", box)
    else:
        paper.want(title, "choice", _around(options.values()), options=options)
    return y + 12 + 6 * len(answers)


def alone(paper: Paper, y: float, rng: Generator) -> float:
    """Single squares with a sentence each."""
    for sentence in ALONE[: int(rng.integers(1, 4))]:
        paper.sheet.box((LEFT, y, LEFT + 3.6, y + 3.6), 0.25)
        paper.sheet.text(LEFT + 6, y + 3.2, sentence, 9)
        paper.want(sentence, "checkbox", (LEFT, y, LEFT + 3.6, y + 3.6))
        y += 7
    return y + 2


def table_rows(paper: Paper, y: float, rng: Generator) -> float:
    """A table with a head and empty rows that are alike."""
    name, columns = paper.take(TABLES)
    paper.sheet.text(LEFT, y + 4, name, 10, bold=True)
    y += 6
    rows, high = int(rng.integers(3, 6)), float(rng.uniform(7, 9))
    for row in range(rows + 1):
        x = LEFT
        for title, kind, wide in columns:
            box = (x, y, x + wide, y + high)
            paper.sheet.box(box, 0.2)
            if row == 0:
                paper.sheet.text(x + 1.5, y + 5, title, 8)
            else:
                paper.want(f"{name} {row}: {title}", kind, box)
            x += wide
        y += high
    return y + 3


def free_text(paper: Paper, y: float, rng: Generator) -> float:
    """A large box for several lines."""
    paper.sheet.text(LEFT, y + 3, "Begründung des Antrags", 9)
    paper.sheet.box((LEFT, y + 4.5, RIGHT, y + 27), 0.25)
    paper.want("Begründung des Antrags", "text", (LEFT, y + 4.5, RIGHT, y + 27), lines=4)
    return y + 31


def signed(paper: Paper, y: float, rng: Generator) -> float:
    """Lines for place, date and signature with their labels under them."""
    for x0, x1, title, kind in ((LEFT, 90.0, "Ort, Datum", "date"), (105.0, RIGHT, "Unterschrift", "signature")):
        paper.sheet.line(x0, y + 14, x1, y + 14, 0.2)
        paper.sheet.text(x0, y + 17.2, title, 7)
        paper.want(title, kind, (x0, y + 8, x1, y + 14))
    return y + 20


def english_boxes(paper: Paper, y: float, rng: Generator) -> float:
    for _ in range(2):
        for x0, x1 in ((LEFT, 100.0), (106.0, RIGHT)):
            title, kind = paper.text(ENGLISH)
            paper.sheet.text(x0, y + 2.6, title, 8)
            paper.sheet.box((x0, y + 3.8, x1, y + 10.8), 0.2)
            paper.want(title, kind, (x0, y + 3.8, x1, y + 10.8))
        y += 14
    return y


def office_frame(paper: Paper, y: float, rng: Generator) -> float:
    """A frame for the office: nothing in it is for the applicant."""
    paper.sheet.box((LEFT, y, RIGHT, y + 18), 0.4)
    paper.sheet.text(LEFT + 2, y + 4, "Bearbeitungsvermerke (nicht ausfüllen)", 8)
    paper.sheet.text(LEFT + 2, y + 13, "Kassenzeichen", 8)
    paper.sheet.line(LEFT + 25, y + 13.3, LEFT + 80, y + 13.3, 0.2)
    return y + 22


def prose(paper: Paper, y: float, rng: Generator) -> float:
    """Print in which nothing is asked."""
    text = (
        "Die Angaben werden nach § 12 der Satzung erhoben. Wer vorsätzlich oder leichtfertig falsche Angaben macht, "
        "handelt ordnungswidrig. Nachweise sind in Kopie beizufügen; sie werden nach der Bearbeitung vernichtet."
    )
    return paper.sheet.paragraph(LEFT, y + 3, text, RIGHT - LEFT, 7.5, 3.4) + 3


def tinted_ground(paper: Paper, y: float, rng: Generator) -> float:
    """White boxes on a tinted ground."""
    ground = float(rng.uniform(0.84, 0.92))
    paper.sheet.box((LEFT - 3, y, RIGHT + 3, y + 36), 0, fill=ground)
    y += 3
    for _ in range(2):
        for x0, x1 in ((LEFT, 103.0), (108.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.text(x0, y + 3, title, 8)
            paper.sheet.box((x0, y + 4.5, x1, y + 12), 0, fill=1.0)
            paper.want(title, kind, (x0, y + 4.5, x1, y + 12))
        y += 15.5
    return y + 5


def open_ticks(paper: Paper, y: float, rng: Generator) -> float:
    """Character cells as strokes that stand on a line, open above."""
    for _ in range(2):
        title, kind, cells = paper.take(COMBS)
        x0, low = LEFT, y + 11
        paper.sheet.text(x0, y + 3, title, 8)
        paper.sheet.line(x0, low, x0 + cells * 6, low, 0.2)
        for n in range(cells + 1):
            paper.sheet.line(x0 + n * 6, low - 3, x0 + n * 6, low, 0.2)
        paper.want(title, kind, (x0, low - 7, x0 + cells * 6, low), cells=cells)
        y += 15
    return y


def open_sides(paper: Paper, y: float, rng: Generator) -> float:
    """Level rules as wide as the page and few upright ones between; labels at the top of each room."""
    paper.sheet.line(LEFT, y, RIGHT, y, 0.3)
    for _ in range(3):
        split = float(rng.uniform(90, 120))
        for x0, x1 in ((LEFT, split), (split, RIGHT)):
            title, kind = paper.text()
            paper.sheet.text(x0 + 1, y + 3, title, 6.5)
            paper.want(title, kind, (x0, y + 3.4, x1, y + 11))
        paper.sheet.line(split, y, split, y + 11, 0.2)
        y += 11
        paper.sheet.line(LEFT, y, RIGHT, y, 0.3)
    return y + 3


def circles(paper: Paper, y: float, rng: Generator) -> float:
    """Circles from a font, each behind its answer, under the question."""
    title, answers = paper.take(QUESTIONS)
    paper.sheet.text(LEFT, y + 3, title, 9)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(answers):
        x, base = LEFT + 4 + 42.0 * n, y + 9.5
        centre = x + 1.8
        paper.sheet.canvas.setLineWidth(0.5)
        paper.sheet.canvas.circle(centre * 72 / 25.4, (297 - base + 1.4) * 72 / 25.4, 1.7 * 72 / 25.4)
        options[answer] = (centre - 1.7, base - 3.1, centre + 1.7, base + 0.3)
        paper.sheet.text(x + 5.2, base, answer, 9)
    paper.want(title, "choice", _around(options.values()), options=options)
    return y + 14


def matrix(paper: Paper, y: float, rng: Generator) -> float:
    """Questions below each other, their answers at the heads of two columns of squares."""
    for x, head in ((142.0, "ja"), (162.0, "nein")):
        paper.sheet.text(x, y + 3, head, 8.5, bold=True)
    y += 5
    for n in range(3):
        title = ("Sind Sie Mieter?", "Ist ein Aufzug vorhanden?", "Gibt es weitere Eingänge?")[n]
        paper.sheet.text(LEFT, y + 4, title, 9)
        options = {a: (x, y + 0.6, x + 4, y + 4.6) for a, x in (("ja", 142.0), ("nein", 162.0))}
        for box in options.values():
            paper.sheet.box(box, 0.2)
        paper.want(title, "choice", _around(options.values()), options=options)
        y += 7.5
    return y + 2


def dashed(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes with dashed sides."""
    for _ in range(2):
        title, kind = paper.text()
        paper.sheet.text(LEFT, y + 5, title, 9)
        paper.sheet.canvas.setDash(3, 2)
        paper.sheet.box((85, y, RIGHT, y + 8), 0.25)
        paper.sheet.canvas.setDash()
        paper.want(title, kind, (85, y, RIGHT, y + 8))
        y += 10.5
    return y


def english_lines(paper: Paper, y: float, rng: Generator) -> float:
    """Lines with English labels under them."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 100.0), (106.0, RIGHT)):
            title, kind = paper.text(ENGLISH)
            paper.sheet.line(x0, y + 8, x1, y + 8, 0.2)
            paper.sheet.text(x0, y + 11.2, title, 7.5)
            paper.want(title, kind, (x0, y + 2, x1, y + 8))
        y += 14
    return y


def bracketed(paper: Paper, y: float, rng: Generator) -> float:
    """Brackets typed as check squares."""
    title, answers = paper.take(QUESTIONS)
    paper.sheet.text(LEFT, y + 4, title, 9.5)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(answers):
        x = 90.0 + 34 * n
        paper.sheet.text(x, y + 4, "[    ] " + answer, 9.5)
        options[answer] = (x + 0.3, y + 0.9, x + text_width_mm("[    ]", 9.5) - 0.3, y + 4.7)
    paper.want(title, "choice", _around(options.values()), options=options)
    return y + 9


# ways that were counted before the draft knew them


def answer_before(paper: Paper, y: float, rng: Generator) -> float:
    """The answers stand on the left of their squares."""
    title, answers = paper.take(QUESTIONS)
    paper.sheet.text(LEFT, y + 4.2, title, 9)
    options: dict[str, BoxMm] = {}
    x = 92.0
    for answer in answers:
        paper.sheet.text(x, y + 4.2, answer, 9)
        x += text_width_mm(answer, 9) + 1.8
        options[answer] = (x, y + 0.8, x + 4, y + 4.8)
        paper.sheet.box(options[answer], 0.2)
        x += 16.0
    paper.want(title, "choice", _around(options.values()), options=options)
    return y + 9


def at_the_end(paper: Paper, y: float, rng: Generator) -> float:
    """Sentences with their squares at the end of the line."""
    for sentence in ALONE:
        paper.sheet.text(LEFT, y + 3.4, sentence, 9)
        paper.sheet.box((RIGHT - 6, y, RIGHT - 2, y + 4), 0.25)
        paper.want(sentence, "checkbox", (RIGHT - 6, y, RIGHT - 2, y + 4))
        y += 7
    return y + 2


def options_grid(paper: Paper, y: float, rng: Generator) -> float:
    """A question over two rows of squares."""
    paper.sheet.text(LEFT, y + 3.5, "Familienstand", 9.5)
    options: dict[str, BoxMm] = {}
    for n, answer in enumerate(("ledig", "verheiratet", "geschieden", "verwitwet", "getrennt lebend", "eingetragen")):
        x, top = LEFT + 2 + 50.0 * (n % 3), y + 6.5 + 7 * (n // 3)
        options[answer] = (x, top, x + 3.8, top + 3.8)
        paper.sheet.box(options[answer], 0.2)
        paper.sheet.text(x + 6, top + 3.2, answer, 9)
    paper.want("Familienstand", "choice", _around(options.values()), options=options)
    return y + 22


def under_box(paper: Paper, y: float, rng: Generator) -> float:
    """Small print under framed boxes."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 100.0), (106.0, RIGHT)):
            title, kind = paper.text()
            paper.sheet.box((x0, y, x1, y + 7.5), 0.25)
            paper.sheet.text(x0 + 0.5, y + 10.2, title, 6.5)
            paper.want(title, kind, (x0, y, x1, y + 7.5))
        y += 14
    return y


def in_sentence(paper: Paper, y: float, rng: Generator) -> float:
    """Blanks within a sentence."""
    for words in (
        (("geboren am", "date"), ("wohnhaft in", "text")),
        (("vertreten durch", "text"), ("gültig bis", "date")),
    ):
        x = LEFT
        for label, kind in words:
            paper.sheet.text(x, y + 6, label, 10)
            x += text_width_mm(label, 10) + 1.5
            paper.sheet.line(x, y + 6.4, x + 50, y + 6.4, 0.2)
            paper.want(label, kind, (x, y + 0.4, x + 50, y + 6.4))
            x += 52
        paper.sheet.text(x, y + 6, ".", 10)
        y += 10
    return y


def row_labels(paper: Paper, y: float, rng: Generator) -> float:
    """A table whose rows have names of their own."""
    heads, stops = ("Antragsteller", "Partner"), (LEFT, 90.0, 140.0, RIGHT)
    for row, name in enumerate(("", "Bruttoeinkommen", "Kindergeld", "Unterhalt")):
        for x0, x1, head in zip(stops[:-1], stops[1:], ("", *heads), strict=True):
            box = (x0, y, x1, y + 8)
            paper.sheet.box(box, 0.2)
            if row == 0 or x0 == LEFT:
                paper.sheet.text(x0 + 1.5, y + 5.4, head if row == 0 else name, 9)
            else:
                paper.want(f"{name}: {head}", "money" if row == 1 else "text", box)
        y += 8
    return y + 3


def date_groups(paper: Paper, y: float, rng: Generator) -> float:
    """Eight character cells in three groups with points between."""
    paper.sheet.text(LEFT, y + 5, "Geburtsdatum", 9)
    x = 80.0
    for group, cells in enumerate((2, 2, 4)):
        for _ in range(cells):
            paper.sheet.box((x, y, x + 5, y + 7), 0.2)
            x += 5
        if group < 2:
            paper.sheet.text(x + 0.7, y + 5.6, ".", 11)
            x += 2.5
    paper.want("Geburtsdatum", "date", (80, y, x, y + 7), cells=8)
    return y + 10


def signature_box(paper: Paper, y: float, rng: Generator) -> float:
    """A large frame to sign in, its label at the lower edge."""
    paper.sheet.box((100, y, RIGHT, y + 22), 0.3)
    paper.sheet.text(101, y + 20.8, "Unterschrift der antragstellenden Person", 6.5)
    paper.want("Unterschrift der antragstellenden Person", "signature", (100, y, RIGHT, y + 18.5))
    return y + 26


def white_cells(paper: Paper, y: float, rng: Generator) -> float:
    """White character cells on tinted ground, apart from each other."""
    title, kind, cells = paper.take(COMBS)
    paper.sheet.box((LEFT - 2, y, RIGHT, y + 16), 0, fill=0.88)
    paper.sheet.text(LEFT, y + 4, title, 8)
    for n in range(cells):
        paper.sheet.box((LEFT + 6.5 * n, y + 6, LEFT + 6.5 * n + 5.5, y + 13), 0, fill=1.0)
    paper.want(title, kind, (LEFT, y + 6, LEFT + 6.5 * cells - 1, y + 13), cells=cells)
    return y + 18


def long_labels(paper: Paper, y: float, rng: Generator) -> float:
    """Labels of two lines on the left of boxes."""
    for first, second, kind in (
        ("Höhe der monatlichen Kaltmiete", "ohne Heizkosten in Euro", "money"),
        ("Datum, seit dem die Wohnung", "genutzt wird", "date"),
    ):
        paper.sheet.text(LEFT, y + 3.4, first, 9)
        paper.sheet.text(LEFT, y + 7.2, second, 9)
        paper.sheet.box((85, y, 165, y + 8), 0.2)
        paper.want(f"{first} {second}", kind, (85, y, 165, y + 8))
        y += 11
    return y


def from_to(paper: Paper, y: float, rng: Generator) -> float:
    """A line that asks for two values, a unit behind the last one."""
    paper.sheet.text(LEFT, y + 5, "Beschäftigt vom", 9)
    paper.sheet.box((55, y, 90, y + 7), 0.2)
    paper.sheet.text(93, y + 5, "bis", 9)
    paper.sheet.box((100, y, 135, y + 7), 0.2)
    paper.want("Beschäftigt vom", "date", (55, y, 90, y + 7))
    paper.want("bis", "date", (100, y, 135, y + 7))
    return y + 10


KNOWN: tuple[Way, ...] = (
    over_box, in_cell, left_box, left_dotted, left_underscored, ruled_line, grey_fill, tinted_ground, rounded,
    comb_boxes, comb_ticks, yes_no, options_column, alone, table_rows, free_text, signed, english_boxes, office_frame,
    prose, open_ticks, open_sides, circles, matrix, dashed, english_lines, bracketed,
)  # fmt: skip
LATER: tuple[Way, ...] = (
    answer_before, at_the_end, options_grid, under_box, in_sentence, row_labels, date_groups, signature_box,
    white_cells, long_labels, from_to, prose,
)  # fmt: skip


def _around(boxes: Iterable[BoxMm]) -> BoxMm:
    every = list(boxes)
    return (
        min(b[0] for b in every),
        min(b[1] for b in every),
        max(b[2] for b in every),
        max(b[3] for b in every),
    )


def make_blank(ways: Sequence[Way], rng: Generator, pages: int = 2) -> tuple[bytes, list[Wanted]]:
    """A PDF file without form fields, and all that it asks for."""
    load_font()
    paper = Paper(Sheet("Antrag"), rng)
    order = [ways[n] for n in rng.permutation(len(ways))] * 3
    for page in range(1, pages + 1):
        paper.page = page
        y = _head(paper, rng)
        while order and (y := _section(paper, order.pop(0), y, rng)) < BOTTOM - 48:
            pass
        paper.sheet.foot("Vordruck 31-204 Stand 04/2026", page, pages)
        paper.sheet.next_page()
    return paper.sheet.finish(), paper.wanted


def _section(paper: Paper, way: Way, y: float, rng: Generator) -> float:
    paper.way = way.__name__
    return way(paper, y, rng) + float(rng.uniform(3, 6))


def _head(paper: Paper, rng: Generator) -> float:
    subject = choose(rng, ("Wohngeld", "einen Bewohnerparkausweis", "Ferienbetreuung", "ein Marktfest"))
    if paper.page > 1:
        paper.sheet.text(LEFT, 18, f"Antrag auf {subject}, Fortsetzung auf Seite {paper.page}", 9)
        return 26.0
    paper.sheet.letterhead("Bürgeramt", "Zimmer 12, Erdgeschoss")
    paper.sheet.text(LEFT, 40, f"Antrag auf {subject}", 15, bold=True)
    paper.sheet.text(LEFT, 46, "Bitte in Druckschrift ausfüllen und Zutreffendes ankreuzen. * Pflichtangabe", 8)
    return 54.0
