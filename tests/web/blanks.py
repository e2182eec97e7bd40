"""A dog-tax form of another city, never seen before: as its print shop would send it, and filled in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reportlab.pdfgen import canvas

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
    for label, x, y in SQUARES:
        ask.checkbox(name=label, tooltip=label, x=x * MM, y=(HIGH - y - 4) * MM, size=4 * MM, buttonStyle="cross")
