"""Another form of the invented city, "Antrag auf einen Bewohnerparkausweis": one that no description knows."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from demo import ink
from demo.fill import render, writer
from demo.ink import Layer
from demo.people import Application, choose, digits
from demo.sheet import BoxMm, Sheet
from ocr.page import Gray

TITLE = "Antrag auf einen Bewohnerparkausweis"
DISTRICTS = ("MUS", "SEE", "BER", "WAL")

BOXES: tuple[tuple[str, BoxMm], ...] = (
    ("Name, Vorname", (22, 84, 195, 96)),
    ("Straße, Hausnummer", (22, 96, 130, 108)),
    ("Bewohnerparkgebiet (Buchstabe)", (130, 96, 195, 108)),
    ("Amtliches Kennzeichen", (22, 122, 90, 134)),
    ("Hersteller und Typ", (90, 122, 195, 134)),
)


def draw() -> bytes:
    """The blank form as a PDF of one A4 page."""
    sheet = Sheet(TITLE)
    sheet.letterhead("Ordnungsamt · Straßenverkehrsbehörde", "Zimmer 0.07 (Bürgerbüro)")
    sheet.text(22, 52, TITLE, 18, bold=True)
    sheet.text(22, 58, "nach § 45 Absatz 1b Nummer 2a der Straßenverkehrs-Ordnung (StVO)", 8.5)
    sheet.text(22, 66, "Bitte in Druckbuchstaben ausfüllen. Die Gebühr beträgt 30,70 € im Jahr.", 8.5)
    sheet.section(75, "A", "Antragstellerin oder Antragsteller")
    sheet.section(113, "B", "Fahrzeug")
    for label, box in BOXES:
        sheet.box(box, 0.2)
        sheet.text(box[0] + 1.2, box[1] + 2.8, label, 6.5)
    for n, row in enumerate(
        (
            "Das Fahrzeug ist auf mich zugelassen (Kopie der Zulassungsbescheinigung Teil I liegt bei).",
            "Das Fahrzeug wird mir dauerhaft überlassen (Bestätigung der Halterin oder des Halters liegt bei).",
            "Es ist ein Fahrzeug einer Carsharing-Organisation (Mitgliedsbescheinigung liegt bei).",
        )
    ):
        sheet.box((24, 140 + n * 8, 28, 144 + n * 8), 0.3)
        sheet.text(31, 143.3 + n * 8, row, 8.5)
    sheet.section(168, "C", "Erklärung")
    sheet.paragraph(
        24,
        179,
        "Ich wohne im genannten Bewohnerparkgebiet und bin dort gemeldet. Mir steht kein eigener Stellplatz und keine "
        "Garage in der Nähe der Wohnung zur Verfügung. Den Wegzug und den Verlust des Ausweises teile ich mit.",
        169,
        8.5,
        4.2,
    )
    sheet.line(22, 215, 80, 215, 0.2)
    sheet.text(22, 218.5, "Ort, Datum", 6.5)
    sheet.line(92, 215, 195, 215, 0.2)
    sheet.text(92, 218.5, "Unterschrift", 6.5)
    sheet.foot("Vordruck 32-018 · Bewohnerparken · Stand 11/2025", 1, 1)
    return sheet.finish()


def fill(application: Application, rng: Generator, *, hand: bool = False, dpi: float = 300) -> Gray:
    """The form filled in for the same invented person."""
    plate = f"{choose(rng, DISTRICTS)}-{choose(rng, ('AB', 'KW', 'X', 'ZD'))} {digits(rng, 3)}"
    car = choose(rng, ("Wanderer W 24", "Hansa 1100", "Borgward Isabella", "Lloyd 600"))
    values = (
        f"{application.last_name}, {application.first_name}",
        application.street,
        choose(rng, ("A", "C", "K")),
        plate,
        car,
    )
    pen = writer(rng, hand=hand, text="".join(values))
    page = render(draw(), dpi)[0].copy()
    layer = Layer(np.full(page.shape, 255, np.uint8), dpi, rng)
    for (_, box), value in zip(BOXES, values, strict=True):
        ink.write(layer, pen, value, (box[0], box[1] + 3, box[2], box[3]))
    ink.cross(layer, (24, 140, 28, 144), 60)
    ink.write(layer, pen, f"Musterlingen, {application.signed_on:%d.%m.%Y}", (22, 206, 80, 216.5))
    ink.signature(layer, (92, 199, 195, 214.6), 60)
    return np.minimum(page, layer.gray)
