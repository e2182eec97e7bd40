"""What an owner does in the designer, as it is sent, and the change of the form that it means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from cases import rules
from ocr import spec_edit
from ocr.draft_names import kind_of
from ocr.kinds import kind_names
from ocr.spec import BoxMm, FormSpec
from ocr.spec_edit import NotPossible
from web import field_words

LONGEST = 200
LARGEST = 1000


@dataclass(frozen=True, slots=True)
class Changed:
    """The form afterwards, which field is active then, and what was done, in words without contents."""

    spec: FormSpec
    active: str
    what: str


Change = Callable[[FormSpec, QueryDict], Changed]


def change(spec: FormSpec, sent: QueryDict) -> Changed:
    """Do what `tat` says.

    Raises:
        NotPossible: it makes no sense; the message is for the person. KeyError: no such thing can be done.
    """
    return CHANGES[sent.get("tat", "")](spec, sent)


def _property(spec: FormSpec, sent: QueryDict) -> Changed:
    name, key = sent.get("feld", ""), sent.get("schluessel", "")
    if key == "title":
        is_new = spec_edit.find(spec, name).title == _("Neues Feld")
        spec, name = spec_edit.retitle(spec, name, _text(sent), keep_name="name_bleibt" in sent and not is_new)
        if is_new:
            spec = _with_kind(spec, name, kind_of(_text(sent)))
        return Changed(spec, name, _("Bezeichnung geändert"))
    if key == "kind":
        return Changed(_with_kind(spec, name, _text(sent)), name, _("Art geändert"))
    if key == "name":
        return Changed(spec_edit.change(spec, name, name=_text(sent)), _text(sent), _("Technischer Name geändert"))
    read, what = PROPERTIES[key]
    return Changed(spec_edit.change(spec, name, **{key: read(sent)}), name, str(what()))


def _with_kind(spec: FormSpec, name: str, kind: str) -> FormSpec:
    if kind not in kind_names():
        raise NotPossible("kind", _("Diese Art gibt es nicht."))
    return spec_edit.with_kind(spec, name, kind, field_words.USUAL_RULES)


def _text(sent: QueryDict, key: str = "wert") -> str:
    text = " ".join(sent.get(key, "").split())[:LONGEST]
    if not text:
        raise NotPossible(key, _("Bitte etwas eintragen."))
    return text


def _whole(sent: QueryDict) -> int:
    text = sent.get("wert", "").strip() or "0"
    if not text.isdecimal() or int(text) > LARGEST:
        raise NotPossible("wert", _("Bitte eine ganze Zahl eintragen."))
    return int(text)


def _rules(sent: QueryDict) -> tuple[str, ...]:
    return tuple(name for name in rules.names() if name in sent.getlist("wert"))


def _budget(sent: QueryDict) -> float:
    try:
        return float(sent.get("wert", ""))
    except ValueError as error:
        raise NotPossible("wert", _("Bitte eine der Möglichkeiten wählen.")) from error


def _fim(sent: QueryDict) -> dict[str, str] | None:
    given = {key: sent.get(f"fim_{key}", "").strip() for key in ("id", "version", "name", "type")}
    return {**given, "id": given["id"].upper()} if any(given.values()) else None


PROPERTIES: Mapping[str, tuple[Callable[[QueryDict], object], Callable[[], str]]] = {
    "required": (lambda sent: bool(sent.get("wert")), lambda: _("Pflichtfeld geändert")),
    "double_keying": (lambda sent: bool(sent.get("wert")), lambda: _("Doppelte Erfassung geändert")),
    "rules": (_rules, lambda: _("Regeln geändert")),
    "error_budget": (_budget, lambda: _("Fehlerbudget geändert")),
    "lines": (lambda sent: max(1, _whole(sent)), lambda: _("Zeilen geändert")),
    "cells": (_whole, lambda: _("Kästchen für Zeichen geändert")),
    "fim": (_fim, lambda: _("FIM-Datenfeld geändert")),
}


def _place(spec: FormSpec, sent: QueryDict) -> Changed:
    name = sent.get("feld", "")
    page = _page(sent, spec_edit.find(spec, name).page)
    return Changed(spec_edit.place(spec, name, page, _box(sent)), name, _("Feld verschoben"))


def _page(sent: QueryDict, usual: int = 1) -> int:
    text = sent.get("seite", "")
    return int(text) if text.isdecimal() and len(text) < 4 else usual


def _box(sent: QueryDict) -> BoxMm:
    x, y, width, height = (_millimetres(sent.get(key, "")) for key in ("x", "y", "breite", "hoehe"))
    return x, y, x + width, y + height


def _millimetres(text: str) -> float:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError as error:
        raise NotPossible("box_mm", _("Bitte Millimeter eintragen, zum Beispiel 20,5.")) from error


def _add(spec: FormSpec, sent: QueryDict) -> Changed:
    box = _box(sent) if "x" in sent else None
    spec, name = spec_edit.add(spec, _("Neues Feld"), _page(sent), box, after=sent.get("feld", ""))
    return Changed(spec, name, _("Feld hinzugefügt"))


def _remove(spec: FormSpec, sent: QueryDict) -> Changed:
    """The field below becomes the active one, so that the next one can be judged at once."""
    name = sent.get("feld", "")
    names = [field.name for field in spec_edit.alone(spec)]
    spec = spec_edit.remove(spec, name)
    at = names.index(name)
    beside = (names[at + 1 :] or names[:at][-1:] or [""])[0]
    return Changed(spec, beside, _("Feld gelöscht"))


def _shift(by: int) -> Change:
    def shifted(spec: FormSpec, sent: QueryDict) -> Changed:
        name = sent.get("feld", "")
        return Changed(spec_edit.shift(spec, name, by), name, _("Reihenfolge geändert"))

    return shifted


def _square(spec: FormSpec, sent: QueryDict) -> Changed:
    name, option = sent.get("feld", ""), sent.get("antwort", "")
    if option not in spec_edit.find(spec, name).options:
        raise NotPossible("option", _("Dieses Kästchen gibt es nicht mehr. Bitte die Seite neu laden."))
    return Changed(spec_edit.square(spec, name, option, _box(sent)), name, _("Kästchen verschoben"))


def _add_square(spec: FormSpec, sent: QueryDict) -> Changed:
    name = sent.get("feld", "")
    return Changed(spec_edit.next_square(spec, name)[0], name, _("Kästchen hinzugefügt"))


def _rename_square(spec: FormSpec, sent: QueryDict) -> Changed:
    name = sent.get("feld", "")
    spec = spec_edit.rename_square(spec, name, sent.get("antwort", ""), _text(sent))
    return Changed(spec, name, _("Antwort geändert"))


def _remove_square(spec: FormSpec, sent: QueryDict) -> Changed:
    name = sent.get("feld", "")
    return Changed(spec_edit.remove_square(spec, name, sent.get("antwort", "")), name, _("Kästchen gelöscht"))


def _head(spec: FormSpec, sent: QueryDict) -> Changed:
    key, active = sent.get("schluessel", ""), sent.get("feld", "")
    if key == "marks":
        page = str(_page(sent))
        lines = tuple(" ".join(line.split())[:LONGEST] for line in sent.get("wert", "").splitlines() if line.strip())
        marks = {**spec.marks, page: lines}
        given = {number: phrases for number, phrases in sorted(marks.items()) if phrases}
        return Changed(spec_edit.with_head(spec, marks=given), active, _("Merkmale geändert"))
    if key == "error_budget":
        return Changed(spec_edit.with_budget(spec, _budget(sent)), active, _("Fehlerbudget geändert"))
    if key not in ("title", "version"):
        raise KeyError(key)
    return Changed(spec_edit.with_head(spec, **{key: _text(sent)}), active, _("Angaben zum Formular geändert"))


CHANGES: Mapping[str, Change] = {
    "eigenschaft": _property,
    "platz": _place,
    "neu": _add,
    "weg": _remove,
    "hoch": _shift(-1),
    "runter": _shift(1),
    "kaestchen": _square,
    "kaestchen-neu": _add_square,
    "kaestchen-name": _rename_square,
    "kaestchen-weg": _remove_square,
    "kopf": _head,
}
