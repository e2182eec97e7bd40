"""Applications as offices print them: sixteen more ways to ask, eighteen of print that only informs.

Made like those of `bench.blanks`; counted once before the draft knew them (docs/measured.md).
"""

from __future__ import annotations

from numpy.random import Generator

from bench.blanks import LEFT, RIGHT, Paper, Way
from demo.sheet import text_width_mm
from ocr.spec import BoxMm

# asks


def margin_numbers(paper: Paper, y: float, rng: Generator) -> float:
    """Level hairlines across the page, a number in the margin, the question left, room behind an upright rule."""
    paper.sheet.line(LEFT, y, RIGHT, y, 0.15)
    for n in range(4):
        title, kind = paper.text()
        paper.sheet.text(LEFT + 1, y + 5.6, str(7 + n), 8, bold=True)
        paper.sheet.text(LEFT + 8, y + 5.6, title, 9)
        paper.sheet.line(88, y, 88, y + 9, 0.15)
        paper.want(title, kind, (88, y, RIGHT, y + 9))
        y += 9
        paper.sheet.line(LEFT, y, RIGHT, y, 0.15)
    return y + 3


def dots_with_label_under(paper: Paper, y: float, rng: Generator) -> float:
    """Rows of dots, the labels in small print under them."""
    for _ in range(2):
        for x0, x1 in ((LEFT, 98.0), (108.0, RIGHT)):
            title, kind = paper.text()
            count = int((x1 - x0) / text_width_mm(".", 10))
            paper.sheet.text(x0, y + 8, "." * count, 10)
            paper.sheet.text(x0, y + 11.4, title, 7)
            paper.want(title, kind, (x0, y + 2, x0 + count * text_width_mm(".", 10), y + 8))
        y += 14
    return y


def hint_under_label(paper: Paper, y: float, rng: Generator) -> float:
    """A label on the left of a box, an example in smaller print under the label."""
    hints = (("Amtliches Kennzeichen", "z. B. ML-AB 123", "text"), ("Beginn der Tätigkeit", "frühestens ab heute", ""))
    for title, hint, kind in hints:
        paper.sheet.text(LEFT, y + 3.6, title, 9)
        paper.sheet.text(LEFT, y + 7, hint, 6.5)
        paper.sheet.box((78, y, 150, y + 8), 0.2)
        paper.want(f"{title} {hint}", kind, (78, y, 150, y + 8))
        y += 11
    return y


def u_left(paper: Paper, y: float, rng: Generator) -> float:
    """Boxes without an upper side, labels on their left."""
    for _ in range(3):
        title, kind = paper.text()
        paper.sheet.text(LEFT, y + 5.5, title, 9)
        paper.sheet.line(82, y + 7, 178, y + 7, 0.25)
        for x in (82, 178):
            paper.sheet.line(x, y + 2, x, y + 7, 0.25)
        paper.want(title, kind, (82, y + 1, 178, y + 7))
        y += 10
    return y


def numbered_children(paper: Paper, y: float, rng: Generator) -> float:
    """A table with a shaded head and numbered rows."""
    stops, heads = (LEFT, 30.0, 95.0, 130.0, RIGHT), ("Nr.", "Name des Kindes", "geboren am", "bisherige Einrichtung")
    for row in range(4):
        for n, head in enumerate(heads):
            box = (stops[n], y, stops[n + 1], y + 8)
            paper.sheet.box(box, 0.2, fill=0.9 if row == 0 else None)
            if row == 0:
                paper.sheet.text(box[0] + 1.2, y + 5.2, head, 8)
            elif n == 0:
                paper.sheet.text(box[0] + 2.5, y + 5.2, f"{row}.", 9)
            else:
                paper.want("", "", box)
        y += 8
    return y + 3


def day_squares(paper: Paper, y: float, rng: Generator) -> float:
    """Squares in rows and columns without cells: days on the left, times of day as heads."""
    heads = ((90.0, "vormittags"), (122.0, "nachmittags"), (156.0, "ganztags"))
    for x, head in heads:
        paper.sheet.text(x - 5, y + 3, head, 8)
    y += 5
    for day in ("Montag", "Mittwoch", "Freitag"):
        paper.sheet.text(LEFT, y + 3.4, day, 9)
        options = {head: (x, y, x + 4, y + 4) for x, head in heads}
        for box in options.values():
            paper.sheet.box(box, 0.2)
        paper.want(day, "choice", (90, y, 160, y + 4), options=options)
        y += 7
    return y + 2


