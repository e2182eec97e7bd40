"""The municipal form "Anmeldung zur Hundesteuer" of an invented city: its geometry, once, and its drawing.

`python -m demo.form --pdf FILE` draws the blank form; `--toml` prints `config/forms/hundesteuer.toml`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from demo.sheet import BoxMm, Sheet, text_width_mm

NAME = "hundesteuer"
TITLE = "Anmeldung zur Hundesteuer"
FORM_NUMBER = "Vordruck 22-107 · Anmeldung zur Hundesteuer · Stand 03/2026"
LABEL_PT = 6.5
SQUARE_MM = 4.0
RIM_MM = 2.4
LABEL_MM = 3.6  # the strip that holds the label, and the millimetre by which zones are enlarged in reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form: `box_mm` is the printed box, the label stands in its upper left corner."""

    name: str
    title: str
    kind: str
    page: int
    box_mm: BoxMm
    label: str = ""
    cells: int = 0
    groups: tuple[int, ...] = ()
    required: bool = True
    rules: tuple[str, ...] = ()
    options: Mapping[str, BoxMm] = field(default_factory=dict)

    @property
    def zone_mm(self) -> BoxMm:
        """Where the value is written: the printed box without its label strip and outline; a square with its rim."""
        x0, y0, x1, y1 = self.box_mm
        if self.kind == "checkbox":
            return _with_rim((self.box_mm,))
        if self.kind == "choice":
            return _with_rim(tuple(self.options.values()))
        if self.kind == "signature":
            return self.box_mm
        if self.cells:  # the cells are equal parts of the whole width
            return (x0, y0 + 2.9, x1, y1 - 0.3)
        return (x0 + 0.3, y0 + LABEL_MM, x1 - 0.3, y1 - 1.0)

    @property
    def comb_mm(self) -> BoxMm:
        """The row of cells: one box, starting at the left edge of the entry."""
        x0, y0, x1, y1 = self.box_mm
        return (x0, y0 + 3.1, x1, y1)


def _with_rim(boxes: Sequence[BoxMm]) -> BoxMm:
    """What holds all `boxes`, with room for a shifted print around them."""
    x0, y0, x1, y1 = (list(edges) for edges in zip(*boxes, strict=True))
    return (min(x0) - RIM_MM, min(y0) - RIM_MM, max(x1) + RIM_MM, max(y1) + RIM_MM)


def square(x: float, y: float) -> BoxMm:
    """A printed check square with its upper left corner at (x, y)."""
    return (x, y, x + SQUARE_MM, y + SQUARE_MM)


H = 11.0  # height of an entry row, label strip and value
DAY = (2, 2, 4)

