"""The pages, as they were made in 2003: tables, grey, small. Every value is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import quote

from demo.fachverfahren.form import FIELDS, Field, fields_of
from demo.fachverfahren.records import Record

VERSION = "HuSt 4.12"
STYLE = """
body { margin: 0; background: #d4d0c8; color: #000; font: 11px Verdana, "DejaVu Sans", Arial, sans-serif; }
.kopf { background: #003366; color: #fff; padding: 3px 8px; font-weight: bold; }
.kopf span { float: right; font-weight: normal; }
.menue { background: #ece9d8; border-bottom: 1px solid #808080; padding: 3px 8px; }
.menue a { color: #003366; margin-right: 14px; }
.inhalt { margin: 10px; background: #f4f2ea; border: 2px outset #fff; padding: 8px 12px; width: 690px; }
h1 { font-size: 12px; margin: 0 0 8px; border-bottom: 1px solid #808080; padding-bottom: 3px; }
table { border-collapse: collapse; font-size: 11px; }
td, th { padding: 2px 6px; text-align: left; vertical-align: middle; }
.gitter td, .gitter th { border: 1px solid #a0a0a0; background: #fff; }
.gitter th { background: #c8c8d8; }
.eingabe td.t { width: 150px; background: #e0dcd0; border: 1px solid #c4c0b4; }
.eingabe td.w { border: 1px solid #c4c0b4; background: #fff; min-width: 380px; }
input, select { font: 11px Verdana, "DejaVu Sans", Arial, sans-serif; }
input[type=text], input[type=password] { width: 300px; border: 2px inset #fff; }
.knopf { background: #d4d0c8; border: 2px outset #fff; padding: 1px 12px; margin-top: 8px; }
.fehler { border: 1px solid #c00; background: #ffe8e0; color: #a00; padding: 4px 8px; margin-bottom: 8px; }
.fehler ul { margin: 0; padding-left: 16px; }
.gross { font-size: 15px; font-weight: bold; }
.fuss { color: #606060; padding: 2px 12px; }
"""


def page(name: str, title: str, content: str, user: str = "") -> str:
    """One whole page. `name` stands in the id of the body, so that a page can be told from another."""
    menu = (
        '<div class="menue"><a id="m_suche" href="/suche">Suche</a><a id="m_neu" href="/erfassung">Neuerfassung</a>'
        '<a id="m_liste" href="/liste">Bestandsliste</a><a id="m_ende" href="/abmelden">Abmelden</a></div>'
    )
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">'
        f"<title>{escape(title)} - Hundesteuer</title><style>{STYLE}</style></head>"
        f'<body id="seite_{name}"><div class="kopf">Fachverfahren Hundesteuer'
        f"<span>{escape(user)}</span></div>{menu if user else ''}"
        f'<div class="inhalt"><h1>{escape(title)}</h1>{content}</div>'
        f'<div class="fuss">{VERSION} &middot; Steueramt &middot; optimiert f&uuml;r 1024 x 768</div></body></html>'
    )


def login(message: str = "") -> str:
    """The login form."""
    rows = (
        '<tr><td class="t">Benutzer</td><td class="w"><input type="text" id="benutzer" name="benutzer"></td></tr>'
        '<tr><td class="t">Kennwort</td><td class="w"><input type="password" id="kennwort" name="kennwort"></td></tr>'
    )
    error = f'<div class="fehler" id="meldung">{escape(message)}</div>' if message else ""
    form = _form("/anmelden", f'<table class="eingabe">{rows}</table>', _button("anmelden", "Anmelden"))
    return page("anmeldung", "Anmeldung", error + form)


def plain(name: str, title: str, message: str, user: str = "") -> str:
    """A page with one sentence."""
    return page(name, title, f'<p id="meldung">{escape(message)}</p>', user)


def entry(step: str, values: Mapping[str, str], errors: Sequence[tuple[str, str]], user: str) -> str:
    """Page 1 (halter) or page 2 (hund) of the entry form; the other page's values travel hidden."""
    fields = fields_of(step)
    others = (field for field in FIELDS if field.page != step)
    rows = "".join(_input_row(field, values.get(field.name, "")) for field in fields)
    number, then = ("1", "/erfassung/hund") if step == "halter" else ("2", "/erfassung/pruefen")
    content = (
        _errors(errors)
        + _form(
            then, _hidden(others, values) + f'<table class="eingabe">{rows}</table>', _button("weiter", "Weiter >>")
        )
        + "<p>* Pflichtangabe</p>"
    )
    title = "Halter/in und Bankverbindung" if step == "halter" else "Angaben zum Hund"
    return page(step, f"Neuerfassung - Seite {number} von 2: {title}", content, user)


def overview(values: Mapping[str, str], user: str) -> str:
    """What was typed, once more before it is stored."""
    content = (
        "<p>Bitte pr&uuml;fen. Gespeichert wird erst mit &bdquo;Speichern&ldquo;.</p>"
        + _value_table(values)
        + _form("/erfassung/speichern", _hidden(FIELDS, values), _button("speichern", "Speichern"))
    )
    return page("pruefen", "Neuerfassung - Zusammenfassung", content, user)


def similar(values: Mapping[str, str], user: str) -> str:
    """The question before a record is stored that looks like another one. Nothing is stored yet."""
    content = (
        '<p id="meldung">Ein &auml;hnlicher Satz besteht schon. Der Satz wurde noch nicht gespeichert.</p>'
        + _value_table(values)
        + _form("/erfassung/trotzdem", _hidden(FIELDS, values), _button("trotzdem", "Trotzdem speichern"))
        + '<p><a id="abbrechen" href="/suche">Abbrechen</a></p>'
    )
    return page("rueckfrage", "Neuerfassung - Rückfrage", content, user)


def stored(number: str, user: str) -> str:
    """The confirmation with the new number."""
    content = (
        "<p>Der Satz wurde gespeichert.</p><p>Kassenzeichen: "
        f'<span class="gross" id="kassenzeichen">{escape(number)}</span></p>'
        f'<p><a id="zum_satz" href="/satz/{quote(number)}">Satz anzeigen</a></p>'
    )
    return page("gespeichert", "Neuerfassung - gespeichert", content, user)


def record(found: Record, user: str) -> str:
    """One stored record."""
    head = (
        f'<p>Kassenzeichen <b id="kassenzeichen">{escape(found.number)}</b> &middot; angelegt '
        f"{escape(found.created_at)} von {escape(found.created_by)}</p>"
    )
    return page("satz", "Satzanzeige", head + _value_table(found.values), user)


def search(reference: str, name: str, hits: Sequence[Record] | None, user: str) -> str:
    """The search form, and below it what was found (`None`: nothing was searched yet)."""
    rows = _search_row("s_fremdref", "Fremdreferenz", reference) + _search_row("s_name", "Name", name)
    form = (
        f'<form method="get" action="/suche"><table class="eingabe">{rows}</table>{_button("suchen", "Suchen")}</form>'
    )
    if hits is None:
        return page("suche", "Suche", form, user)
    result = f'<p><b id="anzahl">{len(hits)}</b> Treffer</p>' + (_record_table(hits) if hits else "")
    return page("treffer", "Suche", form + result, user)


def listing(records: Sequence[Record], user: str) -> str:
    """All records, for people."""
    link = '<p><a href="/liste.csv">Liste f&uuml;r Tabellenkalkulation (CSV)</a></p>'
    return page("liste", f"Bestandsliste ({len(records)})", link + _record_table(records), user)


def csv(records: Iterable[Record]) -> str:
    """All records as semicolon-separated lines; a cell that a spreadsheet would compute gets a ' in front."""
    head = ["Kassenzeichen", "angelegt", *(field.title for field in FIELDS)]
    rows = ([r.number, r.created_at, *(r.values[field.name] for field in FIELDS)] for r in records)
    return "".join(";".join(map(_csv_cell, row)) + "\r\n" for row in (head, *rows))


def _csv_cell(text: str) -> str:
    guarded = f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
    return '"' + guarded.replace('"', '""') + '"'


def _form(action: str, content: str, button: str) -> str:
    return f'<form method="post" action="{action}" accept-charset="utf-8" autocomplete="off">{content}{button}</form>'


def _button(name: str, title: str) -> str:
    return f'<input type="submit" class="knopf" id="{name}" value="{title}">'


def _errors(errors: Sequence[tuple[str, str]]) -> str:
    if not errors:
        return ""
    titles = {field.name: field.title for field in FIELDS}
    lines = "".join(f"<li>{escape(titles[name])}: {escape(words)}</li>" for name, words in errors)
    return f'<div class="fehler"><ul id="meldung">{lines}</ul></div>'


def _hidden(fields: Iterable[Field], values: Mapping[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{field.name}" value="{escape(values.get(field.name, ""))}">' for field in fields
    )


def _input_row(field: Field, value: str) -> str:
    star = " *" if field.required else ""
    return f'<tr><td class="t">{escape(field.title)}{star}</td><td class="w">{_input(field, value)}</td></tr>'


def _input(field: Field, value: str) -> str:
    name = f'id="{field.name}" name="{field.name}"'
    if field.kind == "haken":
        return f'<input type="checkbox" {name} value="J"{" checked" if value == "J" else ""}>'
    if field.kind == "auswahl":
        options = "".join(
            f'<option value="{code}"{" selected" if code == value else ""}>{escape(text)}</option>'
            for code, text in (("", "-- bitte wählen --"), *field.options)
        )
        return f"<select {name}>{options}</select>"
    return f'<input type="text" {name} maxlength="{field.length}" value="{escape(value)}">'


def _value_table(values: Mapping[str, str]) -> str:
    rows = "".join(
        f'<tr><td class="t">{escape(field.title)}</td>'
        f'<td class="w" id="w_{field.name}">{escape(values.get(field.name, ""))}</td></tr>'
        for field in FIELDS
    )
    return f'<table class="eingabe">{rows}</table>'


def _search_row(name: str, title: str, value: str) -> str:
    box = f'<input type="text" id="{name}" name="{name}" value="{escape(value)}">'
    return f'<tr><td class="t">{title}</td><td class="w">{box}</td></tr>'


def _record_table(records: Sequence[Record]) -> str:
    rows = "".join(
        f'<tr><td><a id="kz_{place}" href="/satz/{quote(found.number)}">{escape(found.number)}</a></td>'
        f"<td>{escape(found.values['fremdref'])}</td><td>{escape(found.values['hal_name'])}</td>"
        f"<td>{escape(found.values['hal_vorname'])}</td><td>{escape(found.values['hal_ort'])}</td>"
        f"<td>{escape(found.values['hd_name'])}</td><td>{escape(found.created_at)}</td></tr>"
        for place, found in enumerate(records, start=1)
    )
    titles = ("Kassenzeichen", "Fremdreferenz", "Name", "Vorname", "Ort", "Hund", "angelegt")
    head = "".join(f"<th>{title}</th>" for title in titles)
    return f'<table class="gitter" id="treffer"><tr>{head}</tr>{rows}</table>'