def plate_boxes(paper: Paper, y: float, rng: Generator) -> float:
    """Three short boxes with hyphens between: each a part of its own, one label before them."""
    paper.sheet.text(LEFT, y + 5.2, "Kraftfahrzeugkennzeichen", 9)
    options = ((75.0, 95.0), (101.0, 121.0), (127.0, 155.0))
    for n, (x0, x1) in enumerate(options):
        paper.sheet.box((x0, y, x1, y + 7.5), 0.25)
        if n:
            paper.sheet.text(x0 - 4, y + 5.4, "–", 10)
        paper.want("", "", (x0, y, x1, y + 7.5))
    return y + 11


def iban_groups(paper: Paper, y: float, rng: Generator) -> float:
    """Character cells in groups of four with gaps, a printed prefix before them."""
    paper.sheet.text(LEFT, y + 3, "IBAN", 8)
    paper.sheet.text(LEFT, y + 9.6, "DE", 11)
    x = LEFT + 8
    for group in (2, 4, 4, 4, 4, 2):
        for _ in range(group):
            paper.sheet.box((x, y + 4.5, x + 5.5, y + 11), 0.2)
            x += 5.5
        x += 2.0
    paper.want("", "", (LEFT + 8, y + 4.5, x - 2, y + 11), cells=20)
    return y + 14


def trade_cells(paper: Paper, y: float, rng: Generator) -> float:
    """Cells with a number in a cell of its own and a long label at the top, room for several lines."""
    said = (
        ("15", "Angemeldete Tätigkeit (genau angeben: z. B. Herstellung von Möbeln)"),
        ("16", "Wird die Tätigkeit im Nebenerwerb betrieben, bitte Umfang angeben"),
    )
    for number, title in said:
        paper.sheet.box((LEFT, y, LEFT + 8, y + 17), 0.2)
        paper.sheet.text(LEFT + 2, y + 4, number, 8)
        paper.sheet.box((LEFT + 8, y, RIGHT, y + 17), 0.2)
        paper.sheet.text(LEFT + 9.5, y + 3.6, title, 7.5)
        paper.want(title, "text", (LEFT + 8, y + 4.2, RIGHT, y + 17), lines=2)
        y += 17
    return y + 3


def in_prose(paper: Paper, y: float, rng: Generator) -> float:
    """Blanks within running print of several lines."""
    paper.sheet.text(LEFT, y + 6, "Hiermit bevollmächtige ich Frau/Herrn", 9.5)
    x = LEFT + text_width_mm("Hiermit bevollmächtige ich Frau/Herrn", 9.5) + 2
    paper.sheet.line(x, y + 6.4, RIGHT, y + 6.4, 0.2)
    paper.want("", "", (x, y + 0.4, RIGHT, y + 6.4))
    paper.sheet.text(LEFT, y + 14, "wohnhaft", 9.5)
    x = LEFT + text_width_mm("wohnhaft", 9.5) + 2
    paper.sheet.line(x, y + 14.4, 150, y + 14.4, 0.2)
    paper.want("wohnhaft", "", (x, y + 8.4, 150, y + 14.4))
    paper.sheet.text(152, y + 14, ", für mich den Ausweis", 9.5)
    paper.sheet.text(LEFT, y + 20, "abzuholen. Die Vollmacht gilt nur für diesen Antrag.", 9.5)
    return y + 23


def place_printed(paper: Paper, y: float, rng: Generator) -> float:
    """The place is printed before the line for the date; a line to sign on beside it."""
    start = LEFT + text_width_mm("Musterlingen, den", 9) + 2
    paper.sheet.text(LEFT, y + 12, "Musterlingen, den", 9)
    paper.sheet.line(start, y + 12.4, 95, y + 12.4, 0.2)
    paper.want("", "", (start, y + 6.4, 95, y + 12.4))
    paper.sheet.line(108, y + 12.4, RIGHT, y + 12.4, 0.2)
    title = "Unterschrift der Sorgeberechtigten"
    paper.sheet.text(108, y + 15.6, title, 7)
    paper.want(title, "signature", (108, y + 6.4, RIGHT, y + 12.4))
    return y + 19