ENTRIES: tuple[Entry, ...] = (
    Entry("applicant_last_name", "Familienname", "name", 1, (22, 92, 108.5, 92 + H),
          label="Familienname *", rules=("name",)),
    Entry("applicant_first_name", "Vorname", "name", 1, (108.5, 92, 195, 92 + H),
          label="Vorname(n) *", rules=("name",)),
    Entry("street", "Straße und Hausnummer", "street", 1, (22, 103, 139, 103 + H),
          label="Straße und Hausnummer *"),
    Entry("date_of_birth", "Geburtsdatum", "date", 1, (139, 103, 195, 103 + H),
          label="Geburtsdatum (TT MM JJJJ) *", cells=8, groups=DAY, rules=("past_date",)),
    Entry("plz", "Postleitzahl", "plz", 1, (22, 114, 57, 114 + H),
          label="Postleitzahl *", cells=5, rules=("plz",)),
    Entry("town", "Ort", "text", 1, (57, 114, 195, 114 + H), label="Wohnort *"),
    Entry("phone", "Telefon", "phone", 1, (22, 125, 94, 125 + H),
          label="Telefon (freiwillige Angabe)", required=False, rules=("phone",)),
    Entry("email", "E-Mail", "email", 1, (94, 125, 195, 125 + H),
          label="E-Mail (freiwillige Angabe)", required=False, rules=("email",)),
    Entry("dog_name", "Rufname des Hundes", "name", 1, (22, 147, 96, 147 + H), label="Rufname des Hundes *"),
    Entry("breed", "Rasse", "name", 1, (96, 147, 195, 147 + H), label="Rasse oder Kreuzung *"),
    Entry("dog_birth_date", "Wurfdatum", "date", 1, (22, 158, 86, 158 + H),
          label="Wurfdatum, falls bekannt (TT MM JJJJ)", cells=8, groups=DAY, required=False,
          rules=("past_date",)),
    Entry("chip_number", "Chipnummer", "digits", 1, (86, 158, 195, 158 + H),
          label="Nummer des Transponders (Chip, 15 Ziffern) *", cells=15, groups=(3, 4, 4, 4),
          rules=("chip_number",)),
    Entry("kept_since", "Im Haushalt gehalten seit", "date", 1, (22, 169, 86, 169 + H),
          label="Im Haushalt gehalten seit (TT MM JJJJ) *", cells=8, groups=DAY, rules=("past_date",)),
    Entry("dogs_in_household", "Hunde im Haushalt", "choice", 1, (86, 169, 195, 169 + H),
          label="Zahl der Hunde im Haushalt, diesen mitgezählt *",
          options={"1": square(96, 174.6), "2": square(120, 174.6), "3+": square(144, 174.6)}),
    Entry("first_dog", "Ersthund", "checkbox", 1, square(25, 186.4), label="Ersthund"),
    Entry("dangerous_dog", "Gefährlicher Hund", "checkbox", 1, square(96, 186.4), label="Gefährlicher Hund"),
    Entry("sepa_mandate", "SEPA-Lastschriftmandat", "checkbox", 2, square(25, 56.6)),
    Entry("iban", "IBAN", "iban", 2, (22, 76, 187, 76 + H),
          label="IBAN der Zahlerin oder des Zahlers", cells=22, groups=(4, 4, 4, 4, 4, 2), required=False,
          rules=("iban",)),
    Entry("signed_on", "Datum der Unterschrift", "date", 2, (22, 131, 78, 131 + H),
          label="Datum (TT MM JJJJ) *", cells=8, groups=DAY, rules=("past_date",)),
    Entry("signature", "Unterschrift", "signature", 2, (92, 124, 193, 141.6),
          label="Unterschrift der Hundehalterin oder des Hundehalters *"),
)  # fmt: skip

BY_NAME: Mapping[str, Entry] = {entry.name: entry for entry in ENTRIES}

RATES = (("Ersthund", "96,00 €"), ("Zweithund", "144,00 €"), ("jeder weitere Hund", "180,00 €"),
         ("gefährlicher Hund", "612,00 €"))  # fmt: skip

NOTICE = (
    "Wer im Stadtgebiet einen über drei Monate alten Hund hält, hat ihn innerhalb eines Monats nach Beginn der "
    "Haltung anzumelden (§ 10 Abs. 1 der Hundesteuersatzung). Die Steuer ist eine Jahressteuer; sie beginnt mit "
    "dem Ersten des Monats, der auf den Beginn der Haltung folgt. Nach der Anmeldung erhalten Sie einen Bescheid "
    "und eine Hundesteuermarke, die der Hund außerhalb der Wohnung sichtbar zu tragen hat. Wer die Anmeldung "
    "unterlässt, handelt ordnungswidrig."
)
MANDATE = (
    "Ich ermächtige die Stadtkasse Musterlingen, die Hundesteuer von meinem unten genannten Konto mittels "
    "Lastschrift einzuziehen. Zugleich weise ich mein Kreditinstitut an, die von der Stadtkasse Musterlingen auf "
    "mein Konto gezogenen Lastschriften einzulösen. Ich kann innerhalb von acht Wochen, beginnend mit dem "
    "Belastungsdatum, die Erstattung des belasteten Betrages verlangen."
)
DECLARATION = (
    "Ich versichere, dass ich die Angaben in diesem Vordruck wahrheitsgemäß nach bestem Wissen und Gewissen gemacht "
    "habe. Mir ist bekannt, dass ich das Ende der Hundehaltung, einen Wechsel der Anschrift und den Wegfall der "
    "Voraussetzungen einer Ermäßigung innerhalb von zwei Wochen mitzuteilen habe."
)
PRIVACY = (
    "Verantwortlich für die Verarbeitung Ihrer Daten ist die Stadt Musterlingen, Amt für Finanzen. Wir verarbeiten "
    "Ihre Angaben, um die Hundesteuer festzusetzen und zu erheben. Rechtsgrundlagen sind Artikel 6 Absatz 1 "
    "Buchstabe e der Datenschutz-Grundverordnung (DSGVO), § 3 des Kommunalabgabengesetzes und die "
    "Hundesteuersatzung der Stadt Musterlingen. Ihre Angaben zu Telefon und E-Mail sind freiwillig.",
    "Die Daten werden nur an Stellen weitergegeben, die daran mitwirken (Stadtkasse, Ordnungsamt bei gefährlichen "
    "Hunden). Sie werden gelöscht, sobald die Aufbewahrungsfristen der Abgabenordnung abgelaufen sind, in der Regel "
    "zehn Jahre nach dem Ende der Haltung. Sie haben das Recht auf Auskunft, Berichtigung, Löschung, Einschränkung "
    "der Verarbeitung und Widerspruch sowie auf Beschwerde bei der Aufsichtsbehörde für den Datenschutz.",
)


