"""The report for people: one HTML page that needs nothing else, with a picture of every error."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from config.evaluating.cuts import Cut
from config.evaluating.reading import Found
from config.evaluating.words import ENGINES, FIGURES, GROUPS, OUTCOMES, decimal, figures, groups_of, percent
from ocr.curve import at
from ocr.evaluate import Report, Result, Score
from ocr.page import FieldReading

STYLE = Path(__file__).with_name("report.css")
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
NOTHING = '<span class="none">nichts</span>'
PERSONAL = (
    "Diese Seite zeigt Inhalte von Anträgen: Werte und Bildausschnitte. Sie ist aufzubewahren, weiterzugeben und zu "
    "löschen wie die Anträge selbst. Nicht in E-Mails, Tickets oder offene Ablagen legen; löschen, sobald sie nicht "
    "mehr gebraucht wird."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page is about. `titles`: names of fields as people call them; `made`: when, for people."""

    title: str
    made: str
    titles: Mapping[str, str]


def page(report: Report, found: Mapping[str, Found], curve_png: bytes, shown: Shown) -> str:
    """The whole page. `found`: what was read, by file; it may leave out documents without an error."""
    parts = [
        "<!doctype html>",
        '<html lang="de">',
        _head(shown),
        "<body>",
        '<a class="skip" href="#inhalt">Zum Inhalt springen</a>',
        f"<header><h1>Lesen, ausgewertet: {escape(shown.title)}</h1>",
        f"<p>Dokumente: {report.documents}, Felder mit bekanntem Inhalt: {len(report.results)}; "
        f"{escape(shown.made)}</p>",
        "</header>",
        '<main id="inhalt">',
        '<section class="warning" aria-labelledby="vertraulich"><h2 id="vertraulich">Enthält personenbezogene Daten'
        f"</h2><p>{PERSONAL}</p></section>",
        _overview(report, shown),
        _refused(found),
        _curve(report, curve_png),
        *_all_errors(report, found, shown),
        "</main></body></html>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _head(shown: Shown) -> str:
    """The policy lets the page load nothing from anywhere."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="robots" content="noindex">'
        f"<title>Lesen, ausgewertet: {escape(shown.title)} (personenbezogene Daten)</title>"
        f"<style>{STYLE.read_text(encoding='utf-8')}</style></head>"
    )


# Summary


def _overview(report: Report, shown: Shown) -> str:
    today = report.today
    errors, sure = len(report.errors), report.sure_wrong
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Feld", "Schrift", *FIGURES))
    fields = "".join(
        f"<tbody>{_score_rows(_link(name, report, shown), score, report.strict_fields[name])}</tbody>"
        for name, score in report.fields.items()
    )
    return (
        '<section aria-labelledby="ueberblick"><h2 id="ueberblick">Überblick</h2>'
        f"<p><strong>{errors} Fehler</strong>, davon <strong>{sure} sicher, aber falsch</strong> (sieht niemand).</p>"
        f"<p>Ohne Prüfung laufen {percent(today.documents)} der Dokumente durch und {percent(today.fields)} der "
        f"Felder; davon falsch: {percent(today.wrong, 2)}.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Tabelle der Felder">'
        '<table class="figures fields"><caption>Richtig und falsch: Groß/klein und Satzzeichen gefaltet, Datum als '
        "Datum. Leer: zu Recht, zählt nicht für F1. Streng: wie gedruckt, nur Leerraum gefaltet. Fehlt und erfunden "
        "sind bei beiden gleich.</caption>"
        f"<thead><tr>{head}</tr></thead>{fields}"
        f'<tbody class="total">{_score_rows("alle Felder", report.lenient, report.strict)}</tbody>'
        "</table></div></section>"
    )


def _link(name: str, report: Report, shown: Shown) -> str:
    title = escape(shown.titles.get(name, name))
    return f'<a href="#{_anchor(name)}">{title}</a>' if any(e.field == name for e in report.errors) else title


def _anchor(name: str) -> str:
    return "feld-" + "".join(c if c.isalnum() else "-" for c in name)


def _score_rows(title: str, lenient: Score, strict: Score) -> str:
    groups = groups_of(lenient)
    head = f'<th scope="rowgroup" rowspan="{len(groups)}">{title}</th>'
    return "".join(
        f'<tr>{head if at == 0 else ""}<th scope="row">{GROUPS[group]}</th>'
        + "".join(f"<td>{cell}</td>" for cell in figures(lenient.groups[group], strict.groups[group]))
        + "</tr>"
        for at, group in enumerate(groups)
    )


def _refused(found: Mapping[str, Found]) -> str:
    rows = [
        f'<tr><th scope="row">{escape(one.truth.file)}</th>'
        f"<td>{one.refused.code}: {escape(one.refused.message)}</td></tr>"
        for one in found.values()
        if one.refused is not None
    ]
    if not rows:
        return ""
    return (
        '<section aria-labelledby="abgewiesen"><h2 id="abgewiesen">Nicht lesbare Dateien</h2>'
        "<table><caption>Ihre Felder zählen als fehlend.</caption>"
        f'<thead><tr><th scope="col">Datei</th><th scope="col">Grund</th></tr></thead><tbody>{"".join(rows)}</tbody>'
        "</table></section>"
    )


def _curve(report: Report, png: bytes) -> str:
    points = report.curve
    rows = "".join(
        f'<tr><th scope="row">ab {decimal(threshold)}</th><td>{percent(point.fields)}</td><td>{percent(point.wrong, 2)}'
        f"</td><td>{percent(point.documents)}</td><td>{percent(point.documents_wrong, 2)}</td></tr>"
        for threshold in THRESHOLDS
        for point in (at(points, threshold),)
    )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Sicherheit", "Felder ohne Prüfung", "davon falsch", "Dokumente ohne Prüfung",
                     "davon mit falschem Feld")
    )  # fmt: skip
    return (
        '<section aria-labelledby="durchlauf"><h2 id="durchlauf">Was durchläuft, und was davon falsch ist</h2>'
        f'<figure><img src="{_uri(png, "png")}" width="1200" height="720" alt="Kurve: Anteil, der ohne Prüfung '
        'durchläuft, gegen den Anteil falscher darunter; die Werte stehen in der Tabelle darunter.">'
        "<figcaption>Jeder Punkt der Linien ist eine Schwelle der Sicherheit. Kreis und Quadrat: die heutigen "
        "Entscheidungen.</figcaption></figure>"
        f'<div class="scroll" tabindex="0" role="region" aria-label="Tabelle der Schwellen"><table class="figures">'
        f"<caption>Einige Schwellen</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
        "</section>"
    )


# Errors


def _all_errors(report: Report, found: Mapping[str, Found], shown: Shown) -> Iterator[str]:
    """One section a field. A page without a known place is shown once for each document."""
    pages_shown: dict[tuple[str, int], str] = {}
    if not report.errors:
        yield "<section><h2>Fehler</h2><p>Keine.</p></section>"
    for name in report.fields:
        errors = [error for error in report.errors if error.field == name]
        if errors:
            errors.sort(key=lambda error: not error.sure)
            title = f"{escape(shown.titles.get(name, name))}: {len(errors)} Fehler"
            yield f'<section aria-labelledby="{_anchor(name)}"><h2 id="{_anchor(name)}">{title}</h2>'
            for number, error in enumerate(errors, 1):
                anchor = f"{_anchor(name)}-{number}"
                yield _error(error, found.get(error.file), anchor, pages_shown, shown)
            yield "</section>"


def _error(
    error: Result, found: Found | None, anchor: str, pages_shown: dict[tuple[str, int], str], shown: Shown
) -> str:
    reading = found.fields.get(error.field) if found else None
    cut = found.cuts.get(error.field) if found else None
    where = f", Seite {reading.page}" if reading and reading.page else ""
    tag = "sicher, aber falsch" if error.sure else f"{OUTCOMES[error.outcome]}, zur Prüfung"
    rows = "".join(
        f'<tr><th scope="row">{head}</th><td>{value}</td></tr>' for head, value in _facts(error, found, reading)
    )
    return (
        f'<article class="error" id="{anchor}" aria-labelledby="{anchor}-kopf"><h3 id="{anchor}-kopf">'
        f'{escape(error.file)}{where} <span class="tag{" bad" if error.sure else ""}">{tag}</span></h3>'
        f'<table class="facts"><tbody>{rows}</tbody></table>'
        f"{_figure(error, cut, anchor, pages_shown, shown)}</article>"
    )


def _facts(error: Result, found: Found | None, reading: FieldReading | None) -> Iterator[tuple[str, str]]:
    yield "auf dem Papier", _either(error.truth) + (" (Handschrift)" if error.handwritten else "")
    yield "gelesener Wert", _value(error.value)
    yield "Ergebnis", OUTCOMES[error.outcome]
    if reading is None:
        yield "Grund", _reason(found)
        return
    if reading.raw != reading.value:
        yield "Wortlaut", _value(reading.raw)
    for engine, said in reading.engines.items():
        name = escape(ENGINES.get(engine, engine))
        yield name, f"{_value(said.text or None)} ({decimal(said.confidence)})"
    yield "Sicherheit", decimal(reading.confidence)
    yield "Entscheidung", "läuft ohne Prüfung durch" if reading.sure else "geht zur Prüfung"
    notes = "\n".join(f"{note.code}: {note.message}" for note in reading.problems)
    yield "Hinweise", escape(notes) if notes else '<span class="none">keine</span>'


def _reason(found: Found | None) -> str:
    if found is None:
        return "unbekannt"
    if found.refused is not None:
        return escape(f"Datei nicht lesbar ({found.refused.code})")
    return (
        "Formular nicht erkannt" if found.form is None else f"Das Formular {escape(found.form)} hat dieses Feld nicht"
    )


def _either(accepted: Sequence[str]) -> str:
    return " oder ".join(_value(value) for value in accepted) if accepted else NOTHING


def _value(value: str | None) -> str:
    return NOTHING if value is None else f"<strong>{escape(value)}</strong>"


def _figure(error: Result, cut: Cut | None, anchor: str, pages_shown: dict[tuple[str, int], str], shown: Shown) -> str:
    if cut is None:
        return '<p class="none">Zu diesem Fehler gibt es kein Bild.</p>'
    if cut.whole:
        first = pages_shown.setdefault((error.file, cut.page), anchor)
        if first != anchor:
            return f'<p>Stelle nicht gefunden. <a href="#{first}">Das ganze Blatt steht bei einem Fehler oben.</a></p>'
    title = shown.titles.get(error.field, error.field)
    told = f"Seite {cut.page}: " + (
        f"ganzes Blatt, die Stelle von „{title}“ wurde nicht gefunden" if cut.whole else f"Ausschnitt um „{title}“"
    )
    return (
        f'<figure><img src="{_uri(cut.data, "webp")}" width="{cut.width}" height="{cut.height}" loading="lazy" '
        f'alt="{escape(told)}"><figcaption>{escape(told)}</figcaption></figure>'
    )


def _uri(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"


def titles_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names of fields to what people call them: the title, with the name where two forms differ."""
    titles: dict[str, str] = {}
    for name, title in fields:
        titles.setdefault(name, f"{title} ({name})")
    return titles