def squares_after_dots(paper: Paper, y: float, rng: Generator) -> float:
    """Documents with dots up to a square at the end of the line."""
    for name in ("Kopie des Fahrzeugscheins", "Meldebescheinigung", "Bestätigung des Arbeitgebers"):
        start = LEFT + text_width_mm(name + " ", 9)
        paper.sheet.text(LEFT, y + 3.6, name + " " + "." * int((150 - start) / text_width_mm(".", 9)), 9)
        paper.sheet.box((153, y, 157, y + 4), 0.25)
        paper.want(name, "checkbox", (153, y, 157, y + 4))
        y += 7.5
    return y + 1


def yes_since(paper: Paper, y: float, rng: Generator) -> float:
    """No, or yes with a line behind it, on the line of the question."""
    for title in ("Besteht ein Mietverhältnis?", "Wurde bereits geheizt?"):
        paper.sheet.text(LEFT, y + 4.6, title, 9)
        options: dict[str, BoxMm] = {"nein": (80, y + 1.2, 83.6, y + 4.8), "ja, seit": (102, y + 1.2, 105.6, y + 4.8)}
        for answer, box in options.items():
            paper.sheet.box(box, 0.2)
            paper.sheet.text(box[2] + 1.8, y + 4.6, answer, 9)
        paper.sheet.line(122, y + 5.2, 170, y + 5.2, 0.2)
        paper.want(title, "choice", (80, y + 1.2, 105.6, y + 4.8), options=options)
        paper.want("", "", (122, y - 0.8, 170, y + 5.2))
        y += 9
    return y


def tinted_left(paper: Paper, y: float, rng: Generator) -> float:
    """Tinted fields without an outline, labels on their left and a unit behind them."""
    for title, unit, kind in (("Grundstücksgröße", "m²", "quantity"), ("Rohbaukosten", "Euro", "money")):
        paper.sheet.text(LEFT, y + 5, title, 9)
        paper.sheet.box((75, y, 135, y + 7), 0, fill=0.88)
        paper.sheet.text(137, y + 5, unit, 9)
        paper.want(title, kind, (75, y, 135, y + 7))
        y += 10
    return y


def spanned_cells(paper: Paper, y: float, rng: Generator) -> float:
    """Cells of different height: a tall one beside two low ones, labels at their tops."""
    (tall, tall_kind), (one, one_kind), (two, two_kind) = paper.text(), paper.text(), paper.text()
    for box, title, kind in (
        ((LEFT, y, 90.0, y + 21), tall, tall_kind),
        ((90.0, y, RIGHT, y + 10.5), one, one_kind),
        ((90.0, y + 10.5, RIGHT, y + 21), two, two_kind),
    ):
        paper.sheet.box(box, 0.2)
        paper.sheet.text(box[0] + 1, box[1] + 3, title, 6.5)
        lines = 3 if box[3] - box[1] > 20 else 1
        paper.want(title, "text" if lines > 1 else kind, (box[0], box[1] + 3.4, box[2], box[3]), lines=lines)
    return y + 24


def dotted_free_text(paper: Paper, y: float, rng: Generator) -> float:
    """A question over three rows of dots."""
    title = "Kurze Beschreibung des Vorhabens"
    paper.sheet.text(LEFT, y + 4, title, 9)
    count = int((RIGHT - LEFT) / text_width_mm(".", 10))
    for n in range(3):
        paper.sheet.text(LEFT, y + 12 + 8 * n, "." * count, 10)
    paper.want(title, "text", (LEFT, y + 6, LEFT + count * text_width_mm(".", 10), y + 28), lines=3)
    return y + 31


# informs


def fee_table_grouped(paper: Paper, y: float, rng: Generator) -> float:
    """A table of fees with an empty corner, rows that head a group, and dashes where there is none."""
    stops = (LEFT, 95.0, 125.0, 155.0)
    rows = (
        ("", "Inland", "EU"),
        ("Führerschein", "", ""),
        ("Ersterteilung", "43,40", "–"),
        ("Umtausch", "25,30", "35,00"),
        ("Ersatz", "–", "38,30"),
    )
    for row in rows:
        for n, said in enumerate(row):
            paper.sheet.box((stops[n], y, stops[n + 1], y + 6.5), 0.2)
            paper.sheet.text(stops[n] + 1.5, y + 4.5, said, 8.5, bold=row[1] == "")
        y += 6.5
    return y + 3