def draw(*, revision: str = FORM_NUMBER) -> bytes:
    """The blank form as a PDF of two A4 pages; the same bytes every time."""
    sheet = Sheet(TITLE)
    _page_1(sheet, revision)
    sheet.next_page()
    _page_2(sheet, revision)
    return sheet.finish()


def _page_1(sheet: Sheet, revision: str) -> None:
    sheet.letterhead("Amt für Finanzen · Abteilung Steuern und Abgaben", "Zimmer 1.14 (barrierefrei zu erreichen)")
    _address_window(sheet)
    _office_box(sheet)
    sheet.text(22, 71, TITLE, 18, bold=True)
    sheet.text(22, 76, "nach § 10 der Satzung über die Erhebung der Hundesteuer (Hundesteuersatzung)", 8.5)
    sheet.text(22, 81.6, "Bitte am Bildschirm oder in Druckbuchstaben ausfüllen und Zutreffendes ankreuzen.", 8)
    sheet.text(195, 81.6, "* Pflichtangabe", 8, right=True)
    sheet.section(85, "1", "Angaben zur Hundehalterin oder zum Hundehalter")
    sheet.section(140, "2", "Angaben zum Hund")
    for entry in ENTRIES:
        if entry.page == 1:
            _draw_entry(sheet, entry)
    _checkbox_texts(sheet)
    sheet.section(203, "3", "Steuersätze und Hinweise")
    for n, (what, rate) in enumerate(RATES):
        y = 213.6 + n * 4.4
        sheet.text(24, y, what, 8)
        sheet.text(76, y, rate, 8, right=True)
        sheet.line(24, y + 1.2, 76, y + 1.2, 0.1, grey=0.5)
    sheet.text(24, 232.2, "Beträge je Hund und Kalenderjahr", 6.5)
    sheet.paragraph(84, 213.2, NOTICE, 111, 7.6, 3.35)
    sheet.text(22, 245, "Dem Vordruck bitte beifügen:", 8, bold=True)
    for n, row in enumerate(
        (
            "Kopie des Heimtierausweises oder des Impfpasses mit der Nummer des Transponders",
            "bei gefährlichen Hunden: Erlaubnis zur Haltung und Nachweis der Haftpflichtversicherung",
            "bei Antrag auf Ermäßigung: die Nachweise nach § 7 der Hundesteuersatzung",
        )
    ):
        sheet.text(24, 249.6 + n * 4.2, f"–  {row}", 8)
    sheet.text(195, 280.5, "Fortsetzung auf Seite 2: Lastschriftmandat und Unterschrift", 8, right=True)
    sheet.foot(revision, 1, 2)


def _address_window(sheet: Sheet) -> None:
    for n, row in enumerate(
        ("Stadt Musterlingen", "Abteilung Steuern und Abgaben", "Postfach 10 01", "12341 Musterlingen")
    ):
        sheet.text(22, 40 + n * 4.4, row, 10)


