"""German office prose for simulated pages: sentences with places for invented persons, dates and amounts."""

from __future__ import annotations

from datetime import timedelta

from numpy.random import Generator

from demo.people import FIRST_NAMES, LAST_NAMES, STREETS, TODAY, TOWNS, choose

SENTENCES = (
    "Ihren Antrag vom {date} haben wir erhalten und unter dem Aktenzeichen {case} erfasst.",
    "Bitte reichen Sie die fehlenden Unterlagen bis zum {date} bei der unten genannten Stelle ein.",
    "Nach § {small} Abs. 2 der Satzung beträgt die Gebühr {amount} Euro; sie wird mit diesem Bescheid fällig.",
    "Frau {name} wohnt seit dem {date} in der {street} {small}.",
    "Herr {name} hat die Angaben zu seinem Einkommen am {date} ergänzt.",
    "Die Prüfung hat ergeben, dass die Voraussetzungen für eine Ermäßigung nicht vorliegen.",
    "Gegen diesen Bescheid kann innerhalb eines Monats nach Bekanntgabe Widerspruch erhoben werden.",
    "Der Widerspruch ist schriftlich oder zur Niederschrift bei der Stadt {town} einzulegen.",
    "Überweisen Sie den Betrag von {amount} Euro unter Angabe des Kassenzeichens {case}.",
    "Änderungen der Anschrift, des Familienstandes oder der Bankverbindung sind unverzüglich mitzuteilen.",
    "Wir weisen darauf hin, dass unvollständige Anträge nicht bearbeitet werden können.",
    "Für Rückfragen erreichen Sie uns montags bis donnerstags von 8:30 bis 15:45 Uhr.",
    "Das Grundstück liegt außerhalb des Geltungsbereichs des Bebauungsplans Nr. {small}.",
    "Der Zuschuss wird nur gewährt, wenn die Maßnahme nicht vor der Bewilligung begonnen wurde.",
    "Zuständig ist das Bürgeramt in {plz} {town}, {street} {small}, 2. Obergeschoss.",
    "Die Höhe der Förderung richtet sich nach der Zahl der Kinder und dem Jahreseinkommen.",
    "Bei Fragen zum Datenschutz wenden Sie sich an {name}.",
    "Die Bescheinigung gilt als Nachweis gegenüber Krankenkasse, Arbeitgeber und Finanzamt.",
    "Eine Kopie des Personalausweises genügt; Originale senden wir nicht zurück.",
    "Im Übrigen bleibt die Nebenbestimmung des Bescheides vom {date} unberührt.",
    "Zwischen dem {date} und dem {date} war der Hund bei {name} untergebracht.",
    "Die Kosten des Verfahrens trägt die Antragstellerin, soweit sie nicht befreit ist.",
    "Eigentümer, Erbbauberechtigte und Nießbraucher haften als Gesamtschuldner.",
    "Ab {date} ändert sich die monatliche Rate auf {amount} Euro.",
    "Anliegend erhalten Sie zwei Ausfertigungen; eine davon senden Sie bitte unterschrieben zurück.",
    "Wegen der großen Zahl der Anträge kann die Bearbeitung bis zu sechs Wochen dauern.",
)
LABELS = (
    "Name", "Vorname", "Geburtsdatum", "Straße", "Hausnummer", "Postleitzahl", "Wohnort", "Telefon", "Familienstand",
    "Staatsangehörigkeit", "Kontoinhaber", "Kreditinstitut", "Aktenzeichen", "Beruf", "Arbeitgeber", "Steuernummer",
    "Krankenkasse", "Einzugsdatum", "Bemerkungen", "Betrag", "Zeitraum", "Anzahl", "Kennzeichen", "Geburtsort",
)  # fmt: skip
TITLES = (
    "Antrag auf Ermäßigung der Gebühren", "Anzeige eines Wohnungswechsels", "Erklärung zum Einkommen",
    "Antrag auf Kinderzuschlag", "Anmeldung einer Veranstaltung", "Übersicht der Zahlungen", "Bescheid über Gebühren",
)  # fmt: skip
GOODS = (
    "Verwaltungsgebühr", "Auslagen", "Porto", "Beglaubigung", "Abschrift", "Mahngebühr", "Säumniszuschlag",
    "Ortsbesichtigung", "Gutachten", "Sondernutzung", "Müllabfuhr", "Straßenreinigung", "Hundesteuer", "Parkausweis",
)  # fmt: skip


def date(rng: Generator) -> str:
    return (TODAY - timedelta(days=int(rng.integers(1, 9000)))).strftime("%d.%m.%Y")


def amount(rng: Generator) -> str:
    return f"{rng.integers(1, 2400)},{rng.integers(0, 100):02d}"


def case(rng: Generator) -> str:
    return f"{rng.integers(10, 99)}-{rng.integers(1000, 9999)}/{rng.integers(10, 26)}"


def name(rng: Generator) -> str:
    return f"{choose(rng, FIRST_NAMES)} {choose(rng, LAST_NAMES)}"


def entry(rng: Generator, label: str) -> str:
    """What somebody could write beside `label`."""
    made = {
        "Name": choose(rng, LAST_NAMES),
        "Vorname": choose(rng, FIRST_NAMES),
        "Straße": choose(rng, STREETS),
        "Wohnort": choose(rng, TOWNS)[1],
        "Postleitzahl": choose(rng, TOWNS)[0],
        "Betrag": amount(rng),
        "Kontoinhaber": name(rng),
        "Aktenzeichen": case(rng),
    }
    return made.get(label, date(rng) if "datum" in label else f"{choose(rng, GOODS)} {rng.integers(1, 99)}")


def sentence(rng: Generator) -> str:
    """One sentence, each of its places filled anew."""
    text = choose(rng, SENTENCES)
    plz, town = choose(rng, TOWNS)
    text = text.format(
        date=date(rng), case=case(rng), small=rng.integers(2, 60), amount=amount(rng), name=name(rng),
        street=choose(rng, STREETS), town=town, plz=plz,
    )  # fmt: skip
    return str(text)


def paragraph(rng: Generator, sentences: int) -> str:
    return " ".join(sentence(rng) for _ in range(sentences))