def fee_leaders(paper: Paper, y: float, rng: Generator) -> float:
    """Fees with dots between the service and its price."""
    for name, price in (("Beglaubigung je Seite", "2,50 €"), ("Meldebescheinigung", "8,00 €"), ("Ausfertigung", "5 €")):
        start, end = LEFT + text_width_mm(name + " ", 9), 130 - text_width_mm(" " + price, 9)
        dots = "." * int((end - start) / text_width_mm(".", 9))
        paper.sheet.text(LEFT, y + 4, f"{name} {dots} {price}", 9)
        y += 5.5
    return y + 2


def hours_grid(paper: Paper, y: float, rng: Generator) -> float:
    """Opening hours in a full grid; in some cells stands nothing."""
    stops = (LEFT, 60.0, 95.0, 130.0)
    rows = (
        ("Sprechzeiten", "vormittags", "nachmittags"),
        ("Montag", "8.00 - 12.00", ""),
        ("Dienstag", "8.00 - 12.00", "14.00 - 16.00"),
        ("Mittwoch", "geschlossen", ""),
        ("Donnerstag", "8.00 - 12.00", "14.00 - 18.00"),
    )
    for row in rows:
        for n, said in enumerate(row):
            paper.sheet.box((stops[n], y, stops[n + 1], y + 6), 0.15)
            paper.sheet.text(stops[n] + 1.5, y + 4.2, said, 8)
        y += 6
    return y + 3


def privacy_columns(paper: Paper, y: float, rng: Generator) -> float:
    """The note of art. 13 in small print in two columns with a rule between, headings in bold."""
    text = (
        "Verantwortlich ist die Stadt Musterlingen, Rathausplatz 1. Rechtsgrundlage ist Art. 6 Abs. 1 Buchst. e DSGVO. "
        "Ihre Daten werden zehn Jahre gespeichert und nicht weitergegeben. Sie haben das Recht auf Auskunft."
    )
    low = y
    for x, head in ((LEFT, "Information nach Art. 13 DSGVO"), (108.0, "Ihre Rechte als betroffene Person")):
        paper.sheet.text(x, y + 3, head, 7, bold=True)
        low = paper.sheet.paragraph(x, y + 6.2, text, 78, 6.5, 2.8)
    paper.sheet.line(104, y, 104, low, 0.2)
    return low + 2


def bring_along(paper: Paper, y: float, rng: Generator) -> float:
    """A framed list of what is to be brought along, full squares before each line, room left under it."""
    paper.sheet.box((LEFT, y, RIGHT, y + 33), 0.3)
    paper.sheet.text(LEFT + 3, y + 5, "Bitte bringen Sie mit:", 9, bold=True)
    for n, line in enumerate(("gültiger Personalausweis", "aktuelles Lichtbild", "bisheriger Führerschein")):
        paper.sheet.box((LEFT + 4, y + 8.2 + 5 * n, LEFT + 5.6, y + 9.8 + 5 * n), 0.1, fill=0.0)
        paper.sheet.text(LEFT + 8, y + 10 + 5 * n, line, 8.5)
    return y + 36


def numbered_steps(paper: Paper, y: float, rng: Generator) -> float:
    """What to do, with numbers in framed squares before each line."""
    for n, line in enumerate(
        ("Antrag vollständig ausfüllen.", "Nachweise in Kopie beilegen.", "Im Bürgeramt abgeben.")
    ):
        paper.sheet.box((LEFT, y, LEFT + 6, y + 6), 0.3)
        paper.sheet.text(LEFT + 2.1, y + 4.3, str(n + 1), 10)
        paper.sheet.text(LEFT + 9, y + 4.3, line, 9)
        y += 8
    return y + 1


def tariff_lines(paper: Paper, y: float, rng: Generator) -> float:
    """A tariff of zones between level hairlines across the page, numbers set to the right."""
    rows = (("Zone", "1 Monat", "6 Monate", "1 Jahr"), ("A Altstadt", "15,00", "80,00", "150,00"),
            ("B Bahnhof", "12,00", "65,00", "120,00"), ("C übriges Gebiet", "8,00", "45,00", "80,00"))  # fmt: skip
    for number, row in enumerate(rows):
        for x, said in zip((LEFT, 110.0, 145.0, 180.0), row, strict=True):
            paper.sheet.text(x, y + 4.4, said, 8.5, right=x > LEFT, bold=number == 0)
        paper.sheet.line(LEFT, y + 6.2, RIGHT, y + 6.2, 0.15)
        y += 6.6
    return y + 3


