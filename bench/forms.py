"""Invented forms of a German city: many of them, with much in common, some in three revisions, to print and to find.

Nothing here is copied from a real form. A form is a list of lines on its pages; from it come the printed sheet and the
description (`FormSpec`) that a process owner would write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from numpy.random import Generator

from bench.phrases import entry
from bench.sheet import Sheet, faces
from demo.people import choose
from ocr.spec import AnchorSpec, BoxMm, FieldSpec, FormSpec

A4 = (210.0, 297.0)
CITY = "Stadt Musterlingen"
OFFICES = (
    "Amt für Finanzen", "Bürgeramt", "Ordnungsamt", "Jugendamt", "Amt für Soziales", "Bauaufsicht", "Schulverwaltung",
    "Straßenverkehrsamt", "Standesamt", "Amt für Umwelt und Grünflächen",
)  # fmt: skip
KINDS = ("Antrag auf", "Anmeldung", "Anzeige", "Erklärung zu", "Änderung", "Widerruf", "Verlängerung", "Bestätigung")
SUBJECTS = (
    "Wohngeld", "Kita-Gebühren", "Bewohnerparkausweis", "Gewerbe", "Sondernutzung", "Baumfällung", "Ferienbetreuung",
    "Schülerbeförderung", "Bildungspaket", "Elternbeitrag", "Zweitwohnungssteuer", "Vergnügungssteuer", "Hundehaltung",
    "Grundsteuer", "Straßenreinigung", "Abfallbehälter", "Biotonne", "Sperrmüll", "Wasserzähler", "Kanalanschluss",
    "Gaststätte", "Marktstand", "Infostand", "Feuerwerk", "Straßenfest", "Plakatierung", "Baugerüst", "Container",
    "Abbruch eines Gebäudes", "Nutzungsänderung", "Geburtsurkunde", "Eheschließung", "Namensänderung", "Melderegister",
    "Führungszeugnis", "Fischereischein", "Jagdschein", "Waffenbesitzkarte", "Taxikonzession", "Schwertransport",
    "Schwerbehinderung", "Blindengeld", "Pflegewohngeld", "Grundsicherung", "Eingliederungshilfe",
    "Unterhaltsvorschuss", "Vormundschaft", "Sportförderung", "Vereinsförderung", "Kulturförderung", "Stadtbücherei",
    "Musikschule", "Volkshochschule", "Kleingarten", "Grabstelle", "Urnenbeisetzung", "Denkmalpflege", "Lärmschutz",
    "Solaranlage", "Wärmepumpe",
)  # fmt: skip
COMMON = (
    "Angaben zur Person", "Angaben zur antragstellenden Person", "Angaben zum Haushalt", "Bankverbindung",
    "Gesetzliche Vertretung", "Angaben zum Einkommen", "Beigefügte Unterlagen", "Erklärung und Unterschrift",
    "Hinweise zum Datenschutz", "Kosten und Gebühren", "Zahlungsweise", "Bevollmächtigte Person",
)  # fmt: skip
OWN = (
    "Angaben zu: {}", "Besondere Voraussetzungen für {}", "Ort und Zeitraum, {}", "Nachweise zu {}", "Begründung, {}",
    "Bisherige Bescheide über {}",
)  # fmt: skip
LABELS = (
    "Familienname", "Vorname", "Geburtsdatum", "Geburtsort", "Straße und Hausnummer", "Postleitzahl", "Wohnort",
    "Telefon (freiwillig)", "E-Mail (freiwillig)", "Staatsangehörigkeit", "Familienstand", "IBAN", "Kontoinhaber",
    "Kreditinstitut", "Aktenzeichen, falls bekannt", "Anzahl der Personen", "Beruf", "Arbeitgeber", "Steuernummer",
    "Krankenkasse", "Gültig ab", "Gültig bis", "Betrag in Euro", "Monatliches Einkommen", "Lage des Grundstücks",
    "Gemarkung und Flurstück", "Größe in Quadratmetern", "Amtliches Kennzeichen", "Zeitraum von bis", "Bemerkungen",
)  # fmt: skip
ENDINGS = ("Datum, Unterschrift", "Ort, Datum, Unterschrift", "Unterschrift der antragstellenden Person")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: where its base line begins in mm. `role`: what a process owner takes it for."""

    text: str
    x: float
    y: float
    size_pt: float
    role: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """A form as it is printed: the lines and entry boxes of each page. `family`: forms that are revisions of it."""

    name: str
    family: str
    title: str
    pages: tuple[tuple[Line, ...], ...]
    boxes: tuple[tuple[BoxMm, ...], ...]
    twin: bool = False


