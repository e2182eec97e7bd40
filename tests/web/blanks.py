"""A dog-tax form of another city, never seen before: as its print shop would send it, and filled in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pypdfium2
from reportlab.pdfgen import canvas

from demo import files, fonts, ink, scanner
from ocr.page import Gray

MM, HIGH = 72 / 25.4, 297.0
PRINT = (
    ("Gemeinde Neu-Erfunden", 25, 20, 16), ("Kämmerei, Erfundener Weg 3, 00000 Neu-Erfunden", 25, 27, 8),
    ("Hundehaltung anzeigen", 25, 45, 18), ("Erklärung nach der Hundesteuersatzung der Gemeinde", 25, 52, 10),
    ("Angaben zur haltenden Person", 25, 66, 12), ("Angaben zum gehaltenen Tier", 25, 140, 12),
    ("Bankverbindung für den Einzug", 25, 205, 12), ("Bitte vollständig und leserlich ausfüllen", 120, 66, 9),
    ("Diese Erklärung ist innerhalb von zwei Wochen abzugeben", 25, 270, 9),
    ("Vordruck 9-117 der Gemeinde Neu-Erfunden, Stand 02/2026", 25, 285, 8),
)  # fmt: skip
LINES = (
    ("Familienname", 25, 74, 78), ("Vorname", 110, 74, 75), ("Straße und Hausnummer", 25, 90, 160),
    ("Postleitzahl", 25, 106, 30), ("Wohnort", 62, 106, 123), ("Telefon", 25, 122, 70), ("E-Mail", 102, 122, 83),
    ("Name des Hundes", 25, 148, 78), ("Rasse", 110, 148, 75), ("IBAN", 25, 214, 110),
)  # fmt: skip
"""Label, left edge, top of the label, width: the box stands below it."""
CHOICE = ("Hunde im Haushalt", 110, 187, (("1", 142), ("2", 156), ("3 oder mehr", 170)))
COMBS = (("Geburtsdatum", 142, 214, 43, 8), ("Gehalten seit", 25, 164, 60, 8), ("Chipnummer", 92, 164, 93, 15))
SQUARES = (("Es ist der einzige Hund im Haushalt", 25, 184), ("Ich erteile ein Lastschriftmandat", 25, 232))
TALL = 8.0


def blank(path: Path, *, fields: bool = True) -> Path:
    """The form as a PDF, with form fields or flat."""
    page = canvas.Canvas(str(path), pagesize=(210 * MM, HIGH * MM), invariant=True)
    for text, x, y, size in PRINT:
        _print(page, text, x, y, size)
    for label, x, y, width in LINES:
        _print(page, label, x, y, 8)
        page.rect(x * MM, (HIGH - y - 2 - TALL) * MM, width * MM, TALL * MM)
    for label, x, y, width, cells in COMBS:
        _print(page, label, x, y, 8)
        for n in range(cells):
            page.rect((x + n * width / cells) * MM, (HIGH - y - 2 - TALL) * MM, width / cells * MM, TALL * MM)
    for label, x, y in SQUARES:
        page.rect(x * MM, (HIGH - y - 4) * MM, 4 * MM, 4 * MM)
        _print(page, label, x + 7, y + 3.2, 9)
    label, x, y, answers = CHOICE
    _print(page, label, x, y, 9)
    for answer, left in answers:
        page.rect(left * MM, (HIGH - y - 1) * MM, 4 * MM, 4 * MM)
        _print(page, answer, left + 5.5, y, 9)
    if fields:
        _add_fields(page)
    page.save()
    return path


def _print(page: canvas.Canvas, text: str, x: float, y: float, size: float) -> None:
    page.setFont("Helvetica", size)
    page.drawString(x * MM, (HIGH - y) * MM, text)


def _add_fields(page: canvas.Canvas) -> None:
    ask = page.acroForm
    plain: Mapping[str, object] = {
        "fieldFlags": "",
        "borderWidth": 0,
        "fillColor": None,
        "height": TALL * MM,
        "fontSize": 11,
    }
    for label, x, y, width, *cells in (*LINES, *COMBS):
        comb = {"fieldFlags": "comb", "maxlen": cells[0]} if cells else {}
        ask.textfield(
            name=label, tooltip=label, x=x * MM, y=(HIGH - y - 2 - TALL) * MM, width=width * MM, **{**plain, **comb}
        )
    label, _, y, answers = CHOICE
    for answer, left in answers:
        at = {"x": left * MM, "y": (HIGH - y - 1) * MM, "size": 4 * MM}
        ask.radio(name=label, tooltip=label, value=answer, selected=False, **at,
                  shape="square", buttonStyle="cross", fieldFlags="noToggleToOff radio")  # fmt: skip
    for label, x, y in SQUARES:
        ask.checkbox(name=label, tooltip=label, x=x * MM, y=(HIGH - y - 4) * MM, size=4 * MM, buttonStyle="cross")


PEOPLE = (
    {"Familienname": "Größmann", "Vorname": "Jule", "Straße und Hausnummer": "Mühlenweg 12", "Postleitzahl": "78462",
     "Wohnort": "Konstanz", "Telefon": "030 23125 017", "E-Mail": "jule@example.org", "Name des Hundes": "Waldi",
     "Rasse": "Beagle", "IBAN": "DE33 5900 0000 1202 3571 80", "Geburtsdatum": "14031981", "Gehalten seit": "02052026",
     "Chipnummer": "276098100000017"},
    {"Familienname": "Lindemann", "Vorname": "Oskar", "Straße und Hausnummer": "Gartenweg 4", "Postleitzahl": "99084",
     "Wohnort": "Erfurt", "Telefon": "069 90009 123", "E-Mail": "oskar@example.net", "Name des Hundes": "Frodo",
     "Rasse": "Boxer", "IBAN": "DE33 5900 0000 1202 3571 80", "Geburtsdatum": "30111967", "Gehalten seit": "11012026",
     "Chipnummer": "276098100000025"},
    {"Familienname": "Ackermann", "Vorname": "Ruth", "Straße und Hausnummer": "Kirchgasse 31", "Postleitzahl": "37073",
     "Wohnort": "Göttingen", "Telefon": "040 66969 456", "E-Mail": "ruth@example.com", "Name des Hundes": "Emma",
     "Rasse": "Pudel", "IBAN": "DE33 5900 0000 1202 3571 80", "Geburtsdatum": "07081990", "Gehalten seit": "23062026",
     "Chipnummer": "276098100000033"},
    {"Familienname": "Vogt", "Vorname": "Heike", "Straße und Hausnummer": "Lindenallee 25", "Postleitzahl": "50668",
     "Wohnort": "Köln", "Telefon": "040 66969 852", "E-Mail": "heike@example.com", "Name des Hundes": "Balu",
     "Rasse": "Pudel", "IBAN": "DE33 5900 0000 1202 3571 80", "Geburtsdatum": "06081990", "Gehalten seit": "23062026",
     "Chipnummer": "985062948350264"},
)  # fmt: skip
"""What invented people fill in; the date combs without dots."""
WRITTEN = {
    "Familienname": "Ahrens",
    "Vorname": "Jule",
    "Straße und Hausnummer": "Lindenweg 7",
    "Postleitzahl": "44135",
    "Wohnort": "Dortmund",
    "Telefon": "0231 555010",
    "E-Mail": "jule@example.org",
    "Name des Hundes": "Bello",
    "Rasse": "Dackel",
    "IBAN": "DE02120300000000202051",
    "Geburtsdatum": "07031980",
    "Gehalten seit": "01092026",
    "Chipnummer": "276093400000001",
}
"""What somebody fills in on the scans of the test bench."""
DPI = 300


def sheet(pdf: Path) -> Gray:
    """The blank form as it comes out of a printer."""
    with pypdfium2.PdfDocument(pdf) as document:
        return np.asarray(document[0].render(scale=DPI / 72, may_draw_forms=False).to_pil().convert("L"))


def filled(person: Mapping[str, str], path: Path, seed: int, *, pdf: Path) -> Path:
    """The form filled in with a typewriter and scanned; the first two squares and one dog are crossed."""
    rng = np.random.default_rng(seed)
    layer = ink.Layer(sheet(pdf).copy(), DPI, rng)
    pen = ink.take_pen(rng, fonts.TYPED[0])
    for label, x, y, width in LINES:
        ink.write(layer, pen, person[label], (x, y + 2, x + width, y + 2 + TALL))
    for label, x, y, width, cells in COMBS:
        ink.write_cells(layer, pen, person[label], (x, y + 2, x + width, y + 2 + TALL), cells)
    for _, x, y in SQUARES:
        ink.cross(layer, (x, y, x + 4, y + 4), 30)
    _, _, y, answers = CHOICE
    ink.cross(layer, (answers[0][1], y - 3, answers[0][1] + 4, y + 1), 30)
    return scanned(layer.gray, path, rng)


def scanned_blank(path: Path, pdf: Path) -> Path:
    """The blank form as somebody scans it who has nothing but the paper."""
    return scanned(sheet(pdf), path, np.random.default_rng(5), hard=0.15)


def scanned(page: Gray, path: Path, rng: np.random.Generator, hard: float = 0.3) -> Path:
    """A sheet as the scanner at the desk delivers it."""
    defects = scanner.draw_defects(rng, DPI, "grey", hard=hard)
    path.write_bytes(files.encode([scanner.scan(page, defects, rng)], DPI, "pdf"))
    return path