def bank_footer(paper: Paper, y: float, rng: Generator) -> float:
    """A rule across the page, under it four blocks of small print with addresses and accounts."""
    paper.sheet.line(LEFT, y, RIGHT, y, 0.25)
    blocks = (
        ("Hausanschrift", "Rathausplatz 1", "12345 Musterlingen"),
        ("Telefon", "0171 39200-0", "Fax 0171 39200-19"),
        ("Bankverbindung", "Sparkasse Musterlingen", "DE02 1203 0000 0000 2020 51"),
        ("Internet", "musterlingen.example", "stadt@musterlingen.example"),
    )
    for n, block in enumerate(blocks):
        for m, line in enumerate(block):
            paper.sheet.text(LEFT + 43 * n, y + 3.4 + 3 * m, line, 6.5, bold=m == 0)
    return y + 13


def office_table(paper: Paper, y: float, rng: Generator) -> float:
    """A table with empty cells whose head says that the office fills it in."""
    paper.sheet.box((LEFT, y, RIGHT, y + 6), 0.25, fill=0.85)
    paper.sheet.text(LEFT + 2, y + 4.3, "Nur von der Behörde auszufüllen", 8.5, bold=True)
    y += 6
    for x0, x1, label in ((LEFT, 75.0, "Eingang am"), (75.0, 130.0, "Sachgebiet"), (130.0, RIGHT, "Handzeichen")):
        paper.sheet.box((x0, y, x1, y + 11), 0.2)
        paper.sheet.text(x0 + 1, y + 3, label, 6.5)
    return y + 14


def office_lines(paper: Paper, y: float, rng: Generator) -> float:
    """A rule, a heading that names the office, and lines with labels that only the office fills in."""
    paper.sheet.line(LEFT, y, RIGHT, y, 0.6)
    paper.sheet.text(LEFT, y + 5, "Bearbeitungsvermerke der Behörde", 9, bold=True)
    for n, (x0, label) in enumerate(((LEFT, "geprüft am"), (110.0, "Namenszeichen"))):
        top = y + 12
        start = x0 + text_width_mm(label, 9) + 2
        paper.sheet.text(x0, top, label, 9)
        paper.sheet.line(start, top + 0.4, (100.0, RIGHT)[n], top + 0.4, 0.2)
    return y + 17


def barcode(paper: Paper, y: float, rng: Generator) -> float:
    """Bars with their number under them, a frame around."""
    paper.sheet.box((130, y, RIGHT, y + 16), 0.2)
    x = 136.0
    while x < 183:
        wide = float(rng.choice((0.3, 0.6, 0.9)))
        paper.sheet.box((x, y + 2.5, x + wide, y + 11), 0, fill=0.0)
        x += wide + float(rng.choice((0.3, 0.6, 0.9)))
    paper.sheet.text(145, y + 14.3, "*4711-0815-2026*", 7.5)
    return y + 19


def signature_explained(paper: Paper, y: float, rng: Generator) -> float:
    """Framed notes on who has to sign, with signs before the lines."""
    paper.sheet.box((LEFT, y, RIGHT, y + 19), 0.15)
    paper.sheet.text(LEFT + 2, y + 4.4, "Hinweis zur Unterschrift", 8, bold=True)
    for n, line in enumerate((
        "1) Bei Minderjährigen unterschreiben die gesetzlichen Vertreter.",
        "2) Bei Ehepaaren genügt die Unterschrift einer Person.",
        "3) Bevollmächtigte legen die Vollmacht bei.",
    )):  # fmt: skip
        paper.sheet.text(LEFT + 2, y + 8.4 + 3.6 * n, line, 7.5)
    return y + 22