def make_forms(count: int, rng: Generator) -> list[PrintedForm]:
    """`count` forms; of every ten, one has three revisions, and one family in five of these has two that are alike."""
    names = [(kind, subject) for subject in SUBJECTS for kind in KINDS]
    made: list[PrintedForm] = []
    for n in rng.permutation(len(names)):
        if len(made) >= count:
            break
        kind, subject = names[n]
        form = _form(f"f{n:03d}", kind, subject, rng)
        made += _revisions(form, rng) if rng.random() < 0.12 and len(made) + 3 <= count else [form]
    return made


def _form(name: str, kind: str, subject: str, rng: Generator) -> PrintedForm:
    title = f"{kind} {subject}"
    pages = int(rng.integers(1, 3))
    office, stand = choose(rng, OFFICES), _stand(rng)
    number = f"Vordruck {rng.integers(10, 99)}-{rng.integers(100, 999)}"
    lines, boxes = [], []
    for page in range(1, pages + 1):
        head = _head(title, office, rng) if page == 1 else [Line(title, 22, 20, 9, "mark")]
        body, boxed = _body(subject, page == pages, 92.0 if page == 1 else 32.0, rng)
        foot = [
            Line(number, 22, 286, 7, "anchor"),
            Line(stand, 90, 286, 7, "anchor"),
            Line(f"Seite {page} von {pages}", 175, 286, 7, "anchor"),
        ]
        lines.append((*head, *body, *foot))
        boxes.append(tuple(boxed))
    return PrintedForm(name, name, title, tuple(lines), tuple(boxes))


def _stand(rng: Generator) -> str:
    return f"Stand {rng.integers(1, 13):02d}/{rng.integers(2017, 2027)}"


def _head(title: str, office: str, rng: Generator) -> list[Line]:
    y = float(rng.uniform(62, 76))
    return [
        Line(CITY, 37, 19, 17, "anchor", bold=True),
        Line(office, 37, 25, 9.5, "anchor"),
        Line("Rathausplatz 1, 12345 Musterlingen", 140, 16, 7),
        Line("Eingangsstempel", 150, 45, 7),
        Line(title, 22, y, 15, "mark", bold=True),
        Line("Bitte in Druckschrift ausfüllen und Zutreffendes ankreuzen.", 22, y + 7, 8, "anchor"),
    ]


def _body(subject: str, last: bool, top: float, rng: Generator) -> tuple[list[Line], list[BoxMm]]:
    """Sections with labels over their entry boxes, until the page is full."""
    headings = [*rng.permutation(list(COMMON))[:3], *(own.format(subject) for own in rng.permutation(list(OWN))[:2])]
    labels = [str(label) for label in rng.permutation(list(LABELS))]
    lines: list[Line] = []
    boxes: list[BoxMm] = []
    y = top
    for number, heading in enumerate(rng.permutation(headings), 1):
        if y > 225:
            break
        lines.append(Line(f"{number}. {heading}", 22, y, 10, "mark", bold=True))
        y += float(rng.uniform(6, 8))
        for _ in range(int(rng.integers(1, 4))):
            middle = float(rng.uniform(70, 140))
            for x0, x1 in ((22.0, middle - 2), (middle, 195.0)):
                lines.append(Line(labels.pop(), x0 + 0.5, y, 7, "label"))
                boxes.append((x0, y + 1.2, x1, y + 7.7))
            y += 12.5
        y += float(rng.uniform(3, 7))
    if last:
        lines.append(Line(choose(rng, ENDINGS), 22, 268, 7, "anchor"))
        boxes.append((22.0, 256.0, 120.0, 264.0))
    return lines, boxes