def _office_box(sheet: Sheet) -> None:
    sheet.box((117, 33, 195, 61), 0.2, fill=0.94)
    sheet.text(119, 36.4, "Wird vom Amt ausgefüllt", 7, bold=True)
    sheet.text(119, 41.5, "Eingang", LABEL_PT)
    sheet.line(157, 38, 157, 61, 0.15)
    sheet.text(159, 41.5, "Kassenzeichen", LABEL_PT)
    sheet.line(157, 49.5, 195, 49.5, 0.15)
    sheet.text(159, 52.6, "Nummer der Marke", LABEL_PT)


def _draw_entry(sheet: Sheet, entry: Entry) -> None:
    x0, y0, x1, y1 = entry.box_mm
    if entry.kind == "checkbox":
        sheet.box(entry.box_mm, 0.3)
        return
    if entry.kind == "signature":
        sheet.line(x0, y1 + 0.4, x1, y1 + 0.4, 0.25)
        sheet.text(x0, y1 + 3.4, entry.label, LABEL_PT)
        return
    sheet.text(x0 + 1.2, y0 + 2.1, entry.label, LABEL_PT)
    if entry.kind == "choice":
        sheet.line(x0, y0, x0, y1, 0.2)
        for option, box in entry.options.items():
            sheet.box(box, 0.3)
            sheet.text(box[2] + 1.6, box[3] - 0.7, "3 oder mehr" if option == "3+" else option, 9)
        return
    sheet.box(entry.box_mm, 0.2)
    if entry.cells:
        sheet.comb(entry.comb_mm, entry.cells, entry.groups)


def _checkbox_texts(sheet: Sheet) -> None:
    sheet.box((22, 147, 195, 200), 0.2)
    sheet.line(86, 180, 86, 200, 0.2)
    sheet.line(22, 180, 195, 180, 0.2)
    first, dangerous = BY_NAME["first_dog"], BY_NAME["dangerous_dog"]
    sheet.text(first.box_mm[2] + 2, first.box_mm[3] - 0.8, first.label, 9.5, bold=True)
    sheet.text(first.box_mm[2] + 2, first.box_mm[3] + 3.4, "Es wird kein weiterer Hund im Haushalt gehalten.", 7)
    sheet.text(dangerous.box_mm[2] + 2, dangerous.box_mm[3] - 0.8, dangerous.label, 9.5, bold=True)
    sheet.text(
        dangerous.box_mm[2] + 2,
        dangerous.box_mm[3] + 3.4,
        "im Sinne von § 5 der Hundesteuersatzung; eine Erlaubnis ist",
        7,
    )
    sheet.text(dangerous.box_mm[2] + 2, dangerous.box_mm[3] + 6.5, "beim Ordnungsamt zu beantragen.", 7)


def _page_2(sheet: Sheet, revision: str) -> None:
    sheet.text(22, 18, "Stadt Musterlingen · Amt für Finanzen", 8.5)
    sheet.text(195, 18, TITLE, 8.5, bold=True, right=True)
    sheet.line(22, 20.5, 195, 20.5, 0.4)
    sheet.section(26, "4", "SEPA-Lastschriftmandat (wiederkehrende Zahlung)")
    for n, (label, value) in enumerate(
        (
            ("Zahlungsempfängerin", "Stadtkasse Musterlingen, Rathausplatz 1, 12345 Musterlingen"),
            ("Gläubiger-Identifikationsnummer", "DE98ZZZ09999999999"),
            ("Mandatsreferenz", "wird mit dem Steuerbescheid mitgeteilt"),
        )
    ):
        sheet.text(24, 37 + n * 4.8, label, 8)
        sheet.text(76, 37 + n * 4.8, value, 8.5)
    mandate = BY_NAME["sepa_mandate"]
    _draw_entry(sheet, mandate)
    sheet.paragraph(mandate.box_mm[2] + 3, mandate.box_mm[1] + 2.2, MANDATE, 161, 8, 3.7)
    for name in ("iban", "signed_on", "signature"):
        _draw_entry(sheet, BY_NAME[name])
    sheet.text(
        22, 92.4, "Ohne Lastschriftmandat überweisen Sie die Steuer bitte zu den Fälligkeiten des Bescheides.", 8
    )
    sheet.section(99, "5", "Erklärung und Unterschrift")
    sheet.paragraph(24, 110, DECLARATION, 169, 8.2, 3.9)
    sheet.section(155, "6", "Hinweise zum Datenschutz nach Artikel 13 DSGVO")
    for n, column in enumerate(PRIVACY):
        sheet.paragraph(24 + n * 87, 166, column, 82, 7.4, 3.3)
    sheet.text(
        24, 192, "Datenschutzbeauftragte: datenschutz@musterlingen.example · Rathausplatz 1, 12345 Musterlingen", 7.4
    )
    _remarks(sheet)
    sheet.foot(revision, 2, 2)