def contact_block(paper: Paper, y: float, rng: Generator) -> float:
    """A framed block at the right: who answers questions, labels with a colon and what they say."""
    paper.sheet.box((115, y, RIGHT, y + 22), 0.2)
    said = (("Auskunft erteilt:", "Frau Beispiel"), ("Zimmer:", "112"), ("Telefon:", "0171 39200-27"),
            ("E-Mail:", "kfz@musterlingen.example"))  # fmt: skip
    for n, (label, text) in enumerate(said):
        paper.sheet.text(117, y + 5 + 4.6 * n, label, 8)
        paper.sheet.text(145, y + 5 + 4.6 * n, text, 8)
    return y + 25


def legend_table(paper: Paper, y: float, rng: Generator) -> float:
    """A framed table of signs and what they mean: words in all cells, no amounts."""
    for sign, meaning in (("A", "Anwohner mit Hauptwohnung"), ("B", "Anwohner mit Nebenwohnung"), ("G", "Gewerbe")):
        paper.sheet.box((LEFT, y, 34, y + 6.5), 0.2)
        paper.sheet.box((34, y, 120, y + 6.5), 0.2)
        paper.sheet.text(LEFT + 4, y + 4.5, sign, 8.5)
        paper.sheet.text(36, y + 4.5, meaning, 8.5)
        y += 6.5
    return y + 3


def sample_writing(paper: Paper, y: float, rng: Generator) -> float:
    """How to write: character cells that are filled in already."""
    paper.sheet.text(LEFT, y + 5, "So schreiben Sie richtig:", 8.5)
    for n, letter in enumerate("MUSTER123"):
        x = 65 + 6 * n
        paper.sheet.box((x, y, x + 6, y + 7), 0.2)
        paper.sheet.text(x + 1.8, y + 5.2, letter, 10)
    return y + 10


def leaflet_boxes(paper: Paper, y: float, rng: Generator) -> float:
    """Two framed boxes beside each other with a heading and prose, some room left in each."""
    text = "Der Antrag ist spätestens vier Wochen vor Beginn zu stellen. Später eingehende Anträge werden nachgereicht."
    for x, head in ((LEFT, "Wann ist der Antrag zu stellen?"), (109.0, "Wer kann den Antrag stellen?")):
        paper.sheet.box((x, y, x + 81, y + 27), 0.25)
        paper.sheet.text(x + 2.5, y + 5, head, 8.5, bold=True)
        paper.sheet.paragraph(x + 2.5, y + 9.5, text, 75, 8, 3.6)
    return y + 30


def certification(paper: Paper, y: float, rng: Generator) -> float:
    """A block in which the office certifies: lines for its own date and signature, a place for the seal."""
    paper.sheet.box((LEFT, y, RIGHT, y + 28), 0.3)
    paper.sheet.text(LEFT + 2, y + 5, "Amtliche Beglaubigung", 9, bold=True)
    paper.sheet.text(LEFT + 2, y + 10, "Die vorstehende Abschrift stimmt mit der Urschrift überein.", 8.5)
    paper.sheet.line(LEFT + 2, y + 22, 85, y + 22, 0.2)
    paper.sheet.text(LEFT + 2, y + 25, "Ort, Datum", 6.5)
    paper.sheet.text(96, y + 18, "(Siegel)", 7)
    paper.sheet.line(115, y + 22, RIGHT - 2, y + 22, 0.2)
    paper.sheet.text(115, y + 25, "Im Auftrag", 6.5)
    return y + 31


def photo_place(paper: Paper, y: float, rng: Generator) -> float:
    """A frame to stick a photo in, with print in its middle."""
    paper.sheet.box((150, y, 185, y + 45), 0.25)
    for n, line in enumerate(("Lichtbild", "35 x 45 mm", "hier aufkleben")):
        paper.sheet.text(157, y + 19 + 4 * n, line, 8)
    return y + 48


ASKS: tuple[Way, ...] = (
    margin_numbers, dots_with_label_under, hint_under_label, u_left, numbered_children, day_squares, plate_boxes,
    iban_groups, trade_cells, in_prose, place_printed, squares_after_dots, yes_since, tinted_left, spanned_cells,
    dotted_free_text,
)  # fmt: skip
INFORMS: tuple[Way, ...] = (
    fee_table_grouped, fee_leaders, hours_grid, privacy_columns, bring_along, numbered_steps, tariff_lines, bank_footer,
    office_table, office_lines, barcode, signature_explained, contact_block, legend_table, sample_writing,
    leaflet_boxes, certification, photo_place,
)  # fmt: skip
OFFICE = (*ASKS, *INFORMS)