def _revisions(form: PrintedForm, rng: Generator) -> list[PrintedForm]:
    """The form, a later print of it, and one in which things moved; or, instead of the latter, the same once more."""
    again = _with_stand(replace(form, name=f"{form.name}_b"), rng)
    if rng.random() < 0.2:
        twin = replace(form, name=f"{form.name}_c", twin=True)
        return [replace(form, twin=True), again, twin]
    return [form, again, _moved(replace(form, name=f"{form.name}_c"), rng)]


def _with_stand(form: PrintedForm, rng: Generator) -> PrintedForm:
    """Another date of print that differs in more than one sign, on every page."""
    old = next(line.text for line in form.pages[0] if line.text.startswith("Stand "))
    new = next(s for s in iter(lambda: _stand(rng), "") if sum(a != b for a, b in zip(s, old, strict=True)) > 1)
    pages = tuple(tuple(replace(li, text=new) if li.text == old else li for li in page) for page in form.pages)
    return replace(form, pages=pages)


def _moved(form: PrintedForm, rng: Generator) -> PrintedForm:
    """The same words; from some line of each page on everything but the foot stands lower or higher."""
    by = float(rng.choice([-9.0, -7.0, 6.0, 8.0]))
    pages, boxes = [], []
    for page, boxed in zip(form.pages, form.boxes, strict=True):
        headings = [line.y for line in page if line.role == "mark" and line.size_pt == 10]
        first = headings[len(headings) // 2] - 1 if by > 0 else headings[0] - 1
        pages.append(tuple(replace(li, y=li.y + by) if first < li.y < 270 else li for li in page))
        boxes.append(tuple((a, b + by, c, d + by) if first < b < 262 else (a, b, c, d) for a, b, c, d in boxed))
    return replace(form, pages=tuple(pages), boxes=tuple(boxes))


def print_page(form: PrintedForm, page: int, dpi: float, rng: Generator, *, filled: bool = True) -> Sheet:
    """One page of the form on paper; `filled`: somebody has typed into most boxes."""
    sheet = Sheet(*A4, dpi, rng, faces()[0])
    for line in form.pages[page - 1]:
        sheet.text(line.x, line.y, line.text, line.size_pt, bold=line.bold)
    for box in form.boxes[page - 1]:
        sheet.frame(*box, 0.25)
        if filled and rng.random() < 0.8:
            sheet.text(box[0] + 2, box[3] - 1.8, entry(rng, choose(rng, ("Name", "Straße", "Betrag", "Wohnort"))), 11)
    return sheet


def spec_of(form: PrintedForm) -> FormSpec:
    """The description that a process owner would write: titles and headings are marks, every line is an anchor."""
    sheet = Sheet(*A4, 100, None, faces()[0])  # type: ignore[arg-type]  # nothing is drawn at random
    marks, anchors, fields = {}, [], []
    for number, (lines, boxes) in enumerate(zip(form.pages, form.boxes, strict=True), 1):
        marks[str(number)] = tuple(line.text for line in lines if line.role == "mark")[:5]
        anchors += [_anchor(sheet, line, number) for line in lines if line.role]
        fields += [
            FieldSpec(name=f"field_{number}_{n}", title=f"Feld {n}", page=number, box_mm=box)
            for n, box in enumerate(boxes, 1)
        ]
    return FormSpec(
        name=form.name, title=form.title, pages=len(form.pages), marks=marks, anchor=tuple(anchors), field=tuple(fields)
    )


def _anchor(sheet: Sheet, line: Line, page: int) -> AnchorSpec:
    x0, y0, x1, y1 = sheet.font(72 * 10, line.bold).getbbox(line.text, anchor="ls")
    scale = line.size_pt / 720 * 25.4 / 100
    box = (line.x + x0 * scale, line.y + y0 * scale, line.x + x1 * scale, line.y + y1 * scale)
    return AnchorSpec(text=line.text, page=page, box_mm=box)


def specs_of(forms: Sequence[PrintedForm]) -> dict[str, FormSpec]:
    return {form.name: spec_of(form) for form in forms}