def _remarks(sheet: Sheet) -> None:
    sheet.box((22, 204, 195, 276), 0.2, fill=0.94)
    sheet.text(24, 208.4, "Vermerke des Amtes", 7, bold=True)
    for n, row in enumerate(
        ("Steuerpflicht ab", "Steuersatz", "Ermäßigung nach § 7", "Bescheid und Marke versandt am", "Namenszeichen")
    ):
        sheet.text(24, 219 + n * 11, row, 8)
        sheet.line(76, 219.6 + n * 11, 150, 219.6 + n * 11, 0.15)


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed phrase with its nominal place; reading finds the form and its place on the page by these."""

    text: str
    page: int
    x_mm: float
    baseline_mm: float
    size_pt: float
    right: bool = False

    @property
    def box_mm(self) -> BoxMm:
        width = text_width_mm(self.text, self.size_pt)
        height = self.size_pt * 0.352778
        x0 = self.x_mm - width if self.right else self.x_mm
        top, bottom = self.baseline_mm - 0.75 * height, self.baseline_mm + 0.22 * height
        return (round(x0, 1), round(top, 1), round(x0 + width, 1), round(bottom, 1))


def anchors() -> Iterator[Printed]:
    """Printed phrases spread over both pages."""
    yield Printed("Stadt Musterlingen", 1, 37, 18, 17)
    yield Printed(TITLE, 1, 22, 71, 18)
    yield Printed("Pflichtangabe", 1, 195, 81.6, 8, right=True)
    yield Printed("Angaben zur Hundehalterin oder zum Hundehalter", 1, 30, 89.05, 10)
    yield Printed("Angaben zum Hund", 1, 30, 144.05, 10)
    yield Printed("Steuersätze und Hinweise", 1, 30, 207.05, 10)
    yield Printed("Dem Vordruck bitte beifügen:", 1, 22, 245, 8)
    yield Printed("Fortsetzung auf Seite 2: Lastschriftmandat und Unterschrift", 1, 195, 280.5, 8, right=True)
    yield Printed("Seite 1 von 2", 1, 195, 287.6, 7, right=True)
    yield Printed("Stadt Musterlingen · Amt für Finanzen", 2, 22, 18, 8.5)
    yield Printed(TITLE, 2, 195, 18, 8.5, right=True)
    yield Printed("SEPA-Lastschriftmandat (wiederkehrende Zahlung)", 2, 30, 30.05, 10)
    yield Printed("Gläubiger-Identifikationsnummer", 2, 24, 41.8, 8)
    yield Printed("Erklärung und Unterschrift", 2, 30, 103.05, 10)
    yield Printed("Hinweise zum Datenschutz nach Artikel 13 DSGVO", 2, 30, 159.05, 10)
    yield Printed("Seite 2 von 2", 2, 195, 287.6, 7, right=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.form", description=__doc__)
    parser.add_argument("--pdf", type=Path, help="write the blank form to this file")
    parser.add_argument("--toml", action="store_true", help="print the form description that reading uses")
    args = parser.parse_args(argv)
    if args.pdf:
        args.pdf.write_bytes(draw())
    if args.toml:
        from demo.description import as_toml

        print(as_toml(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
